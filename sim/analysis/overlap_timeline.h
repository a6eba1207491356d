#pragma once

#include <cstddef>
#include <vector>

#include "sim/analysis/overlap_path.h"
#include "sim/overlap/overlapped_run.h"
#include "sim/replay/timeline.h"

namespace hypar {

/// When each accelerator computed and exchanged in the last step, which begins at `window_start`: two tracks of tasks
/// for each. The segments in a row are those of the path.
Timeline overlapped_timeline(const OverlappedProgram& input, const OverlappedResult& result,
                             const std::vector<PathSegment>& path, Cycles window_start, std::size_t most_slices);

}  // namespace hypar
