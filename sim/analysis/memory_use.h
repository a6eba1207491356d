#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "partition/exchange.h"
#include "partition/plan.h"
#include "sim/program/memory_layout.h"
#include "sim/program/program.h"
#include "workloads/network.h"

namespace hypar {

/// Bytes of an accelerator's memory that are in use while a segment runs.
struct MemoryUse {
    std::uint64_t weights = 0;
    std::uint64_t optimizer_state = 0;
    std::uint64_t gradients = 0;
    std::uint64_t feature_maps = 0;

    std::uint64_t total() const;
    std::uint64_t& of(StoredTensor tensor);
};

/// Between which segments of a program something in memory is in use.
struct InUse {
    std::optional<std::size_t> made;       ///< from when this one starts; none: before the step
    std::optional<std::size_t> last_read;  ///< until this one ends; none: beyond the step
};

/// By region of a layout; none for what layers at work share.
std::vector<std::optional<InUse>> regions_in_use(const Network& network, const StepShape& step,
                                                 const std::vector<Phase>& phases, const MemoryLayout& layout,
                                                 const Program& program);

/// What a layout's accelerator has in use in each segment of a program: what is kept for as long as derive_step says.
/// Where no gradient is computed, feature maps are the input and output of the layer at work. `phases` are those of
/// the layout and the program.
std::vector<MemoryUse> memory_over_step(const Network& network, const Plan& plan, const StepShape& step,
                                        const std::vector<Phase>& phases, const MemoryLayout& layout,
                                        const Program& program);

/// Bytes in use in the segment that uses most; 0 without segments.
std::uint64_t peak_in_use(const std::vector<MemoryUse>& uses);

}  // namespace hypar
