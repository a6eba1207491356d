#include "partition/shard.h"

#include <algorithm>

#include "base/checked.h"
#include "partition/ownership.h"

namespace hypar {
namespace {

/// Input channels of `layer` that `accelerator` has where the levels in `split` split them.
std::uint64_t input_channels(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums,
                             LevelSet split, std::uint64_t accelerator) {
    const bool fully_connected = network.layer(layer).type == LayerType::FullyConnected;
    std::uint64_t owned = 0;
    std::uint64_t from_layers = 0;
    for (const std::size_t producer : network.producers(layer)) {
        const OutputItems output = output_items(network, plan, producer, partial_sums);
        const std::uint64_t channels_an_item = fully_connected ? output.pooled_elements : 1;
        owned += owned_items(output.items, split, accelerator, plan.division()) * channels_an_item;
        from_layers += output.items * channels_an_item;
    }
    const std::uint64_t from_input = network.layer(layer).input.channels - from_layers;
    return owned + owned_items(from_input, split, accelerator, plan.division());
}

}  // namespace

bool makes_partial_sums(const Plan& plan, std::size_t layer) {
    return is_partial(sharding_of(plan, layer, Operand::Output));
}

OutputItems output_items(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums) {
    const Layer& shape = network.layer(layer);
    const std::vector<std::size_t> consumers = network.consumers(layer);
    const bool feeds_features = !consumers.empty() && std::all_of(consumers.begin(), consumers.end(), [&](auto next) {
        return network.layer(next).type == LayerType::FullyConnected;
    });
    // A pooling window cannot be cut, so sums that travel before pooling stay whole channels.
    const bool whole_channels =
        partial_sums == PartialSums::BeforePooling && shape.pool && makes_partial_sums(plan, layer);
    if (feeds_features && !whole_channels) return {shape.output.elements(), 1, 1};
    return {shape.output.channels, shape.output.plane(), shape.unpooled_output.plane()};
}

std::uint64_t owned_channels(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums,
                             std::uint64_t accelerator) {
    return input_channels(network, plan, layer, partial_sums, compute_layout(plan, layer).channels, accelerator);
}

std::uint64_t owned_elements(const Network& network, const Plan& plan, const StepShape& step, std::size_t layer,
                             Operand operand, std::uint64_t accelerator) {
    const Layer& shape = network.layer(layer);
    const Layout split = layout_of(sharding_of(plan, layer, operand));
    const auto samples = [&] { return owned_items(step.batch, split.batch, accelerator, plan.division()); };
    const auto channels = [&] {
        return input_channels(network, plan, layer, step.partial_sums, split.channels, accelerator);
    };
    switch (operand) {
        case Operand::Input:
        case Operand::InputError: return checked_multiply(samples(), channels(), shape.input.plane());
        case Operand::Output:
        case Operand::OutputError: {
            const OutputItems output = output_items(network, plan, layer, step.partial_sums);
            const std::uint64_t items = owned_items(output.items, split.channels, accelerator, plan.division());
            return checked_multiply(samples(), items, output.pooled_elements);
        }
        case Operand::Weights:
        case Operand::WeightGradient: return checked_multiply(channels(), shape.weights() / shape.input.channels);
    }
    return 0;
}

std::uint64_t owned_weights(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums,
                            std::uint64_t accelerator) {
    StepShape step;
    step.partial_sums = partial_sums;
    return owned_elements(network, plan, step, layer, Operand::Weights, accelerator);
}

}  // namespace hypar
