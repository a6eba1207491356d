#include "report/text_table.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace hypar {

namespace {

/// Characters of a UTF-8 text, each taken as one column wide.
std::size_t columns_of(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

}  // namespace

TextTable::TextTable(std::vector<std::string> header)
    : header_(std::move(header)), align_(header_.size(), Align::Right) {
    align_.front() = Align::Left;
}

std::string TextTable::render() const {
    std::vector<std::size_t> widths;
    for (const std::string& title : header_) widths.push_back(columns_of(title));
    for (const auto& row : rows_) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            widths[column] = std::max(widths[column], columns_of(row[column]));
        }
    }
    const std::size_t total = std::accumulate(widths.begin(), widths.end(), std::size_t{0}) + 2 * (widths.size() - 1);
    const std::string rule = "  " + std::string(total, '-') + "\n";

    std::string text;
    const auto add_line = [&](const std::vector<std::string>& row) {
        std::string line = " ";
        for (std::size_t column = 0; column < row.size(); ++column) {
            line += column == 0 ? " " : "  ";
            const std::string padding(widths[column] - columns_of(row[column]), ' ');
            line += align_[column] == Align::Left ? row[column] + padding : padding + row[column];
        }
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    };
    add_line(header_);
    text += rule;
    for (std::size_t index = 0; index < rows_.size(); ++index) {
        if (std::find(rules_.begin(), rules_.end(), index) != rules_.end()) text += rule;
        add_line(rows_[index]);
    }
    return text;
}

}  // namespace hypar
