#pragma once

#include <cstddef>
#include <utility>

#include "arch/array/hardware_use.h"
#include "sim/overlap/overlapped_run.h"
#include "sim/replay/use_sums.h"

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
    void add(const Part& part, const HardwareUse& use) { sums_.add(part, use); }
    void add(const ReplayUse& use) { result_.use += use; }
    OverlappedResult finish();

private:
    OverlappedResult result_;
    UseSums sums_;
};

}  // namespace hypar
