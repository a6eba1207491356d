#include "apps/terminal/options.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include <fmt/format.h>

#include "apps/terminal/command_line.h"
#include "base/error.h"
#include "base/names.h"
#include "base/text.h"
#include "experiment/yaml/yaml.h"

namespace hypar {
namespace {

/// The first comma from `begin` on that is in no brackets and no quotes, or the end.
std::size_t end_of_item(const std::string& value, std::size_t begin) {
    int depth = 0;
    char quote = 0;
    for (std::size_t place = begin; place < value.size(); ++place) {
        const char character = value[place];
        if (quote != 0) {
            if (character == '\\' && quote == '"') {
                ++place;  // what it stands before is no end
            } else if (character == quote) {
                quote = 0;
            }
        } else if (character == '"' || character == '\'') {
            quote = character;
        } else if (character == '[' || character == '{') {
            ++depth;
        } else if (character == ']' || character == '}') {
            --depth;
        } else if (character == ',' && depth <= 0) {
            return place;
        }
    }
    return value.size();
}

}  // namespace

std::string choose(const std::string& option, const std::string& value, const std::vector<std::string>& known) {
    if (std::find(known.begin(), known.end(), value) == known.end()) {
        throw ConfigError("", unknown_name("value", printable(value), known), printable(option));
    }
    return value;
}

std::uint64_t read_count(const std::string& option, const std::string& value, std::uint64_t least,
                         std::uint64_t most) {
    const YamlValue scalar = read_yaml_option(value, option);
    return read_integer(Field(scalar, ""), least, most);
}

std::uint64_t read_size_option(const std::string& option, const std::string& value, const QuantityRange& range) {
    const YamlValue scalar = read_yaml_option(value, option);
    return read_whole(Field(scalar, ""), Quantity::Size, range);
}

double read_fraction(const std::string& option, const std::string& value) {
    double fraction = -1;
    const char* end = value.data() + value.size();
    const auto parsed = std::from_chars(value.data(), end, fraction, std::chars_format::fixed);
    if (parsed.ec != std::errc() || parsed.ptr != end || !(fraction >= 0 && fraction <= 1)) {
        throw ConfigError("", fmt::format("expected a decimal number from 0 to 1, such as 0.5, not \"{}\"", value),
                          option);
    }
    return fraction;
}

std::vector<Override> read_overrides(const std::vector<std::string>& settings) {
    std::vector<Override> overrides;
    for (const std::string& setting : settings) {
        const std::size_t equals = setting.find('=');
        if (equals == std::string::npos || equals == 0) {
            throw CommandLineError(fmt::format("--set: expected KEY=VALUE, not \"{}\"", setting));
        }
        overrides.push_back({setting.substr(0, equals), setting.substr(equals + 1), "--set " + setting});
    }
    return overrides;
}

std::vector<std::string> read_list(const std::string& option, const std::string& value) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    while (true) {
        const std::size_t comma = end_of_item(value, begin);
        parts.push_back(value.substr(begin, comma - begin));
        if (parts.back().empty()) {
            throw ConfigError("", fmt::format("expected values with commas between them, not \"{}\"", value), option);
        }
        if (comma == value.size()) return parts;
        begin = comma + 1;
    }
}

}  // namespace hypar
