#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "arch/array/array_spec.h"
#include "partition/exchange.h"
#include "partition/plan.h"
#include "workloads/network.h"
#include "workloads/phase.h"
#include "workloads/step_graph.h"

namespace hypar {

/// What a plan that does not fit into the memories leads to.
enum class CapacityRule { Refuse, Report };

enum class StoredTensor {
    Weights,
    OptimizerState,     ///< of the weights that the accelerator updates
    Gradients,          ///< dW_l, from the gradient phase to the update
    FeatureMaps,        ///< F_l, kept from the forward phase for the backward ones
    SecondFeatureMaps,  ///< the same of a product's second input
    Outputs,            ///< F_{l+1}, where a layer's own backward phase reads it
    Working,  ///< where nothing is kept for a gradient: the largest input and output that one layer has at once
};

const char* name_of(StoredTensor tensor);

/// What it is of each layer in a step; none of working space.
std::optional<TensorKind> kind_of(StoredTensor tensor);

/// Where a tensor of one layer lies in an accelerator's memory, in bytes.
struct MemoryRegion {
    StoredTensor tensor = StoredTensor::Weights;
    std::size_t layer = 0;
    std::uint64_t address = 0;
    std::uint64_t bytes = 0;
};

/// What an accelerator keeps in its memory during a step (see derive_step). Every tensor has a place of its own: all
/// weights, then all states of the optimizer, all gradients, and feature maps in forward order, those that several
/// layers keep in one sharding once.
struct MemoryLayout {
    std::uint64_t accelerator = 0;
    std::vector<MemoryRegion> regions;  ///< without gaps, by address; none of them empty

    std::uint64_t bytes() const;
};

/// The layout of the accelerator that keeps most. Feature maps are counted as they lie in memory, after pooling.
MemoryLayout fullest_layout(const Network& network, const Plan& plan, const StepShape& step,
                            const std::vector<Phase>& phases);

/// Input and output of a layer, which an accelerator keeps while it is at work where nothing is kept for a gradient.
std::uint64_t working_bytes(const Network& network, const Plan& plan, const StepShape& step, std::size_t layer,
                            std::uint64_t accelerator);

/// Throws ConfigError (key "array.memory.capacity") if the layout exceeds the memory, naming the first tensor that
/// finds no room.
void check_capacity(const MemoryLayout& layout, const Network& network, const MemorySpec& memory);

}  // namespace hypar
