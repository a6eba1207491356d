#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hypar {

/// A character, by its number in Unicode, and the bytes that it takes in UTF-8.
struct Character {
    std::uint32_t number = 0;
    std::size_t length = 0;  ///< 0: the bytes are none
};

/// The one at the front of `text`, which is not empty.
Character first_character(std::string_view text);

/// Whether it moves, hides or reorders what is shown around it: the controls of ASCII and of Latin-1, separators of
/// lines and paragraphs, and what embeds, overrides or isolates a direction of writing.
bool is_control(const Character& character);

/// Whether a text has control characters, line breaks among them, or bytes that are not UTF-8.
bool has_control_characters(std::string_view text);

/// `text` on one line, for messages: control characters as \x0A or \u202E, what exceeds `most` bytes cut off.
std::string printable(std::string_view text, std::size_t most = 80);

}  // namespace hypar
