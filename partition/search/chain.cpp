#include "partition/search/chain.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <map>

namespace hypar {
namespace {

using Counts = std::array<std::size_t, kSplitCount>;

/// In which they are put at the levels of one size.
constexpr std::array<Parallelism, kSplitCount> kOrder = {Parallelism::Spatial, Parallelism::Data, Parallelism::Heads,
                                                         Parallelism::Model, Parallelism::Output};

/// Levels of one size.
struct LevelClass {
    std::uint64_t size = 0;
    std::vector<std::size_t> levels;
};

std::vector<LevelClass> classes_of(const Levels& levels) {
    std::map<std::uint64_t, std::vector<std::size_t>> by_size;
    for (std::size_t level = 0; level < levels.count(); ++level) by_size[levels.size(level)].push_back(level);
    std::vector<LevelClass> classes;
    classes.reserve(by_size.size());
    for (auto& [size, members] : by_size) classes.push_back({size, std::move(members)});
    return classes;
}

/// All ways to share `levels` levels among the splits, those with most of the first ones first.
void add_counts(SplitSet splits, std::size_t split, std::size_t levels, Counts& counts, std::vector<Counts>& all) {
    if (split == kSplitCount) {
        if (levels == 0) all.push_back(counts);
        return;
    }
    const bool is_used = contains(splits, kSplits[split].parallelism);
    for (std::size_t count = is_used ? levels : 0;; --count) {
        counts[split] = count;
        add_counts(splits, split + 1, levels - count, counts, all);
        if (count == 0) break;
    }
    counts[split] = 0;
}

/// How many levels of each class split each dimension.
using State = std::vector<Counts>;

std::vector<State> states_of(const std::vector<LevelClass>& classes, SplitSet splits) {
    std::vector<State> states{{}};
    for (const LevelClass& of_size : classes) {
        Counts counts{};
        std::vector<Counts> all;
        add_counts(splits, 0, of_size.levels.size(), counts, all);
        std::vector<State> longer;
        for (const State& state : states) {
            for (const Counts& own : all) {
                longer.push_back(state);
                longer.back().push_back(own);
            }
        }
        states = std::move(longer);
    }
    return states;
}

LayerPlan ordered(const State& state, const std::vector<LevelClass>& classes, std::size_t levels) {
    LayerPlan choices(levels);
    for (std::size_t of_size = 0; of_size < classes.size(); ++of_size) {
        auto level = classes[of_size].levels.begin();
        for (const Parallelism parallelism : kOrder) {
            for (std::size_t count = state[of_size][number_of(parallelism)]; count > 0; --count) {
                choices[*level++] = parallelism;
            }
        }
    }
    return choices;
}

/// Of all states, whether a layer allows them or not.
std::vector<LayerPlan> all_ordered_plans(const PlanSpace& space) {
    const std::vector<LevelClass> classes = classes_of(space.levels());
    std::vector<LayerPlan> plans;
    for (const State& state : states_of(classes, space.splits())) {
        plans.push_back(ordered(state, classes, space.levels().count()));
    }
    return plans;
}

/// Whether what a layer makes at a level lies as the next one reads it.
bool fits(Parallelism writer, Parallelism reader) {
    return placement_of(LayerForm::Weighted, Operand::Output, writer) ==
           placement_of(LayerForm::Weighted, Operand::Input, reader);
}

/// A choice for a writer at whose side a reader's shares need no swap and no sum.
Parallelism partner_of(Parallelism reader) {
    if (reader == Parallelism::Model) return Parallelism::Output;
    return reader == Parallelism::Spatial ? Parallelism::Spatial : Parallelism::Data;
}

/// Levels at which shares must be swapped, whoever stands beside whom: those of the writer that neither find their
/// like nor a reader of the whole.
std::size_t least_swaps(const Counts& writer, const Counts& reader) {
    std::size_t left = 0;
    for (const SplitEntry& split : kSplits) {
        const Parallelism own = split.parallelism;
        if (own == Parallelism::Model || !split.weighted) continue;
        const Parallelism like = own == Parallelism::Output ? Parallelism::Model : own;
        left += writer[number_of(own)] - std::min(writer[number_of(own)], reader[number_of(like)]);
    }
    const std::size_t whole = reader[number_of(Parallelism::Output)];
    return left - std::min(left, whole);
}

/// Gives levels of one size to a reader so that the fewest shares are swapped with those of its writer.
void set_beside(const LayerPlan& writer, const std::vector<std::size_t>& levels, Counts counts, LayerPlan& reader) {
    std::vector<std::size_t> left = levels;
    const auto take = [&](const auto& suits) {
        std::vector<std::size_t> still_left;
        for (const std::size_t level : left) {
            const auto found = std::find_if(kOrder.begin(), kOrder.end(), [&](Parallelism choice) {
                return counts[number_of(choice)] > 0 && suits(writer[level], choice);
            });
            if (found == kOrder.end()) {
                still_left.push_back(level);
                continue;
            }
            reader[level] = *found;
            --counts[number_of(*found)];
        }
        left = std::move(still_left);
    };
    const auto is_sum = [](Parallelism own) { return own == Parallelism::Model; };
    const auto is_whole = [](Parallelism choice) { return choice == Parallelism::Output; };
    take([&](Parallelism own, Parallelism choice) { return !is_sum(own) && !is_whole(choice) && fits(own, choice); });
    take([&](Parallelism own, Parallelism choice) { return !is_sum(own) && is_whole(choice); });
    take([&](Parallelism own, Parallelism choice) { return is_sum(own) && !is_whole(choice); });
    take([](Parallelism, Parallelism) { return true; });
}

/// Of layers with weights of their own.
bool is_chain(const Network& network) {
    const auto& layers = network.layers();
    const bool has_others =
        std::any_of(layers.begin(), layers.end(), [](const Layer& layer) { return !layer.is_weighted(); });
    if (has_others) return false;
    for (std::size_t layer = 1; layer < network.size(); ++layer) {
        if (network.weights_of(layer)) return false;
        if (network.producers(layer) != std::vector<std::size_t>{layer - 1}) return false;
        if (network.consumers(layer - 1) != std::vector<std::size_t>{layer}) return false;
    }
    return true;
}

/// Dynamic programming over the layers; a state is what one does at how many levels.
class ChainSearch {
public:
    ChainSearch(const PlanSpace& space, const PlanCost& cost)
        : space_(space), cost_(cost), classes_(classes_of(space.levels())) {
        for (State& state : states_of(classes_, space.splits())) {
            plans_.push_back(ordered(state, classes_, space.levels().count()));
            states_.push_back(std::move(state));
        }
        find_swaps();
    }

    ChainResult least() {
        std::vector<Int128> least(states_.size(), 0);
        for (std::size_t layer = 0; layer < space_.network().size(); ++layer) {
            if (layer > 0) least = after_boundary(layer, least);
            for (std::size_t state = 0; state < states_.size(); ++state) {
                if (least[state] != kNone) least[state] = with_own(layer, state, least[state]);
            }
        }
        const auto best = std::min_element(least.begin(), least.end());
        return {laid_out(static_cast<std::size_t>(best - least.begin())), *best};
    }

private:
    static constexpr Int128 kNone = static_cast<Int128>(std::numeric_limits<std::int64_t>::max()) << 62;

    void find_swaps() {
        const std::uint64_t all = space_.levels().accelerators();
        for (const State& writer : states_) {
            for (const State& reader : states_) {
                std::uint64_t swapped = 0;
                for (std::size_t of_size = 0; of_size < classes_.size(); ++of_size) {
                    const std::size_t swaps = least_swaps(writer[of_size], reader[of_size]);
                    swapped += swaps * (all - all / classes_[of_size].size);
                }
                swaps_.push_back(swapped);
            }
        }
    }

    /// A layer's gradient, its sums, and what it reads whole.
    Int128 with_own(std::size_t layer, std::size_t state, Int128 before) const {
        const LayerPlan& own = plans_[state];
        if (!space_.is_possible(layer, own)) return kNone;
        Int128 cost = before + cost_.gradient(layer, own, own).even + cost_.boundary(layer, own, {}).even;
        if (layer > 0) {
            LayerPlan writer;
            for (const Parallelism choice : own) writer.push_back(partner_of(choice));
            cost += cost_.boundary(layer - 1, writer, {own}).even;
        }
        return cost;
    }

    std::vector<Int128> after_boundary(std::size_t layer, const std::vector<Int128>& before) {
        const std::uint64_t batch = space_.step().batch;
        const Int128 both_ways = Int128{2} * batch * space_.network().layer(layer - 1).output.elements();
        std::vector<Int128> after(states_.size(), kNone);
        origins_.emplace_back(states_.size());
        for (std::size_t writer = 0; writer < states_.size(); ++writer) {
            if (before[writer] == kNone) continue;
            for (std::size_t reader = 0; reader < states_.size(); ++reader) {
                const Int128 cost = before[writer] + both_ways * swaps_[writer * states_.size() + reader];
                if (cost >= after[reader]) continue;
                after[reader] = cost;
                origins_.back()[reader] = writer;
            }
        }
        return after;
    }

    std::vector<LayerPlan> laid_out(std::size_t last) const {
        std::vector<std::size_t> chosen{last};
        for (auto origins = origins_.rbegin(); origins != origins_.rend(); ++origins) {
            chosen.push_back((*origins)[chosen.back()]);
        }
        std::reverse(chosen.begin(), chosen.end());
        std::vector<LayerPlan> layers{plans_[chosen.front()]};
        for (std::size_t layer = 1; layer < chosen.size(); ++layer) {
            LayerPlan next(space_.levels().count());
            for (std::size_t of_size = 0; of_size < classes_.size(); ++of_size) {
                set_beside(layers.back(), classes_[of_size].levels, states_[chosen[layer]][of_size], next);
            }
            layers.push_back(std::move(next));
        }
        return layers;
    }

    const PlanSpace& space_;
    const PlanCost& cost_;
    std::vector<LevelClass> classes_;
    std::vector<State> states_;
    std::vector<LayerPlan> plans_;      ///< of each state
    std::vector<std::uint64_t> swaps_;  ///< of an element, by writer's and reader's state
    std::vector<std::vector<std::size_t>> origins_;
};

}  // namespace

std::optional<ChainResult> least_of_chain(const PlanSpace& space, const PlanCost& cost) {
    if (!is_chain(space.network()) || space.has_given_cells()) return std::nullopt;
    return ChainSearch(space, cost).least();
}

std::vector<LayerPlan> ordered_plans(const PlanSpace& space, std::size_t layer) {
    std::vector<LayerPlan> plans;
    for (LayerPlan& choices : all_ordered_plans(space)) {
        if (space.allows(layer, choices)) plans.push_back(std::move(choices));
    }
    return plans;
}

std::optional<Candidates> ordered_plans(const PlanSpace& space) {
    const std::vector<LayerPlan> all = all_ordered_plans(space);
    Candidates candidates(space.network().size());
    for (std::size_t layer = 0; layer < candidates.size(); ++layer) {
        std::copy_if(all.begin(), all.end(), std::back_inserter(candidates[layer]),
                     [&](const LayerPlan& choices) { return space.allows(layer, choices); });
        if (candidates[layer].empty()) return std::nullopt;
    }
    return candidates;
}

}  // namespace hypar
