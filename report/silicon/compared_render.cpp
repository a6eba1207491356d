#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/format.h"
#include "report/silicon/compared.h"
#include "report/text_table.h"

namespace hypar {
namespace {

/// Three significant digits, all of an integer's.
std::string number(double value) {
    return value >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value);
}

std::string name_of_compared(const Measurements& measurements, std::size_t index) {
    const std::size_t columns = measurements.columns.size();
    return index < columns ? measurements.columns[index].name : measurements.ratios[index - columns].name;
}

/// The first of what a table shows: ratios, where there are any.
std::size_t first_shown(const Measurements& measurements) {
    return measurements.ratios.empty() ? 0 : measurements.columns.size();
}

std::string rows_table(const ComparedMeasurements& compared, const TextStyle& style) {
    const Measurements& measurements = *compared.measurements;
    std::vector<TextTable::Column> header;
    for (const std::string& key : measurements.keys) header.emplace_back(key);
    const std::size_t first = first_shown(measurements);
    const std::size_t all = measurements.columns.size() + measurements.ratios.size();
    const bool has_differences = all - first == 1;
    for (std::size_t index = first; index < all; ++index) {
        const std::string unit =
            index < measurements.columns.size() ? fmt::format(", {}", name_of(measurements.columns[index].unit)) : "";
        header.emplace_back(name_of_compared(measurements, index) + unit);
        header.emplace_back("ours");
        if (has_differences) header.emplace_back("diff.");
    }
    if (!measurements.fitted.empty()) header.push_back(left(""));
    TextTable table(header);
    for (const ComparedRow& row : compared.rows) {
        TextTable::Row cells;
        for (const std::string& key : row.row->keys) cells.emplace_back(key);
        for (std::size_t index = first; index < all; ++index) {
            const std::optional<Compared>& value = row.compared[index];
            cells.emplace_back(value ? number(value->measured) : "");
            cells.emplace_back(value ? number(value->ours) : "");
            if (has_differences) cells.emplace_back(value ? format_difference(value->difference()) : "");
        }
        if (!measurements.fitted.empty()) cells.emplace_back(row.row->is_fitted ? "fitted" : "");
        table.add_row(cells);
    }
    return table.render(style);
}

std::string errors_table(const ComparedMeasurements& compared, const TextStyle& style) {
    const bool has_fitted = !compared.measurements->fitted.empty();
    std::vector<TextTable::Column> header = {"ours from the measured", "rows", "median", "furthest"};
    if (has_fitted) header.insert(header.end(), {"fitted rows", "median"});
    TextTable table(header);
    for (const ComparedError& error : compared.errors) {
        TextTable::Row cells{error.expected->title(), std::to_string(error.judged.rows),
                             format_percent(error.judged.median), format_difference(error.judged.worst)};
        if (has_fitted) {
            cells.emplace_back(error.fitted ? std::to_string(error.fitted->rows) : "");
            cells.emplace_back(error.fitted ? format_percent(error.fitted->median) : "");
        }
        table.add_row(cells);
    }
    return table.render(style);
}

std::string verdict_text(const ComparedError& error) {
    const bool is_median = error.expected->kind == ExpectedError::Kind::Median;
    return fmt::format(
        "{}: {} within {:.0f} %; it is {}", error.expected->title(), is_median ? "the median difference" : "each row",
        100 * error.expected->bound,
        is_median ? format_percent(error.judged.median) : format_difference(error.judged.worst) + " at most");
}

/// "size 1 MiB, GPUs 4: ..." for each row that is too far off.
std::string misses_text(const ComparedMeasurements& compared, const TextStyle& style) {
    std::string text;
    for (const ComparedRow& row : compared.rows) {
        if (row.row->miss.empty() || !compared.misses(row)) continue;
        std::string keys;
        for (std::size_t index = 0; index < row.row->keys.size(); ++index) {
            keys += fmt::format("{}{} {}", index == 0 ? "" : ", ", compared.measurements->keys[index],
                                row.row->keys[index]);
        }
        text += wrapped("  missing  ", keys + ": " + row.row->miss, style, Tone::Warning);
    }
    return text;
}

std::string measurements_text(const ComparedMeasurements& compared, const TextStyle& style) {
    const Measurements& measurements = *compared.measurements;
    std::string text = style.paint(Tone::Heading, wrapped(measurements.name + ": ", measurements.title, style)) +
                       "\n" + rows_table(compared, style) + "\n" + errors_table(compared, style) + "\n";
    for (const ComparedError& error : compared.errors) {
        const std::optional<bool> is_met = error.is_met();
        if (!is_met) continue;
        text += *is_met ? wrapped("  met      ", verdict_text(error), style, Tone::Good)
                        : wrapped("  NOT MET  ", verdict_text(error), style, Tone::Warning);
    }
    text += misses_text(compared, style) + wrapped_note("measured: " + measurements.source, style);
    if (!measurements.fitted.empty()) text += wrapped_note("fitted: " + measurements.fitted, style);
    for (const std::string& note : measurements.notes) text += wrapped_note(note, style);
    return text + "\n";
}

nlohmann::ordered_json summary_json(const ErrorSummary& summary) {
    return {{"rows", summary.rows}, {"median", summary.median}, {"furthest", summary.worst}};
}

nlohmann::ordered_json row_json(const ComparedMeasurements& compared, const ComparedRow& row) {
    const Measurements& measurements = *compared.measurements;
    nlohmann::ordered_json json;
    for (std::size_t index = 0; index < row.row->keys.size(); ++index) {
        json["keys"][measurements.keys[index]] = row.row->keys[index];
    }
    json["fitted"] = row.row->is_fitted;
    for (std::size_t index = 0; index < row.compared.size(); ++index) {
        const std::optional<Compared>& value = row.compared[index];
        nlohmann::ordered_json& cell = json["compared"][name_of_compared(measurements, index)];
        if (!value) continue;
        cell = {{"measured", value->measured}, {"ours", value->ours}, {"difference", value->difference()}};
    }
    if (!row.row->miss.empty() && compared.misses(row)) json["missing"] = row.row->miss;
    return json;
}

nlohmann::ordered_json error_json(const ComparedError& error) {
    nlohmann::ordered_json json{{"of", error.expected->of}};
    for (const auto& [key, value] : error.expected->where) json["where"][key] = value;
    json["judged"] = summary_json(error.judged);
    if (error.fitted) json["fitted"] = summary_json(*error.fitted);
    const std::optional<bool> is_met = error.is_met();
    if (!is_met) return json;
    json[error.expected->kind == ExpectedError::Kind::Each ? "within" : "median_within"] = error.expected->bound;
    json["met"] = *is_met;
    return json;
}

nlohmann::ordered_json measurements_json(const ComparedMeasurements& compared) {
    const Measurements& measurements = *compared.measurements;
    nlohmann::ordered_json json{{"title", measurements.title}, {"source", measurements.source}};
    for (const MeasuredColumn& column : measurements.columns) json["units"][column.name] = name_of(column.unit);
    json["fitted"] = measurements.fitted;
    json["rows"] = nlohmann::ordered_json::array();
    for (const ComparedRow& row : compared.rows) json["rows"].push_back(row_json(compared, row));
    json["errors"] = nlohmann::ordered_json::array();
    for (const ComparedError& error : compared.errors) json["errors"].push_back(error_json(error));
    json["notes"] = measurements.notes;
    return json;
}

std::string csv_lines(const ComparedMeasurements& compared, const ComparedRow& row) {
    const Measurements& measurements = *compared.measurements;
    std::string keys;
    for (std::size_t index = 0; index < row.row->keys.size(); ++index) {
        keys += fmt::format("{}{}={}", index == 0 ? "" : " ", measurements.keys[index], row.row->keys[index]);
    }
    std::string text;
    for (std::size_t index = 0; index < row.compared.size(); ++index) {
        const std::optional<Compared>& value = row.compared[index];
        if (!value) continue;
        const std::size_t columns = measurements.columns.size();
        text += fmt::format("{},{},{},{},{},{},{},{}\n", csv_text(measurements.name), csv_text(keys),
                            csv_text(name_of_compared(measurements, index)),
                            index < columns ? name_of(measurements.columns[index].unit) : "", value->measured,
                            value->ours, value->difference(), row.row->is_fitted ? "true" : "false");
    }
    return text;
}

}  // namespace

std::string silicon_text(const std::vector<ComparedMeasurements>& all, const TextStyle& style) {
    std::string text;
    std::size_t expected = 0;
    std::size_t met = 0;
    for (const ComparedMeasurements& compared : all) {
        text += measurements_text(compared, style);
        for (const ComparedError& error : compared.errors) {
            if (error.is_met()) ++expected;
            if (error.is_met().value_or(false)) ++met;
        }
    }
    text += wrapped_note(
        "diff.: ours over the measured, less one; medians are of absolute differences, and goals are "
        "for rows that nothing was fitted to",
        style);
    const std::string sum = fmt::format("{}: {} machines, {} of {} goals met", kSilicon, all.size(), met, expected);
    return text + "\n" + style.paint(Tone::Heading, sum) + "\n";
}

std::string silicon_json(const std::vector<ComparedMeasurements>& all) {
    nlohmann::ordered_json json;
    for (const ComparedMeasurements& compared : all) {
        json[kSilicon][compared.measurements->name] = measurements_json(compared);
    }
    return json.dump(2) + "\n";
}

std::string silicon_csv(const std::vector<ComparedMeasurements>& all) {
    std::string text = "measurements,row,compared,unit,measured,ours,difference,fitted\n";
    for (const ComparedMeasurements& compared : all) {
        for (const ComparedRow& row : compared.rows) text += csv_lines(compared, row);
    }
    return text;
}

}  // namespace hypar
