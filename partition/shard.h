#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "partition/sharding.h"
#include "partition/step_shape.h"
#include "workloads/network.h"

namespace hypar {

/// Items of which an accelerator has parts of its own, each of some channels.
struct ChannelItems {
    std::uint64_t items = 0;
    std::uint64_t channels_each = 1;

    friend bool operator==(const ChannelItems& a, const ChannelItems& b) {
        return a.items == b.items && a.channels_each == b.channels_each;
    }
};

/// What makes up the input channels of a layer that reads no single features: of each producer, and of the network's
/// input.
std::vector<ChannelItems> whole_input_items(const Network& network, std::size_t layer);

/// Whether the forward phase of `layer` makes sums that several accelerators have parts of.
bool makes_partial_sums(const Network& network, const Plan& plan, std::size_t layer);

/// A layer's output as the trees divide it: its channels, by heads where heads are read, or single features where
/// only fully connected layers read them and none of its levels splits channels or rows; and its rows.
struct OutputItems {
    std::uint64_t items = 0;
    std::uint64_t pooled_elements = 0;    ///< of one item, after pooling
    std::uint64_t unpooled_elements = 0;  ///< of one item, before pooling
    std::uint64_t rows = 1;               ///< that pooled elements have
};

OutputItems output_items(const Network& network, std::size_t layer, const LayerPlan& choices,
                         PartialSums partial_sums);
OutputItems output_items(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums);

/// Input channels (features, for a fully connected layer) and output channels of `layer` that `accelerator` computes
/// with.
std::uint64_t owned_channels(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums,
                             std::uint64_t accelerator);
std::uint64_t owned_outputs(const Network& network, const Plan& plan, std::size_t layer, std::uint64_t accelerator);

/// Elements of a tensor of `layer` that `accelerator` holds: the samples, channels and rows that fall to it where its
/// sharding splits them, all others whole; the input with the rows over the edges of the own ones. Feature maps and
/// errors are counted pooled. Throws std::overflow_error beyond 64 bits.
std::uint64_t owned_elements(const Network& network, const Plan& plan, const StepShape& step, std::size_t layer,
                             Operand operand, std::uint64_t accelerator);

/// Elements of its kernel that `accelerator` holds: those of its input and output channels.
std::uint64_t owned_weights(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums,
                            std::uint64_t accelerator);
/// The same of all.
std::vector<std::uint64_t> owned_weights_of_all(const Network& network, const Plan& plan, std::size_t layer,
                                                PartialSums partial_sums);

/// Whether the accelerators that sum up a layer's gradient each update a part of its weights, as large as that of the
/// sums that they have between their reduce-scatter and the all-gather. Those that have a copy of another layer's
/// weights, in another layout, complete its gradient for themselves.
bool divides_update(const Network& network, const StepShape& step, std::size_t layer);

/// Elements of its weights that `accelerator` updates, for which it keeps the optimizer's state.
std::uint64_t updated_weights(const Network& network, const Plan& plan, const StepShape& step, std::size_t layer,
                              std::uint64_t accelerator);
/// The same of all.
std::vector<std::uint64_t> updated_weights_of_all(const Network& network, const Plan& plan, const StepShape& step,
                                                  std::size_t layer);

}  // namespace hypar
