#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "arch/array/hardware_use.h"
#include "sim/overlap/overlapped_run.h"
#include "sim/replay/collapse.h"

namespace hypar {

/// Adds up what parts of an array did in an overlapped step.
class ResultBuilder {
public:
    explicit ResultBuilder(const OverlappedProgram& input);

    /// Returns the task's place.
    std::size_t add(const TaskTime& task);
    TaskTime& task(std::size_t place) { return result_.tasks[place]; }
    /// What a segment did, without crossing links.
    void count(std::size_t segment, const EventCounts& counts) { result_.counts[segment] += counts; }
    /// All of what a part of the topology did but its counts.
    void add(const Part& part, const HardwareUse& use);
    void add(const ReplayUse& use);
    OverlappedResult finish();

private:
    std::size_t vaults_;
    OverlappedResult result_;
    std::vector<Picoseconds> vaults_busy_;  ///< by accelerator and vault
};

}  // namespace hypar
