#pragma once

#include <chrono>
#include <string>

namespace hypar {

/// A line on standard error that shows how far a command is, its rate and the time left: on a terminal alone, and
/// once the work has taken two seconds. It is wiped out when the bar goes. One bar is for all that a command does.
class ProgressBar {
public:
    /// The work is `total` of a unit, such as 12 runs.
    ProgressBar(double total, std::string unit);
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    /// `done` of the total is done, and `label` is being done. To be called as often as one likes.
    void show(double done, const std::string& label);

private:
    using Clock = std::chrono::steady_clock;

    double total_;
    std::string unit_;
    bool is_wanted_;
    bool is_visible_ = false;
    Clock::time_point start_;
    Clock::time_point shown_;
};

}  // namespace hypar
