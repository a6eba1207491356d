#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/format.h"
#include "report/reproduction/choices_render.h"
#include "report/reproduction/reproduction.h"
#include "report/text_table.h"

namespace hypar {
namespace {

constexpr std::size_t kShownPlans = 5;

bool has_papers_way(const ReproducedFigure& figure) {
    return std::any_of(figure.rows.begin(), figure.rows.end(),
                       [](const ReproducedRow& row) { return row.papers_way.has_value(); });
}

std::string signed_percent(const std::optional<double>& fraction) {
    return fraction ? format_difference(*fraction) : "";
}

std::string plans_table(const ReproducedFigure& figure, const TextStyle& style) {
    TextTable table({"network", left("ours"), left("paper"), "cells apart"});
    for (const ReproducedRow& row : figure.rows) {
        for (std::size_t level = 0; level < row.plan.size(); ++level) {
            table.add_row({level == 0 ? row.row->value_of("network") : "", row.plan[level],
                           level < row.row->paper_plan.size() ? row.row->paper_plan[level] : "",
                           level == 0 ? std::to_string(*row.cells_apart) : ""});
        }
    }
    return table.render(style);
}

/// Rows to show: all, or of many plans the best, the search's own and those that the paper names.
std::vector<const ReproducedRow*> shown_rows(const ReproducedFigure& figure) {
    std::vector<const ReproducedRow*> rows;
    for (const ReproducedRow& row : figure.rows) rows.push_back(&row);
    if (!figure.figure->varies_plans) return rows;
    std::stable_sort(rows.begin(), rows.end(),
                     [](const ReproducedRow* a, const ReproducedRow* b) { return *a->ours > *b->ours; });
    std::vector<const ReproducedRow*> shown;
    for (std::size_t index = 0; index < rows.size(); ++index) {
        const FigureRow& row = *rows[index]->row;
        if (index < kShownPlans || row.is_strategys_own || row.paper) shown.push_back(rows[index]);
    }
    return shown;
}

TextTable table_with_keys(const ReproducedFigure& figure, const std::vector<std::string>& columns) {
    std::vector<TextTable::Column> header;
    for (const auto& [key, value] : figure.rows.front().row->keys) header.push_back(left(key));
    header.insert(header.end(), columns.begin(), columns.end());
    return TextTable(header);
}

TextTable::Row key_cells(const ReproducedRow& row) {
    TextTable::Row cells;
    for (const auto& [key, value] : row.row->keys) cells.emplace_back(value);
    return cells;
}

std::string rows_table(const ReproducedFigure& figure, const TextStyle& style) {
    const bool shows_papers_way = has_papers_way(figure);
    std::vector<std::string> columns = {"ours", "diff."};
    if (shows_papers_way) columns.insert(columns.end(), {"paper's way", "diff."});
    columns.emplace_back("paper");
    if (figure.figure->varies_plans) columns.emplace_back("");
    TextTable table = table_with_keys(figure, columns);
    for (const ReproducedRow* row : shown_rows(figure)) {
        TextTable::Row cells = key_cells(*row);
        const auto add = [&](const std::string& column) {
            cells.emplace_back(figure_number(row->value(column)));
            cells.emplace_back(signed_percent(row->difference(column)));
        };
        add("ours");
        if (shows_papers_way) add("papers_way");
        cells.emplace_back(figure_number(row->row->paper));
        if (figure.figure->varies_plans) {
            const bool is_peak = row == &figure.rows[*figure.peak];
            cells.emplace_back(row->row->is_strategys_own ? (is_peak ? "best, hypar's" : "hypar's")
                                                          : (is_peak ? "best" : ""));
        }
        table.add_row(cells);
    }
    return table.render(style);
}

/// A component of the energy with its heading.
constexpr std::pair<const char*, const char*> kShownComponents[] = {
    {"register_file", "+ registers"}, {"array", "+ array"}, {"buffer", "+ buffer"}, {"dram_compute", "+ memory"}};

/// Of energies: what the gain is with each component beside multiply-accumulates and communication.
std::string components_table(const ReproducedFigure& figure, const TextStyle& style) {
    std::vector<std::string> columns = {"these two"};
    for (const auto& [name, heading] : kShownComponents) columns.emplace_back(heading);
    TextTable table = table_with_keys(figure, columns);
    for (const ReproducedRow& row : figure.rows) {
        if (row.components.empty()) continue;
        TextTable::Row cells = key_cells(row);
        cells.emplace_back(figure_number(row.papers_way));
        for (const auto& shown : kShownComponents) {
            const auto component =
                std::find_if(row.components.begin(), row.components.end(),
                             [&](const ComponentShare& share) { return share.name == shown.first; });
            cells.emplace_back(figure_number(component->gain_with));
        }
        table.add_row(cells);
    }
    return table.render(style);
}

std::string figure_text(const ReproducedFigure& figure, const TextStyle& style) {
    const std::string title = wrapped(fmt::format("Figure {}: ", figure.figure->number), figure.figure->title, style);
    std::string text = style.paint(Tone::Heading, title) + "\n";
    const bool is_plans = !figure.rows.empty() && figure.rows.front().row->metric == Metric::Plan;
    text += is_plans ? plans_table(figure, style) : rows_table(figure, style);
    if (figure.figure->varies_plans) text += fmt::format("  {} plans in all\n", figure.rows.size());
    text += "\n";
    const bool has_components = !figure.rows.empty() && !figure.rows.front().components.empty();
    if (has_components) {
        text += "  The gain of multiply-accumulates and communication with each component:\n\n" +
                components_table(figure, style) + "\n";
    }
    for (const Verdict& verdict : figure.verdicts) {
        text += verdict.is_met ? wrapped("  met      ", verdict.text, style, Tone::Good)
                               : wrapped("  NOT MET  ", verdict.text, style, Tone::Warning);
    }
    for (const std::string& note : figure.figure->notes) text += wrapped_note(note, style);
    const std::string choices = choices_text(figure, style);
    return text + "\n" + choices;
}

nlohmann::ordered_json value_json(const std::optional<double>& value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json key_json(const std::string& key, const std::string& value) {
    if (key == "accelerators" || key == "levels" || key == "batch") return std::stoull(value);
    return value;
}

nlohmann::ordered_json row_json(const ReproducedFigure& figure, const ReproducedRow& row) {
    nlohmann::ordered_json json;
    for (const auto& [key, value] : row.row->keys) json[key] = key_json(key, value);
    if (row.cells_apart) {
        json["ours"] = row.plan;
        json["paper"] = row.row->paper_plan;
        json["cells_apart"] = *row.cells_apart;
        json["layers"] = row.row->experiment.network.layer_names();
        if (row.row->is_again) json["again"] = true;
        return json;
    }
    json["ours"] = value_json(row.ours);
    if (has_papers_way(figure)) json["papers_way"] = value_json(row.papers_way);
    json["paper"] = value_json(row.row->paper);
    json["difference"] = value_json(row.difference());
    if (row.row->is_again) json["again"] = true;
    if (row.row->is_strategys_own) json["is_strategys_own"] = true;
    for (const auto& [choice, value] : row.turned) json["choices"][choice] = value;
    for (const ComponentShare& share : row.components) {
        json["components"][share.name] = {{"baseline_joules", share.baseline_joules},
                                          {"joules", share.joules},
                                          {"gain_with", value_json(share.gain_with)}};
    }
    return json;
}

nlohmann::ordered_json figure_json(const ReproducedFigure& figure) {
    nlohmann::ordered_json json;
    json["title"] = figure.figure->title;
    json["source"] = figure.figure->source;
    json["rows"] = nlohmann::ordered_json::array();
    for (const ReproducedRow& row : figure.rows) json["rows"].push_back(row_json(figure, row));
    if (!figure.figure->choices.empty()) json["choices"] = columns_of(figure.figure->choices);
    for (std::size_t index = 0; index < figure.further.size(); ++index) {
        auto rows = nlohmann::ordered_json::array();
        for (const ReproducedRow& row : figure.further[index]) rows.push_back(row_json(figure, row));
        json["further"].push_back({{"name", figure.figure->further[index].name}, {"rows", rows}});
    }
    if (figure.peak) json["peak"] = row_json(figure, figure.rows[*figure.peak]);
    json["verdicts"] = nlohmann::ordered_json::array();
    for (const Verdict& verdict : figure.verdicts) {
        json["verdicts"].push_back({{"met", verdict.is_met}, {"text", verdict.text}});
    }
    json["notes"] = figure.figure->notes;
    return json;
}

std::string csv_line(const ReproducedFigure& figure, const ReproducedRow& row,
                     const std::vector<std::string>& choices) {
    const auto cell = [](const std::optional<double>& value) { return value ? fmt::format("{}", *value) : ""; };
    std::string keys;
    for (const auto& [key, value] : row.row->keys)
        keys += fmt::format("{}{}={}", keys.empty() ? "" : " ", key, value);
    const bool is_plan = row.cells_apart.has_value();
    std::string text =
        fmt::format("{},{},{},{},{},{}", figure.figure->number, csv_text(keys),
                    is_plan ? fmt::format("{}", fmt::join(row.plan, " ")) : cell(row.ours), cell(row.papers_way),
                    is_plan ? fmt::format("{}", fmt::join(row.row->paper_plan, " ")) : cell(row.row->paper),
                    cell(row.difference()));
    for (const std::string& choice : choices) text += "," + cell(row.with(choice));
    return text + "\n";
}

/// The accounting of the paper, which all its figures have.
const Accounting* accounting_in(const std::vector<ReproducedFigure>& figures) {
    const auto has_it = [](const ReproducedFigure& figure) { return figure.figure->accounting.has_value(); };
    const auto found = std::find_if(figures.begin(), figures.end(), has_it);
    return found == figures.end() ? nullptr : &*found->figure->accounting;
}

std::string accounting_notes(const std::vector<ReproducedFigure>& figures, const TextStyle& style) {
    const Accounting* accounting = accounting_in(figures);
    if (accounting == nullptr) return "";
    std::string text = wrapped_note("paper's way: " + accounting->title, style) +
                       wrapped_note("its source: " + accounting->source, style);
    for (const std::string& sentence : accounting->speaks_for) {
        text += wrapped_note("for it: " + sentence, style);
    }
    for (const std::string& sentence : accounting->speaks_against) {
        text += wrapped_note("against it: " + sentence, style);
    }
    return text;
}

nlohmann::ordered_json accounting_json(const std::vector<ReproducedFigure>& figures) {
    const Accounting* accounting = accounting_in(figures);
    if (accounting == nullptr) return nullptr;
    return {{"title", accounting->title},           {"source", accounting->source},
            {"passes", accounting->passes},         {"operations_per_second", accounting->operations_per_second},
            {"units", accounting->units},           {"accesses_of_a_word", accounting->accesses_of_a_word},
            {"speaks_for", accounting->speaks_for}, {"speaks_against", accounting->speaks_against}};
}

}  // namespace

std::string reproduction_text(const std::string& paper, const std::vector<ReproducedFigure>& figures,
                              const TextStyle& style) {
    std::size_t met = 0;
    std::size_t all = 0;
    std::string text;
    for (const ReproducedFigure& figure : figures) {
        text += figure_text(figure, style);
        all += figure.verdicts.size();
        met += static_cast<std::size_t>(
            std::count_if(figure.verdicts.begin(), figure.verdicts.end(), [](const auto& v) { return v.is_met; }));
    }
    text += wrapped_note("diff.: over the paper's, less one", style) + accounting_notes(figures, style);
    text += choices_notes(figures, style);
    const std::string sum = fmt::format("{}: {} figures, {} of {} expectations met", paper, figures.size(), met, all);
    return text + "\n" + style.paint(Tone::Heading, sum) + "\n";
}

std::string reproduction_json(const std::string& paper, const std::vector<ReproducedFigure>& figures) {
    nlohmann::ordered_json json;
    json["paper"] = paper;
    json["accounting"] = accounting_json(figures);
    json["choices"] = choices_json(figures);
    for (const ReproducedFigure& figure : figures) json["figures"][figure.figure->number] = figure_json(figure);
    return json.dump(2) + "\n";
}

std::string reproduction_csv(const std::vector<ReproducedFigure>& figures) {
    const std::vector<std::string> choices = choice_columns(figures);
    std::string text = "figure,row,ours,papers_way,paper,difference";
    for (const std::string& choice : choices) text += ",choice_" + choice;
    text += "\n";
    for (const ReproducedFigure& figure : figures) {
        for (const ReproducedRow& row : figure.rows) text += csv_line(figure, row, choices);
        for (const std::vector<ReproducedRow>& rows : figure.further) {
            for (const ReproducedRow& row : rows) text += csv_line(figure, row, choices);
        }
    }
    return text;
}

}  // namespace hypar
