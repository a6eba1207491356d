#pragma once

#include <string>
#include <utility>
#include <vector>

#include "report/text_style.h"

namespace hypar {

/// A table in text.
class TextTable {
public:
    enum class Align { Left, Right };

    struct Column {
        Column(const char* column_title) : title(column_title) {}
        Column(std::string column_title) : title(std::move(column_title)) {}

        std::string title;
        Align align = Align::Right;
        bool is_optional = false;  ///< shown in texts of more than 80 columns alone, if there is room
    };

    struct Cell {
        Cell(const char* cell_text) : text(cell_text) {}
        Cell(std::string cell_text, Tone cell_tone = Tone::Plain) : text(std::move(cell_text)), tone(cell_tone) {}

        std::string text;
        Tone tone = Tone::Plain;
    };

    using Row = std::vector<Cell>;

    /// The first column is aligned left. Of optional columns those farther left are shown first.
    explicit TextTable(std::vector<Column> columns);

    /// A cell for each column, the optional ones too.
    void add_row(Row row) { rows_.push_back(std::move(row)); }
    /// A line across the table before the next row.
    void add_rule() { rules_.push_back(rows_.size()); }

    /// Every line indented by two spaces, columns two spaces apart. What is too wide stays whole: a text of the first
    /// column gets lines of its own above its row, any other goes on in a second line at a third of the text's width;
    /// columns for which there is no room even so follow below, with the first column again.
    std::string render(const TextStyle& style = {}) const;

private:
    using Widths = std::vector<std::size_t>;

    /// Of each column, as its widest text asks.
    Widths natural_widths() const;
    /// Which columns are drawn beside each other, without the first one; in one part if that can be.
    std::vector<std::vector<std::size_t>> parts(const Widths& widths, const TextStyle& style) const;
    std::string render_part(const std::vector<std::size_t>& part, Widths widths, const TextStyle& style) const;

    std::vector<Column> columns_;
    std::vector<Row> rows_;
    std::vector<std::size_t> rules_;
};

/// A column aligned left.
TextTable::Column left(const std::string& title);

/// An optional column.
TextTable::Column where_room(TextTable::Column column);

}  // namespace hypar
