#pragma once

#include <cstddef>
#include <cstdint>

#include "partition/sharding.h"
#include "partition/step_shape.h"
#include "workloads/network.h"

namespace hypar {

/// Whether the forward phase of `layer` makes sums that several accelerators have parts of.
bool makes_partial_sums(const Plan& plan, std::size_t layer);

/// The channels of a layer's output as the trees halve them: whole channels; single features where only fully
/// connected layers read them.
struct OutputItems {
    std::uint64_t items = 0;
    std::uint64_t pooled_elements = 0;    ///< of one item, after pooling
    std::uint64_t unpooled_elements = 0;  ///< of one item, before pooling
};

OutputItems output_items(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums);

/// Input channels (features, for a fully connected layer) of `layer` that `accelerator` computes with.
std::uint64_t owned_channels(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums,
                             std::uint64_t accelerator);

/// Elements of a tensor of `layer` that `accelerator` holds: the samples and channels that fall to it where its
/// sharding splits them, all others whole. Feature maps and errors are counted pooled. Throws std::overflow_error
/// beyond 64 bits.
std::uint64_t owned_elements(const Network& network, const Plan& plan, const StepShape& step, std::size_t layer,
                             Operand operand, std::uint64_t accelerator);

/// Elements of its kernel that `accelerator` holds: those of its input channels.
std::uint64_t owned_weights(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums,
                            std::uint64_t accelerator);

}  // namespace hypar
