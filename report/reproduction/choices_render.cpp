#include "report/reproduction/choices_render.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiment/plain_inputs.h"
#include "report/format.h"
#include "report/text_table.h"

namespace hypar {
namespace {

using Rows = std::vector<ReproducedRow>;
using Value = std::optional<double>;

/// Whether a row says who wins: one strategy against another.
bool is_contest(const ReproducedRow& row) {
    return row.row->baseline && row.row->experiment.strategy.title() != row.row->baseline->strategy.title();
}

/// Values of a column, where rows have them.
template <typename ValueOf>
std::vector<double> values_of(const Rows& rows, const ValueOf& value_of) {
    std::vector<double> values;
    for (const ReproducedRow& row : rows) {
        if (const Value value = value_of(row)) values.push_back(*value);
    }
    return values;
}

/// "3/10": how many of a column's numbers, as they are printed, lie above 1, or below it with a sign of -1.
std::string count_beyond_one(const std::vector<double>& values, int sign) {
    const auto is_beyond = [&](double value) { return sign * (std::stod(figure_number(value)) - 1) > 0; };
    if (values.empty()) return "";
    return fmt::format("{}/{}", std::count_if(values.begin(), values.end(), is_beyond), values.size());
}

/// A table of rows, a column for the paper's where it has any, one for ours and one for each choice.
class ChoicesTable {
public:
    ChoicesTable(const Rows& rows, const std::vector<std::string>& choices) : rows_(rows) {
        if (!column([](const ReproducedRow& row) { return row.row->paper; }).empty()) {
            add("paper", [](const ReproducedRow& row) { return row.row->paper; });
        }
        add("ours", [](const ReproducedRow& row) { return row.ours; });
        for (const std::string& choice : choices) {
            add(choice, [choice](const ReproducedRow& row) { return row.with(choice); });
        }
    }

    std::string render(const TextStyle& style) const {
        const std::size_t keys = rows_.front().row->keys.size();
        std::vector<TextTable::Column> header;
        for (const auto& [key, value] : rows_.front().row->keys) header.push_back(left(key));
        for (const auto& [name, value_of] : columns_) header.emplace_back(name);
        TextTable table(header);
        for (const ReproducedRow& row : rows_) {
            TextTable::Row cells;
            for (const auto& [key, value] : row.row->keys) cells.emplace_back(value);
            for (const auto& [name, value_of] : columns_) cells.emplace_back(figure_number(value_of(row)));
            table.add_row(cells);
        }
        if (!std::all_of(rows_.begin(), rows_.end(), is_contest)) return table.render(style);
        table.add_rule();
        const auto add_summary = [&](const std::string& name, const auto& summary) {
            TextTable::Row cells(keys, TextTable::Cell(""));
            cells.front() = name;
            for (const auto& [title, value_of] : columns_) cells.emplace_back(summary(column(value_of)));
            table.add_row(cells);
        };
        if (has_one_metric())
            add_summary("gmean",
                        [](const std::vector<double>& values) { return figure_number(geometric_mean(values)); });
        add_summary("> 1", [](const auto& values) { return count_beyond_one(values, 1); });
        add_summary("< 1", [](const auto& values) { return count_beyond_one(values, -1); });
        return table.render(style);
    }

private:
    using ValueOf = std::function<Value(const ReproducedRow&)>;

    void add(const std::string& name, const ValueOf& value_of) { columns_.emplace_back(name, value_of); }

    std::vector<double> column(const ValueOf& value_of) const { return values_of(rows_, value_of); }

    bool has_one_metric() const {
        return std::all_of(rows_.begin(), rows_.end(),
                           [&](const ReproducedRow& row) { return row.row->metric == rows_.front().row->metric; });
    }

    const Rows& rows_;
    std::vector<std::pair<std::string, ValueOf>> columns_;
};

/// Each choice that is turned in any of the figures, once.
std::vector<ModelChoice> choices_in(const std::vector<ReproducedFigure>& figures) {
    std::vector<ModelChoice> choices;
    for (const ReproducedFigure& figure : figures) {
        for (const ModelChoice& choice : figure.figure->choices) {
            const auto is_it = [&](const ModelChoice& other) { return other.name == choice.name; };
            if (std::none_of(choices.begin(), choices.end(), is_it)) choices.push_back(choice);
        }
    }
    return choices;
}

}  // namespace

std::optional<double> geometric_mean(const std::vector<double>& values) {
    if (values.empty()) return std::nullopt;
    double logarithms = 0;
    for (const double value : values) logarithms += std::log(value);
    return std::exp(logarithms / static_cast<double>(values.size()));
}

std::string figure_number(const std::optional<double>& value) {
    if (!value) return "";
    return *value >= 100 ? fmt::format("{:.1f}", *value) : fmt::format("{:.3g}", *value);
}

std::string choices_text(const ReproducedFigure& figure, const TextStyle& style) {
    Rows turned;
    std::copy_if(figure.rows.begin(), figure.rows.end(), std::back_inserter(turned),
                 [](const ReproducedRow& row) { return !row.turned.empty(); });
    const std::vector<std::string> columns = columns_of(figure.figure->choices);
    std::string text;
    if (!turned.empty()) {
        text += style.paint(Tone::Heading, "  What the figure owes to the choices:") + "\n\n" +
                ChoicesTable(turned, columns).render(style) + "\n";
    }
    for (std::size_t index = 0; index < figure.further.size(); ++index) {
        const Rows& rows = figure.further[index];
        if (rows.empty()) continue;
        const std::string name = figure.figure->further[index].name;
        text += style.paint(Tone::Heading, fmt::format("  The same with {}, which the paper does not have:", name)) +
                "\n\n" + ChoicesTable(rows, columns).render(style) + "\n";
    }
    return text;
}

std::string choices_notes(const std::vector<ReproducedFigure>& figures, const TextStyle& style) {
    std::string text;
    for (const ModelChoice& choice : choices_in(figures)) {
        text += wrapped_note(fmt::format("{}: {}", choice.name, choice.title), style);
    }
    return text;
}

std::vector<std::string> choice_columns(const std::vector<ReproducedFigure>& figures) {
    return columns_of(choices_in(figures));
}

nlohmann::ordered_json choices_json(const std::vector<ReproducedFigure>& figures) {
    auto list = nlohmann::ordered_json::array();
    for (const ModelChoice& choice : choices_in(figures)) {
        nlohmann::ordered_json settings;
        for (const Setting& setting : choice.settings) settings[setting.key] = cell_of(setting.key, setting.value);
        list.push_back({{"name", choice.name}, {"title", choice.title}, {"settings", settings}});
    }
    return list;
}

}  // namespace hypar
