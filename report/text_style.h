#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace hypar {

/// What a piece of text is. Its words say so too: a text loses nothing without colours.
enum class Tone { Plain, Heading, Faint, Accent, Cool, Deep, Good, Warning };

/// How a text for people is to look.
struct TextStyle {
    /// Characters a line that every text fits into. On wider lines optional columns of tables are shown too.
    static constexpr std::size_t kLeastColumns = 80;

    std::size_t columns = kLeastColumns;
    bool colour = false;

    /// The text in the colour of a tone, line by line.
    std::string paint(Tone tone, const std::string& text) const;
};

/// Columns that a text takes: its UTF-8 characters, each taken as one column wide.
std::size_t width_of(const std::string& text);

/// A text cut into pieces of at most `columns` characters, at least one.
std::vector<std::string> pieces_of(const std::string& text, std::size_t columns);

}  // namespace hypar
