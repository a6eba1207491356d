#include "partition/shard.h"

#include <algorithm>

#include "base/checked.h"
#include "base/even_part.h"
#include "partition/border.h"
#include "partition/ownership.h"

namespace hypar {
namespace {

/// The levels at which the work on a layer's outputs is divided by their channels.
LevelSet output_levels(const Layer& shape, const Layout& work) {
    return shape.is_weighted() ? work.outputs : work.channels;
}

/// What a layer reads of the network's input: where it sums over no channels, those of which it makes its parts.
ChannelItems own_input_items(const Layer& shape, std::uint64_t from_layers) {
    const std::uint64_t channels = shape.input.channels - from_layers;
    const std::uint64_t parts = shape.channel_parts();
    const bool is_in_parts = from_layers == 0 && channels % parts == 0 && !shape.is_weighted();
    return is_in_parts ? ChannelItems{parts, channels / parts} : ChannelItems{channels, 1};
}

/// What makes up the input channels of `layer`, those of one input where it takes them one by one: of each producer,
/// and of the network's input.
std::vector<ChannelItems> input_items(const Network& network, const Plan& plan, std::size_t layer,
                                      PartialSums partial_sums) {
    const Layer& shape = network.layer(layer);
    std::vector<ChannelItems> parts;
    std::uint64_t from_layers = 0;
    for (const std::size_t producer : network.producers(layer)) {
        if (from_layers > 0 && shape.inputs > 1) break;
        if (network.is_second_input(layer, producer)) continue;
        const OutputItems output = output_items(network, plan, producer, partial_sums);
        const std::uint64_t channels =
            shape.is_flat() ? network.layer(producer).output.elements() : network.layer(producer).output.channels;
        parts.push_back({output.items, channels / output.items});
        from_layers += channels;
    }
    if (shape.input.channels > from_layers) parts.push_back(own_input_items(shape, from_layers));
    return parts;
}

/// Input channels of `layer` that `accelerator` has where the levels in `split` split them.
std::uint64_t input_channels(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums,
                             LevelSet split, std::uint64_t accelerator) {
    std::uint64_t owned = 0;
    for (const ChannelItems& part : input_items(network, plan, layer, partial_sums)) {
        owned += owned_items(part.items, split, accelerator, plan.division()) * part.channels_each;
    }
    return owned;
}

/// Elements of a kernel's part: each channel meets with the outputs of its group; grouped layers do not split these.
std::uint64_t weights_of(const Layer& shape, std::uint64_t channels, std::uint64_t outputs) {
    if (!shape.is_weighted()) return checked_multiply(channels, shape.weights_each());
    return checked_multiply(channels, outputs / shape.groups, shape.weights_each());
}

}  // namespace

std::vector<ChannelItems> whole_input_items(const Network& network, std::size_t layer) {
    std::vector<ChannelItems> parts;
    std::uint64_t from_input = network.layer(layer).input.channels;
    for (const std::size_t producer : network.producers(layer)) {
        const Layer& read = network.layer(producer);
        parts.push_back({read.channel_parts(), read.channel_unit});
        from_input -= read.output.channels;
    }
    if (from_input > 0) parts.push_back({from_input, 1});
    return parts;
}

bool makes_partial_sums(const Network& network, const Plan& plan, std::size_t layer) {
    return is_partial(sharding_of(network.layer(layer).kind().form, plan.layer(layer), Operand::Output));
}

OutputItems output_items(const Network& network, std::size_t layer, const LayerPlan& choices,
                         PartialSums partial_sums) {
    const Layer& shape = network.layer(layer);
    const std::vector<std::size_t> consumers = network.consumers(layer);
    const bool feeds_features = !consumers.empty() && std::all_of(consumers.begin(), consumers.end(), [&](auto next) {
        return network.layer(next).is_flat();
    });
    // A pooling window cannot be cut, so sums that travel before pooling stay whole channels.
    const bool sums_travel_whole = partial_sums == PartialSums::BeforePooling && shape.pool &&
                                   is_partial(sharding_of(shape.kind().form, choices, Operand::Output));
    const Layout work = compute_layout(choices);
    if (feeds_features && !sums_travel_whole && output_levels(shape, work) == 0 && work.rows == 0) {
        return {shape.output.elements(), 1, 1, 1};
    }
    const std::uint64_t unit = shape.channel_unit;
    return {shape.channel_parts(), unit * shape.output.plane(), unit * shape.unpooled_output.plane(),
            shape.output.height};
}

OutputItems output_items(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums) {
    return output_items(network, layer, plan.layer(layer), partial_sums);
}

std::uint64_t owned_channels(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums,
                             std::uint64_t accelerator) {
    return input_channels(network, plan, layer, partial_sums, compute_layout(plan, layer).channels, accelerator);
}

std::uint64_t owned_outputs(const Network& network, const Plan& plan, std::size_t layer, std::uint64_t accelerator) {
    const Layer& shape = network.layer(layer);
    const LevelSet split = output_levels(shape, compute_layout(plan, layer));
    return shape.channel_unit * owned_items(shape.channel_parts(), split, accelerator, plan.division());
}

namespace {

/// A second input is divided in as many parts as what is made of it.
std::uint64_t owned_second_channels(const Layer& shape, LevelSet split, std::uint64_t accelerator,
                                    const Levels& levels) {
    const std::uint64_t parts = shape.channel_parts();
    return shape.second_input.channels / parts * owned_items(parts, split, accelerator, levels);
}

}  // namespace

std::uint64_t owned_elements(const Network& network, const Plan& plan, const StepShape& step, std::size_t layer,
                             Operand operand, std::uint64_t accelerator) {
    const Layer& shape = network.layer(layer);
    const Layout split = layout_of(sharding_of(shape.kind().form, plan.layer(layer), operand));
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
        case Operand::WeightGradient: {
            const std::uint64_t outputs = shape.channel_unit * owned(shape.channel_parts(), split.outputs);
            return weights_of(
                shape, shape.is_weighted() ? channels() : owned_outputs(network, plan, layer, accelerator), outputs);
        }
        case Operand::SecondInput:
        case Operand::SecondInputError:
            return checked_multiply(owned(step.batch, split.batch),
                                    owned_second_channels(shape, split.channels, accelerator, plan.division()),
                                    shape.second_input.plane());
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
    std::vector<std::uint64_t> outputs =
        ItemTree(shape.channel_parts(), plan.division()).owned_by_all(output_levels(shape, work));
    for (std::uint64_t& count : outputs) count *= shape.channel_unit;
    std::vector<std::uint64_t> weights(plan.accelerators());
    if (!shape.is_weighted()) {
        for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = weights_of(shape, outputs[i], 0);
        return weights;
    }
    for (const ChannelItems& part : input_items(network, plan, layer, partial_sums)) {
        const std::vector<std::uint64_t> owned = ItemTree(part.items, plan.division()).owned_by_all(work.channels);
        for (std::size_t i = 0; i < weights.size(); ++i) {
            weights[i] = checked_add(weights[i], weights_of(shape, owned[i] * part.channels_each, outputs[i]));
        }
    }
    return weights;
}

bool divides_update(const Network& network, const StepShape& step, std::size_t layer) {
    return step.optimizer_state == OptimizerState::Sharded && !network.weights_of(layer);
}

namespace {

/// The part of `whole` elements that falls to an accelerator, from the leaves up to H1, at levels where a gradient
/// is a sum.
std::uint64_t part_of_sums(std::uint64_t whole, const Sharding& gradient, const Levels& levels,
                           std::uint64_t accelerator) {
    for (std::size_t level = gradient.size(); level-- > 0;) {
        if (gradient[level].placement != Placement::Partial) continue;
        whole = even_part(whole, levels.place(accelerator, level), levels.size(level));
    }
    return whole;
}

Sharding gradient_sharding(const Network& network, const Plan& plan, std::size_t layer) {
    return sharding_of(network.layer(layer).kind().form, plan.layer(layer), Operand::WeightGradient);
}

}  // namespace

std::uint64_t updated_weights(const Network& network, const Plan& plan, const StepShape& step, std::size_t layer,
                              std::uint64_t accelerator) {
    const std::uint64_t owned = owned_weights(network, plan, layer, step.partial_sums, accelerator);
    if (!divides_update(network, step, layer)) return owned;
    return part_of_sums(owned, gradient_sharding(network, plan, layer), plan.division(), accelerator);
}

std::vector<std::uint64_t> updated_weights_of_all(const Network& network, const Plan& plan, const StepShape& step,
                                                  std::size_t layer) {
    std::vector<std::uint64_t> weights = owned_weights_of_all(network, plan, layer, step.partial_sums);
    if (!divides_update(network, step, layer)) return weights;
    const Sharding gradient = gradient_sharding(network, plan, layer);
    for (std::uint64_t i = 0; i < weights.size(); ++i) {
        weights[i] = part_of_sums(weights[i], gradient, plan.division(), i);
    }
    return weights;
}

}  // namespace hypar
