#include "experiment/yaml/source_text.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "experiment/yaml/place.h"

namespace hypar {
namespace {

constexpr std::size_t kLargestFile = std::size_t{4} << 20U;  // bytes
constexpr std::size_t kLongestPath = 4096;

/// Bytes of the UTF-8 character at the front of `text`; 0 if there is none.
std::size_t utf8_length(std::string_view text) {
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
        if (text.size() < form.length) return 0;
        std::uint32_t character = byte_at(0) & static_cast<unsigned char>(~form.mask);
        for (std::size_t index = 1; index < form.length; ++index) {
            if ((byte_at(index) & 0xC0U) != 0x80U) return 0;
            character = character << 6U | (byte_at(index) & 0x3FU);
        }
        const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
        return character < form.least || character > 0x10FFFF || surrogate ? 0 : form.length;
    }
    return 0;
}

bool is_control(char character) { return static_cast<unsigned char>(character) < 0x20 || character == 0x7F; }

/// What is wrong with the character at `position`; empty if nothing is.
std::string problem_at(std::string_view text, std::size_t position, bool indents) {
    const char character = text[position];
    if (character == '\n') return {};
    if (character == '\r' && text.substr(position, 2) == "\r\n") return {};
    if (character == '\t') {
        if (!indents) return {};
        const std::size_t next = text.find_first_not_of(" \t\r", position);
        const bool blank = next == std::string_view::npos || text[next] == '\n' || text[next] == '#';
        return blank ? "" : "a tab indents this line; YAML indents with spaces";
    }
    if (is_control(character)) {
        return fmt::format("not a text file: it contains the control character 0x{:02X}",
                           static_cast<unsigned char>(character));
    }
    if (utf8_length(text.substr(position)) == 0) return "not a text file: its bytes are not UTF-8";
    return {};
}

}  // namespace

SourceText read_source(const std::filesystem::path& path, const std::string& label) {
    const auto unreadable = [&](const std::string& why) {
        return ConfigError({}, fmt::format("cannot be read: {}", why), printable(label, kLongestPath));
    };
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) throw unreadable("it is a directory");

    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) throw unreadable(std::generic_category().message(errno != 0 ? errno : EIO));
    std::string text;
    std::array<char, 64 * 1024> block;
    while (file && text.size() <= kLargestFile) {
        file.read(block.data(), block.size());
        text.append(block.data(), static_cast<std::size_t>(file.gcount()));
    }
    if (file.bad()) throw unreadable(std::generic_category().message(errno != 0 ? errno : EIO));
    if (text.size() > kLargestFile) throw unreadable("it is larger than 4 MiB");

    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (std::string_view(text).substr(0, kByteOrderMark.size()) == kByteOrderMark) {
        text.erase(0, kByteOrderMark.size());
    }
    return {std::make_shared<const std::string>(printable(label, kLongestPath)), std::move(text), true};
}

void check_characters(const SourceText& source) {
    const std::string_view text = source.text;
    int line = 1;
    std::size_t line_begin = 0;
    bool indents = true;
    for (std::size_t position = 0; position < text.size();) {
        const std::string problem = problem_at(text, position, indents && source.is_file);
        if (!problem.empty()) {
            const int column = static_cast<int>(position - line_begin) + 1;
            const Place place = source.is_file ? Place(source.label, line, column) : Place(source.label);
            throw ConfigError({}, problem, place.text());
        }
        const char character = text[position];
        position += utf8_length(text.substr(position, 4));
        if (character == '\n') {
            ++line;
            line_begin = position;
            indents = true;
        } else if (character != ' ' && character != '\t') {
            indents = false;
        }
    }
}

std::string printable(const std::string& text, std::size_t most) {
    std::string shown;
    for (std::size_t position = 0; position < text.size();) {
        if (shown.size() >= most) return shown + "...";
        const std::size_t length = utf8_length(std::string_view(text).substr(position, 4));
        if (length == 0 || is_control(text[position])) {
            shown += fmt::format("\\x{:02X}", static_cast<unsigned char>(text[position]));
            ++position;
        } else {
            shown += text.substr(position, length);
            position += length;
        }
    }
    return shown;
}

}  // namespace hypar
