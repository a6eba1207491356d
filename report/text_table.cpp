#include "report/text_table.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace hypar {

TextTable::TextTable(std::vector<std::string> header)
    : header_(std::move(header)), align_(header_.size(), Align::Right) {
    align_.front() = Align::Left;
}

std::string TextTable::render() const {
    std::vector<std::size_t> widths;
    for (const std::string& title : header_) widths.push_back(title.size());
    for (const auto& row : rows_) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            widths[column] = std::max(widths[column], row[column].size());
        }
    }
    const std::size_t total = std::accumulate(widths.begin(), widths.end(), std::size_t{0}) + 2 * (widths.size() - 1);
    const std::string rule = "  " + std::string(total, '-') + "\n";

    std::string text;
    const auto add_line = [&](const std::vector<std::string>& row) {
        std::string line = " ";
        for (std::size_t column = 0; column < row.size(); ++column) {
            line += column == 0 ? " " : "  ";
            line += align_[column] == Align::Left ? fmt::format("{:<{}}", row[column], widths[column])
                                                  : fmt::format("{:>{}}", row[column], widths[column]);
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
