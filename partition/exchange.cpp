#include "partition/exchange.h"

#include <algorithm>

#include "base/checked.h"

namespace hypar {
namespace {

bool has_model_level(const Plan& plan, std::size_t layer) { return compute_layout(plan, layer).channels != 0; }

/// Sizes of one boundary tensor (F_{l+1} or E_{l+1}) as the accelerators hold it.
class BoundaryTensor {
public:
    BoundaryTensor(const Network& network, const Plan& plan, std::size_t layer, const StepShape& step)
        : items_(output_items(network, plan, layer, step.partial_sums)), step_(step), levels_(plan.levels()) {}

    std::uint64_t bytes(std::uint64_t rows, std::uint64_t items, bool unpooled) const {
        const std::uint64_t elements = unpooled ? items_.unpooled_elements : items_.pooled_elements;
        return checked_multiply(rows, items, elements, step_.element_bytes);
    }

    std::uint64_t rows(LevelSet split, std::uint64_t accelerator) const {
        return owned_items(step_.batch, split, accelerator, levels_);
    }

    std::uint64_t items(LevelSet split, std::uint64_t accelerator) const {
        return owned_items(items_.items, split, accelerator, levels_);
    }

    std::size_t levels() const { return levels_; }

private:
    OutputItems items_;
    StepShape step_;
    std::size_t levels_;
};

/// What `i` sends to `partner` when a tensor in layout `before` comes into layout `after`. Rows and channels that
/// both keep stay; of a dimension that becomes split the partner's half goes, of one that is joined the own piece.
std::uint64_t sent_to_partner(const BoundaryTensor& tensor, const Layout& before, const Layout& after,
                              std::uint64_t i, std::uint64_t partner, bool unpooled) {
    const bool batch_splits = (after.batch & ~before.batch) != 0;
    const bool channels_split = (after.channels & ~before.channels) != 0;
    const std::uint64_t rows = batch_splits ? tensor.rows(after.batch, partner) : tensor.rows(before.batch, i);
    const std::uint64_t items =
        channels_split ? tensor.items(after.channels, partner) : tensor.items(before.channels, i);
    return tensor.bytes(rows, items, unpooled);
}

/// A tensor on its way through the levels; each move appends one exchange.
class Sweep {
public:
    Sweep(std::vector<Exchange>& exchanges, const BoundaryTensor& tensor, Tensor kind, std::size_t layer,
          Layout layout)
        : exchanges_(exchanges), tensor_(tensor), kind_(kind), layer_(layer), layout_(layout) {}

    void move(std::size_t level, Pattern pattern, const Layout& after, bool unpooled = false) {
        Exchange exchange{kind_, layer_, level, pattern, layout_, after, {}};
        const std::uint64_t accelerators = std::uint64_t{1} << tensor_.levels();
        for (std::uint64_t i = 0; i < accelerators; ++i) {
            const std::uint64_t partner = partner_at(i, level, tensor_.levels());
            exchange.sent_bytes.push_back(sent_to_partner(tensor_, layout_, after, i, partner, unpooled));
        }
        exchanges_.push_back(std::move(exchange));
        layout_ = after;
    }

    /// Goes from the split of one dimension to that of the other at one level, where `to` differs.
    void swap(std::size_t level, const Layout& to, bool unpooled = false) {
        const LevelSet bit = level_bit(level);
        const Layout after{(layout_.batch & ~bit) | (to.batch & bit),
                           (layout_.channels & ~bit) | (to.channels & bit)};
        if (!(after == layout_)) move(level, Pattern::Swap, after, unpooled);
    }

    const Layout& layout() const { return layout_; }

private:
    std::vector<Exchange>& exchanges_;
    const BoundaryTensor& tensor_;
    Tensor kind_;
    std::size_t layer_;
    Layout layout_;
};

Layout all_data(const Plan& plan) { return {level_bit(plan.levels()) - 1, 0}; }

/// Layouts in which the consumers of a layer read its output, without repetition; the loss reads that of a last
/// layer sample by sample.
std::vector<Layout> consumer_layouts(const Network& network, const Plan& plan, std::size_t layer) {
    std::vector<Layout> layouts;
    for (const std::size_t consumer : network.consumers(layer)) {
        const Layout layout = compute_layout(plan, consumer);
        if (std::find(layouts.begin(), layouts.end(), layout) == layouts.end()) layouts.push_back(layout);
    }
    if (layouts.empty()) layouts.push_back(all_data(plan));
    return layouts;
}

std::vector<Exchange> forward_exchanges(const Network& network, const Plan& plan, std::size_t layer,
                                        const StepShape& step) {
    std::vector<Exchange> exchanges;
    const BoundaryTensor tensor(network, plan, layer, step);
    const Layout own = compute_layout(plan, layer);
    const std::vector<Layout> targets = consumer_layouts(network, plan, layer);
    Sweep sweep(exchanges, tensor, Tensor::FeatureMaps, layer, {own.batch, 0});
    for (std::size_t level = plan.levels(); level-- > 0;) {
        const LevelSet bit = level_bit(level);
        const LevelSet this_and_above = 2 * bit - 1;
        const bool sums_are_partial = (own.channels & this_and_above) != 0;
        const bool unpooled = sums_are_partial && step.partial_sums == PartialSums::BeforePooling;
        if ((own.channels & bit) == 0) {
            sweep.swap(level, targets.front(), unpooled);
        } else {
            const Layout now = sweep.layout();
            sweep.move(level, Pattern::ReduceScatter,
                       {now.batch | (targets.front().batch & bit), now.channels | (targets.front().channels & bit)},
                       unpooled);
        }
    }
    for (std::size_t other = 1; other < targets.size(); ++other) {
        Sweep branch(exchanges, tensor, Tensor::FeatureMaps, layer, targets.front());
        for (std::size_t level = plan.levels(); level-- > 0;) branch.swap(level, targets[other]);
    }
    return exchanges;
}

std::vector<Exchange> backward_exchanges(const Network& network, const Plan& plan, std::size_t layer,
                                         const StepShape& step) {
    std::vector<Exchange> exchanges;
    const BoundaryTensor tensor(network, plan, layer, step);
    const Layout own = compute_layout(plan, layer);
    const std::vector<Layout> sources = consumer_layouts(network, plan, layer);
    for (std::size_t other = 1; other < sources.size(); ++other) {
        Sweep branch(exchanges, tensor, Tensor::Error, layer, sources[other]);
        for (std::size_t level = 0; level < plan.levels(); ++level) branch.swap(level, sources.front());
    }
    Sweep sweep(exchanges, tensor, Tensor::Error, layer, sources.front());
    for (std::size_t level = 0; level < plan.levels(); ++level) {
        const LevelSet bit = level_bit(level);
        if ((own.channels & bit) == 0) {
            sweep.swap(level, own);
        } else {
            const Layout now = sweep.layout();
            sweep.move(level, Pattern::AllGather, {now.batch & ~bit, now.channels & ~bit});
        }
    }
    return exchanges;
}

/// All-reduce over the levels at which the layer is data parallel: there all members of a group hold the same
/// kernel, and its gradient is halved as one flat range, the first half taking the odd element.
std::vector<Exchange> gradient_exchanges(const Network& network, const Plan& plan, std::size_t layer,
                                         const StepShape& step) {
    const std::size_t levels = plan.levels();
    std::vector<std::uint64_t> held;
    for (std::uint64_t i = 0; i < plan.accelerators(); ++i) {
        held.push_back(owned_weights(network, plan, layer, step.partial_sums, i));
    }
    std::vector<Exchange> scatter;
    std::vector<Exchange> gather;
    for (std::size_t level = levels; level-- > 0;) {
        if (plan.at(level, layer) == Parallelism::Model) continue;
        Exchange reduce{Tensor::Gradient, layer, level, Pattern::ReduceScatter, {}, {}, {}};
        Exchange collect{Tensor::Gradient, layer, level, Pattern::AllGather, {}, {}, {}};
        for (std::uint64_t i = 0; i < plan.accelerators(); ++i) {
            const std::uint64_t second = held[i] / 2;
            const std::uint64_t first = held[i] - second;
            const bool in_first = half_at(i, level, levels) == 0;
            held[i] = in_first ? first : second;
            reduce.sent_bytes.push_back(checked_multiply(in_first ? second : first, step.element_bytes));
            collect.sent_bytes.push_back(checked_multiply(held[i], step.element_bytes));
        }
        scatter.push_back(std::move(reduce));
        gather.push_back(std::move(collect));
    }
    scatter.insert(scatter.end(), gather.rbegin(), gather.rend());
    return scatter;
}

}  // namespace

const char* name_of(Tensor tensor) {
    switch (tensor) {
        case Tensor::FeatureMaps: return "feature maps";
        case Tensor::Error: return "error";
        case Tensor::Gradient: return "gradient";
    }
    return "";
}

const char* name_of(Pattern pattern) {
    switch (pattern) {
        case Pattern::ReduceScatter: return "reduce-scatter";
        case Pattern::Swap: return "swap";
        case Pattern::AllGather: return "all-gather";
    }
    return "";
}

OutputItems output_items(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums) {
    const Layer& shape = network.layer(layer);
    const std::vector<std::size_t> consumers = network.consumers(layer);
    const bool feeds_features = !consumers.empty() && std::all_of(consumers.begin(), consumers.end(), [&](auto next) {
        return network.layer(next).type == LayerType::FullyConnected;
    });
    // A pooling window cannot be cut, so sums that travel before pooling stay whole channels.
    const bool whole_channels =
        partial_sums == PartialSums::BeforePooling && shape.pool && has_model_level(plan, layer);
    if (feeds_features && !whole_channels) return {shape.output.elements(), 1, 1};
    return {shape.output.channels, shape.output.plane(), shape.unpooled_output.plane()};
}

std::uint64_t owned_channels(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums,
                             std::uint64_t accelerator) {
    const bool fully_connected = network.layer(layer).type == LayerType::FullyConnected;
    const LevelSet split = compute_layout(plan, layer).channels;
    std::uint64_t owned = 0;
    std::uint64_t from_layers = 0;
    for (const std::size_t producer : network.producers(layer)) {
        const OutputItems output = output_items(network, plan, producer, partial_sums);
        const std::uint64_t channels_an_item = fully_connected ? output.pooled_elements : 1;
        owned += owned_items(output.items, split, accelerator, plan.levels()) * channels_an_item;
        from_layers += output.items * channels_an_item;
    }
    const std::uint64_t from_input = network.layer(layer).input.channels - from_layers;
    return owned + owned_items(from_input, split, accelerator, plan.levels());
}

std::uint64_t owned_weights(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums,
                            std::uint64_t accelerator) {
    const Layer& shape = network.layer(layer);
    const std::uint64_t a_channel = shape.weights() / shape.input.channels;
    return checked_multiply(owned_channels(network, plan, layer, partial_sums, accelerator), a_channel);
}

std::vector<LayerExchanges> plan_exchanges(const Network& network, const Plan& plan, const StepShape& step) {
    std::vector<LayerExchanges> exchanges;
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        exchanges.push_back({forward_exchanges(network, plan, layer, step),
                             backward_exchanges(network, plan, layer, step),
                             gradient_exchanges(network, plan, layer, step)});
    }
    return exchanges;
}

std::vector<std::uint64_t> traffic_bytes(const std::vector<LayerExchanges>& exchanges, std::size_t levels) {
    std::vector<std::uint64_t> bytes(levels, 0);
    for (const LayerExchanges& layer : exchanges) {
        for (const auto* list : {&layer.forward, &layer.backward, &layer.gradient}) {
            for (const Exchange& exchange : *list) {
                for (const std::uint64_t sent : exchange.sent_bytes) {
                    bytes[exchange.level] = checked_add(bytes[exchange.level], sent);
                }
            }
        }
    }
    return bytes;
}

}  // namespace hypar
