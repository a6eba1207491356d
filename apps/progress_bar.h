#pragma once

#include <chrono>
#include <string>

namespace hypar {

/// A line on standard error that shows how far a run is, and the time left; only on a terminal, and only once a
/// run has taken two seconds. It is wiped out when the bar goes.
class ProgressBar {
public:
    explicit ProgressBar(std::string label);
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    /// `fraction` of the work is done.
    void show(double fraction);
    /// The same, with another label.
    void show(double fraction, std::string label);

private:
    using Clock = std::chrono::steady_clock;

    std::string label_;
    bool is_terminal_;
    bool is_visible_ = false;
    Clock::time_point start_;
    Clock::time_point shown_;
};

}  // namespace hypar
