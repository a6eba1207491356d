#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "partition/plan.h"
#include "partition/search/plan_space.h"
#include "tests/workloads/support.h"
#include "workloads/network.h"

namespace hypar {

/// Those that layers with weights have: the first ones.
constexpr std::size_t kSplitsOfWeighted = 4;

/// A number from `least` to `most`, the same on every platform.
inline std::uint64_t random_between(std::mt19937& random, std::uint64_t least, std::uint64_t most) {
    return least + random() % (most - least + 1);
}

enum class Branches { None, Some };

/// Small networks, mostly with odd sizes: convolutions with padding, stride, groups and pooling, whose windows
/// overlap or leave gaps, and fully connected layers, in a chain or with branches that are concatenated, several of
/// them perhaps last.
class RandomNetworks {
public:
    RandomNetworks(std::mt19937& random, Branches branches) : random_(random), branches_(branches) {}

    Network next(std::size_t most_layers) {
        const std::size_t layers = random_between(random_, 1, most_layers);
        NetworkSpec spec{"random", "", {between(1, 6), between(2, 12), between(2, 7)}, {}};
        spec.layers.push_back(layer_on(spec.input, 0));
        while (spec.layers.size() < layers) {
            const Network above(spec);
            std::vector<std::string> inputs;
            const FeatureShape input = choose_inputs(above, inputs);
            spec.layers.push_back(reading(layer_on(input, spec.layers.size()), inputs));
        }
        return Network(spec);
    }

private:
    std::uint64_t between(std::uint64_t least, std::uint64_t most) { return random_between(random_, least, most); }

    LayerSpec layer_on(const FeatureShape& input, std::size_t index) {
        const std::string name = "layer" + std::to_string(index);
        if (between(0, 2) == 0) return fully_connected(name, between(1, 15));
        const std::uint64_t smallest = std::min(input.height, input.width);
        const std::uint64_t padding = between(0, 2);
        const std::uint64_t kernel = between(1, std::min<std::uint64_t>(5, smallest + 2 * padding));
        LayerSpec layer = convolution(name, between(1, 9), kernel, between(1, 2), padding);
        if (between(0, 3) == 0 && input.channels % 2 == 0) {
            layer.groups = 2;
            layer.out_channels *= 2;
        }
        const std::uint64_t output = (smallest + 2 * padding - kernel) / layer.stride.height + 1;
        if (output > 1 && between(0, 1) == 0) {
            layer = pooled(layer, between(1, std::min<std::uint64_t>(3, output)), between(1, 3));
        }
        return layer;
    }

    /// The layer before alone in a chain; elsewhere any above, and with it some of those of the same size.
    FeatureShape choose_inputs(const Network& above, std::vector<std::string>& inputs) {
        if (branches_ == Branches::None) {
            inputs = {above.layers().back().name};
            return above.layers().back().output;
        }
        const std::size_t first = random_between(random_, 0, above.size() - 1);
        FeatureShape joined = above.layer(first).output;
        inputs = {above.layer(first).name};
        for (std::size_t other = 0; other < above.size(); ++other) {
            const FeatureShape& shape = above.layer(other).output;
            if (other == first || shape.height != joined.height || shape.width != joined.width) continue;
            if (between(0, 1) == 0) continue;
            joined.channels += shape.channels;
            inputs.push_back(above.layer(other).name);
        }
        if (above.input().height == joined.height && above.input().width == joined.width && between(0, 1) == 0) {
            joined.channels += above.input().channels;
            inputs.insert(inputs.begin(), "input");
        }
        return joined;
    }

    std::mt19937& random_;
    Branches branches_;
};

/// Levels of sizes from 2 to 6 for 2 to `most` accelerators.
inline Levels random_levels(std::mt19937& random, std::uint64_t most) {
    std::vector<std::uint32_t> sizes;
    std::uint64_t accelerators = 1;
    do {
        const std::uint64_t largest = std::min<std::uint64_t>(6, most / accelerators);
        if (largest < 2) break;
        sizes.push_back(static_cast<std::uint32_t>(random_between(random, 2, largest)));
        accelerators *= sizes.back();
    } while (random() % 4 != 0);
    return Levels(sizes);
}

constexpr SplitSet kAllSplits = kBatchInOut | set_of(Parallelism::Spatial);

/// One of the plans that a space has, which must allow every layer the batch's split.
inline Plan random_plan(std::mt19937& random, const PlanSpace& space) {
    const std::size_t splits = contains(space.splits(), Parallelism::Heads) ? kSplitCount : kSplitsOfWeighted;
    std::vector<LayerPlan> layers;
    for (std::size_t layer = 0; layer < space.network().size(); ++layer) {
        LayerPlan choices(space.levels().count());
        do {
            for (Parallelism& choice : choices) choice = static_cast<Parallelism>(random() % splits);
        } while (!space.allows(layer, choices));
        layers.push_back(choices);
    }
    return plan_of(layers, space.levels());
}

inline Plan random_plan(std::mt19937& random, const Network& network, const Levels& levels,
                        SplitSet splits = kAllSplits) {
    const StepShape step;
    PlanSpace space(network, step, levels);
    space.restrict_to(with_heads(splits, network));
    return random_plan(random, space);
}

/// Of levels that halve, splitting batch or input channels whatever becomes of groups.
inline Plan random_plan(std::mt19937& random, std::size_t layers, std::size_t levels) {
    std::vector<LevelPlan> plan(levels, LevelPlan(layers));
    for (LevelPlan& level : plan) {
        for (Parallelism& cell : level) cell = static_cast<Parallelism>(random() % 2);
    }
    return Plan(plan);
}

/// The level's plan that is number `digits` in the order of the digits, of the first `splits`, the first layer's
/// digit first.
inline LevelPlan level_plan_of(std::size_t digits, std::size_t layers, std::size_t splits = 2) {
    LevelPlan level(layers);
    for (std::size_t layer = layers; layer-- > 0; digits /= splits) {
        level[layer] = static_cast<Parallelism>(digits % splits);
    }
    return level;
}

/// The places of an accelerator at all levels: the digits of its number, that of the last level changing first.
inline std::vector<std::uint64_t> places_of(std::uint64_t accelerator, const Levels& levels) {
    std::vector<std::uint64_t> places(levels.count());
    for (std::size_t level = levels.count(); level-- > 0;) {
        places[level] = accelerator % levels.size(level);
        accelerator /= levels.size(level);
    }
    return places;
}

inline std::uint64_t accelerator_at(const std::vector<std::uint64_t>& places, const Levels& levels) {
    std::uint64_t accelerator = 0;
    for (std::size_t level = 0; level < levels.count(); ++level) {
        accelerator = accelerator * levels.size(level) + places[level];
    }
    return accelerator;
}

/// Whether they have the same places at the levels of `split`.
inline bool agree(std::uint64_t one, std::uint64_t other, LevelSet split, const Levels& levels) {
    const std::vector<std::uint64_t> places = places_of(one, levels);
    const std::vector<std::uint64_t> others = places_of(other, levels);
    for (std::size_t level = 0; level < levels.count(); ++level) {
        if ((split >> level & 1U) != 0 && places[level] != others[level]) return false;
    }
    return true;
}

/// Items by parts with such shares: as many whole ones as each has, and those that are left to whom most of one is
/// missing.
inline std::vector<std::uint64_t> dealt_by_shares(std::uint64_t items, const std::vector<std::uint64_t>& shares) {
    const std::uint64_t all = std::accumulate(shares.begin(), shares.end(), std::uint64_t{0});
    std::vector<std::uint64_t> dealt;
    std::vector<std::uint64_t> missing;  // of one, times all shares
    for (const std::uint64_t share : shares) {
        dealt.push_back(items * share / all);
        missing.push_back(items * share % all);
    }
    while (std::accumulate(dealt.begin(), dealt.end(), std::uint64_t{0}) < items) {
        const auto most = std::max_element(missing.begin(), missing.end());
        ++dealt[static_cast<std::size_t>(most - missing.begin())];
        *most = 0;
    }
    return dealt;
}

/// Mostly uneven shares of H1's parts; some have next to nothing.
inline Levels with_random_shares(std::mt19937& random, const Levels& levels) {
    if (levels.count() == 0) return levels;
    std::vector<std::uint64_t> shares(levels.size(0));
    for (std::uint64_t& share : shares) share = random_between(random, 1, random() % 4 == 0 ? 100 : 4);
    return levels.with_shares(shares);
}

/// The tree that divides `items`: the leaf of every item. Each node's items are dealt out to its parts, one at a time
/// from the first part on, at the levels in `reversed` from the last; items that lie together go to one part.
inline std::vector<std::uint64_t> leaves_of(std::uint64_t items, const Levels& levels, LevelSet reversed = 0) {
    std::vector<std::uint64_t> sizes{items};
    for (std::size_t level = 0; level < levels.count(); ++level) {
        std::vector<std::uint64_t> below;
        for (const std::uint64_t size : sizes) {
            std::vector<std::uint64_t> dealt(levels.size(level));
            for (std::uint64_t item = 0; item < size; ++item) ++dealt[item % dealt.size()];
            if (level == 0 && !levels.shares().empty()) dealt = dealt_by_shares(size, levels.shares());
            if ((reversed >> level & 1U) != 0) std::reverse(dealt.begin(), dealt.end());
            below.insert(below.end(), dealt.begin(), dealt.end());
        }
        sizes = std::move(below);
    }
    std::vector<std::uint64_t> leaves;
    for (std::uint64_t leaf = 0; leaf < sizes.size(); ++leaf) leaves.insert(leaves.end(), sizes[leaf], leaf);
    return leaves;
}

}  // namespace hypar
