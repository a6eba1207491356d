#include "apps/progress_bar.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace hypar {

ProgressBar::ProgressBar(std::string label)
    : label_(std::move(label)), is_terminal_(::isatty(STDERR_FILENO) == 1), start_(Clock::now()), shown_(start_) {}

ProgressBar::~ProgressBar() {
    if (is_visible_) fmt::print(stderr, "\r\033[K");
}

void ProgressBar::show(double fraction) {
    using std::chrono::duration;
    if (!is_terminal_) return;
    const Clock::time_point now = Clock::now();
    const double elapsed = duration<double>(now - start_).count();
    if (elapsed < 2 || duration<double>(now - shown_).count() < 0.2) return;
    shown_ = now;
    is_visible_ = true;
    constexpr int kWidth = 30;
    const int filled = static_cast<int>(kWidth * std::clamp(fraction, 0.0, 1.0));
    const double left = fraction > 0 ? elapsed * (1 - fraction) / fraction : 0;
    fmt::print(stderr, "\r\033[K{} [{:#<{}}{:.<{}}] {:.0f} %, {:.0f} s left", label_, "", filled, "", kWidth - filled,
               100 * fraction, left);
    std::fflush(stderr);
}

void ProgressBar::show(double fraction, std::string label) {
    label_ = std::move(label);
    show(fraction);
}

}  // namespace hypar
