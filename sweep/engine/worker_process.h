#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "sim/replay/remembered.h"
#include "sweep/engine/channel.h"
#include "sweep/point/point_result.h"

namespace hypar {

/// Finds what a point does.
using RunPoint = std::function<PointResult(std::size_t point, Remembered& remembered)>;

/// A process that runs one point after the other, as long as its parent lives.
class WorkerProcess {
public:
    /// Forks. The process may take `memory_bytes` of addresses. Throws std::system_error.
    WorkerProcess(const RunPoint& run, std::uint64_t memory_bytes);
    /// Ends the process, whatever it does.
    ~WorkerProcess();
    WorkerProcess(const WorkerProcess&) = delete;
    WorkerProcess& operator=(const WorkerProcess&) = delete;

    /// What came of the point that it was given last.
    struct Answer {
        PointResult result;
        Words news;  ///< what it found on the way, for other workers
    };

    pid_t process() const { return process_; }
    int descriptor() const { return channel_.descriptor(); }
    std::optional<std::size_t> point() const { return point_; }
    std::chrono::duration<double> running() const { return Clock::now() - begun_; }

    /// Gives it a point, and what others have found meanwhile. It must have answered before.
    void assign(std::size_t point, const std::vector<const Words*>& news);
    /// Takes what it has sent without waiting. False if it has ended.
    bool collect();
    /// Its answer, once it is complete.
    std::optional<Answer> take();
    /// Ends it; says how it had ended if it had by itself: "signal 11 (Segmentation fault)".
    std::string end();

private:
    using Clock = std::chrono::steady_clock;

    Channel channel_;
    pid_t process_ = -1;
    std::optional<std::size_t> point_;
    Clock::time_point begun_;
};

}  // namespace hypar
