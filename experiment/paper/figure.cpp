#include "experiment/paper/figure.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/names.h"
#include "base/text.h"
#include "experiment/loading.h"
#include "experiment/paper/figure_check.h"
#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/scalar.h"
#include "partition/plan.h"

namespace hypar {
namespace {

const char* const kMetrics[] = {"plan", "performance", "energy", "traffic"};

Metric read_metric(const Field& field) {
    return static_cast<Metric>(read_choice(field, {std::begin(kMetrics), std::end(kMetrics)}));
}

/// A text that is equal for equal trees.
std::string identity_of(const YamlValue& value) {
    std::string text = fmt::format("{}:{}{}", static_cast<int>(value.kind), value.text.size(), value.text);
    for (const YamlValue& item : value.items) text += "[" + identity_of(item) + "]";
    for (const YamlEntry& entry : value.entries) text += "{" + entry.key + "=" + identity_of(entry.value) + "}";
    return text;
}

void set(YamlValue& map, const YamlEntry& entry) {
    if (YamlEntry* found = map.find(entry.key)) {
        *found = entry;
    } else {
        map.entries.push_back(entry);
    }
}

bool is_one_of(const std::string& text, const std::vector<std::string>& texts) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

/// Reads one figure's file.
class FigureReader {
public:
    FigureReader(const YamlValue& root, FileReference file, std::vector<std::string> choices)
        : root_(root, {}),
          map_(root_, {"figure", "title", "source", "metric", "experiment", "baseline", "layers", "rows", "vary",
                       "paper", "choices", "checks", "notes"}),
          file_(std::move(file)),
          wanted_(std::move(choices)),
          base_(map_.required("experiment", "an experiment").value()) {}

    Figure read() {
        figure_.number = read_number_of(map_.required("figure", "the figure's number"));
        figure_.title = read_text(map_.required("title", "what it shows"));
        if (const auto source = map_.optional("source")) figure_.source = read_text(*source);
        if (const auto metric = map_.optional("metric")) metric_ = read_metric(*metric);
        figure_.accounting = load_accounting(file_.path.parent_path());
        if (const auto choices = map_.optional("choices")) read_choices(*choices);
        if (map_.optional("vary")) {
            read_plans();
        } else {
            const Field rows = map_.required("rows", "a list of rows");
            for (const Field& row : read_list(rows, "a list of rows")) read_row(row);
            if (figure_.rows.empty()) throw rows.error("expected at least one row");
        }
        if (const auto checks = map_.optional("checks")) {
            for (const Field& check : read_list(*checks, "a list")) add_check(check);
        }
        if (const auto notes = map_.optional("notes")) {
            for (const Field& note : read_list(*notes, "a list of texts")) figure_.notes.push_back(read_text(note));
        }
        return std::move(figure_);
    }

private:
    /// The base experiment with a row's own keys. `layer` stands for what the file's `layers` has by its name,
    /// `levels` for 2^levels accelerators.
    YamlValue experiment_of_row(const Field& row) const {
        YamlValue experiment = base_;
        for (const YamlEntry& entry : row.value().entries) {
            if (is_one_of(entry.key, {"paper", "metric", "plan", "again"})) continue;
            const Field field(entry.value, row.key_of(entry.key));
            if (entry.key == "layer") {
                const Field layers = map_.required("layers", "what each layer's experiment is");
                const YamlEntry* layer = layers.value().find(entry.value.text);
                if (layer == nullptr) throw field.error("no such entry in layers");
                for (const YamlEntry& own : layer->value.entries) set(experiment, own);
            } else if (entry.key == "levels") {
                YamlEntry accelerators{"accelerators", entry.place, entry.value};
                accelerators.value.text =
                    std::to_string(Levels::halving(read_integer(field, 0, kMostLevels)).accelerators());
                set(experiment, accelerators);
            } else {
                set(experiment, entry);
            }
        }
        return experiment;
    }

    void read_row(const Field& field) {
        if (field.value().kind != YamlValue::Kind::Map) throw field.expected("a map");
        const YamlValue experiment = experiment_of_row(field);
        FigureRow row{own_of(experiment, {}), {}, metric_, {}, {}, false, false, {}};
        for (const YamlEntry& entry : field.value().entries) {
            const Field value(entry.value, field.key_of(entry.key));
            if (entry.key == "paper") {
                row.paper = read_number(value);
            } else if (entry.key == "again") {
                row.is_again = read_choice(value, {"false", "true"}) == 1;
            } else if (entry.key == "plan") {
                for (const Field& level : read_list(value, "a list")) row.paper_plan.push_back(read_text(level));
                check_plan(field, row);
            } else {
                if (entry.key == "metric") row.metric = read_metric(value);
                row.keys.emplace_back(entry.key, read_text(value));
            }
        }
        add_baseline(row, row.metric, experiment, {});
        if (!figure_.choices.empty() && !row.is_again && turned_rows_.applies(row)) {
            turn(row, experiment);
            for (std::size_t index = 0; index < also_.size(); ++index) {
                figure_.further[index].rows.push_back(further_row(row, experiment, also_[index]));
            }
        }
        figure_.rows.push_back(std::move(row));
    }

    /// Files are called by it.
    static std::string read_number_of(const Field& field) {
        std::string number = read_text(field);
        const auto is_part = [](char character) {
            return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z');
        };
        if (!std::all_of(number.begin(), number.end(), is_part)) throw field.expected("a number, such as 6 or 6b");
        return number;
    }

    void add_check(const Field& field) {
        figure_.checks.push_back(read_check(field));
        const auto is_meant = [&](const FigureRow& row) { return figure_.checks.back().rows.applies(row); };
        if (std::none_of(figure_.rows.begin(), figure_.rows.end(), is_meant)) {
            throw field.error("there is no row that it is said of");
        }
    }

    static void check_plan(const Field& field, const FigureRow& row) {
        try {
            Plan::from_strings(row.paper_plan, row.experiment.network.size(), row.experiment.division());
        } catch (const ConfigError& error) {
            throw field.located(error);
        }
    }

    RowExperiments own_of(const YamlValue& experiment, const std::vector<ModelChoice>& choices) {
        const std::vector<Setting> settings = settings_for(choices, experiment);
        std::string identity = identity_of(experiment);
        for (const Setting& setting : settings) {
            identity += fmt::format("{{{}={}}}", setting.key, identity_of(setting.value));
        }
        Experiment own = experiment_of(experiment, file_, settings, trees_);
        return {std::move(own), std::move(identity), {}, {}};
    }

    void add_baseline(RowExperiments& row, Metric metric, YamlValue experiment,
                      const std::vector<ModelChoice>& choices) {
        if (metric != Metric::Performance && metric != Metric::Energy) return;
        const Field baseline = map_.required("baseline", "the keys of the experiment that rows are compared with");
        for (const YamlEntry& entry : baseline.value().entries) set(experiment, entry);
        RowExperiments own = own_of(experiment, choices);
        row.baseline = std::move(own.experiment);
        row.baseline_identity = std::move(own.identity);
    }

    /// Adds the row with each choice turned that changes its experiment, and with all of them.
    void turn(FigureRow& row, const YamlValue& experiment) {
        for (const std::string& column : columns_of(figure_.choices)) {
            std::vector<ModelChoice> choices = figure_.choices;
            const auto is_other = [&](const ModelChoice& choice) { return choice.name != column; };
            if (column != kAllChoices) {
                choices.erase(std::remove_if(choices.begin(), choices.end(), is_other), choices.end());
            }
            if (settings_for(choices, experiment).empty()) continue;
            TurnedRow turned{column, own_of(experiment, choices)};
            add_baseline(turned.experiments, row.metric, experiment, choices);
            row.turned.push_back(std::move(turned));
        }
    }

    /// The row once more with the keys of an entry of `also`.
    FigureRow further_row(const FigureRow& row, YamlValue experiment, const Field& also) {
        for (const YamlEntry& entry : also.value().entries) set(experiment, entry);
        FigureRow further{own_of(experiment, {}), {}, row.metric, {}, {}, false, false, {}};
        further.keys = keys_of(also);
        further.keys.insert(further.keys.end(), row.keys.begin(), row.keys.end());
        add_baseline(further, row.metric, experiment, {});
        turn(further, experiment);
        return further;
    }

    static std::vector<std::pair<std::string, std::string>> keys_of(const Field& also) {
        if (also.value().kind != YamlValue::Kind::Map) throw also.expected("a map of keys of the experiment");
        std::vector<std::pair<std::string, std::string>> keys;
        for (const YamlEntry& entry : also.value().entries) {
            keys.emplace_back(entry.key, read_text(Field(entry.value, also.key_of(entry.key))));
        }
        return keys;
    }

    /// Throws ConfigError if one before it sets what this choice sets.
    void check_that_both_can_be_turned(const Field& item, const ModelChoice& choice) const {
        for (const ModelChoice& other : figure_.choices) {
            for (const Setting& setting : choice.settings) {
                const bool is_set = std::any_of(other.settings.begin(), other.settings.end(),
                                                [&](const Setting& before) { return before.key == setting.key; });
                if (!is_set) continue;
                throw item.error(
                    fmt::format("sets {}, as {} does: they cannot be turned together", setting.key, other.name));
            }
        }
    }

    /// Which choices are turned in which rows.
    void read_choices(const Field& field) {
        const MapReader map(field, {"turn", "where", "only", "except", "also"});
        const bool has_rows_to_run = !map_.optional("vary") && metric_ != Metric::Plan;
        if (!has_rows_to_run) throw field.error("choices are turned in rows that are run");
        const std::vector<ModelChoice> known = load_choices(file_.path.parent_path());
        const std::vector<std::string> names = names_of(known);
        for (const Field& item : read_list(map.required("turn", "a list of choices"), "a list of choices")) {
            const std::string name = read_text(item);
            const auto choice = std::find(names.begin(), names.end(), name);
            if (choice == names.end()) throw item.error(unknown_name("choice", printable(name), names));
            const ModelChoice& turned = known[static_cast<std::size_t>(choice - names.begin())];
            check_that_both_can_be_turned(item, turned);
            if (is_one_of(kAllChoices, wanted_) || is_one_of(name, wanted_)) figure_.choices.push_back(turned);
        }
        turned_rows_ = read_filter(map);
        if (const auto also = map.optional("also")) also_ = read_list(*also, "a list of maps of keys");
        for (const Field& item : also_) {
            std::vector<std::string> words;
            for (const auto& [key, value] : keys_of(item)) words.push_back(fmt::format("{} {}", key, value));
            figure_.further.push_back({comma_separated(words), {}});
        }
        if (figure_.choices.empty()) figure_.further.clear();
    }

    /// All plans that differ from the experiment's in the cells of some levels ("H1") or layers.
    void read_plans() {
        figure_.varies_plans = true;
        const Experiment base = experiment_of(base_, file_);
        const Plan plan = base.make_plan();
        const std::vector<Cells> varied = read_varied(base);
        FigureRow row{own_of(base_, {}), {}, metric_, {}, {}, false, false, {}};
        add_baseline(row, metric_, base_, {});
        std::size_t cells = 0;
        for (const Cells& group : varied) cells += group.places.size();
        for (std::uint64_t number = 0; number < std::uint64_t{1} << cells; ++number) {
            figure_.rows.push_back(plan_row(row, plan, varied, number, cells));
        }
        read_paper_points();
    }

    struct Cells {
        std::string name;
        std::vector<std::pair<std::size_t, std::size_t>> places;  ///< level, layer
    };

    std::vector<Cells> read_varied(const Experiment& base) const {
        std::vector<Cells> varied;
        std::size_t cells = 0;
        for (const Field& item : read_list(map_.required("vary", "a list"), "a list of levels or layers")) {
            Cells group{read_text(item), {}};
            for (std::size_t level = 0; level < base.division().count(); ++level) {
                for (std::size_t layer = 0; layer < base.network.size(); ++layer) {
                    const bool is_level = group.name == fmt::format("H{}", level + 1);
                    if (is_level || group.name == base.network.layers()[layer].name) {
                        group.places.emplace_back(level, layer);
                    }
                }
            }
            if (group.places.empty()) throw item.expected("a level, such as H1, or a layer's name");
            cells += group.places.size();
            if (cells > 12) throw item.error("more than 4096 plans");
            varied.push_back(std::move(group));
        }
        return varied;
    }

    static FigureRow plan_row(FigureRow row, const Plan& plan, const std::vector<Cells>& varied, std::uint64_t number,
                              std::size_t cells) {
        std::vector<std::string> levels = plan.to_strings();
        for (const Cells& group : varied) {
            std::string choice;
            for (const auto& [level, layer] : group.places) {
                choice += (number >> --cells & 1U) != 0 ? '1' : '0';
                levels[level][layer] = choice.back();
            }
            row.keys.emplace_back(group.name, choice);
        }
        row.is_strategys_own = levels == plan.to_strings();
        row.experiment.strategy =
            StrategyChoice::of(Plan::from_strings(levels, row.experiment.network.size(), plan.division()));
        row.identity += fmt::format(":{}", fmt::join(levels, ","));
        return row;
    }

    void read_paper_points() {
        for (const Field& point : read_list(map_.required("paper", "points of the paper"), "a list of points")) {
            const YamlEntry* value = point.value().find("value");
            if (value == nullptr) throw point.expected("a map with the plan's cells and a value");
            const auto found = std::find_if(figure_.rows.begin(), figure_.rows.end(), [&](const FigureRow& row) {
                return std::all_of(row.keys.begin(), row.keys.end(), [&](const auto& key) {
                    const YamlEntry* entry = point.value().find(key.first);
                    return entry != nullptr && entry->value.text == key.second;
                });
            });
            if (found == figure_.rows.end()) throw point.error("no such plan");
            found->paper = read_number(Field(value->value, point.key_of("value")));
        }
    }

    Field root_;
    MapReader map_;
    FileReference file_;
    std::vector<std::string> wanted_;
    YamlValue base_;
    FileTrees trees_;
    RowFilter turned_rows_;
    std::vector<Field> also_;
    Metric metric_ = Metric::Performance;
    Figure figure_;
};

}  // namespace

const char* name_of(Metric metric) { return kMetrics[static_cast<std::size_t>(metric)]; }

std::string FigureRow::value_of(const std::string& key) const {
    const auto found = std::find_if(keys.begin(), keys.end(), [&](const auto& entry) { return entry.first == key; });
    return found == keys.end() ? "" : found->second;
}

std::vector<std::string> columns_of(const std::vector<ModelChoice>& choices) {
    std::vector<std::string> columns = names_of(choices);
    if (columns.size() > 1) columns.emplace_back(kAllChoices);
    return columns;
}

Figure figure_of(const YamlValue& root, const FileReference& file, const std::vector<std::string>& choices) {
    return FigureReader(root, file, choices).read();
}

}  // namespace hypar
