#include <algorithm>
#include <optional>
#include <vector>

#include "base/checked.h"
#include "collective/algorithm.h"
#include "collective/flow_list.h"
#include "collective/tree_packing.h"

namespace hypar {
namespace {

/// A reduce-scatter and an all-gather take a tree for each member.
std::uint64_t most_members(CollectiveKind kind) { return kind == CollectiveKind::AllReduce ? 4096 : 128; }

/// Trees of an all-reduce, at most, and members of all its trees together, so that flows stay few.
constexpr std::size_t kMostTrees = 32;
constexpr std::size_t kMostTreeMembers = 2048;

/// Trees for an all-reduce, each for a like part: the fewest that share the links about as well as any number does.
TreePacking packed(const Topology& topology, const std::vector<std::vector<std::uint64_t>>& groups) {
    TreePacking trees(topology, {true, true}, groups);
    std::optional<TreePacking> best;
    double least = 0;
    const std::size_t most = std::clamp<std::size_t>(kMostTreeMembers / groups.front().size(), 1, kMostTrees);
    for (std::size_t count = 1; count <= most; ++count) {
        for (std::size_t group = 0; group < groups.size(); ++group)
            trees.add(group, (count - 1) % groups[group].size());
        TreePacking balanced = trees;
        balanced.balance();
        const double load = static_cast<double>(balanced.busiest()) / static_cast<double>(count);
        if (best && load > 0.98 * least) continue;
        least = load;
        best = std::move(balanced);
    }
    return *best;
}

/// Trees for blocks that are scattered or gathered: from each member one, to or from which its block goes.
TreePacking rooted(const Topology& topology, TreeUse use, const std::vector<std::vector<std::uint64_t>>& groups) {
    TreePacking trees(topology, use, groups);
    for (std::size_t root = 0; root < groups.front().size(); ++root) {
        for (std::size_t group = 0; group < groups.size(); ++group) trees.add(group, root);
    }
    return trees;
}

/// What goes up a tree is added on its way, byte by byte as it has come from all children, one child's after
/// another's; what comes down is passed on as it comes.
void add_tree(FlowList& flows, const std::vector<std::uint64_t>& members, const SpanningTree& tree,
              std::uint64_t bytes, TreeUse use) {
    const std::size_t root = tree.order.front();
    std::vector<std::vector<std::uint32_t>> came(members.size());  // from the children, by place
    for (auto place = tree.order.rbegin(); use.up && *place != root; ++place) {
        const std::uint64_t own = came[*place].empty() ? bytes : 0;
        const std::size_t parent = tree.parent[*place];
        Flow flow{members[*place], members[parent], bytes, bytes, own, came[*place]};
        if (!came[parent].empty()) flow.adds_behind.push_back(came[parent].back());
        came[parent].push_back(flows.add(std::move(flow)));
    }
    for (auto place = tree.order.begin() + 1; use.down && place != tree.order.end(); ++place) {
        const std::size_t parent = tree.parent[*place];
        const std::uint64_t own = came[parent].empty() ? bytes : 0;
        const std::uint32_t flow = flows.add({members[parent], members[*place], bytes, 0, own, came[parent]});
        came[*place] = {flow};
    }
}

/// An all-reduce goes up and down trees of equal parts; a block that is scattered or gathered goes up or down a tree
/// from its owner.
std::vector<Stage> lower_tree(const Collective& collective, const CollectivePlace& place) {
    const std::vector<std::vector<std::uint64_t>> groups = groups_of(collective.levels, place.levels);
    const TreeUse use{collective.scatters(), collective.gathers()};
    const bool has_parts = collective.kind == CollectiveKind::AllReduce;
    const TreePacking packing = has_parts ? packed(place.topology, groups) : rooted(place.topology, use, groups);
    FlowList flows;
    for (std::size_t group = 0; group < groups.size(); ++group) {
        const std::vector<std::uint64_t>& members = groups[group];
        const std::vector<SpanningTree>& trees = packing.trees(group);
        std::uint64_t all = 0;
        for (const std::uint64_t member : members) all = checked_add(all, collective.blocks[member]);
        for (std::size_t tree = 0; tree < trees.size(); ++tree) {
            const std::uint64_t bytes = has_parts ? part_of_bytes(all, tree, trees.size(), place.element_bytes)
                                                  : collective.blocks[members[trees[tree].order.front()]];
            add_tree(flows, members, trees[tree], bytes, use);
        }
    }
    return {{collective.levels, flows.take()}};
}

}  // namespace

AlgorithmModel tree_model() {
    return {CollectiveAlgorithm::Tree, "up and down spanning trees, packed by the links' bandwidths", most_members,
            lower_tree};
}

}  // namespace hypar
