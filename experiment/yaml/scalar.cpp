#include "experiment/yaml/scalar.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/names.h"
#include "base/text.h"

namespace hypar {

std::uint64_t read_integer(const Field& field, std::uint64_t least, std::uint64_t most) {
    const YamlValue& value = field.value();
    const std::string at_least = fmt::format("an integer of at least {}", least);
    if (value.kind != YamlValue::Kind::Scalar || value.quoted) throw field.expected(at_least);
    const std::string& text = value.text;
    if (text.find_first_not_of("0123456789") != std::string::npos) throw field.expected(at_least);
    if (text.size() > 1 && text.front() == '0') {
        throw field.error(fmt::format("expected {} without leading zeros, not {}", at_least, printable(text)));
    }

    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && number < least) throw field.expected(at_least);
    if (error != std::errc() || end != text.data() + text.size() || number > most) {
        throw field.expected(fmt::format("an integer of at most {}", most));
    }
    return number;
}

double read_number(const Field& field) {
    const YamlValue& value = field.value();
    double number = 0;
    const char* end = value.text.data() + value.text.size();
    const auto parsed = std::from_chars(value.text.data(), end, number);
    const bool is_number = value.kind == YamlValue::Kind::Scalar && !value.quoted && parsed.ec == std::errc() &&
                           parsed.ptr == end && number >= 0;
    if (!is_number) throw field.expected("a number");
    return number;
}

std::string read_text(const Field& field) {
    const YamlValue& value = field.value();
    if (value.kind != YamlValue::Kind::Scalar) throw field.expected("a text");
    if (value.text.empty()) throw field.expected("a text that is not empty");
    if (has_control_characters(value.text)) throw field.expected("a text without line breaks and control characters");
    return value.text;
}

std::size_t read_choice(const Field& field, const std::vector<std::string>& names) {
    const YamlValue& value = field.value();
    if (value.kind != YamlValue::Kind::Scalar) {
        throw field.expected((names.size() == 1 ? "" : "one of ") + comma_separated(names));
    }
    const auto found = std::find(names.begin(), names.end(), value.text);
    if (found == names.end()) throw field.error(unknown_name("value", printable(value.text), names));
    return static_cast<std::size_t>(found - names.begin());
}

}  // namespace hypar
