#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/format.h"
#include "report/text_table.h"
#include "sweep/results/query.h"

namespace hypar {
namespace {

constexpr std::size_t kLongestCell = 30;

std::string text_of(const QueryTable::Cell& cell) { return cell ? cell->text : ""; }

bool ends_with(const std::string& text, const std::string& ending) {
    return text.size() >= ending.size() && text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

/// Whether it is calculated of several columns.
bool is_calculated(const std::string& column) { return column.find(' ') != std::string::npos; }

/// Figures of people's tables have three digits and a unit; what is calculated has a unit that nobody has told.
std::string shown(const std::string& column, const QueryTable::Cell& cell) {
    if (!cell) return "-";
    if (cell->number && is_calculated(column)) return fmt::format("{:.4g}", *cell->number);
    if (cell->number && cell->kind.empty()) {
        if (ends_with(column, "seconds")) return format_seconds(*cell->number);
        if (ends_with(column, "joules")) return format_joules(*cell->number);
        if (column == "energy_delay_product") return format_joule_seconds(*cell->number);
        if (ends_with(column, "_bytes")) return format_bytes(*cell->number);
        if (ends_with(column, "utilisation")) return format_percent(*cell->number);
    }
    std::string text = cell->text;
    std::replace(text.begin(), text.end(), '\n', ' ');
    std::size_t end = std::min(text.size(), kLongestCell);
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // whole characters
    return end < text.size() ? text.substr(0, end) + "..." : text;
}

/// The last part of a dotted path, the whole path where another column ends the same way.
std::vector<std::string> short_names(const std::vector<std::string>& columns) {
    const auto last = [](const std::string& column) {
        return is_calculated(column) ? column : column.substr(column.rfind('.') + 1);
    };
    std::map<std::string, int> uses;
    for (const std::string& column : columns) ++uses[last(column)];
    std::vector<std::string> names;
    names.reserve(columns.size());
    for (const std::string& column : columns) names.push_back(uses[last(column)] == 1 ? last(column) : column);
    return names;
}

bool is_same_everywhere(const QueryTable& table, std::size_t column) {
    return std::all_of(table.rows.begin(), table.rows.end(),
                       [&](const auto& row) { return text_of(row[column]) == text_of(table.rows.front()[column]); });
}

std::size_t width_of(const QueryTable& table, const std::string& name, std::size_t column) {
    std::size_t width = name.size();
    for (const auto& row : table.rows) width = std::max(width, shown(table.columns[column], row[column]).size());
    return width + 2;
}

}  // namespace

std::string query_text(const QueryTable& table, const TextStyle& style) {
    if (table.rows.empty()) return "no point\n";
    const std::vector<std::string> names = short_names(table.columns);
    std::string text;
    std::string common;
    std::string left_out;
    std::vector<std::size_t> columns;
    std::size_t width = 0;
    for (std::size_t column = 0; column < names.size(); ++column) {
        if (!table.are_chosen && table.rows.size() > 1 && is_same_everywhere(table, column)) {
            common += fmt::format("{}{}: {}", common.empty() ? "" : ", ", table.columns[column],
                                  shown(table.columns[column], table.rows.front()[column]));
            continue;
        }
        const std::size_t more = width_of(table, names[column], column);
        if (width + more > style.columns) {
            left_out += (left_out.empty() ? "" : ", ") + table.columns[column];
            continue;
        }
        width += more;
        columns.push_back(column);
    }
    if (!common.empty()) text += wrapped("  ", common, style) + "\n";
    std::vector<TextTable::Column> header;
    for (const std::size_t column : columns) {
        const bool is_number = std::all_of(table.rows.begin(), table.rows.end(),
                                           [&](const auto& row) { return !row[column] || row[column]->number; });
        header.push_back(is_number ? names[column] : left(names[column]));
    }
    TextTable rendered(header);
    for (const auto& row : table.rows) {
        TextTable::Row cells;
        for (const std::size_t column : columns) cells.emplace_back(shown(table.columns[column], row[column]));
        rendered.add_row(cells);
    }
    text += rendered.render(style);
    if (!left_out.empty())
        text += "\n" + wrapped_note("no room for " + left_out + "; --format csv has it all", style);
    return text;
}

std::string query_csv(const QueryTable& table) {
    std::string text;
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        text += (column == 0 ? "" : ",") + csv_text(table.columns[column]);
    }
    text += "\n";
    for (const auto& row : table.rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            const bool is_number = row[column] && row[column]->number;
            const std::string cell = text_of(row[column]);
            text += (column == 0 ? "" : ",") + (is_number ? cell : csv_text(cell));
        }
        text += "\n";
    }
    return text;
}

std::string query_json(const QueryTable& table) {
    auto json = nlohmann::ordered_json::array();
    for (const auto& row : table.rows) {
        nlohmann::ordered_json object = nlohmann::ordered_json::object();
        for (std::size_t column = 0; column < row.size(); ++column) {
            const QueryTable::Cell& cell = row[column];
            nlohmann::ordered_json& value = object[table.columns[column]];
            if (!cell) continue;
            value = cell->text;
            if (!cell->number || !cell->kind.empty()) continue;
            nlohmann::ordered_json number = nlohmann::ordered_json::parse(cell->text, nullptr, false);
            if (number.is_number()) value = std::move(number);
        }
        json.push_back(std::move(object));
    }
    return json.dump(2) + "\n";
}

}  // namespace hypar
