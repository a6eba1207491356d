#include "report/progress_line.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

#include "report/format.h"
#include "report/text_style.h"

namespace hypar {
namespace {

/// "45 s", "2 min 05 s", "3 h 20 min"
std::string format_left(double seconds) {
    constexpr std::uint64_t kMinute = 60;
    constexpr std::uint64_t kHour = 60 * kMinute;
    constexpr double kMost = 1e9;  // a rate of almost nothing
    const auto left = static_cast<std::uint64_t>(std::ceil(std::min(seconds, kMost)));
    if (left < kMinute) return fmt::format("{} s", left);
    if (left < kHour) return fmt::format("{} min {:02} s", left / kMinute, left % kMinute);
    return fmt::format("{} h {:02} min", left / kHour, left % kHour / kMinute);
}

std::string bar(double fraction, std::size_t columns) {
    constexpr std::size_t kLeast = 10;
    constexpr std::size_t kMost = 30;
    const std::size_t width = std::clamp(columns / 4, kLeast, kMost);
    const auto filled = static_cast<std::size_t>(static_cast<double>(width) * fraction);
    return "[" + std::string(filled, '#') + std::string(width - filled, '.') + "]";
}

}  // namespace

std::string progress_line(const ProgressState& progress, std::size_t columns) {
    const double fraction = std::clamp(progress.done / progress.total, 0.0, 1.0);
    std::string line = fmt::format("{} {:3.0f} %", bar(fraction, columns), std::floor(100 * fraction));
    if (fraction > 0) {
        line += fmt::format(", {}, {} left", format_rate(progress.done / progress.seconds, progress.unit),
                            format_left(progress.seconds * (1 - fraction) / fraction));
    }
    if (!progress.label.empty()) line += "  " + progress.label;
    const auto pieces = pieces_of(line, columns);
    return pieces.empty() ? "" : pieces.front();
}

}  // namespace hypar
