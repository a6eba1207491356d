#pragma once

#include <cstdint>
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
};

/// What a layout's accelerator has in use in each segment of a program: what is kept for as long as derive_step says.
/// Where no gradient is computed, feature maps are the input and output of the layer at work. `phases` are those of
/// the layout and the program.
std::vector<MemoryUse> memory_over_step(const Network& network, const Plan& plan, const StepShape& step,
                                        const std::vector<Phase>& phases, const MemoryLayout& layout,
                                        const Program& program);

/// Bytes in use in the segment that uses most; 0 without segments.
std::uint64_t peak_in_use(const std::vector<MemoryUse>& uses);

}  // namespace hypar
