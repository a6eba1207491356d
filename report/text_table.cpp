#include "report/text_table.h"

#include <algorithm>

namespace hypar {
namespace {

constexpr std::size_t kIndent = 2;  // as wide as a gap: a line is cells with a gap before each
constexpr std::size_t kGap = kIndent;
/// A first column that is repeated, and any other one, takes at most this part of the text.
constexpr std::size_t kMostOfText = 3;

/// Columns behind the first one, with the gaps before them.
std::size_t width_behind_first(const std::vector<std::size_t>& part, const std::vector<std::size_t>& widths) {
    std::size_t width = 0;
    for (const std::size_t column : part) width += kGap + widths[column];
    return width;
}

std::string padded(const TextTable::Cell& cell, TextTable::Align align, std::size_t width, const TextStyle& style) {
    const std::string padding(width - width_of(cell.text), ' ');
    const std::string text = style.paint(cell.tone, cell.text);
    return align == TextTable::Align::Left ? text + padding : padding + text;
}

/// A row whose first cell fits; as many lines as the cell with most pieces has.
std::string row_lines(const TextTable::Row& row, const std::vector<TextTable::Column>& columns,
                      const std::vector<std::size_t>& part, const std::vector<std::size_t>& widths,
                      const TextStyle& style) {
    std::vector<std::vector<std::string>> pieces{{row.front().text}};
    std::size_t lines = 1;
    for (const std::size_t column : part) {
        pieces.push_back(pieces_of(row[column].text, widths[column]));
        lines = std::max(lines, pieces.back().size());
    }
    std::string text;
    for (std::size_t number = 0; number < lines; ++number) {
        std::string line;
        const auto add = [&](std::size_t place, std::size_t column) {
            const std::string piece = number < pieces[place].size() ? pieces[place][number] : "";
            line += std::string(kGap, ' ') +
                    padded({piece, row[column].tone}, columns[column].align, widths[column], style);
        };
        add(0, 0);
        for (std::size_t place = 0; place < part.size(); ++place) add(place + 1, part[place]);
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

}  // namespace

TextTable::TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {
    columns_.front().align = Align::Left;
}

TextTable::Widths TextTable::natural_widths() const {
    Widths widths;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        widths.push_back(width_of(columns_[column].title));
        for (const Row& row : rows_) widths[column] = std::max(widths[column], width_of(row[column].text));
    }
    return widths;
}

std::vector<std::vector<std::size_t>> TextTable::parts(const Widths& widths, const TextStyle& style) const {
    const std::size_t room = style.columns - kIndent;
    std::vector<std::size_t> shown;
    for (std::size_t column = 1; column < columns_.size(); ++column) {
        if (!columns_[column].is_optional) shown.push_back(column);
    }
    for (std::size_t column = 1; column < columns_.size() && style.columns > TextStyle::kLeastColumns; ++column) {
        if (!columns_[column].is_optional) continue;
        if (widths[0] + width_behind_first(shown, widths) + kGap + widths[column] > room) continue;
        shown.push_back(column);
    }
    std::sort(shown.begin(), shown.end());
    if (width_behind_first(shown, widths) <= room) return {shown};

    std::vector<std::vector<std::size_t>> parts(1);
    const std::size_t first = std::min(widths[0], room / kMostOfText);
    for (const std::size_t column : shown) {
        const std::size_t width = first + width_behind_first(parts.back(), widths) + kGap + widths[column];
        if (width > room && !parts.back().empty()) parts.emplace_back();
        parts.back().push_back(column);
    }
    return parts;
}

std::string TextTable::render_part(const std::vector<std::size_t>& part, Widths widths,
                                   const TextStyle& style) const {
    const std::size_t room = style.columns - kIndent;
    const std::size_t behind = width_behind_first(part, widths);
    if (widths[0] + behind > room) {
        widths[0] = 0;
        const auto take = [&](const std::string& text) {
            if (width_of(text) + behind <= room) widths[0] = std::max(widths[0], width_of(text));
        };
        take(columns_.front().title);
        for (const Row& row : rows_) take(row.front().text);
    }
    const std::string indent(kIndent, ' ');
    const std::string rule = indent + style.paint(Tone::Faint, std::string(widths[0] + behind, '-')) + "\n";

    std::string text;
    std::string above;  // the text of the first column that has lines of its own above this row
    const auto add_row = [&](Row row) {
        Cell& first = row.front();
        if (width_of(first.text) > widths[0]) {
            if (first.text != above) {
                for (const std::string& piece : pieces_of(first.text, room)) {
                    text += indent + style.paint(first.tone, piece) + "\n";
                }
            }
            above = std::move(first.text);
            first.text.clear();
        } else if (!first.text.empty()) {
            above.clear();
        }
        text += row_lines(row, columns_, part, widths, style);
    };
    Row header;
    for (const Column& column : columns_) header.emplace_back(column.title, Tone::Heading);
    add_row(header);
    text += rule;
    for (std::size_t index = 0; index < rows_.size(); ++index) {
        if (std::find(rules_.begin(), rules_.end(), index) != rules_.end()) text += rule;
        add_row(rows_[index]);
    }
    return text;
}

std::string TextTable::render(const TextStyle& style) const {
    Widths widths = natural_widths();
    for (std::size_t column = 1; column < widths.size(); ++column) {
        widths[column] = std::min(widths[column], style.columns / kMostOfText);
    }
    std::string text;
    for (const auto& part : parts(widths, style)) {
        text += (text.empty() ? "" : "\n") + render_part(part, widths, style);
    }
    return text;
}

TextTable::Column left(const std::string& title) {
    TextTable::Column column(title);
    column.align = TextTable::Align::Left;
    return column;
}

TextTable::Column where_room(TextTable::Column column) {
    column.is_optional = true;
    return column;
}

}  // namespace hypar
