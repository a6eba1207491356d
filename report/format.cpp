#include "report/format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>

#include <fmt/format.h>

namespace hypar {
namespace {

/// Three significant digits without an exponent: 1.23, 12.3, 123.
std::string three_digits(double value) {
    const int decimals = value < 9.995 ? 2 : (value < 99.95 ? 1 : 0);
    return fmt::format("{:.{}f}", value, decimals);
}

std::string with_prefix(double value, const char* unit) {
    if (value == 0) return fmt::format("0 {}", unit);
    constexpr std::array<const char*, 9> kPrefixes = {"p", "n", "u", "m", "", "k", "M", "G", "T"};
    int power = static_cast<int>(std::floor(std::log10(std::abs(value)) / 3 + 1e-12));
    power = std::min(std::max(power, -4), 4);
    double scaled = value / std::pow(10, 3 * power);
    if (scaled >= 999.5 && power < 4) {
        scaled /= 1000;
        ++power;
    }
    const int place = power + 4;
    return fmt::format("{} {}{}", three_digits(scaled), kPrefixes.at(static_cast<std::size_t>(place)), unit);
}

}  // namespace

std::string format_bytes(double bytes) { return bytes < 1000 ? fmt::format("{} B", bytes) : with_prefix(bytes, "B"); }

std::string format_bandwidth(double bits_per_second) { return with_prefix(bits_per_second, "b/s"); }

std::string format_seconds(double seconds) { return with_prefix(seconds, "s"); }

std::string format_joules(double joules) { return with_prefix(joules, "J"); }

std::string format_joule_seconds(double joule_seconds) { return with_prefix(joule_seconds, "J s"); }

std::string format_percent(double fraction) { return fmt::format("{:.1f} %", 100 * fraction); }

std::string format_difference(double fraction) { return fmt::format("{:+.1f} %", 100 * fraction); }

std::string format_change(double change, std::string (*format)(double)) {
    if (change == 0) return format(0);
    return (change > 0 ? "+" : "-") + format(std::abs(change));
}

std::string format_count(std::uint64_t count) {
    std::string digits = std::to_string(count);
    for (std::size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, ",");
    return digits;
}

std::string format_amount(std::uint64_t count) {
    return count < 1000 ? std::to_string(count) : with_prefix(static_cast<double>(count), "");
}

std::string format_rate(double per_second, const std::string& unit) {
    constexpr double kSecondsPerMinute = 60;
    if (per_second >= 999.5) return with_prefix(per_second, fmt::format(" {}/s", unit).c_str());
    if (per_second >= 0.1) return fmt::format("{} {}/s", three_digits(per_second), unit);
    return fmt::format("{} {}/min", three_digits(kSecondsPerMinute * per_second), unit);
}

std::string wrapped(const std::string& lead, const std::string& text, const TextStyle& style, Tone tone_of_lead) {
    const std::size_t indent = width_of(lead);
    std::string result = style.paint(tone_of_lead, lead);
    std::size_t width = indent;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        for (const std::string& piece : pieces_of(word, style.columns - indent)) {
            const bool is_first = width == indent;
            if (!is_first && width + 1 + width_of(piece) > style.columns) {
                result += "\n" + std::string(indent, ' ');
                width = indent;
            } else if (!is_first) {
                result += " ";
                ++width;
            }
            result += piece;
            width += width_of(piece);
        }
    }
    return result + "\n";
}

std::string wrapped_note(const std::string& note, const TextStyle& style) { return wrapped("  note: ", note, style); }

std::string csv_text(const std::string& text) {
    const bool is_formula = !text.empty() && std::string("=+-@").find(text.front()) != std::string::npos;
    std::string safe = is_formula ? "'" + text : text;
    if (safe.find_first_of(",\"\n\r") == std::string::npos) return safe;
    std::string quoted = "\"";
    for (const char character : safe) quoted += character == '"' ? std::string("\"\"") : std::string(1, character);
    return quoted + "\"";
}

}  // namespace hypar
