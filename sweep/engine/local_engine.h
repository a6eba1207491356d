#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sweep/engine/engine.h"
#include "sweep/engine/worker_process.h"

namespace hypar {

/// How many worker processes there are, and what each may take.
struct LocalOptions {
    std::size_t jobs = 1;
    std::uint64_t time_limit_seconds = 3600;                     ///< that a point may take
    std::uint64_t memory_limit_bytes = std::uint64_t{4} << 30U;  ///< that a worker may take
};

/// Runs points in processes of this machine. One that crashes, takes too long or needs too much memory harms no
/// other: a point in which a worker crashes is tried once more in a new one, all else is its result.
class LocalEngine : public Engine {
public:
    /// Made while the process is small: workers are its copies.
    LocalEngine(RunPoint run, LocalOptions options) : run_(std::move(run)), options_(options) {}

    void run(const std::vector<std::size_t>& points, const ResultSink& sink) override;

private:
    RunPoint run_;
    LocalOptions options_;
};

/// What one worker may take of the machine's memory if each of `jobs` takes as much.
std::uint64_t memory_share(std::size_t jobs);

}  // namespace hypar
