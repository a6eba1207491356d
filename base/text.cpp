#include "base/text.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace hypar {

Character first_character(std::string_view text) {
    struct Form {
        unsigned char mask, lead;
        std::size_t length;
        std::uint32_t least;
    };
    constexpr Form kForms[] = {
        {0x80, 0x00, 1, 0}, {0xE0, 0xC0, 2, 0x80}, {0xF0, 0xE0, 3, 0x800}, {0xF8, 0xF0, 4, 0x10000}};
    const auto byte_at = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    for (const Form& form : kForms) {
        if ((byte_at(0) & form.mask) != form.lead) continue;
        if (text.size() < form.length) return {};
        std::uint32_t character = byte_at(0) & static_cast<unsigned char>(~form.mask);
        for (std::size_t index = 1; index < form.length; ++index) {
            if ((byte_at(index) & 0xC0U) != 0x80U) return {};
            character = character << 6U | (byte_at(index) & 0x3FU);
        }
        const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
        if (character < form.least || character > 0x10FFFF || surrogate) return {};
        return {character, form.length};
    }
    return {};
}

bool is_control(const Character& character) {
    constexpr std::pair<std::uint32_t, std::uint32_t> kControls[] = {
        {0x00, 0x1F},     {0x7F, 0x9F},     {0x61C, 0x61C},   {0x200B, 0x200B}, {0x200E, 0x200F},
        {0x2028, 0x202E}, {0x2060, 0x2064}, {0x2066, 0x2069}, {0xFEFF, 0xFEFF}};
    return std::any_of(std::begin(kControls), std::end(kControls), [&](const auto& range) {
        return character.number >= range.first && character.number <= range.second;
    });
}

bool has_control_characters(std::string_view text) {
    for (std::size_t position = 0; position < text.size();) {
        const Character character = first_character(text.substr(position, 4));
        if (character.length == 0 || is_control(character)) return true;
        position += character.length;
    }
    return false;
}

std::string printable(std::string_view text, std::size_t most) {
    std::string shown;
    for (std::size_t position = 0; position < text.size();) {
        if (shown.size() >= most) return shown + "...";
        const Character character = first_character(text.substr(position, 4));
        if (character.length == 0) {
            shown += fmt::format("\\x{:02X}", static_cast<unsigned char>(text[position]));
            ++position;
            continue;
        }
        if (!is_control(character)) {
            shown += text.substr(position, character.length);
        } else {
            shown += fmt::format(character.length == 1 ? "\\x{:02X}" : "\\u{:04X}", character.number);
        }
        position += character.length;
    }
    return shown;
}

}  // namespace hypar
