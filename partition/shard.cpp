#include "partition/shard.h"

#include <algorithm>

#include "base/checked.h"
#include "partition/border.h"
#include "partition/ownership.h"

namespace hypar {
namespace {

/// Items of which an accelerator has a part of its own, each of some input channels.
struct InputItems {
    std::uint64_t items = 0;
    std::uint64_t channels_each = 1;
};

/// What makes up the input channels of `layer`: of each producer, and of the network's input.
std::vector<InputItems> input_items(const Network& network, const Plan& plan, std::size_t layer,
                                    PartialSums partial_sums) {
    const bool fully_connected = network.layer(layer).type == LayerType::FullyConnected;
    std::vector<InputItems> parts;
    std::uint64_t from_layers = 0;
    for (const std::size_t producer : network.producers(layer)) {
        const OutputItems output = output_items(network, plan, producer, partial_sums);
        parts.push_back({output.items, fully_connected ? output.pooled_elements : 1});
        from_layers += parts.back().items * parts.back().channels_each;
    }
    parts.push_back({network.layer(layer).input.channels - from_layers, 1});
    return parts;
}

/// Input channels of `layer` that `accelerator` has where the levels in `split` split them.
std::uint64_t input_channels(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums,
                             LevelSet split, std::uint64_t accelerator) {
    std::uint64_t owned = 0;
    for (const InputItems& part : input_items(network, plan, layer, partial_sums)) {
        owned += owned_items(part.items, split, accelerator, plan.division()) * part.channels_each;
    }
    return owned;
}

/// Elements of a kernel's part: each channel meets with the outputs of its group; grouped layers do not split these.
std::uint64_t weights_of(const Layer& shape, std::uint64_t channels, std::uint64_t outputs) {
    return checked_multiply(channels, outputs / shape.groups, shape.kernel, shape.kernel);
}

}  // namespace

bool makes_partial_sums(const Plan& plan, std::size_t layer) {
    return is_partial(sharding_of(plan, layer, Operand::Output));
}

OutputItems output_items(const Network& network, std::size_t layer, const LayerPlan& choices,
                         PartialSums partial_sums) {
    const Layer& shape = network.layer(layer);
    const std::vector<std::size_t> consumers = network.consumers(layer);
    const bool feeds_features = !consumers.empty() && std::all_of(consumers.begin(), consumers.end(), [&](auto next) {
        return network.layer(next).type == LayerType::FullyConnected;
    });
    // A pooling window cannot be cut, so sums that travel before pooling stay whole channels.
    const bool sums_travel_whole =
        partial_sums == PartialSums::BeforePooling && shape.pool && is_partial(sharding_of(choices, Operand::Output));
    const Layout work = compute_layout(choices);
    if (feeds_features && !sums_travel_whole && work.outputs == 0 && work.rows == 0) {
        return {shape.output.elements(), 1, 1, 1};
    }
    return {shape.output.channels, shape.output.plane(), shape.unpooled_output.plane(), shape.output.height};
}

OutputItems output_items(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums) {
    return output_items(network, layer, plan.layer(layer), partial_sums);
}

std::uint64_t owned_channels(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums,
                             std::uint64_t accelerator) {
    return input_channels(network, plan, layer, partial_sums, compute_layout(plan, layer).channels, accelerator);
}

std::uint64_t owned_outputs(const Network& network, const Plan& plan, std::size_t layer, std::uint64_t accelerator) {
    return owned_items(network.layer(layer).output.channels, compute_layout(plan, layer).outputs, accelerator,
                       plan.division());
}

std::uint64_t owned_elements(const Network& network, const Plan& plan, const StepShape& step, std::size_t layer,
                             Operand operand, std::uint64_t accelerator) {
    const Layer& shape = network.layer(layer);
    const Layout split = layout_of(sharding_of(plan, layer, operand));
    const auto owned = [&](std::uint64_t items, LevelSet levels) {
        return owned_items(items, levels, accelerator, plan.division());
    };
    const auto channels = [&] {
        return input_channels(network, plan, layer, step.partial_sums, split.channels, accelerator);
    };
    switch (operand) {
        case Operand::Input:
        case Operand::InputError:
            return checked_multiply(owned(step.batch, split.batch), channels(),
                                    input_rows(shape, split.rows, accelerator, plan.division()), shape.input.width);
        case Operand::Output:
        case Operand::OutputError: {
            const OutputItems output = output_items(network, plan, layer, step.partial_sums);
            return checked_multiply(owned(step.batch, split.batch), owned(output.items, split.channels),
                                    owned(output.rows, split.rows), output.pooled_elements / output.rows);
        }
        case Operand::Weights:
        case Operand::WeightGradient:
            return weights_of(shape, channels(), owned(shape.output.channels, split.outputs));
    }
    return 0;
}

std::uint64_t owned_weights(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums,
                            std::uint64_t accelerator) {
    StepShape step;
    step.partial_sums = partial_sums;
    return owned_elements(network, plan, step, layer, Operand::Weights, accelerator);
}

std::vector<std::uint64_t> owned_weights_of_all(const Network& network, const Plan& plan, std::size_t layer,
                                                PartialSums partial_sums) {
    const Layer& shape = network.layer(layer);
    const Layout work = compute_layout(plan, layer);
    const std::vector<std::uint64_t> outputs =
        ItemTree(shape.output.channels, plan.division()).owned_by_all(work.outputs);
    std::vector<std::uint64_t> weights(plan.accelerators());
    for (const InputItems& part : input_items(network, plan, layer, partial_sums)) {
        const std::vector<std::uint64_t> owned = ItemTree(part.items, plan.division()).owned_by_all(work.channels);
        for (std::size_t i = 0; i < weights.size(); ++i) {
            weights[i] = checked_add(weights[i], weights_of(shape, owned[i] * part.channels_each, outputs[i]));
        }
    }
    return weights;
}

}  // namespace hypar
