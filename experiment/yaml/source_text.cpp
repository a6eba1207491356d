#include "experiment/yaml/source_text.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "experiment/yaml/file_bytes.h"
#include "experiment/yaml/place.h"

namespace hypar {
namespace {

constexpr std::size_t kMostMebibytes = 4;
constexpr std::size_t kLongestPath = 4096;

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
    const Character whole = first_character(text.substr(position, 4));
    if (whole.length == 0) return "not a text file: its bytes are not UTF-8";
    if (!is_control(whole)) return {};
    return fmt::format("not a text file: it contains the control character U+{:04X}", whole.number);
}

}  // namespace

SourceText read_source(const std::filesystem::path& path, const std::string& label) {
    std::string text = file_bytes(path, label, kMostMebibytes);
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
        position += first_character(text.substr(position, 4)).length;
        if (character == '\n') {
            ++line;
            line_begin = position;
            indents = true;
        } else if (character != ' ' && character != '\t') {
            indents = false;
        }
    }
}

}  // namespace hypar
