#include "partition/search/plan_cost.h"

#include <algorithm>

#include "partition/border.h"
#include "partition/ownership.h"
#include "partition/shard.h"

namespace hypar {

PlanCost::PlanCost(const Network& network, const StepShape& step, const Levels& levels)
    : network_(network), step_(step), levels_(levels), samples_(step.batch, levels) {
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        const Layer& shape = network.layer(layer);
        const std::uint64_t unit = shape.channel_unit;
        channels_.push_back({DividedItems(shape.channel_parts(), levels), DividedItems(shape.output.height, levels),
                             unit * shape.output.width, unit * shape.unpooled_output.plane()});
        features_.push_back({DividedItems(shape.output.elements(), levels), DividedItems(1, levels), 1, 1});
    }
}

const DividedItems& PlanCost::items_of(const Boundary& boundary, Dimension dimension) const {
    if (dimension == Dimension::Batch) return samples_;
    return dimension == Dimension::Rows ? boundary.rows : boundary.items;
}

const PlanCost::Boundary& PlanCost::boundary_of(std::size_t layer, const LayerPlan& choices) const {
    const OutputItems items = output_items(network_, layer, choices, step_.partial_sums);
    return (items.items == channels_[layer].items.count ? channels_ : features_)[layer];
}

PlanCost::Elements PlanCost::elements_of(const Redistribution& redistribution, const Boundary& boundary) const {
    const auto& [tensor, layer, from, to, border_of] = redistribution;
    if (tensor == Tensor::Gradient) return {network_.layer(layer).weights(), network_.layer(layer).weights()};
    if (tensor == Tensor::Statistics) {
        const Layer& shape = network_.layer(layer);
        const Int128 numbers = Int128{samples_.count} * shape.output.plane() * shape.statistics();
        return {numbers, numbers};
    }
    const Int128 items = Int128{samples_.count} * boundary.items.count;
    const Int128 pooled = items * boundary.rows.count * boundary.pooled_elements;
    const bool sums_are_unpooled = tensor == Tensor::FeatureMaps && network_.layer(layer).pool &&
                                   step_.partial_sums == PartialSums::BeforePooling;
    return {sums_are_unpooled ? items * boundary.unpooled_elements : pooled, pooled};
}

Traffic PlanCost::gradient(std::size_t layer, const LayerPlan& own, const LayerPlan& owner) const {
    if (shares_gradient(network_, layer, own, owner)) return {};
    const Redistribution sums = gradient_redistribution(network_, layer, own);
    const Int128 cost = Int128{network_.layer(layer).weights()} * cost_of(sums.from, sums.to, levels_).all();
    return {cost, cost};
}

Traffic PlanCost::boundary(std::size_t layer, const LayerPlan& own, const std::vector<LayerPlan>& consumers) const {
    const LayerRedistributions moves = redistributions_of(network_, layer, own, consumers, levels_);
    const Boundary& boundary = boundary_of(layer, own);
    Traffic sum;
    for (const auto* list : {&moves.forward, &moves.backward}) {
        for (const Redistribution& redistribution : *list) sum = sum + move(redistribution, boundary);
    }
    return sum;
}

Traffic PlanCost::move(const Redistribution& redistribution, const Boundary& boundary) const {
    const auto& [tensor, layer, from, to, border_of] = redistribution;
    if (border_of) {
        const Int128 cost = border(redistribution, boundary);
        return {cost, cost};
    }
    const MoveCost cost = cost_of(from, to, levels_);
    const Elements elements = elements_of(redistribution, boundary);
    const Int128 even = elements.moved(cost);
    Int128 whole = even;
    if (cost.swapped > 0) whole -= stays_unevenly(boundary, from, to);
    if (cost.scattered > 0 && elements.summed != elements.complete) {
        whole += scattered_twice(layer, boundary, from, to);
    }
    return {whole, even};
}

/// How much more stays where it is in swaps than if all parts were even: what has the same place in both dimensions.
Int128 PlanCost::stays_unevenly(const Boundary& boundary, const Sharding& from, const Sharding& to) const {
    const Int128 copies = Int128{copies_throughout(from, to, levels_)} * boundary.pooled_elements;
    Int128 more = 0;
    for (std::size_t level = 0; level < from.size(); ++level) {
        const bool is_share = from[level].placement == Placement::Split && to[level].placement == Placement::Split;
        if (!is_share || from[level] == to[level]) continue;
        const DividedItems& a = items_of(boundary, from[level].dimension);
        const DividedItems& b = items_of(boundary, to[level].dimension);
        const Int128 third = Int128{samples_.count} * boundary.items.count * boundary.rows.count / a.count / b.count;
        const Int128 share = levels_.accelerators() / levels_.size(level);
        more += copies * third * hypar::stays_unevenly(a, b, level) * share;
    }
    return more;
}

/// What is scattered more than once of sums that travel before pooling: rows that windows of two parts meet with.
Int128 PlanCost::scattered_twice(std::size_t layer, const Boundary& boundary, const Sharding& from,
                                 const Sharding& to) const {
    const Layer& shape = network_.layer(layer);
    const Int128 row =
        Int128{samples_.count} * boundary.items.count * shape.channel_unit * shape.unpooled_output.width;
    Int128 more = 0;
    const std::vector<MoveCost> costs = costs_by_level(from, to, levels_);
    LevelSet rows = layout_of(from).rows;
    for (std::size_t level = from.size(); level-- > 0;) {
        if (costs[level].scattered == 0) continue;
        if (to[level] == split(Dimension::Rows)) rows |= level_bit(level);
        const Int128 again = Int128{computed_rows_of_group(shape, rows, levels_)} - shape.unpooled_output.height;
        more += row * again * costs[level].scattered;
    }
    return more;
}

Int128 PlanCost::border(const Redistribution& redistribution, const Boundary& boundary) const {
    const Layout layout = layout_of(redistribution.from);
    Int128 rows = 0;
    for (const BorderRound& round : border_rounds(network_.layer(*redistribution.border_of), layout.rows, levels_)) {
        for (const std::uint64_t sent : round.rows) rows += sent;
    }
    const std::uint64_t copies =
        levels_.accelerators() / levels_.places(layout.batch | layout.channels | layout.rows);
    return rows * samples_.count * boundary.items.count * boundary.pooled_elements * copies * levels_.accelerators();
}

Traffic PlanCost::of(const Plan& plan) const {
    const std::vector<LayerPlan> layers = layer_plans_of(network_, plan);
    Traffic sum;
    for (std::size_t layer = 0; layer < network_.size(); ++layer) {
        sum = sum + gradient(layer, layers[layer], layers[network_.owner_of_weights(layer)]) +
              boundary(layer, layers[layer], consumers_of(network_, layer, layers));
    }
    return sum;
}

/// Whether a tensor's rows may be split as it is made or read.
bool PlanCost::may_split_rows(std::size_t layer) const {
    const auto has_rows = [&](std::size_t other) { return network_.layer(other).output.height > 1; };
    const auto& consumers = network_.consumers(layer);
    return has_rows(layer) || std::any_of(consumers.begin(), consumers.end(), has_rows);
}

bool PlanCost::has_even_plans(SplitSet splits) const {
    const bool has_rows = contains(splits, Parallelism::Spatial);
    for (std::size_t layer = 0; layer < network_.size(); ++layer) {
        const Layer& shape = network_.layer(layer);
        const DividedItems read(shape.input.channels, levels_);
        for (std::size_t level = 0; level < levels_.count(); ++level) {
            const bool channels = channels_[layer].items.is_even(level);
            if (shape.groups > 1 && !read.is_even(level)) return false;
            if (has_rows && may_split_rows(layer) && !channels_[layer].rows.is_even(level)) return false;
            if (!samples_.is_even(level) && !(channels && features_[layer].items.is_even(level))) return false;
        }
    }
    return true;
}

std::vector<double> PlanCost::even_by_level(const Plan& plan) const {
    std::vector<Int128> sums(levels_.count());
    for (const LayerRedistributions& moves : redistributions(network_, plan)) {
        for (const auto* list : {&moves.forward, &moves.backward, &moves.gradient}) {
            for (const Redistribution& redistribution : *list) add_even(redistribution, plan, sums);
        }
    }
    std::vector<double> elements_by_level;
    elements_by_level.reserve(sums.size());
    for (const Int128 sum : sums) elements_by_level.push_back(elements(sum));
    return elements_by_level;
}

void PlanCost::add_even(const Redistribution& redistribution, const Plan& plan, std::vector<Int128>& by_level) const {
    const Boundary& boundary = boundary_of(redistribution.layer, plan.layer(redistribution.layer));
    if (redistribution.border_of) {
        by_level[first_level(layout_of(redistribution.from).rows)] += border(redistribution, boundary);
        return;
    }
    const Elements elements = elements_of(redistribution, boundary);
    const std::vector<MoveCost> costs = costs_by_level(redistribution.from, redistribution.to, levels_);
    for (std::size_t level = 0; level < costs.size(); ++level) by_level[level] += elements.moved(costs[level]);
}

double PlanCost::elements(Int128 cost) const {
    const Int128 all = levels_.accelerators();
    const Int128 whole = cost / all;
    const Int128 rest = cost % all;
    return static_cast<double>(whole) + static_cast<double>(rest) / static_cast<double>(all);
}

}  // namespace hypar
