#include "experiment/silicon/measurements.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "base/data_folder.h"
#include "base/names.h"
#include "base/text.h"
#include "experiment/loading.h"
#include "experiment/silicon/nodes.h"
#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/scalar.h"

namespace hypar {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kWorks = {"forward", "backward", "gradient", "forward-processing", "collectives"};
const std::vector<std::string> kUnits = {"cycles", "us", "ms"};
constexpr const char* kNotMeasured = "none";

/// A column of the file: a key, settings, a measurement, or several of these.
struct Column {
    std::optional<std::size_t> key;
    std::vector<std::string> settings;
    bool is_layer = false;
    std::optional<std::size_t> measured;
};

std::size_t position_of(const Field& field, const char* what, const std::vector<std::string>& names) {
    const std::string name = read_text(field);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) throw field.error(unknown_name(what, printable(name), names));
    return static_cast<std::size_t>(found - names.begin());
}

/// Reads one file.
class MeasurementsReader {
public:
    MeasurementsReader(const YamlValue& root, FileReference file)
        : root_(root, {}),
          map_(root_, {"measurements", "title", "source", "experiment", "nodes", "columns", "ratios", "fitted",
                       "errors", "misses", "notes", "rows"}),
          file_(std::move(file)),
          base_(map_.required("experiment", "an experiment").value()) {}

    Measurements read() {
        result_.name = read_text(map_.required("measurements", "a name"));
        result_.title = read_text(map_.required("title", "what was measured"));
        result_.source = read_text(map_.required("source", "where it was published"));
        if (const auto nodes = map_.optional("nodes")) nodes_ = read_nodes(*nodes);
        for (const Field& item : items("columns", "a list of columns")) read_column(item);
        if (map_.optional("ratios")) {
            for (const Field& item : items("ratios", "a list of ratios")) read_ratio(item);
        }
        for (const Field& item : items("errors", "a list of errors")) result_.errors.push_back(read_error(item));
        for (const Field& item : items("rows", "a list of rows")) read_row(item);
        if (const auto fitted = map_.optional("fitted")) read_fitted(*fitted);
        if (map_.optional("misses")) {
            for (const Field& item : items("misses", "a list of misses")) read_miss(item);
        }
        if (map_.optional("notes")) {
            for (const Field& item : items("notes", "a list of texts")) result_.notes.push_back(read_text(item));
        }
        for (std::size_t index = 0; index < result_.errors.size(); ++index) check_has_rows(index);
        return std::move(result_);
    }

private:
    std::vector<Field> items(const char* key, const char* expected) const {
        return read_list(map_.required(key, expected), expected);
    }

    void read_column(const Field& field) {
        const MapReader map(field, {"name", "set", "layer", "measured", "unit"});
        Column column;
        if (const auto set = map.optional("set")) {
            if (set->value().kind != YamlValue::Kind::Sequence) {
                column.settings.push_back(read_text(*set));
            } else {
                for (const Field& key : read_list(*set, "a list of keys")) column.settings.push_back(read_text(key));
            }
        }
        if (const auto layer = map.optional("layer")) column.is_layer = read_choice(*layer, {"false", "true"}) == 1;
        if (const auto measured = map.optional("measured")) {
            column.measured = result_.columns.size();
            result_.columns.push_back(
                {read_text(map.required("name", "a name")), static_cast<MeasuredWork>(read_choice(*measured, kWorks)),
                 static_cast<MeasuredUnit>(read_choice(map.required("unit", "cycles, us or ms"), kUnits))});
        } else if (const auto name = map.optional("name")) {
            column.key = result_.keys.size();
            result_.keys.push_back(read_text(*name));
        }
        columns_.push_back(std::move(column));
    }

    std::vector<std::string> compared_names() const {
        std::vector<std::string> names;
        for (const MeasuredColumn& column : result_.columns) names.push_back(column.name);
        for (const MeasuredRatio& ratio : result_.ratios) names.push_back(ratio.name);
        return names;
    }

    void read_ratio(const Field& field) {
        const MapReader map(field, {"name", "of", "over"});
        const auto column = [&](const char* key) {
            return position_of(map.required(key, "a measured column"), "measured column", column_names());
        };
        result_.ratios.push_back({read_text(map.required("name", "a name")), column("of"), column("over")});
    }

    std::vector<std::string> column_names() const {
        std::vector<std::string> names = compared_names();
        names.resize(result_.columns.size());
        return names;
    }

    ExpectedError read_error(const Field& field) const {
        const MapReader map(field, {"of", "where", "within", "median_within"});
        ExpectedError error;
        const Field of = map.required("of", "a measured column or a ratio");
        error.of = read_text(of);
        error.compared = position_of(of, "measured column or ratio", compared_names());
        const auto each = map.optional("within");
        const auto median = map.optional("median_within");
        if (each && median) throw field.error("expected within or median_within, not both");
        if (each) error.kind = ExpectedError::Kind::Each;
        if (median) error.kind = ExpectedError::Kind::Median;
        if (each || median) error.bound = read_number(each ? *each : *median);
        if (const auto where = map.optional("where")) {
            const MapReader keys(*where, result_.keys);
            for (const YamlEntry& entry : where->value().entries) {
                error.where.emplace_back(entry.key, read_text(Field(entry.value, where->key_of(entry.key))));
            }
        }
        return error;
    }

    void read_row(const Field& field) {
        const std::vector<Field> cells = read_list(field, "a list of values, one for each column");
        if (cells.size() != columns_.size()) {
            throw field.error(
                fmt::format("expected {} values, one for each column, not {}", columns_.size(), cells.size()));
        }
        std::vector<Setting> settings;
        for (std::size_t index = 0; index < cells.size(); ++index) {
            const YamlValue& value = cells[index].value();
            for (const std::string& key : columns_[index].settings) {
                settings.push_back({key, value.place, value, file_.path.parent_path()});
            }
        }
        add_topology(settings);
        const std::string identity = identity_of(settings);
        MeasuredRow row{experiment_of(base_, file_, settings, trees_), identity, {}, {}, {}, false, {}};
        row.measured.resize(result_.columns.size());
        for (std::size_t index = 0; index < cells.size(); ++index) read_cell(cells[index], columns_[index], row);
        result_.rows.push_back(std::move(row));
    }

    void read_cell(const Field& cell, const Column& column, MeasuredRow& row) const {
        if (column.key) row.keys.push_back(read_text(cell));
        if (column.is_layer) {
            row.layer = read_text(cell);
            position_of(cell, "layer", row.experiment.network.layer_names());
        }
        if (!column.measured || cell.value().text == kNotMeasured) return;
        const double measured = read_number(cell);
        if (measured <= 0 || !std::isfinite(measured)) throw cell.expected("a number above 0, or none");
        check_is_run(cell, result_.columns[*column.measured].work, row.experiment);
        row.measured[*column.measured] = measured;
    }

    /// Throws ConfigError where the experiment does nothing of what was measured.
    static void check_is_run(const Field& cell, MeasuredWork work, const Experiment& experiment) {
        const auto is_it = [&](Phase phase) {
            const bool is_forward = phase == Phase::Forward && work == MeasuredWork::ForwardProcessing;
            return is_forward || kWorks[static_cast<std::size_t>(work)] == name_of(phase);
        };
        const bool is_run = work == MeasuredWork::Collectives
                                ? experiment.array.accelerators > 1
                                : std::any_of(experiment.phases.begin(), experiment.phases.end(), is_it);
        if (!is_run) {
            throw cell.error(fmt::format("the experiment has no {}", kWorks[static_cast<std::size_t>(work)]));
        }
    }

    /// Joins the row's accelerators as the machine's nodes do.
    void add_topology(std::vector<Setting>& settings) const {
        if (!nodes_) return;
        const auto is_count = [](const Setting& setting) { return setting.key == "accelerators"; };
        const auto count = std::find_if(settings.begin(), settings.end(), is_count);
        if (count == settings.end()) throw root_.error("nodes need a column that sets accelerators");
        const std::uint64_t accelerators = read_integer(Field(count->value, "accelerators"), 1, kMostInNodes);
        settings.push_back({"topology", count->place, topology_of(*nodes_, accelerators), {}});
    }

    static std::string identity_of(const std::vector<Setting>& settings) {
        std::string text;
        for (const Setting& setting : settings) {
            text += fmt::format("{}={}{};", setting.key, setting.value.text, list_text(setting.value));
        }
        return text;
    }

    static std::string list_text(const YamlValue& value) {
        std::string text;
        for (const YamlValue& item : value.items) text += "," + item.text;
        return text;
    }

    void read_fitted(const Field& field) {
        const MapReader map(field, {"rows", "what"});
        result_.fitted = read_text(map.required("what", "what was fitted"));
        const std::size_t remainder = read_choice(map.required("rows", "even or odd"), {"even", "odd"});
        for (std::size_t index = 0; index < result_.rows.size(); ++index) {
            result_.rows[index].is_fitted = (index + 1) % 2 == remainder;
        }
    }

    void read_miss(const Field& field) {
        const MapReader map(field, {"row", "why"});
        const std::uint64_t number = read_integer(map.required("row", "its number"), 1, result_.rows.size());
        result_.rows[number - 1].miss = read_text(map.required("why", "what the model lacks"));
    }

    /// Throws ConfigError if all that an error is of were rows of the fit, or rows that are not there.
    void check_has_rows(std::size_t index) const {
        const ExpectedError& error = result_.errors[index];
        const bool has_rows = std::any_of(result_.rows.begin(), result_.rows.end(), [&](const MeasuredRow& row) {
            return !row.is_fitted && result_.covers(error, row);
        });
        if (!has_rows)
            throw items("errors", "a list of errors")[index].error("is of no row that nothing was fitted to");
    }

    static constexpr std::uint64_t kMostInNodes = 4096;

    Field root_;
    MapReader map_;
    FileReference file_;
    YamlValue base_;
    FileTrees trees_;
    std::optional<NodesSpec> nodes_;
    std::vector<Column> columns_;
    Measurements result_;
};

}  // namespace

const char* name_of(MeasuredUnit unit) { return kUnits[static_cast<std::size_t>(unit)].c_str(); }

std::string ExpectedError::title() const {
    std::string text = of;
    for (const auto& [key, value] : where) text += fmt::format(", {} {}", key, value);
    return text;
}

bool Measurements::covers(const ExpectedError& error, const MeasuredRow& row) const {
    const auto has = [&](std::size_t column) { return row.measured[column].has_value(); };
    const bool is_measured = error.compared < columns.size() ? has(error.compared)
                                                             : has(ratios[error.compared - columns.size()].of) &&
                                                                   has(ratios[error.compared - columns.size()].over);
    return is_measured && std::all_of(error.where.begin(), error.where.end(), [&](const auto& entry) {
               const auto key = std::find(keys.begin(), keys.end(), entry.first);
               return row.keys[static_cast<std::size_t>(key - keys.begin())] == entry.second;
           });
}

Measurements measurements_of(const YamlValue& root, const FileReference& file) {
    return MeasurementsReader(root, file).read();
}

std::vector<Measurements> load_measurements() {
    std::vector<Measurements> all;
    for (const auto& entry : fs::directory_iterator(data_folder() / "configs" / "reproduce" / kSilicon)) {
        if (entry.path().extension() != ".yaml") continue;
        const FileReference file{entry.path(), entry.path().string()};
        all.push_back(measurements_of(read_yaml_file(file.path, file.label), file));
    }
    std::sort(all.begin(), all.end(), [](const Measurements& a, const Measurements& b) { return a.name < b.name; });
    return all;
}

}  // namespace hypar
