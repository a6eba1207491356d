// H-tree: switches over groups of accelerators, switches over groups of those, up to one root.

#include "arch/network/topology_tree.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "arch/network/interconnect_spec.h"
#include "arch/network/topology.h"
#include "base/checked.h"
#include "base/error.h"
#include "base/prime_factors.h"

namespace hypar {
namespace {

constexpr std::size_t kMostLevels = 20;

/// Up to the first common switch, and down. No way down leads up again, so packets cannot wait in a circle.
class TreeRouting final : public Routing {
public:
    TreeRouting(const Graph& graph, std::vector<std::size_t> parent, const ChannelClasses& channels)
        : parent_(std::move(parent)),
          up_(parent_.size()),
          down_(parent_.size()),
          first_leaf_(parent_.size(), SIZE_MAX),
          channels_(channels) {
        for (std::size_t node = 0; node < parent_.size(); ++node) {
            if (first_leaf_[node] == SIZE_MAX) first_leaf_[node] = node;
            first_leaf_[parent_[node]] = std::min(first_leaf_[parent_[node]], first_leaf_[node]);
            if (parent_[node] == node) continue;
            up_[node] = graph.link_between(node, parent_[node]);
            down_[node] = graph.link_between(parent_[node], node);
        }
    }

    Route route(std::size_t node, std::size_t accelerator) const override {
        Route up;
        Route down;
        std::size_t left = node;
        std::size_t right = accelerator;
        // A node has a higher number than all below it.
        while (left != right) {
            std::size_t& lower = left < right ? left : right;
            if (&lower == &left) {
                up.push_back({up_[left], 0});
            } else {
                down.push_back({down_[right], 0});
            }
            lower = parent_[lower];
        }
        up.insert(up.end(), down.rbegin(), down.rend());
        const std::size_t first = first_leaf_[left];  // of all that the two have in common
        const std::size_t channel = ChannelClasses::pick(channels_.any(), accelerator - first);
        for (Hop& hop : up) hop.virtual_channel = channel;
        return up;
    }

    ChannelClasses::Range alike(std::size_t) const override { return channels_.any(); }

private:
    std::vector<std::size_t> parent_;  ///< of every node; the root is its own
    std::vector<std::size_t> up_;      ///< link to the parent
    std::vector<std::size_t> down_;    ///< link from the parent
    std::vector<std::size_t> first_leaf_;
    ChannelClasses channels_;
};

/// The levels of a plan that says nothing of its own, from the leaves up: halves, and other prime factors below them.
std::vector<std::uint64_t> as_levels(std::uint64_t accelerators) {
    std::vector<std::uint64_t> arity = prime_factors(accelerators);
    std::reverse(arity.begin(), arity.end());
    return arity;
}

/// Links below the switches of each level.
std::vector<std::uint64_t> links_by_level(const std::vector<std::uint64_t>& arity, std::uint64_t accelerators) {
    std::vector<std::uint64_t> links;
    for (const std::uint64_t children : arity) {
        links.push_back(accelerators);
        accelerators /= children;
    }
    return links;
}

/// The bandwidth of a link at each level over that of one at the lowest.
std::vector<std::uint64_t> relative_bandwidths(const TopologySpec& spec, const std::vector<std::uint64_t>& arity) {
    std::vector<std::uint64_t> relative;
    for (std::size_t level = 0; level < arity.size(); ++level) {
        const std::vector<std::uint64_t>& factors = spec.factors.empty() ? arity : spec.factors;
        relative.push_back(level == 0 ? 1 : checked_multiply(relative.back(), factors[level - 1]));
    }
    return relative;
}

/// Of a link below the switches of each level.
std::vector<std::uint64_t> bandwidths(const InterconnectSpec& spec, const std::vector<std::uint64_t>& arity,
                                      std::uint64_t accelerators) {
    const bool shares_all = spec.total_scope == BandwidthScope::All;
    const std::vector<std::uint64_t> links = links_by_level(arity, accelerators);
    std::vector<std::uint64_t> bandwidths;
    if (!spec.is_per_link && spec.topology.factors.empty()) {
        for (const std::uint64_t of_level : links) {
            bandwidths.push_back(bandwidth_of_each(spec, of_level * (shares_all ? arity.size() : 1)));
        }
        return bandwidths;
    }
    const std::vector<std::uint64_t> relative = relative_bandwidths(spec.topology, arity);
    std::uint64_t shares = 0;  // as many links of the lowest level have as much as all that share
    for (std::size_t level = 0; level < arity.size(); ++level) {
        if (level == 0 || shares_all) shares = checked_add(shares, checked_multiply(links[level], relative[level]));
    }
    for (const std::uint64_t factor : relative) {
        bandwidths.push_back(checked_multiply(bandwidth_of_each(spec, shares), factor));
    }
    return bandwidths;
}

void check_factors(const TopologySpec& spec, const std::vector<std::uint64_t>& arity) {
    if (spec.factors.empty() || spec.factors.size() + 1 == arity.size()) return;
    throw ConfigError("topology.factor",
                      fmt::format("expected a factor for each level from the second one up, {} in all, not {}",
                                  std::max<std::size_t>(1, arity.size()) - 1, spec.factors.size()));
}

std::unique_ptr<Routing> build_htree(Graph& graph, const InterconnectSpec& spec,
                                     const std::vector<std::uint64_t>& arity, const ChannelClasses& channels) {
    check_factors(spec.topology, arity);
    const std::vector<std::uint64_t> bits_per_second = bandwidths(spec, arity, graph.node_count());
    std::vector<std::size_t> below;
    std::vector<std::size_t> parent;
    for (std::size_t node = 0; node < graph.node_count(); ++node) {
        below.push_back(node);
        parent.push_back(node);
    }
    for (std::size_t level = 0; level < arity.size(); ++level) {
        std::vector<std::size_t> switches;
        for (std::size_t child = 0; child < below.size(); ++child) {
            if (child % arity[level] == 0) {
                switches.push_back(graph.add_node(fmt::format("switch{}.{}", level + 1, child / arity[level])));
                parent.push_back(switches.back());
            }
            parent[below[child]] = switches.back();
            graph.add_wire({below[child], switches.back(), bits_per_second[level], spec.link_latency, {}});
        }
        below = std::move(switches);
    }
    return std::make_unique<TreeRouting>(graph, std::move(parent), channels);
}

}  // namespace

std::vector<std::size_t> tree_levels(const Topology& topology) {
    std::vector<std::size_t> levels(topology.node_count(), 0);
    for (std::size_t node = topology.accelerator_count(); node < levels.size(); ++node) {
        // Nodes are numbered from the leaves up.
        std::size_t below = node;
        for (const std::size_t link : topology.links_from(node)) below = std::min(below, topology.links()[link].to);
        levels[node] = levels[below] + 1;
    }
    return levels;
}

std::vector<std::string> tree_link_groups(const Topology& topology) {
    const std::vector<std::size_t> levels = tree_levels(topology);
    const auto name_of_level = [](std::size_t level) {
        return level == 0 ? std::string("acc") : fmt::format("switch{}", level);
    };
    std::vector<std::string> names;
    for (const LinkSpec& link : topology.links()) {
        const auto [low, high] = std::minmax(levels[link.from], levels[link.to]);
        names.push_back(fmt::format("links {}-{}", name_of_level(low), name_of_level(high)));
    }
    return names;
}

std::vector<Point> tree_places(const Topology& topology) { return places_by_level(tree_levels(topology)); }

TopologyFamily htree_family() {
    TopologyFamily family;
    family.kind = TopologyKind::HTree;
    family.name = "htree";
    family.description = "tree; every level has the same total bandwidth";
    family.keys = {{"arity", &TopologySpec::size, 2, kMostLevels, false},
                   {"factor", &TopologySpec::factors, 1, kMostLevels, false}};
    family.size_form = "arity by level, such as 4,4";
    family.expected_count = "a number, or the children of a switch at each level, such as 3,2";
    family.default_size = as_levels;
    family.describe = [](const TopologyFamily::Size& arity) {
        return fmt::format("an H-tree of arity {}", fmt::join(arity, ", "));
    };
    family.build = build_htree;
    family.link_groups = tree_link_groups;
    family.places = tree_places;
    return family;
}

}  // namespace hypar
