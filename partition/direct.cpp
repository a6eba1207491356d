#include "partition/direct.h"

#include <algorithm>

#include "base/checked.h"
#include "base/even_part.h"
#include "partition/border.h"
#include "partition/ownership.h"
#include "partition/shard.h"

namespace hypar {
namespace {

/// A boundary tensor (F_{l+1} or E_{l+1}) as the accelerators hold it.
class BoundaryTensor {
public:
    BoundaryTensor(const Network& network, const Plan& plan, std::size_t layer, const StepShape& step)
        : shape_(network.layer(layer)),
          output_(output_items(network, plan, layer, step.partial_sums)),
          step_(step),
          levels_(plan.division()),
          samples_(step.batch, levels_),
          items_(output_.items, levels_),
          rows_(output_.rows, levels_) {}

    /// The dimension among which sums are scattered that are wanted whole.
    Dimension widest() const {
        const bool samples_suffice = step_.batch >= std::min(levels_.accelerators(), output_.items);
        return samples_suffice ? Dimension::Batch : Dimension::Channels;
    }

    /// What each sends to others when the tensor in layout `before` comes into layout `after`.
    class Sent {
    public:
        std::uint64_t operator()(std::uint64_t i, std::uint64_t partner) const {
            return checked_multiply(samples.of(i, partner), items.of(i, partner), plane.of(i, partner), row_bytes);
        }

        /// What both keep stays; of a dimension that becomes split the partner's part goes, of one that is joined the
        /// own part.
        struct Part {
            std::vector<std::uint64_t> owned;
            bool is_partners = false;

            std::uint64_t of(std::uint64_t i, std::uint64_t partner) const {
                return owned[is_partners ? partner : i];
            }
        };
        Part samples;
        Part items;
        Part plane;  ///< of one item: rows, or elements before pooling
        std::uint64_t row_bytes = 1;
    };

    Sent sent(const Layout& before, const Layout& after, bool unpooled) const {
        const auto part = [](const ItemTree& tree, LevelSet from, LevelSet to) {
            const bool is_partners = (to & ~from) != 0;
            return Sent::Part{tree.owned_by_all(is_partners ? to : from), is_partners};
        };
        Sent sent{part(samples_, before.batch, after.batch), part(items_, before.channels, after.channels),
                  part(rows_, before.rows, after.rows),
                  checked_multiply(output_.pooled_elements / output_.rows, step_.element_bytes)};
        if (!unpooled) return sent;
        sent.row_bytes = step_.element_bytes;
        const LevelSet rows = sent.plane.is_partners ? after.rows : before.rows;
        for (std::uint64_t i = 0; i < levels_.accelerators(); ++i) sent.plane.owned[i] = unpooled_elements(rows, i);
        return sent;
    }

    /// What `rows` rows are of what `i` holds.
    std::uint64_t bytes_of_rows(const Layout& layout, std::uint64_t i, std::uint64_t rows) const {
        return checked_multiply(samples_.owned(layout.batch, i), items_.owned(layout.channels, i), rows,
                                checked_multiply(output_.pooled_elements / output_.rows, step_.element_bytes));
    }

private:
    /// Of one item, that `i` has before pooling.
    std::uint64_t unpooled_elements(LevelSet split, std::uint64_t i) const {
        if (split == 0) return output_.unpooled_elements;
        return checked_multiply(shape_.channel_unit, computed_rows(shape_, split, i, levels_),
                                shape_.unpooled_output.width);
    }

    const Layer& shape_;
    OutputItems output_;
    StepShape step_;
    const Levels& levels_;
    ItemTree samples_;
    ItemTree items_;
    ItemTree rows_;
};

/// One round for each of the others in the groups of a level; `bytes` says what one sends to another.
template <typename Bytes>
std::vector<Round> rounds_to_all(std::size_t level, const Levels& levels, const Bytes& bytes) {
    const std::uint64_t size = levels.size(level);
    const std::uint64_t below = levels.accelerators() / levels.groups(level + 1);
    std::vector<Round> rounds;
    for (std::uint64_t offset = 1; offset < size; ++offset) {
        Round round{offset, {}};
        round.sent_bytes.reserve(levels.accelerators());
        for (std::uint64_t first = 0; first < levels.accelerators(); first += size * below) {
            for (std::uint64_t place = 0; place < size; ++place) {
                const std::uint64_t own = first + place * below;
                const std::uint64_t others = first + (place + offset) % size * below;
                for (std::uint64_t low = 0; low < below; ++low) {
                    round.sent_bytes.push_back(bytes(own + low, others + low));
                }
            }
        }
        rounds.push_back(std::move(round));
    }
    return rounds;
}

/// A boundary tensor on its way from one sharding to another.
class BoundaryMove {
public:
    BoundaryMove(const Redistribution& redistribution, const Network& network, const Plan& plan,
                 const StepShape& step)
        : redistribution_(redistribution),
          plan_(plan),
          sizes_(network, plan, redistribution.layer, step),
          sums_are_unpooled_(redistribution.tensor == Tensor::FeatureMaps &&
                             step.partial_sums == PartialSums::BeforePooling),
          now_(redistribution.from) {}

    std::vector<Exchange> carry_out() {
        const Sharding& to = redistribution_.to;
        for (std::size_t level = 0; level < now_.size(); ++level) {
            if (now_[level].placement == Placement::Replicated) now_[level] = to[level];
        }
        for (std::size_t level = now_.size(); level-- > 0;) {
            if (now_[level].placement != Placement::Partial || now_[level] == to[level]) continue;
            const bool is_shared = to[level].placement == Placement::Split;
            move(level, is_shared ? to[level] : split(sizes_.widest()), Pattern::ReduceScatter);
        }
        for (std::size_t level = now_.size(); level-- > 0;) {
            if (now_[level] != to[level] && to[level].placement == Placement::Split) {
                move(level, to[level], Pattern::Swap);
            }
        }
        for (std::size_t level = 0; level < now_.size(); ++level) {
            if (now_[level] != to[level]) move(level, to[level], Pattern::AllGather);
        }
        return std::move(exchanges_);
    }

private:
    void move(std::size_t level, const LevelPlacement& to, Pattern pattern) {
        const bool unpooled = sums_are_unpooled_ && is_partial(now_);
        const Layout before = layout_of(now_);
        now_[level] = to;
        const Layout after = layout_of(now_);
        exchanges_.push_back({redistribution_.tensor, redistribution_.layer, level, level_bit(level), pattern,
                              pattern == Pattern::ReduceScatter, before, after,
                              rounds_to_all(level, plan_.division(), sizes_.sent(before, after, unpooled))});
    }

    const Redistribution& redistribution_;
    const Plan& plan_;
    BoundaryTensor sizes_;
    bool sums_are_unpooled_;
    Sharding now_;
    std::vector<Exchange> exchanges_;
};

/// Forward the owners send the rows that others need; backward these send the errors of them back, to be added.
std::vector<Exchange> border_exchanges(const Redistribution& redistribution, const Network& network, const Plan& plan,
                                       const StepShape& step) {
    const Levels& levels = plan.division();
    const Layout layout = layout_of(redistribution.from);
    const BoundaryTensor sizes(network, plan, redistribution.layer, step);
    const bool adds = redistribution.tensor == Tensor::Error;
    const std::uint64_t positions = levels.places(layout.rows);
    const std::size_t level = first_level(layout.rows);
    Exchange exchange{
        redistribution.tensor, redistribution.layer, level, layout.rows, Pattern::Border, adds, layout, layout, {}};
    for (const BorderRound& border : border_rounds(network.layer(*redistribution.border_of), layout.rows, levels)) {
        Round round{adds ? positions - border.offset : border.offset, {}};
        for (std::uint64_t i = 0; i < levels.accelerators(); ++i) {
            const std::uint64_t owner = adds ? levels.shifted(i, layout.rows, round.offset) : i;
            const std::uint64_t rows = border.rows[levels.position(owner, layout.rows)];
            round.sent_bytes.push_back(sizes.bytes_of_rows(layout, i, rows));
        }
        exchange.rounds.push_back(std::move(round));
    }
    if (exchange.rounds.empty()) return {};
    return {std::move(exchange)};
}

/// Elements of a layer's statistics that each accelerator has: numbers of its samples' rows.
std::vector<std::uint64_t> owned_statistics(const Redistribution& redistribution, const Network& network,
                                            const Levels& levels, const StepShape& step) {
    const Layer& shape = network.layer(redistribution.layer);
    const Layout layout = layout_of(redistribution.to);
    std::vector<std::uint64_t> owned = ItemTree(step.batch, levels).owned_by_all(layout.batch);
    const std::vector<std::uint64_t> rows = ItemTree(shape.output.height, levels).owned_by_all(layout.rows);
    for (std::size_t i = 0; i < owned.size(); ++i) {
        owned[i] = checked_multiply(owned[i], rows[i], shape.output.width, shape.statistics());
    }
    return owned;
}

/// All-reduce over the levels at which a gradient or a row's numbers are partial sums: there all members of a group
/// hold the same elements, which are divided as one flat range, the first parts taking the odd ones. Where each
/// updates its part, the parts of the weights are gathered.
std::vector<Exchange> sum_exchanges(const Redistribution& redistribution, const Network& network, const Plan& plan,
                                    const StepShape& step) {
    const auto& [tensor, layer, from, to, border] = redistribution;
    const Levels& levels = plan.division();
    const bool is_updated_between = tensor == Tensor::Gradient && divides_update(network, step, layer);
    std::vector<std::uint64_t> held = tensor == Tensor::Gradient
                                          ? owned_weights_of_all(network, plan, layer, step.partial_sums)
                                          : owned_statistics(redistribution, network, levels, step);
    std::vector<Exchange> scatter;
    std::vector<Exchange> gather;
    for (std::size_t level = plan.levels(); level-- > 0;) {
        if (from[level] == to[level]) continue;
        const std::uint64_t size = levels.size(level);
        const auto reduced = [&](std::uint64_t i, std::uint64_t other) {
            return checked_multiply(even_part(held[i], levels.place(other, level), size), step.element_bytes);
        };
        scatter.push_back({tensor,
                           layer,
                           level,
                           level_bit(level),
                           Pattern::ReduceScatter,
                           true,
                           {},
                           {},
                           rounds_to_all(level, levels, reduced)});
        for (std::uint64_t i = 0; i < plan.accelerators(); ++i) {
            held[i] = even_part(held[i], levels.place(i, level), size);
        }
        const auto collected = [&](std::uint64_t i, std::uint64_t) {
            return checked_multiply(held[i], step.element_bytes);
        };
        gather.push_back({is_updated_between ? Tensor::Weights : tensor,
                          layer,
                          level,
                          level_bit(level),
                          Pattern::AllGather,
                          false,
                          {},
                          {},
                          rounds_to_all(level, levels, collected)});
    }
    std::move(gather.rbegin(), gather.rend(), std::back_inserter(scatter));
    return scatter;
}

}  // namespace

std::vector<Exchange> direct_exchanges(const Redistribution& redistribution, const Network& network, const Plan& plan,
                                       const StepShape& step) {
    const bool is_sum = redistribution.tensor == Tensor::Gradient || redistribution.tensor == Tensor::Statistics;
    if (is_sum) return sum_exchanges(redistribution, network, plan, step);
    if (redistribution.border_of) return border_exchanges(redistribution, network, plan, step);
    return BoundaryMove(redistribution, network, plan, step).carry_out();
}

}  // namespace hypar
