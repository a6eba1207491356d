#include "collective/arrangement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "arch/network/interconnect_spec.h"
#include "collective/collective.h"
#include "tests/collective/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Sizes = std::vector<std::uint64_t>;

Topology topology_of(TopologyKind kind, const Sizes& size) {
    InterconnectSpec spec;
    spec.topology = {kind, size};
    spec.bits_per_second = 8'000'000'000;
    spec.is_per_link = true;
    spec.virtual_channels = 2;
    return Topology::make(spec, std::accumulate(size.begin(), size.end(), std::uint64_t{1}, std::multiplies<>()));
}

/// Of all accelerators.
Arrangement arrangement_on(const Topology& topology) {
    const Levels levels = default_levels(topology.accelerator_count());
    return arrangement_of(groups_of(tests::all_levels(levels), levels).front(), tests::all_levels(levels), levels,
                          topology);
}

/// How many of a ring are not next to the one before, the first not to the last.
std::size_t gaps_of(const std::vector<std::uint64_t>& ring, const Topology& topology) {
    std::size_t gaps = 0;
    for (std::size_t place = 0; place < ring.size(); ++place) {
        if (topology.route(ring[place], ring[(place + 1) % ring.size()]).size() > 1) ++gaps;
    }
    return gaps;
}

void expect_all_once(std::vector<std::uint64_t> ring, std::uint64_t accelerators) {
    std::sort(ring.begin(), ring.end());
    ASSERT_EQ(ring.size(), accelerators);
    for (std::uint64_t i = 0; i < accelerators; ++i) ASSERT_EQ(ring[i], i);
}

TEST(Arrangement, HasARingOfNeighboursOnGridsWithAnEvenSide) {
    const Sizes sizes[] = {{2, 2}, {4, 4}, {8, 8},    {2, 3},    {3, 2},    {3, 4},    {5, 6},      {6, 5},
                           {7, 2}, {2, 9}, {4, 4, 4}, {3, 3, 2}, {2, 3, 3}, {3, 4, 5}, {3, 2, 3, 2}};
    for (const TopologyKind kind : {TopologyKind::Torus, TopologyKind::Mesh}) {
        for (const Sizes& size : sizes) {
            SCOPED_TRACE(testing::PrintToString(size));
            const Topology topology = topology_of(kind, size);
            const std::vector<std::uint64_t> ring = ring_through(arrangement_on(topology));
            expect_all_once(ring, topology.accelerator_count());
            EXPECT_EQ(gaps_of(ring, topology), 0U);
        }
    }
}

TEST(Arrangement, HasOneGapAtTheMostOnOddGrids) {
    for (const Sizes& size : {Sizes{3, 3}, Sizes{5, 3}, Sizes{3, 3, 3}}) {
        const Topology topology = topology_of(TopologyKind::Mesh, size);
        const std::vector<std::uint64_t> ring = ring_through(arrangement_on(topology));
        expect_all_once(ring, topology.accelerator_count());
        EXPECT_EQ(gaps_of(ring, topology), 1U);
    }
}

TEST(Arrangement, OfARingIsTheRing) {
    for (const std::uint64_t size : {2U, 3U, 8U, 15U}) {
        const Topology topology = topology_of(TopologyKind::Ring, {size});
        const std::vector<std::uint64_t> ring = ring_through(arrangement_on(topology));
        expect_all_once(ring, size);
        EXPECT_EQ(gaps_of(ring, topology), 0U);
    }
}

// 0 1 2 3
// 4 5 6 7
TEST(Arrangement, OfAGroupInAGridHasTheDimensionsInWhichItsMembersDiffer) {
    const Topology topology = topology_of(TopologyKind::Mesh, {4, 2});
    const Levels levels({2, 2, 2});
    const auto of = [&](LevelSet set, std::size_t group) {
        return arrangement_of(groups_of(set, levels)[group], set, levels, topology);
    };
    EXPECT_THAT(of(0b001, 1).sizes, ElementsAre(2));
    EXPECT_THAT(of(0b001, 1).members, ElementsAre(1, 5));
    EXPECT_THAT(of(0b110, 1).sizes, ElementsAre(4));
    EXPECT_THAT(of(0b110, 1).members, ElementsAre(4, 5, 6, 7));
    EXPECT_THAT(of(0b101, 1).sizes, ElementsAre(2, 2));  // columns 2 and 3
    EXPECT_THAT(of(0b101, 1).members, ElementsAre(2, 3, 6, 7));
}

// 0 1 2: of pairs 0 1, 2 3 and 4 5 the second is on both rows, not along one dimension.
// 3 4 5
TEST(Arrangement, OfAGroupThatIsNoGridIsByItsPlacesAtItsLevels) {
    const Topology topology = topology_of(TopologyKind::Mesh, {3, 2});
    const Levels levels({3, 2});
    const Arrangement pair = arrangement_of({2, 3}, 0b10, levels, topology);
    EXPECT_THAT(pair.sizes, ElementsAre(2));
    EXPECT_THAT(pair.members, ElementsAre(2, 3));
    const Arrangement three = arrangement_of({0, 2, 4}, 0b01, levels, topology);
    EXPECT_THAT(three.sizes, ElementsAre(3));
    EXPECT_THAT(three.members, ElementsAre(0, 2, 4));
    const Arrangement tree =
        arrangement_of({0, 1, 2, 3, 4, 5}, 0b11, levels, topology_of(TopologyKind::HTree, {2, 3}));
    EXPECT_THAT(tree.sizes, ElementsAre(2, 3));
    EXPECT_THAT(tree.members, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(Arrangement, KnowsCoordinates) {
    const Arrangement arrangement{{3, 2, 2}, std::vector<std::uint64_t>(12)};
    EXPECT_EQ(arrangement.coordinate(10, 0), 1U);  // 10 = 1 + 3 x (1 + 2 x 1)
    EXPECT_EQ(arrangement.coordinate(10, 1), 1U);
    EXPECT_EQ(arrangement.coordinate(10, 2), 1U);
    EXPECT_EQ(arrangement.at_coordinate(10, 0, 2), 11U);
    EXPECT_EQ(arrangement.at_coordinate(10, 1, 0), 7U);
    EXPECT_EQ(arrangement.at_coordinate(10, 2, 0), 4U);
}

}  // namespace
}  // namespace hypar
