#include "apps/terminal/progress_bar.h"

#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "apps/terminal/terminal.h"
#include "report/progress_line.h"

namespace hypar {
namespace {

constexpr const char* kWipe = "\r\033[K";
constexpr std::chrono::seconds kQuiet(2);
constexpr std::chrono::milliseconds kPause(200);

}  // namespace

ProgressBar::ProgressBar(double total, std::string unit)
    : total_(total),
      unit_(std::move(unit)),
      is_wanted_(terminal_columns(STDERR_FILENO).has_value() && is_smart_terminal()),
      start_(Clock::now()),
      shown_(start_) {}

ProgressBar::~ProgressBar() {
    if (is_visible_) tell(kWipe);
}

void ProgressBar::show(double done, const std::string& label) {
    if (!is_wanted_) return;
    const Clock::time_point now = Clock::now();
    if (now - start_ < kQuiet || now - shown_ < kPause) return;
    shown_ = now;
    is_visible_ = true;
    const double seconds = std::chrono::duration<double>(now - start_).count();
    // One less than there are: a line that fills the last column would wrap.
    const std::size_t columns = terminal_columns(STDERR_FILENO).value_or(TextStyle::kLeastColumns) - 1;
    tell(kWipe + progress_line({done, total_, unit_, seconds, label}, columns));
}

}  // namespace hypar
