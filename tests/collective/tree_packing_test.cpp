#include "collective/tree_packing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "arch/kernel/time.h"
#include "collective/collective.h"
#include "tests/collective/spanning.h"
#include "tests/collective/support.h"

namespace hypar {
namespace {

constexpr std::uint64_t kBitsPerSecond = 8'000'000'000;

InterconnectSpec spec_of(TopologyKind kind, const std::vector<std::uint64_t>& size) {
    InterconnectSpec spec;
    spec.topology = {kind, size};
    spec.bits_per_second = kBitsPerSecond;
    spec.is_per_link = true;
    spec.virtual_channels = 2;
    return spec;
}

std::vector<std::uint64_t> first(std::uint64_t accelerators) {
    std::vector<std::uint64_t> members(accelerators);
    std::iota(members.begin(), members.end(), std::uint64_t{0});
    return members;
}

/// Trees on the busiest link.
std::uint64_t busiest_trees(const TreePacking& packing) {
    return packing.busiest() / transfer_time(std::uint64_t{1} << 20U, kBitsPerSecond);
}

/// Trees that are balanced, from the first members on.
TreePacking packed(const Topology& topology, std::size_t trees) {
    const std::uint64_t members = topology.accelerator_count();
    TreePacking packing(topology, {true, true}, {first(members)});
    for (std::size_t tree = 0; tree < trees; ++tree) packing.add(0, tree % members);
    packing.balance();
    return packing;
}

// n - 1 edges of each of k trees are on m links: one of them has k (n - 1) / m at the least, and by Nash-Williams
// (1961) and Tutte no more than that if no part of the mesh is sparser, as none is.
TEST(TreePacking, LoadsEachLinkOfAMeshWithNoMoreThanItMust) {
    for (const std::uint64_t side : {2U, 3U, 4U, 5U, 8U}) {
        const Topology topology = Topology::make(spec_of(TopologyKind::Mesh, {side, side}), side * side);
        const std::uint64_t links = 2 * side * (side - 1);
        for (const std::size_t trees : {1U, 2U, 3U, 7U, 8U, 16U}) {
            EXPECT_EQ(busiest_trees(packed(topology, trees)), ceil_divide(trees * (side * side - 1), links))
                << trees << " trees, side " << side;
        }
    }
}

// 8 trees of 15 edges on 24 links.
TEST(TreePacking, PutsEightTreesOnAMeshOfFourByFourFiveToALink) {
    const Topology topology = Topology::make(spec_of(TopologyKind::Mesh, {4, 4}), 16);
    const TreePacking packing = packed(topology, 8);
    std::vector<std::size_t> use(topology.links().size());
    for (std::size_t tree = 0; tree < 8; ++tree) {
        tests::expect_spanning(packing.trees(0)[tree], tree, 16);
        for (std::size_t place = 0; place < 16; ++place) {
            const std::size_t parent = packing.trees(0)[tree].parent[place];
            if (parent == place) continue;
            const Route route = topology.route(parent, place);
            ASSERT_EQ(route.size(), 1U);
            ++use[route.front().link];
            ++use[topology.route(place, parent).front().link];
        }
    }
    EXPECT_THAT(use, testing::Each(5U));
}

/// Two groups of four, all of each next to each other, with two wires from one to the other, of a tenth the bandwidth
/// and of a fifth.
InterconnectSpec two_islands() {
    InterconnectSpec spec = spec_of(TopologyKind::Graph, {});
    spec.virtual_channels = 8;
    const auto add = [&](std::size_t from, std::size_t to, std::uint64_t slower) {
        spec.topology.edges.push_back(
            {"acc" + std::to_string(from), "acc" + std::to_string(to), true, kBitsPerSecond / slower, {}, {}});
    };
    for (const std::size_t island : {0U, 4U}) {
        for (std::size_t from = island; from < island + 4; ++from) {
            for (std::size_t to = from + 1; to < island + 4; ++to) add(from, to, 1);
        }
    }
    add(0, 4, 10);
    add(3, 7, 5);
    return spec;
}

// Of three trees one takes the wire of a tenth and two that of a fifth: 10, and 2 x 5 wires' times.
TEST(TreePacking, CrossesASlowBridgeOnceByEachTree) {
    const Topology topology = Topology::make(two_islands(), 8);
    const TreePacking packing = packed(topology, 6);
    EXPECT_EQ(busiest_trees(packing), 20U);
    for (const SpanningTree& tree : packing.trees(0)) {
        std::size_t crossings = 0;
        for (std::size_t place = 0; place < 8; ++place) {
            if (place / 4 != tree.parent[place] / 4) ++crossings;
        }
        EXPECT_EQ(crossings, 1U);
    }
}

TEST(TreePacking, SpansEveryGroupOnEveryTopology) {
    for (unsigned seed = 0; seed < 100; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        const Levels levels = random_levels(random, 36);
        InterconnectSpec spec = spec_of(TopologyKind::HTree, {});
        spec.virtual_channels = 4;
        tests::draw_topology(random, spec, levels.accelerators());
        const Topology topology = Topology::make(spec, levels.accelerators());
        const auto groups = groups_of(tests::random_level_set(random, levels), levels);
        const TreeUse use{random_between(random, 0, 1) == 1, true};
        TreePacking packing(topology, use, groups);
        const std::size_t members = groups.front().size();
        for (std::size_t root = 0; root < members; ++root) {
            for (std::size_t group = 0; group < groups.size(); ++group) packing.add(group, root);
        }
        packing.balance();
        for (std::size_t group = 0; group < groups.size(); ++group) {
            ASSERT_EQ(packing.trees(group).size(), members);
            for (std::size_t root = 0; root < members; ++root) {
                ASSERT_NO_FATAL_FAILURE(tests::expect_spanning(packing.trees(group)[root], root, members));
            }
        }
    }
}

}  // namespace
}  // namespace hypar
