#include "arch/network/link_group.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "arch/network/routing.h"

namespace hypar {
namespace {

constexpr const char* kAxes[] = {"x", "y", "z"};

class Grouping {
public:
    Grouping(const Topology& topology, const TopologySpec& spec) : topology_(topology), spec_(spec) {
        const bool is_tree = spec.kind == TopologyKind::HTree || spec.kind == TopologyKind::FatTree;
        if (is_tree) levels_ = tree_levels(topology);
        if (spec.kind == TopologyKind::Dragonfly) size_ = dragonfly_size(spec, topology.accelerator_count());
    }

    std::string name_of(const LinkSpec& link) const {
        const std::size_t low = std::min(link.from, link.to);
        const std::size_t high = std::max(link.from, link.to);
        switch (spec_.kind) {
            case TopologyKind::HTree:
            case TopologyKind::FatTree: return fmt::format("links {}-{}", level_name(low), level_name(high));
            case TopologyKind::Torus:
            case TopologyKind::Mesh:
            case TopologyKind::Ring: return fmt::format("{} links", kAxes[dimension_of(low, high)]);
            case TopologyKind::FullyConnected: return "links";
            case TopologyKind::Dragonfly: return dragonfly_name(low, high);
            case TopologyKind::Graph: break;
        }
        return fmt::format("links {}-{}", topology_.node_name(low), topology_.node_name(high));
    }

private:
    std::string level_name(std::size_t node) const {
        return levels_[node] == 0 ? "acc" : fmt::format("switch{}", levels_[node]);
    }

    /// The one in which two neighbours of a grid are at different places.
    std::size_t dimension_of(std::size_t a, std::size_t b) const {
        std::size_t dimension = 0;
        for (; a % topology_.grid()[dimension] == b % topology_.grid()[dimension]; ++dimension) {
            a /= topology_.grid()[dimension];
            b /= topology_.grid()[dimension];
        }
        return dimension;
    }

    std::string dragonfly_name(std::size_t low, std::size_t high) const {
        if (low < topology_.accelerator_count()) return "links acc-router";
        const auto group_of = [&](std::size_t node) { return (node - topology_.accelerator_count()) / size_[1]; };
        return group_of(low) == group_of(high) ? "links in groups" : "links between groups";
    }

    const Topology& topology_;
    const TopologySpec& spec_;
    std::vector<std::size_t> levels_;
    std::vector<std::uint64_t> size_;
};

}  // namespace

std::vector<LinkGroup> link_groups(const Topology& topology, const TopologySpec& spec) {
    const Grouping grouping(topology, spec);
    std::vector<LinkGroup> groups;
    std::map<std::string, std::size_t> numbers;
    for (std::size_t link = 0; link < topology.links().size(); ++link) {
        std::string name = grouping.name_of(topology.links()[link]);
        const auto [found, is_new] = numbers.try_emplace(name, groups.size());
        if (is_new) groups.push_back({std::move(name), {}});
        groups[found->second].links.push_back(link);
    }
    return groups;
}

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

}  // namespace hypar
