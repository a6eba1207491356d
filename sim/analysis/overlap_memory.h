#pragma once

#include <vector>

#include "sim/analysis/memory_use.h"
#include "sim/analysis/overlap_path.h"
#include "sim/overlap/overlapped_run.h"
#include "sim/program/run_input.h"

namespace hypar {

/// What a layout's accelerator has in use while an overlapped step, the last of several, runs through each part of
/// its path, when that is most. What is made is in use from when the first task starts that makes it on this
/// accelerator, until the last one ends that reads it there.
std::vector<MemoryUse> memory_over_path(const RunInput& input, const MemoryLayout& layout,
                                        const OverlappedProgram& program, const OverlappedResult& result,
                                        const std::vector<PathSegment>& path, Cycles window_start);

}  // namespace hypar
