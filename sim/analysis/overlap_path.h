#pragma once

#include <vector>

#include "sim/analysis/step_segments.h"
#include "sim/overlap/overlapped_run.h"

namespace hypar {

/// A part of the step's critical path.
struct PathSegment {
    std::size_t segment = 0;  ///< of the program
    StepSegment entry;
};

/// What an overlapped step ran through, the last of several: back from the task that ended last, each time to one
/// that ended when this one started, first of those that it needed. An exchange's time includes the wait until what
/// was before it on its ways is at rest.
std::vector<PathSegment> overlapped_path(const OverlappedProgram& input, const OverlappedResult& result,
                                         Cycles window_start);

}  // namespace hypar
