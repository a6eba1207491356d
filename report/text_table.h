#pragma once

#include <string>
#include <vector>

namespace hypar {

/// A table in plain text: the first column aligned left, the others right unless told otherwise.
class TextTable {
public:
    enum class Align { Left, Right };

    explicit TextTable(std::vector<std::string> header);

    void align(std::size_t column, Align align) { align_[column] = align; }
    void add_row(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    /// A line across the table before the next row.
    void add_rule() { rules_.push_back(rows_.size()); }

    /// Every line indented by two spaces, columns two spaces apart, no space at the end of a line.
    std::string render() const;

private:
    std::vector<std::string> header_;
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> rules_;
    std::vector<Align> align_;
};

}  // namespace hypar
