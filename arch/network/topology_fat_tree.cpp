// Fat tree: the k-ary n-tree of Petrini and Vanneschi (IPPS 1997), with as many links at every level as accelerators.
//
// Switches of a level are numbered by n - 1 digits to base k. One of level l (0 above the accelerators) is joined to
// those of level l + 1 that differ from it in digit l alone, counted from the last one.

#include <fmt/format.h>

#include "arch/network/interconnect_spec.h"
#include "arch/network/topology_family.h"
#include "arch/network/topology_tree.h"
#include "base/checked.h"

namespace hypar {
namespace {

struct FatTree {
    std::uint64_t arity = 2;
    std::uint64_t levels = 1;
    std::uint64_t accelerators = 2;

    std::uint64_t switches_of_level() const { return accelerators / arity; }
    std::size_t node_of(std::uint64_t level, std::uint64_t number) const {
        return accelerators + level * switches_of_level() + number;
    }
    std::uint64_t power(std::uint64_t exponent) const {
        std::uint64_t power = 1;
        for (; exponent > 0; --exponent) power *= arity;
        return power;
    }
    /// `number` with the digit of `level` replaced.
    std::uint64_t with_digit(std::uint64_t number, std::uint64_t level, std::uint64_t digit) const {
        const std::uint64_t place = power(level);
        return number - number / place % arity * place + digit * place;
    }
};

/// Up until the accelerator is below and down the only way there is: up by the digits of its number, that of level l
/// chooses the switch of level l + 1, or of any other number.
class FatTreeRouting final : public Routing {
public:
    FatTreeRouting(const Graph& graph, const FatTree& tree, const ChannelClasses& channels)
        : graph_(graph), tree_(tree), channels_(channels) {}

    Route route(std::size_t node, std::size_t accelerator) const override {
        return way(node, accelerator, accelerator);
    }

    /// One for each of the switches, at the lowest level that has any, which both are below.
    std::uint64_t way_count(std::size_t source, std::size_t accelerator) const override {
        std::uint64_t level = 0;
        while (!is_below(source / tree_.arity, accelerator / tree_.arity, level)) ++level;
        return tree_.power(level);
    }

    Route way(std::size_t node, std::size_t accelerator, std::uint64_t number) const override {
        Route route;
        if (node == accelerator) return route;
        const std::size_t channel = channel_of(node, accelerator);
        const auto go_to = [&](std::size_t next) {
            route.push_back({graph_.link_between(node, next), channel});
            node = next;
        };
        auto [level, place] = place_above(node);
        if (node < tree_.accelerators) go_to(tree_.node_of(level, place));
        const std::uint64_t target = accelerator / tree_.arity;
        for (; !is_below(place, target, level); ++level) {
            place = tree_.with_digit(place, level, number / tree_.power(level) % tree_.arity);
            go_to(tree_.node_of(level + 1, place));
        }
        while (level > 0) {
            --level;
            place = tree_.with_digit(place, level, target / tree_.power(level) % tree_.arity);
            go_to(tree_.node_of(level, place));
        }
        go_to(accelerator);
        return route;
    }

    ChannelClasses::Range alike(std::size_t) const override { return channels_.any(); }

private:
    /// A switch.
    struct Place {
        std::uint64_t level;
        std::uint64_t number;
    };

    /// The switch that a node is, or that an accelerator is below.
    Place place_above(std::size_t node) const {
        if (node < tree_.accelerators) return {0, node / tree_.arity};
        const std::size_t number = node - tree_.accelerators;
        return {number / tree_.switches_of_level(), number % tree_.switches_of_level()};
    }

    /// Whether the accelerators of lowest switch `target` are below the switch `number` of a level.
    bool is_below(std::uint64_t number, std::uint64_t target, std::uint64_t level) const {
        return number / tree_.power(level) == target / tree_.power(level);
    }

    /// By the sum of its digits below the switches that the two have in common: each digit alone chooses a link.
    std::size_t channel_of(std::size_t node, std::size_t accelerator) const {
        std::size_t sum = 0;
        for (std::size_t left = node, right = accelerator; left != right && right > 0; right /= tree_.arity) {
            sum += right % tree_.arity;
            left /= tree_.arity;
        }
        return ChannelClasses::pick(channels_.any(), sum);
    }

    const Graph& graph_;
    FatTree tree_;
    ChannelClasses channels_;
};

/// As few levels as make it whole, but two where there can be.
TopologyFamily::Size fewest_levels(std::uint64_t accelerators) {
    TopologyFamily::Size size{accelerators, 1};
    for (std::uint64_t arity = 2; arity <= accelerators / arity; ++arity) {
        const FatTree candidate{arity, 0, accelerators};
        for (std::uint64_t levels = 2; candidate.power(levels) <= accelerators; ++levels) {
            if (candidate.power(levels) == accelerators) size = {arity, levels};
        }
    }
    return size;
}

std::unique_ptr<Routing> build_fat_tree(Graph& graph, const InterconnectSpec& spec, const TopologyFamily::Size& size,
                                        const ChannelClasses& channels) {
    const FatTree tree{size[0], size[1], graph.node_count()};
    const std::uint64_t levels = spec.total_scope == BandwidthScope::All ? tree.levels : 1;
    const std::uint64_t bits_per_second = bandwidth_of_each(spec, checked_multiply(tree.accelerators, levels));
    const LinkSpec wire{0, 0, bits_per_second, spec.link_latency, {}};
    const auto join = [&](std::size_t below, std::size_t above) {
        LinkSpec link = wire;
        link.from = below;
        link.to = above;
        graph.add_wire(link);
    };
    for (std::uint64_t level = 0; level < tree.levels; ++level) {
        for (std::uint64_t number = 0; number < tree.switches_of_level(); ++number) {
            graph.add_node(fmt::format("switch{}.{}", level + 1, number));
            for (std::uint64_t digit = 0; digit < tree.arity; ++digit) {
                const std::size_t child = level == 0
                                              ? number * tree.arity + digit
                                              : tree.node_of(level - 1, tree.with_digit(number, level - 1, digit));
                join(child, tree.node_of(level, number));
            }
        }
    }
    return std::make_unique<FatTreeRouting>(graph, tree, channels);
}

}  // namespace

TopologyFamily fat_tree_family() {
    TopologyFamily family;
    family.kind = TopologyKind::FatTree;
    family.name = "fat-tree";
    family.description = "k-ary n-tree: all levels have as many links";
    family.keys = {{"arity", &TopologySpec::size, 2, 0, true}, {"levels", &TopologySpec::size, 1, 0, true}};
    family.size_form = "arity,levels, such as 4,2";
    family.default_size = fewest_levels;
    family.describe = [](const TopologyFamily::Size& size) {
        return fmt::format("a fat tree of arity {} and {} levels", size[0], size[1]);
    };
    family.accelerators = [](const TopologyFamily::Size& size) {
        return TopologyFamily::product_of(TopologyFamily::Size(size[1], size[0]));
    };
    family.build = build_fat_tree;
    family.link_groups = tree_link_groups;
    family.places = tree_places;
    return family;
}

}  // namespace hypar
