#include "report/text_style.h"

#include <algorithm>

namespace hypar {
namespace {

/// Select graphic rendition (ECMA-48): colours that are legible on light and on dark.
const char* code_of(Tone tone) {
    switch (tone) {
        case Tone::Heading: return "1";
        case Tone::Faint: return "2";
        case Tone::Accent: return "1;35";
        case Tone::Cool: return "1;36";
        case Tone::Deep: return "1;34";
        case Tone::Good: return "32";
        case Tone::Warning: return "1;31";
        case Tone::Plain: break;
    }
    return "";
}

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

}  // namespace

std::string TextStyle::paint(Tone tone, const std::string& text) const {
    if (!colour || tone == Tone::Plain) return text;
    std::string painted;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string line = text.substr(begin, end - begin);
        if (!line.empty()) painted += std::string("\033[") + code_of(tone) + "m" + line + "\033[0m";
        if (end < text.size()) painted += '\n';
        begin = end + 1;
    }
    return painted;
}

std::size_t width_of(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::vector<std::string> pieces_of(const std::string& text, std::size_t columns) {
    std::vector<std::string> pieces;
    std::size_t width = columns;
    for (const char byte : text) {
        if (begins_character(byte) && ++width > columns) {
            pieces.emplace_back();
            width = 1;
        }
        if (pieces.empty()) pieces.emplace_back();
        pieces.back() += byte;
    }
    return pieces;
}

}  // namespace hypar
