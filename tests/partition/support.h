#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "partition/plan.h"
#include "tests/workloads/support.h"
#include "workloads/network.h"

namespace hypar {

/// A number from `least` to `most`, the same on every platform.
inline std::uint64_t random_between(std::mt19937& random, std::uint64_t least, std::uint64_t most) {
    return least + random() % (most - least + 1);
}

enum class Branches { None, Some };

/// Small networks, mostly with odd sizes: convolutions with padding, stride, groups and pooling, and fully connected
/// layers, in a chain or with branches that are concatenated, several of them perhaps last.
class RandomNetworks {
public:
    RandomNetworks(std::mt19937& random, Branches branches) : random_(random), branches_(branches) {}

    Network next(std::size_t most_layers) {
        const std::size_t layers = random_between(random_, 1, most_layers);
        NetworkSpec spec{"random", "", {between(1, 6), between(2, 7), between(2, 7)}, {}};
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
        const std::uint64_t padding = between(0, 1);
        const std::uint64_t kernel = between(1, std::min<std::uint64_t>(3, smallest + 2 * padding));
        LayerSpec layer = convolution(name, between(1, 9), kernel, between(1, 2), padding);
        if (between(0, 3) == 0 && input.channels % 2 == 0) {
            layer.groups = 2;
            layer.out_channels *= 2;
        }
        const std::uint64_t output = (smallest + 2 * padding - kernel) / layer.stride + 1;
        if (output > 1 && between(0, 1) == 0) layer = pooled(layer, between(1, 2), between(1, 2));
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

inline Plan random_plan(std::mt19937& random, std::size_t layers, std::size_t levels) {
    std::vector<LevelPlan> plan(levels, LevelPlan(layers));
    for (LevelPlan& level : plan) {
        for (Parallelism& cell : level) cell = static_cast<Parallelism>(random() % 2);
    }
    return Plan(plan);
}

/// The level's plan that is number `digits` in the order of the digits, the first layer's digit first.
inline LevelPlan level_plan_of(std::size_t digits, std::size_t layers) {
    LevelPlan level(layers);
    for (std::size_t layer = 0; layer < layers; ++layer) {
        level[layer] = static_cast<Parallelism>((digits >> (layers - 1 - layer)) & 1U);
    }
    return level;
}

/// The tree that halves `items`: the leaf of every item. The first half takes the odd item, at the levels in
/// `mirrored` (bit k: level k) the second.
inline std::vector<std::uint64_t> leaves_of(std::uint64_t items, std::size_t levels, std::uint32_t mirrored = 0) {
    struct Node {
        std::uint64_t begin, end;
    };
    std::vector<Node> nodes{{0, items}};
    for (std::size_t level = 0; level < levels; ++level) {
        std::vector<Node> below;
        for (const Node& node : nodes) {
            const std::uint64_t size = node.end - node.begin;
            const bool first_takes_odd = ((mirrored >> level) & 1U) == 0;
            const std::uint64_t middle = node.begin + (size + (first_takes_odd ? 1 : 0)) / 2;
            below.push_back({node.begin, middle});
            below.push_back({middle, node.end});
        }
        nodes = below;
    }
    std::vector<std::uint64_t> leaves(items);
    for (std::uint64_t leaf = 0; leaf < nodes.size(); ++leaf) {
        for (std::uint64_t item = nodes[leaf].begin; item < nodes[leaf].end; ++item) leaves[item] = leaf;
    }
    return leaves;
}

}  // namespace hypar
