#pragma once

#include <cstdint>
#include <vector>

#include "arch/array.h"
#include "partition/exchange.h"
#include "partition/plan.h"
#include "workloads/network.h"
#include "workloads/phase.h"

namespace hypar {

/// What a plan that does not fit into the memories leads to.
enum class CapacityRule { Refuse, Report };

/// What one layer keeps in an accelerator's memory during a step, in bytes.
struct LayerFootprint {
    std::uint64_t weights = 0;
    std::uint64_t gradients = 0;     ///< 0 where no gradient is computed
    std::uint64_t feature_maps = 0;  ///< F_l, kept for the gradient; 0 where none is computed
};

/// What an accelerator keeps in its memory during a step.
struct MemoryFootprint {
    std::uint64_t accelerator = 0;
    std::vector<LayerFootprint> layers;
    /// Where nothing is kept for a gradient: the largest input and output that one layer has at once.
    std::uint64_t working_bytes = 0;

    std::uint64_t bytes() const;
};

/// The footprint of the accelerator that keeps most. Feature maps are counted as they lie in memory, after pooling.
MemoryFootprint largest_footprint(const Network& network, const Plan& plan, const StepShape& step,
                                  const std::vector<Phase>& phases);

/// Throws ConfigError (key "array.memory.capacity") if the footprint exceeds the memory, naming the first layer
/// that finds no room: weights and gradients come first, then feature maps in forward order.
void check_capacity(const MemoryFootprint& footprint, const Network& network, const MemorySpec& memory);

}  // namespace hypar
