#include "partition/pairwise.h"

#include <algorithm>
#include <numeric>

#include "base/checked.h"
#include "partition/ownership.h"
#include "partition/shard.h"

namespace hypar {
namespace {

/// Sizes of one boundary tensor (F_{l+1} or E_{l+1}) as the accelerators hold it.
class BoundaryTensor {
public:
    BoundaryTensor(const Network& network, const Plan& plan, std::size_t layer, const StepShape& step)
        : output_(output_items(network, plan, layer, step.partial_sums)),
          step_(step),
          samples_(step.batch, plan.division()),
          items_(output_.items, plan.division()) {}

    /// What `i` sends to `partner` when the tensor in layout `before` comes into layout `after`. Samples and channels
    /// that both keep stay; of a dimension that becomes split the partner's half goes, of one that is joined the own
    /// piece.
    std::uint64_t sent_bytes(const Layout& before, const Layout& after, std::uint64_t i, std::uint64_t partner,
                             bool partial) const {
        const std::uint64_t samples = sent_items(samples_, before.batch, after.batch, i, partner);
        const std::uint64_t items = sent_items(items_, before.channels, after.channels, i, partner);
        const bool unpooled = partial && step_.partial_sums == PartialSums::BeforePooling;
        const std::uint64_t elements = unpooled ? output_.unpooled_elements : output_.pooled_elements;
        return checked_multiply(samples, items, elements, step_.element_bytes);
    }

private:
    static std::uint64_t sent_items(const ItemTree& tree, LevelSet before, LevelSet after, std::uint64_t i,
                                    std::uint64_t partner) {
        return (after & ~before) != 0 ? tree.owned(after, partner) : tree.owned(before, i);
    }

    OutputItems output_;
    StepShape step_;
    ItemTree samples_;
    ItemTree items_;
};

Pattern pattern_of(const LevelPlacement& from, const LevelPlacement& to) {
    if (from.placement == Placement::Partial) return Pattern::ReduceScatter;
    return to.placement == Placement::Replicated ? Pattern::AllGather : Pattern::Swap;
}

std::vector<Exchange> boundary_exchanges(const Redistribution& redistribution, const Network& network,
                                         const Plan& plan, const StepShape& step) {
    const auto& [tensor, layer, from, to] = redistribution;
    const BoundaryTensor sizes(network, plan, layer, step);
    std::vector<std::size_t> order(plan.levels());
    std::iota(order.begin(), order.end(), 0);
    if (tensor == Tensor::FeatureMaps) std::reverse(order.begin(), order.end());
    std::vector<Exchange> exchanges;
    Sharding now = from;
    for (const std::size_t level : order) {
        if (now[level] == to[level]) continue;
        const bool partial = is_partial(now);
        const Layout before = layout_of(now);
        now[level] = to[level];
        Exchange exchange{tensor, layer, level, pattern_of(from[level], to[level]), before, layout_of(now), {}};
        for (std::uint64_t i = 0; i < plan.accelerators(); ++i) {
            const std::uint64_t partner = partner_of(i, level, plan.division());
            exchange.sent_bytes.push_back(sizes.sent_bytes(before, exchange.after, i, partner, partial));
        }
        exchanges.push_back(std::move(exchange));
    }
    return exchanges;
}

/// All-reduce over the levels at which the gradient is a partial sum: there all members of a group hold the same
/// kernel, and its gradient is halved as one flat range, the first half taking the odd element.
std::vector<Exchange> gradient_exchanges(const Redistribution& redistribution, const Network& network,
                                         const Plan& plan, const StepShape& step) {
    const auto& [tensor, layer, from, to] = redistribution;
    std::vector<std::uint64_t> held;
    for (std::uint64_t i = 0; i < plan.accelerators(); ++i) {
        held.push_back(owned_elements(network, plan, step, layer, Operand::WeightGradient, i));
    }
    std::vector<Exchange> scatter;
    std::vector<Exchange> gather;
    for (std::size_t level = plan.levels(); level-- > 0;) {
        if (from[level] == to[level]) continue;
        Exchange reduce{tensor, layer, level, Pattern::ReduceScatter, {}, {}, {}};
        Exchange collect{tensor, layer, level, Pattern::AllGather, {}, {}, {}};
        for (std::uint64_t i = 0; i < plan.accelerators(); ++i) {
            const bool in_first = plan.division().place(i, level) == 0;
            const std::uint64_t partners = in_first ? held[i] / 2 : held[i] - held[i] / 2;
            held[i] -= partners;
            reduce.sent_bytes.push_back(checked_multiply(partners, step.element_bytes));
            collect.sent_bytes.push_back(checked_multiply(held[i], step.element_bytes));
        }
        scatter.push_back(std::move(reduce));
        gather.push_back(std::move(collect));
    }
    scatter.insert(scatter.end(), gather.rbegin(), gather.rend());
    return scatter;
}

}  // namespace

std::vector<Exchange> pairwise_exchanges(const Redistribution& redistribution, const Network& network,
                                         const Plan& plan, const StepShape& step) {
    if (redistribution.tensor == Tensor::Gradient) return gradient_exchanges(redistribution, network, plan, step);
    return boundary_exchanges(redistribution, network, plan, step);
}

}  // namespace hypar
