#include "arch/network/topology.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "arch/network/deadlock.h"
#include "base/error.h"
#include "tests/arch/support.h"

namespace hypar {
namespace {

constexpr std::uint64_t kTotal = 25'600'000'000;

InterconnectSpec spec_of(const TopologySpec& topology, std::uint64_t virtual_channels = 2) {
    InterconnectSpec spec = tests::hpca19().interconnect;
    spec.topology = topology;
    spec.virtual_channels = virtual_channels;
    return spec;
}

Topology make(TopologyKind kind, std::uint64_t accelerators) { return Topology::make(spec_of({kind}), accelerators); }

Topology make(TopologyKind kind, const std::vector<std::uint64_t>& size, std::uint64_t accelerators) {
    return Topology::make(spec_of({kind, size}), accelerators);
}

/// What the ConfigError says that making it throws: "KEY: PROBLEM".
std::string mistake_of(const InterconnectSpec& spec, std::uint64_t accelerators) {
    try {
        Topology::make(spec, accelerators);
    } catch (const ConfigError& error) {
        return error.key() + ": " + error.problem();
    }
    return {};
}

const std::vector<std::uint64_t> kSizes{1, 2, 4, 8, 16, 32, 64};

/// Checks that the route is a path of links from `source` to `destination`.
void expect_path(const Topology& topology, std::uint64_t source, std::uint64_t destination) {
    std::size_t node = source;
    for (const Hop& hop : topology.route(source, destination)) {
        ASSERT_EQ(topology.links()[hop.link].from, node);
        node = topology.links()[hop.link].to;
    }
    EXPECT_EQ(node, destination);
}

std::vector<std::string> names_along(const Topology& topology, std::uint64_t source, std::uint64_t destination) {
    std::vector<std::string> names{topology.node_name(source)};
    for (const Hop& hop : topology.route(source, destination)) {
        names.push_back(topology.node_name(topology.links()[hop.link].to));
    }
    return names;
}

std::size_t log2_of(std::uint64_t number) {
    std::size_t levels = 0;
    while (number >> levels > 1) ++levels;
    return levels;
}

TEST(HTree, PairsUpAcceleratorsUnderSwitches) {
    const Topology tree = make(TopologyKind::HTree, 4);
    std::vector<std::string> names;
    for (std::size_t node = 0; node < tree.node_count(); ++node) names.push_back(tree.node_name(node));
    EXPECT_EQ(names,
              (std::vector<std::string>{"acc0", "acc1", "acc2", "acc3", "switch1.0", "switch1.1", "switch2.0"}));
}

TEST(HTree, HasLinksOf1600MegabitsAtSixteenLeaves) {
    const Topology tree = make(TopologyKind::HTree, 16);
    EXPECT_EQ(tree.links().size(), 2U * (16 + 8 + 4 + 2));
    EXPECT_EQ(tree.links()[tree.links_from(0).front()].bits_per_second, 1'600'000'000U);
}

TEST(HTree, DoublesBandwidthTowardsTheRootSoThatEveryLevelHasTheSameTotal) {
    for (const std::uint64_t accelerators : kSizes) {
        const Topology tree = make(TopologyKind::HTree, accelerators);
        // The way from the first accelerator to the root
        std::size_t node = 0;
        std::uint64_t links = accelerators;
        for (std::size_t level = 0; level < log2_of(accelerators); ++level) {
            const LinkSpec& up = tree.links()[tree.links_from(node).back()];
            EXPECT_EQ(up.bits_per_second, kTotal / links);
            links /= 2;
            node = up.to;
        }
        std::map<std::uint64_t, std::uint64_t> totals;  // both directions, by the bandwidth of a link
        for (const LinkSpec& link : tree.links()) totals[link.bits_per_second] += link.bits_per_second;
        EXPECT_EQ(totals.size(), log2_of(accelerators));
        for (const auto& [bandwidth, total] : totals) EXPECT_EQ(total, 2 * kTotal) << bandwidth;
    }
}

TEST(HTree, RoutesUpToTheFirstSwitchAboveBothAndDown) {
    const Topology tree = make(TopologyKind::HTree, 8);
    EXPECT_EQ(names_along(tree, 0, 1), (std::vector<std::string>{"acc0", "switch1.0", "acc1"}));
    EXPECT_EQ(names_along(tree, 5, 2), (std::vector<std::string>{"acc5", "switch1.2", "switch2.1", "switch3.0",
                                                                 "switch2.0", "switch1.1", "acc2"}));
    EXPECT_TRUE(tree.route(3, 3).empty());
}

TEST(HTree, RoutesAreMinimal) {
    for (const std::uint64_t accelerators : kSizes) {
        const Topology tree = make(TopologyKind::HTree, accelerators);
        for (std::uint64_t a = 0; a < accelerators; ++a) {
            for (std::uint64_t b = 0; b < accelerators; ++b) {
                expect_path(tree, a, b);
                // twice the height of the smallest subtree that holds both
                const std::size_t height = a == b ? 0 : log2_of(a ^ b) + 1;
                EXPECT_EQ(tree.route(a, b).size(), 2 * height);
            }
        }
    }
}

TEST(Torus, HasThirtyTwoWiresOf800MegabitsAtSixteenNodes) {
    const Topology torus = make(TopologyKind::Torus, 16);
    EXPECT_EQ(torus.node_count(), 16U);
    EXPECT_EQ(torus.links().size(), 2U * 32);
    for (const LinkSpec& link : torus.links()) EXPECT_EQ(link.bits_per_second, 800'000'000U);
}

TEST(Torus, IsAsSquareAsItsSizeAllows) {
    // rings of one node have no wire, of two one, of more as many as nodes
    const std::map<std::uint64_t, std::uint64_t> wires{
        {1, 0},         {2, 1}, {4, 2 * 1 + 2 * 1}, {8, 2 * 4 + 4 * 1}, {16, 4 * 4 * 2}, {32, 4 * 8 + 8 * 4},
        {64, 2 * 8 * 8}};
    for (const std::uint64_t accelerators : kSizes) {
        const Topology torus = make(TopologyKind::Torus, accelerators);
        EXPECT_EQ(torus.links().size(), 2 * wires.at(accelerators)) << accelerators;
        std::set<std::pair<std::size_t, std::size_t>> pairs;
        for (const LinkSpec& link : torus.links()) {
            pairs.insert({link.from, link.to});
            EXPECT_EQ(link.bits_per_second, kTotal / wires.at(accelerators));
        }
        EXPECT_EQ(pairs.size(), torus.links().size()) << "two links join the same nodes";
    }
}

/// Columns and rows of a torus of a power of two.
std::pair<std::uint64_t, std::uint64_t> sides(std::uint64_t accelerators) {
    const std::uint64_t width = std::uint64_t{1} << ((log2_of(accelerators) + 1) / 2);
    return {width, accelerators / width};
}

std::uint64_t ring_distance(std::uint64_t a, std::uint64_t b, std::uint64_t size) {
    const std::uint64_t apart = a > b ? a - b : b - a;
    return std::min(apart, size - apart);
}

TEST(Torus, RoutesAreMinimalAndFinishTheRowFirst) {
    for (const std::uint64_t accelerators : kSizes) {
        const Topology torus = make(TopologyKind::Torus, accelerators);
        const auto [width, height] = sides(accelerators);
        for (std::uint64_t a = 0; a < accelerators; ++a) {
            for (std::uint64_t b = 0; b < accelerators; ++b) {
                expect_path(torus, a, b);
                const std::uint64_t across = ring_distance(a % width, b % width, width);
                const std::uint64_t along = ring_distance(a / width, b / width, height);
                const Route route = torus.route(a, b);
                ASSERT_EQ(route.size(), across + along);
                for (std::size_t hop = 0; hop < route.size(); ++hop) {
                    const LinkSpec& link = torus.links()[route[hop].link];
                    EXPECT_EQ(link.from / width == link.to / width, hop < across);
                }
            }
        }
    }
}

TEST(Torus, GoesBothWaysWhereBothAreEquallyShort) {
    const Topology torus = make(TopologyKind::Torus, 16);  // 4 x 4
    using Names = std::vector<std::string>;
    EXPECT_EQ(names_along(torus, 0, 2), (Names{"acc0", "acc1", "acc2"}));    // column 0: forward
    EXPECT_EQ(names_along(torus, 2, 0), (Names{"acc2", "acc3", "acc0"}));    // column 2: forward
    EXPECT_EQ(names_along(torus, 1, 3), (Names{"acc1", "acc0", "acc3"}));    // column 1: backward
    EXPECT_EQ(names_along(torus, 3, 1), (Names{"acc3", "acc2", "acc1"}));    // column 3: backward
    EXPECT_EQ(names_along(torus, 1, 9), (Names{"acc1", "acc5", "acc9"}));    // row 0: forward
    EXPECT_EQ(names_along(torus, 5, 13), (Names{"acc5", "acc1", "acc13"}));  // row 1: backward
}

TEST(Torus, SpreadsTheSwapOfOppositeHalvesOverAllLinksOfARing) {
    const Topology torus = make(TopologyKind::Torus, 16);
    std::map<std::size_t, int> packets;
    for (std::uint64_t a = 0; a < 16; ++a) {
        for (const Hop& hop : torus.route(a, a ^ 2U)) ++packets[hop.link];
    }
    EXPECT_EQ(packets.size(), 32U);  // both directions of the 16 wires along rows
    for (const auto& [link, count] : packets) EXPECT_EQ(count, 1) << link;
}

TEST(Torus, ChangesTheVirtualChannelAtTheLinkThatClosesARing) {
    const Topology torus = make(TopologyKind::Torus, 64);  // 8 x 8
    const auto channels = [&](std::uint64_t a, std::uint64_t b) {
        std::vector<std::size_t> found;
        for (const Hop& hop : torus.route(a, b)) found.push_back(hop.virtual_channel);
        return found;
    };
    using Channels = std::vector<std::size_t>;
    // Ways that do not close a ring take any of the two channels, by the column or row that they go to and by how far
    // they go in the other dimension.
    EXPECT_EQ(channels(1, 4), (Channels{0, 0, 0}));         // column 4
    EXPECT_EQ(channels(1, 3), (Channels{1, 1}));            // column 3
    EXPECT_EQ(channels(6, 1), (Channels{0, 1, 1}));         // 6 7 | 0 1
    EXPECT_EQ(channels(1, 6), (Channels{0, 1, 1}));         // 1 0 | 7 6
    EXPECT_EQ(channels(6, 9), (Channels{0, 1, 1, 0}));      // 6 7 | 0 1, then down to row 1, 3 columns on: 4
    EXPECT_EQ(channels(6, 10), (Channels{0, 1, 1, 1, 1}));  // 6 7 | 0 1 2, then down to row 1, 4 columns on: 5
    EXPECT_EQ(channels(6, 57), (Channels{0, 1, 1, 1}));     // 6 7 | 0 1, and | up: closed at once
}

TEST(HTree, OfFourAndFourHasFourSwitchesBelowItsRoot) {
    const Topology tree = make(TopologyKind::HTree, {4, 4}, 16);
    EXPECT_EQ(tree.node_count(), 16U + 4 + 1);
    EXPECT_EQ(tree.node_name(19), "switch1.3");
    EXPECT_EQ(tree.node_name(20), "switch2.0");
    EXPECT_EQ(tree.links().size(), 2U * (16 + 4));
    EXPECT_EQ(names_along(tree, 1, 14),
              (std::vector<std::string>{"acc1", "switch1.0", "switch2.0", "switch1.3", "acc14"}));
    EXPECT_EQ(names_along(tree, 4, 7), (std::vector<std::string>{"acc4", "switch1.1", "acc7"}));
}

/// Of the link up from the first node of each level.
std::vector<std::uint64_t> bandwidths_up(const InterconnectSpec& spec, std::uint64_t accelerators) {
    const Topology tree = Topology::make(spec, accelerators);
    std::vector<std::uint64_t> bandwidths;
    std::size_t node = 0;
    while (node + 1 < tree.node_count()) {
        const LinkSpec& up = tree.links()[tree.links_from(node).back()];
        bandwidths.push_back(up.bits_per_second);
        node = up.to;
    }
    return bandwidths;
}

TEST(HTree, HasTheSameTotalAtEveryLevelUnlessFactorsSayOtherwise) {
    using Bandwidths = std::vector<std::uint64_t>;
    InterconnectSpec spec = spec_of({TopologyKind::HTree, {4, 2, 2}});
    EXPECT_EQ(bandwidths_up(spec, 16), (Bandwidths{kTotal / 16, kTotal / 4, kTotal / 2}));
    spec.topology.factors = {3, 1};
    EXPECT_EQ(bandwidths_up(spec, 16), (Bandwidths{kTotal / 16, kTotal / 16 * 3, kTotal / 16 * 3}));
    spec.is_per_link = true;
    spec.bits_per_second = 1'000'000'000;
    EXPECT_EQ(bandwidths_up(spec, 16), (Bandwidths{1'000'000'000, 3'000'000'000, 3'000'000'000}));
    spec.topology.factors.clear();
    EXPECT_EQ(bandwidths_up(spec, 16), (Bandwidths{1'000'000'000, 4'000'000'000, 8'000'000'000}));
    EXPECT_EQ(bandwidths_up(spec_of({TopologyKind::HTree, {3, 5}}), 15), (Bandwidths{kTotal / 15, kTotal / 5}));
}

/// Of one direction of all links.
std::uint64_t wire_of(const Topology& topology) {
    std::uint64_t bits_per_second = 0;
    for (const LinkSpec& link : topology.links()) bits_per_second += link.bits_per_second;
    return bits_per_second / 2;
}

TEST(HTree, SharesItsTotalByAllLevelsWhereItSaysSo) {
    using Bandwidths = std::vector<std::uint64_t>;
    InterconnectSpec spec = spec_of({TopologyKind::HTree});
    EXPECT_EQ(wire_of(Topology::make(spec, 16)), 4 * kTotal);  // a total for each of four levels
    spec.total_scope = BandwidthScope::All;
    EXPECT_EQ(bandwidths_up(spec, 16), (Bandwidths{kTotal / 64, kTotal / 32, kTotal / 16, kTotal / 8}));
    EXPECT_EQ(wire_of(Topology::make(spec, 16)), kTotal);
    // 16 links of 1, 4 of 3 and 2 of 3 parts: 34
    spec.topology = {TopologyKind::HTree, {4, 2, 2}, {3, 1}};
    EXPECT_EQ(bandwidths_up(spec, 16), (Bandwidths{kTotal / 34, kTotal / 34 * 3, kTotal / 34 * 3}));
    EXPECT_EQ(bandwidths_up(spec_of({TopologyKind::HTree}), 1), Bandwidths{});
}

TEST(FatTree, SharesItsTotalByAllLevelsWhereItSaysSo) {
    InterconnectSpec spec = spec_of({TopologyKind::FatTree, {4, 2}});
    EXPECT_EQ(wire_of(Topology::make(spec, 16)), 2 * kTotal);
    spec.total_scope = BandwidthScope::All;
    EXPECT_EQ(wire_of(Topology::make(spec, 16)), kTotal);
    spec.topology = {TopologyKind::Torus};  // has one level
    EXPECT_EQ(wire_of(Topology::make(spec, 16)), kTotal);
}

TEST(HTree, RefusesFactorsThatDoNotFitItsLevels) {
    EXPECT_EQ(mistake_of(spec_of({TopologyKind::HTree, {4, 4}, {2, 2}}), 16),
              "topology.factor: expected a factor for each level from the second one up, 1 in all, not 2");
    EXPECT_EQ(mistake_of(spec_of({TopologyKind::HTree, {}, {2}}), 16),
              "topology.factor: expected a factor for each level from the second one up, 3 in all, not 1");
}

// 12 = 2 x 2 x 3: four switches of three accelerators, two of two switches, a root.
TEST(HTree, WithoutAnArityHasTheLevelsOfTheNumbersPrimeFactors) {
    const Topology tree = Topology::make(spec_of({TopologyKind::HTree}), 12);
    EXPECT_EQ(tree.size(), (TopologyFamily::Size{3, 2, 2}));
    EXPECT_EQ(tree.node_count(), 12U + 4 + 2 + 1);
}

TEST(Torus, OfThreeDimensionsJoinsTheNeighboursInEach) {
    const Topology torus = make(TopologyKind::Torus, {4, 3, 2}, 24);
    // 6 rings of four along x, 8 of three along y, 12 pairs along z
    EXPECT_EQ(torus.links().size(), 2U * (6 * 4 + 8 * 3 + 12));
    for (const LinkSpec& link : torus.links()) EXPECT_EQ(link.bits_per_second, kTotal / (24 + 24 + 12));
    // x first, then y and z; 3 is next to 0 and row 2 next to row 0
    EXPECT_EQ(names_along(torus, 0, 3 + 2 * 4 + 12), (std::vector<std::string>{"acc0", "acc3", "acc11", "acc23"}));
}

TEST(Torus, OfANumberThatIsNoPowerOfTwoIsAsSquareAsItCanBe) {
    using Size = std::vector<std::uint64_t>;
    const TopologySpec torus{TopologyKind::Torus};
    EXPECT_EQ(size_of(torus, 12), (Size{4, 3}));
    EXPECT_EQ(size_of(torus, 6), (Size{3, 2}));
    EXPECT_EQ(size_of(torus, 27), (Size{9, 3}));
    EXPECT_EQ(size_of(torus, 5), (Size{5, 1}));
    EXPECT_EQ(size_of(torus, 1), (Size{1, 1}));
    EXPECT_EQ(size_of({TopologyKind::Ring}, 12), (Size{12}));
}

TEST(Mesh, IsATorusWithoutTheLinksThatCloseItsRings) {
    const Topology mesh = make(TopologyKind::Mesh, {4, 3, 2}, 24);
    // 6 lines of three wires, 8 of two, 12 of one
    EXPECT_EQ(mesh.links().size(), 2U * (6 * 3 + 8 * 2 + 12));
    for (const LinkSpec& link : mesh.links()) {
        const std::size_t apart = std::max(link.from, link.to) - std::min(link.from, link.to);
        EXPECT_TRUE(apart == 1 || apart == 4 || apart == 12) << link.from << " " << link.to;
        EXPECT_EQ(link.bits_per_second, kTotal / 46);
        if (apart == 1) {
            EXPECT_EQ(link.from / 4, link.to / 4);
        }
        if (apart == 4) {
            EXPECT_EQ(link.from / 12, link.to / 12);
        }
    }
    EXPECT_EQ(names_along(mesh, 3, 0), (std::vector<std::string>{"acc3", "acc2", "acc1", "acc0"}));
}

TEST(Ring, HasAsManyWiresAsAcceleratorsFromThreeOn) {
    EXPECT_EQ(make(TopologyKind::Ring, 1).links().size(), 0U);
    EXPECT_EQ(make(TopologyKind::Ring, 2).links().size(), 2U);
    for (const std::uint64_t accelerators : {3U, 5U, 12U}) {
        const Topology ring = make(TopologyKind::Ring, accelerators);
        EXPECT_EQ(ring.links().size(), 2 * accelerators);
        for (const LinkSpec& link : ring.links()) EXPECT_EQ(link.bits_per_second, kTotal / accelerators);
    }
    EXPECT_EQ(names_along(make(TopologyKind::Ring, 5), 1, 4), (std::vector<std::string>{"acc1", "acc0", "acc4"}));
}

TEST(FullyConnected, HasAWireBetweenEachTwo) {
    const Topology topology = make(TopologyKind::FullyConnected, 6);
    EXPECT_EQ(topology.node_count(), 6U);
    EXPECT_EQ(topology.links().size(), 2U * 15);  // 6 x 5 / 2
    std::set<std::pair<std::size_t, std::size_t>> pairs;
    for (const LinkSpec& link : topology.links()) {
        pairs.insert({link.from, link.to});
        EXPECT_EQ(link.bits_per_second, kTotal / 15);
    }
    EXPECT_EQ(pairs.size(), 30U);
}

TEST(FatTree, HasAsManyWiresAtEveryLevelAsAccelerators) {
    struct Case {
        std::vector<std::uint64_t> size;
        std::uint64_t accelerators;
        std::uint64_t arity;
        std::uint64_t levels;
    };
    // Without a size two levels where there can be, otherwise as few as there can be
    for (const Case& test : std::vector<Case>{{{}, 16, 4, 2},
                                              {{}, 8, 2, 3},
                                              {{}, 27, 3, 3},
                                              {{}, 6, 6, 1},
                                              {{}, 2, 2, 1},
                                              {{2, 4}, 16, 2, 4},
                                              {{4, 3}, 64, 4, 3}}) {
        const Topology tree = make(TopologyKind::FatTree, test.size, test.accelerators);
        const std::uint64_t switches = test.accelerators / test.arity;
        EXPECT_EQ(tree.node_count(), test.accelerators + test.levels * switches) << test.accelerators;
        EXPECT_EQ(tree.links().size(), 2 * test.accelerators * test.levels);
        for (const LinkSpec& link : tree.links()) EXPECT_EQ(link.bits_per_second, kTotal / test.accelerators);
        for (std::size_t node = test.accelerators; node < tree.node_count(); ++node) {
            const bool is_on_top = node >= test.accelerators + (test.levels - 1) * switches;
            EXPECT_EQ(tree.links_from(node).size(), is_on_top ? test.arity : 2 * test.arity) << tree.node_name(node);
        }
        EXPECT_EQ(tree.node_name(test.accelerators), "switch1.0");
    }
}

/// Also that packets which mix them, in any virtual channels, cannot wait in a circle.
TEST(FatTree, HasAWayOverEachSwitchThatBothAreBelow) {
    const Topology tree = make(TopologyKind::FatTree, {3, 3}, 27);
    const Routing& routing = tree.routing();
    AcyclicChannels waits(tree.links().size());
    for (std::size_t source = 0; source < 27; ++source) {
        for (std::size_t other = 0; other < 27; ++other) {
            const std::uint64_t count = source / 3 == other / 3 ? 1 : source / 9 == other / 9 ? 3 : 9;
            ASSERT_EQ(routing.way_count(source, other), count);
            std::set<std::vector<std::size_t>> ways;
            for (std::uint64_t number = 0; number < count; ++number) {
                std::vector<std::size_t> links;
                std::size_t node = source;
                for (const Hop& hop : routing.way(source, other, number)) {
                    EXPECT_EQ(tree.links()[hop.link].from, node);
                    node = tree.links()[hop.link].to;
                    EXPECT_TRUE(links.empty() || waits.add(links.back(), hop.link));
                    links.push_back(hop.link);
                }
                EXPECT_EQ(node, other);
                EXPECT_EQ(links.size(), routing.route(source, other).size());
                ways.insert(links);
            }
            EXPECT_EQ(ways.size(), count);
        }
    }
    EXPECT_EQ(routing.way(0, 26, 26 % 9), routing.route(0, 26));
}

TEST(FatTree, SpreadsTheSwapOfHalvesOverAllOfItsUpperLinks) {
    const Topology tree = make(TopologyKind::FatTree, {4, 2}, 16);
    std::map<std::size_t, int> packets;
    for (std::uint64_t a = 0; a < 16; ++a) {
        for (const Hop& hop : tree.route(a, a ^ 8U)) ++packets[hop.link];
    }
    EXPECT_EQ(packets.size(), tree.links().size());
    for (const auto& [link, count] : packets) EXPECT_EQ(count, 1) << link;
}

TEST(Dragonfly, JoinsEachTwoRoutersOfAGroupAndEachTwoGroups) {
    // Six accelerators of three routers in each of four groups
    const Topology dragonfly = make(TopologyKind::Dragonfly, {2, 3, 4}, 24);
    EXPECT_EQ(dragonfly.node_count(), 24U + 12);
    EXPECT_EQ(dragonfly.node_name(24), "router0.0");
    EXPECT_EQ(dragonfly.node_name(35), "router3.2");
    // To accelerators, in the groups, between them
    const std::uint64_t wires = 24 + 4 * 3 + 6;
    EXPECT_EQ(dragonfly.links().size(), 2 * wires);
    std::map<std::pair<std::size_t, std::size_t>, int> between_groups;
    std::map<std::size_t, int> global_wires;  // by router
    for (const LinkSpec& link : dragonfly.links()) {
        EXPECT_EQ(link.bits_per_second, kTotal / wires);
        if (link.from < 24 || link.to < 24) continue;
        const std::size_t from = (link.from - 24) / 3;
        const std::size_t to = (link.to - 24) / 3;
        if (from == to) continue;
        ++between_groups[{from, to}];
        ++global_wires[link.from];
    }
    EXPECT_EQ(between_groups.size(), 12U);
    for (const auto& [groups, count] : between_groups) EXPECT_EQ(count, 1) << groups.first << " " << groups.second;
    EXPECT_EQ(global_wires.size(), 12U);  // three other groups: one wire for each router
    for (const auto& [router, count] : global_wires) EXPECT_EQ(count, 1) << router;
}

TEST(Dragonfly, OfAPowerOfTwoNeedsNoSize) {
    // terminals = routers = 2^(levels / 3), the rest in groups
    EXPECT_EQ(make(TopologyKind::Dragonfly, 16).node_count(), 16U + 2 * 4);
    EXPECT_EQ(make(TopologyKind::Dragonfly, 64).node_count(), 64U + 4 * 4);
    EXPECT_EQ(make(TopologyKind::Dragonfly, 2).node_count(), 2U + 2);
    EXPECT_EQ(mistake_of(spec_of({TopologyKind::Dragonfly}), 12),
              "topology: a dragonfly of 12 accelerators needs terminals, routers and groups, such as {kind: "
              "dragonfly, terminals: 2, routers: 2, groups: 4}");
}

EdgeSpec wire(const std::string& a, const std::string& b) { return {a, b, true, {}, {}, {}}; }
EdgeSpec one_way(const std::string& from, const std::string& to) { return {from, to, false, {}, {}, {}}; }

TopologySpec graph_of(const std::vector<EdgeSpec>& edges) { return {TopologyKind::Graph, {}, {}, edges}; }

TEST(UserGraph, HasTheNodesAndLinksOfItsList) {
    TopologySpec star = graph_of({wire("acc0", "hub"), wire("hub", "acc1"), one_way("acc0", "acc1")});
    star.edges[1].bits_per_second = 7;
    star.edges[1].latency = 8;
    star.edges[2].femtojoules_per_bit = 9;
    const Topology topology = Topology::make(spec_of(star), 2);
    ASSERT_EQ(topology.node_count(), 3U);
    EXPECT_EQ(topology.node_name(2), "hub");
    ASSERT_EQ(topology.links().size(), 5U);
    EXPECT_EQ(topology.links()[0].bits_per_second, kTotal / 3);
    EXPECT_EQ(topology.links()[0].latency, 4000U);
    EXPECT_FALSE(topology.links()[0].femtojoules_per_bit);
    for (const std::size_t link : {2U, 3U}) {  // both directions of the second
        EXPECT_EQ(topology.links()[link].bits_per_second, 7U);
        EXPECT_EQ(topology.links()[link].latency, 8U);
    }
    EXPECT_EQ(topology.links()[4].femtojoules_per_bit, 9U);
    EXPECT_EQ(names_along(topology, 0, 1), (std::vector<std::string>{"acc0", "acc1"}));
    EXPECT_EQ(names_along(topology, 1, 0), (std::vector<std::string>{"acc1", "hub", "acc0"}));
}

/// Flows that each link carries if every accelerator sends to every other.
std::vector<std::uint64_t> flows_of(const Topology& topology) {
    std::vector<std::uint64_t> flows(topology.links().size());
    for (std::uint64_t a = 0; a < topology.accelerator_count(); ++a) {
        for (std::uint64_t b = 0; b < topology.accelerator_count(); ++b) {
            for (const Hop& hop : topology.route(a, b)) ++flows[hop.link];
        }
    }
    return flows;
}

TEST(UserGraph, SpreadsFlowsOverWaysOfTheSameLength) {
    std::vector<EdgeSpec> edges;
    for (const char* accelerator : {"acc0", "acc1", "acc2", "acc3"}) {
        for (const char* hub : {"a", "b", "c"}) edges.push_back(wire(accelerator, hub));
    }
    // Of three flows from each accelerator about one goes over every hub.
    for (const std::uint64_t flows : flows_of(Topology::make(spec_of(graph_of(edges)), 4))) EXPECT_LE(flows, 2U);
}

TEST(UserGraph, SpreadsFlowsByTheBandwidthOfLinks) {
    // Two leaves of four accelerators, with spines of which one is three times as fast: 12 flows of 16.
    std::vector<EdgeSpec> edges;
    for (int i = 0; i < 8; ++i) edges.push_back(wire("acc" + std::to_string(i), i < 4 ? "left" : "right"));
    for (const char* leaf : {"left", "right"}) {
        edges.push_back(wire(leaf, "slow"));
        edges.push_back(wire(leaf, "fast"));
        edges.back().bits_per_second = 3 * kTotal / 12;
    }
    const Topology topology = Topology::make(spec_of(graph_of(edges)), 8);
    const std::vector<std::uint64_t> flows = flows_of(topology);
    for (std::size_t link = 0; link < flows.size(); ++link) {
        const LinkSpec& spec = topology.links()[link];
        if (spec.from < 8 || spec.to < 8) continue;
        EXPECT_EQ(flows[link], spec.bits_per_second == kTotal / 12 ? 4U : 12U) << link;
    }
}

/// A grid's wires as a user's links, those in `missing` left out.
std::vector<EdgeSpec> edges_of(const Topology& topology) {
    std::vector<EdgeSpec> edges;
    for (const LinkSpec& link : topology.links()) {
        if (link.from < link.to) edges.push_back(wire(topology.node_name(link.to), topology.node_name(link.from)));
    }
    std::reverse(edges.begin(), edges.end());
    return edges;
}

TEST(UserGraph, ThatIsAGridIsRoutedAsOne) {
    using Size = std::vector<std::uint64_t>;
    const auto expect_same = [](const TopologySpec& spec, std::uint64_t accelerators) {
        const Topology grid = Topology::make(spec_of(spec), accelerators);
        const Topology graph = Topology::make(spec_of(graph_of(edges_of(grid))), accelerators);
        for (std::uint64_t a = 0; a < accelerators; ++a) {
            for (std::uint64_t b = 0; b < accelerators; ++b) {
                ASSERT_EQ(names_along(graph, a, b), names_along(grid, a, b)) << name_of(spec.kind);
                for (std::size_t hop = 0; hop < grid.route(a, b).size(); ++hop) {
                    ASSERT_EQ(graph.route(a, b)[hop].virtual_channel, grid.route(a, b)[hop].virtual_channel);
                }
            }
        }
    };
    for (const Size& size : {Size{4, 4}, Size{8, 8}, Size{6, 3}, Size{2, 8}, Size{3, 4, 5}}) {
        for (const TopologyKind kind : {TopologyKind::Torus, TopologyKind::Mesh}) {
            expect_same({kind, size}, TopologyFamily::product_of(size));
        }
    }
    expect_same({TopologyKind::Ring}, 9);
}

TEST(UserGraph, OfSwitchesInATorusIsAsBalancedAsATorus) {
    // An accelerator at each: flows of all to all, and of partners whose numbers differ in one bit.
    const Topology torus = make(TopologyKind::Torus, {4, 4}, 16);
    std::vector<EdgeSpec> edges;
    for (const EdgeSpec& edge : edges_of(torus)) edges.push_back(wire("s" + edge.from, "s" + edge.to));
    for (int i = 0; i < 16; ++i) edges.push_back(wire("acc" + std::to_string(i), "sacc" + std::to_string(i)));
    const Topology graph = Topology::make(spec_of(graph_of(edges)), 16);
    const auto most_between_switches = [](const Topology& topology, const std::vector<std::uint64_t>& flows) {
        std::uint64_t most = 0;
        for (std::size_t link = 0; link < flows.size(); ++link) {
            const LinkSpec& spec = topology.links()[link];
            if (topology.node_count() == 16 || (spec.from >= 16 && spec.to >= 16)) most = std::max(most, flows[link]);
        }
        return most;
    };
    EXPECT_EQ(most_between_switches(torus, flows_of(torus)), 8U);
    EXPECT_LE(most_between_switches(graph, flows_of(graph)), 9U);
    for (const std::uint64_t bit : {1U, 2U, 4U, 8U}) {
        std::vector<std::uint64_t> flows(graph.links().size());
        for (std::uint64_t a = 0; a < 16; ++a) {
            for (const Hop& hop : graph.route(a, a ^ bit)) ++flows[hop.link];
        }
        EXPECT_EQ(most_between_switches(graph, flows), 1U) << bit;
    }
}

TEST(UserGraph, TakesTheWidestWayWhereItSaysSo) {
    // A link of 1 Mb/s, or two of 100: and one of 50 beside those, which is shorter than three of 50.
    TopologySpec spec = graph_of({wire("acc0", "acc1"), wire("acc0", "s"), wire("s", "acc1")});
    const std::uint64_t mega = 1'000'000;
    spec.edges[0].bits_per_second = mega;
    spec.edges[1].bits_per_second = 100 * mega;
    spec.edges[2].bits_per_second = 100 * mega;
    using Names = std::vector<std::string>;
    EXPECT_EQ(names_along(Topology::make(spec_of(spec), 2), 0, 1), (Names{"acc0", "acc1"}));
    spec.path_rule = PathRule::Widest;
    EXPECT_EQ(names_along(Topology::make(spec_of(spec), 2), 0, 1), (Names{"acc0", "s", "acc1"}));
    EXPECT_EQ(names_along(Topology::make(spec_of(spec), 2), 1, 0), (Names{"acc1", "s", "acc0"}));
    spec.edges[0].bits_per_second = 100 * mega;  // as wide, and shorter
    EXPECT_EQ(names_along(Topology::make(spec_of(spec), 2), 0, 1), (Names{"acc0", "acc1"}));
    InterconnectSpec adaptive = spec_of(spec, 4);
    adaptive.routing = RoutingRule::MinimalAdaptive;
    EXPECT_EQ(mistake_of(adaptive, 2),
              "topology.routing: minimal-adaptive routing takes shortest ways; expected shortest");
}

TEST(UserGraph, JoinsLinksBesideEachOtherToATrunk) {
    TopologySpec spec = graph_of({wire("acc0", "acc1"), one_way("acc0", "acc1"), wire("acc1", "acc0")});
    spec.edges[0].bits_per_second = 1'000;
    spec.edges[1].bits_per_second = 3'000;
    spec.edges[2].bits_per_second = 1'000;
    const Topology topology = Topology::make(spec_of(spec), 2);
    ASSERT_EQ(topology.links().size(), 2U);
    EXPECT_EQ(topology.links()[0].bits_per_second, 5'000U);  // there are three that way, and two back
    EXPECT_EQ(topology.links()[0].members, 3U);
    EXPECT_EQ(topology.links()[1].bits_per_second, 2'000U);
    EXPECT_EQ(topology.links()[1].members, 2U);
    EXPECT_TRUE(topology.graph().idle_links().empty());
    EXPECT_EQ(topology.wiring().total, 3'500U);  // half of 7000 in both directions
}

TEST(UserGraph, LeavesLinksOutOfATrunkThatWouldMakeItSlower) {
    // Of a packet of 1 KiB at 100 Gb/s, in 81.92 ns, 1 Mb/s would not carry a byte. With two of 100 Gb/s it takes
    // 40.96 ns less: the second may be later by so much.
    const std::uint64_t giga = 1'000'000'000;
    TopologySpec spec = graph_of({wire("acc0", "acc1"), wire("acc0", "acc1"), wire("acc0", "acc1")});
    spec.edges[0].bits_per_second = giga / 1000;
    spec.edges[1].bits_per_second = 100 * giga;
    spec.edges[2].bits_per_second = 100 * giga;
    const auto latency_of_last = [&](Picoseconds latency) {
        spec.edges[2].latency = latency;
        InterconnectSpec interconnect = spec_of(spec);
        interconnect.packet_bytes = 1024;
        interconnect.header_bytes = 0;
        return Topology::make(interconnect, 2);
    };
    const Topology in_time = latency_of_last(4'000 + 40'960);
    EXPECT_EQ(in_time.links()[0].bits_per_second, 200 * giga);
    EXPECT_EQ(in_time.links()[0].latency, 44'960U);
    ASSERT_EQ(in_time.graph().idle_links().size(), 2U);  // both directions of the slow one
    EXPECT_EQ(in_time.graph().idle_links()[0].bits_per_second, giga / 1000);
    const Topology late = latency_of_last(4'000 + 40'961);
    EXPECT_EQ(late.links()[0].bits_per_second, 100 * giga);
    EXPECT_EQ(late.links()[0].latency, 4'000U);
    EXPECT_EQ(late.graph().idle_links().size(), 4U);
}

TEST(UserGraph, TakesTheMeanEnergyOfATrunksMembers) {
    TopologySpec spec = graph_of({wire("acc0", "acc1"), wire("acc0", "acc1")});
    spec.edges[0].bits_per_second = 3'000;
    spec.edges[0].femtojoules_per_bit = 100;
    spec.edges[1].bits_per_second = 1'000;
    EXPECT_EQ(
        mistake_of(spec_of(spec), 2),
        "topology.links.1: of the links from acc0 to acc1 some have an energy and some have none; expected all or "
        "none, as they are one trunk");
    spec.edges[1].femtojoules_per_bit = 202;
    // 3/4 of 100 and 1/4 of 202 are 125.5.
    EXPECT_EQ(Topology::make(spec_of(spec), 2).links()[0].femtojoules_per_bit, 126U);
    spec.edges[1].femtojoules_per_bit = 20;  // 75 + 5
    EXPECT_EQ(Topology::make(spec_of(spec), 2).links()[0].femtojoules_per_bit, 80U);
}

std::vector<std::string> notes_on(const InterconnectSpec& spec, std::uint64_t accelerators) {
    const Topology topology = Topology::make(spec, accelerators);
    return topology.family().notes(topology, spec);
}

TEST(UserGraph, NotesLinksThatNoRouteUses) {
    using Notes = std::vector<std::string>;
    InterconnectSpec dead = spec_of(graph_of({wire("acc0", "acc1"), wire("acc1", "sw")}));
    EXPECT_EQ(notes_on(dead, 2),
              Notes{"links that no route uses: acc1 - sw; those with no bandwidth of their own still "
                    "take their part of total_bandwidth"});
    dead.is_per_link = true;
    EXPECT_EQ(notes_on(dead, 2), Notes{"links that no route uses: acc1 - sw"});
    // Of two rails each way uses one; adaptive packets take both.
    std::vector<EdgeSpec> rails;
    for (const char* hub : {"s", "t"}) {
        for (const char* accelerator : {"acc0", "acc1"}) rails.push_back(wire(accelerator, hub));
    }
    InterconnectSpec two = spec_of(graph_of(rails), 3);
    two.is_per_link = true;
    ASSERT_EQ(notes_on(two, 2).size(), 1U);
    two.routing = RoutingRule::MinimalAdaptive;
    EXPECT_EQ(notes_on(two, 2), Notes{});
    // No more than a few by name
    std::vector<EdgeSpec> many = {wire("acc0", "acc1")};
    for (int i = 0; i < 7; ++i) many.push_back(wire("acc0", "s" + std::to_string(i)));
    InterconnectSpec seven = spec_of(graph_of(many));
    seven.is_per_link = true;
    EXPECT_EQ(notes_on(seven, 2),
              Notes{"links that no route uses: acc0 - s0, acc0 - s1, acc0 - s2, acc0 - s3 and 3 more"});
    EXPECT_EQ(notes_on(spec_of({TopologyKind::Torus}), 16), Notes{});
}

TEST(UserGraph, NotesParallelLinksThatCarryNothing) {
    TopologySpec graph = graph_of({wire("acc0", "acc1"), wire("acc0", "acc1")});
    graph.edges[0].bits_per_second = 1'000;
    graph.edges[1].bits_per_second = kTotal;
    EXPECT_EQ(notes_on(spec_of(graph), 2),
              std::vector<std::string>{"of parallel links these carry nothing, as packets "
                                       "would be later with them: acc0 - acc1"});
}

TEST(UserGraph, NotesThatAWiderWayWouldBeFaster) {
    TopologySpec graph = graph_of({wire("acc0", "acc1"), wire("acc0", "s"), wire("s", "acc1")});
    graph.edges[0].bits_per_second = kTotal / 50;
    graph.edges[1].bits_per_second = kTotal;
    graph.edges[2].bits_per_second = kTotal;
    const auto has_note = [&] {
        const std::vector<std::string> notes = notes_on(spec_of(graph), 2);
        return !notes.empty() &&
               notes.back() ==
                   "acc0 to acc1: a way of 2 links is 50.0 times as wide as the shortest, and a packet is "
                   "there sooner; routing: widest in the topology takes it (it is so for 2 pairs)";
    };
    EXPECT_TRUE(has_note());
    graph.edges[1].latency = 1'000'000'000'000;  // as wide, but later
    EXPECT_FALSE(has_note());
    graph.edges[1].latency = {};
    graph.path_rule = PathRule::Widest;
    EXPECT_FALSE(has_note());
}

TEST(UserGraph, InWhichAnAcceleratorCannotBeReachedIsRefused) {
    EXPECT_EQ(mistake_of(spec_of(graph_of({wire("acc0", "acc1"), wire("acc2", "hub")})), 3),
              "topology.links: there is no way from acc2 to acc0");
    EXPECT_EQ(mistake_of(spec_of(graph_of({one_way("acc0", "acc1")})), 2),
              "topology.links: there is no way from acc1 to acc0");
    EXPECT_EQ(mistake_of(spec_of(graph_of({})), 2), "topology.links: there is no way from acc1 to acc0");
    EXPECT_EQ(mistake_of(spec_of(graph_of({})), 1), "");
}

TEST(UserGraph, WithAnAcceleratorThatTheArrayDoesNotHaveIsRefused) {
    const std::vector<EdgeSpec> edges{wire("acc0", "acc1"), wire("acc1", "acc17")};
    EXPECT_EQ(mistake_of(spec_of(graph_of(edges)), 2),
              "topology.links.1: there is no acc17; the accelerators are acc0 to acc1");
    EXPECT_EQ(mistake_of(spec_of(graph_of({wire("acc0", "acc00")})), 1),
              "topology.links.0: there is no acc00; the only accelerator is acc0");
    // Whose name only looks like one is a switch.
    EXPECT_EQ(
        Topology::make(spec_of(graph_of({wire("acc0", "accelerator"), wire("accelerator", "acc1")})), 2).node_count(),
        3U);
}

TEST(UserGraph, WithALinkFromANodeToItselfIsRefused) {
    EXPECT_EQ(mistake_of(spec_of(graph_of({wire("acc0", "acc1"), wire("hub", "hub")})), 2),
              "topology.links.1: the link from hub ends where it starts");
}

/// Every kind at as many sizes as it can have.
std::vector<std::pair<TopologySpec, std::uint64_t>> every_topology() {
    std::vector<std::pair<TopologySpec, std::uint64_t>> cases;
    for (const std::uint64_t accelerators : {1U, 2U, 3U, 5U, 6U, 8U, 12U, 16U, 27U, 64U}) {
        for (const TopologyKind kind : {TopologyKind::Torus, TopologyKind::Mesh, TopologyKind::Ring,
                                        TopologyKind::FullyConnected, TopologyKind::FatTree}) {
            cases.push_back({{kind}, accelerators});
        }
        if ((accelerators & (accelerators - 1)) == 0) {
            cases.push_back({{TopologyKind::HTree}, accelerators});
            cases.push_back({{TopologyKind::Dragonfly}, accelerators});
        }
    }
    using Sizes = std::vector<std::vector<std::uint64_t>>;
    const auto add = [&](TopologyKind kind, const Sizes& sizes) {
        for (const auto& size : sizes) {
            std::uint64_t product = 1;
            for (const std::uint64_t length : size) product *= length;
            cases.push_back({{kind, size}, product});
        }
    };
    add(TopologyKind::HTree, {{3}, {5}, {2, 3}, {3, 2}, {3, 4}, {4, 3}, {4, 4}, {3, 3, 3}, {4, 4, 4}, {64}});
    for (const TopologyKind kind : {TopologyKind::Torus, TopologyKind::Mesh}) {
        add(kind, {{5}, {1, 6}, {2, 2, 2}, {3, 2, 2}, {3, 3, 3}, {5, 4, 3}, {4, 4, 4}, {8, 1, 8}});
    }
    add(TopologyKind::Dragonfly, {{1, 1, 3},
                                  {1, 5, 1},
                                  {5, 1, 1},
                                  {3, 2, 1},
                                  {1, 3, 4},
                                  {2, 3, 2},
                                  {3, 3, 3},
                                  {1, 2, 8},
                                  {2, 2, 7},
                                  {4, 4, 4},
                                  {2, 4, 8}});
    for (const std::uint64_t levels : {2U, 3U, 4U, 6U}) {
        cases.push_back({{TopologyKind::FatTree, {2, levels}}, std::uint64_t{1} << levels});
    }
    cases.push_back({{TopologyKind::FatTree, {3, 2}}, 9});
    cases.push_back({{TopologyKind::FatTree, {4, 3}}, 64});
    return cases;
}

std::string text_of(const TopologySpec& spec, std::uint64_t accelerators) {
    std::string text = name_of(spec.kind) + std::string(" of ") + std::to_string(accelerators) + ":";
    for (const std::uint64_t number : spec.size) text += " " + std::to_string(number);
    return text;
}

TEST(EveryTopology, RoutesPathsInItsVirtualChannelsFromEveryNodeToEveryAccelerator) {
    for (const auto& [spec, accelerators] : every_topology()) {
        SCOPED_TRACE(text_of(spec, accelerators));
        for (const std::uint64_t virtual_channels : {1U, 2U, 3U, 5U}) {
            const Topology topology = Topology::make(spec_of(spec, virtual_channels), accelerators);
            for (std::uint64_t a = 0; a < topology.node_count(); ++a) {
                for (std::uint64_t b = 0; b < accelerators; ++b) {
                    expect_path(topology, a, b);
                    for (const Hop& hop : topology.route(a, b)) ASSERT_LT(hop.virtual_channel, virtual_channels);
                }
            }
        }
    }
}

TEST(EveryTopology, RoutesShortestWaysFromEveryNodeButForDragonflies) {
    for (const auto& [spec, accelerators] : every_topology()) {
        if (spec.kind == TopologyKind::Dragonfly) continue;
        const Topology topology = Topology::make(spec_of(spec), accelerators);
        for (std::uint64_t b = 0; b < accelerators; ++b) {
            const std::vector<std::uint32_t> distances = topology.graph().distances_to(b);
            for (std::uint64_t a = 0; a < topology.node_count(); ++a) {
                ASSERT_EQ(topology.route(a, b).size(), distances[a]) << text_of(spec, accelerators);
            }
        }
    }
}

/// The nodes of a dragonfly's groups, with the accelerators of their routers.
std::vector<std::size_t> groups_of(const TopologySpec& spec, std::uint64_t accelerators,
                                   std::set<std::uint64_t> groups) {
    std::vector<std::size_t> nodes;
    for (std::uint64_t node = 0; node < accelerators + accelerators / spec.size[0]; ++node) {
        const std::uint64_t router = node < accelerators ? node / spec.size[0] : node - accelerators;
        if (groups.count(router / spec.size[1]) > 0) nodes.push_back(node);
    }
    return nodes;
}

TEST(Dragonfly, RoutesTheShortestWaysThatPassNoThirdGroup) {
    // By a third group it may take two wires between groups and no links in them, one fewer.
    int longer = 0;
    for (const auto& [spec, accelerators] : every_topology()) {
        if (spec.kind != TopologyKind::Dragonfly || spec.size.empty()) continue;
        const Topology topology = Topology::make(spec_of(spec), accelerators);
        const std::uint64_t of_group = spec.size[0] * spec.size[1];
        for (std::uint64_t b = 0; b < accelerators; ++b) {
            const std::vector<std::uint32_t> distances = topology.graph().distances_to(b);
            for (std::uint64_t a = 0; a < accelerators; ++a) {
                const std::vector<std::size_t> nodes = groups_of(spec, accelerators, {a / of_group, b / of_group});
                const auto number = [&](std::size_t node) {
                    return static_cast<std::size_t>(std::find(nodes.begin(), nodes.end(), node) - nodes.begin());
                };
                const Topology part = topology.part(nodes);
                const std::size_t hops = topology.route(a, b).size();
                ASSERT_EQ(hops, part.graph().distances_to(number(b))[number(a)]) << text_of(spec, accelerators);
                ASSERT_LE(hops, distances[a] + 1);
                longer += hops > distances[a] ? 1 : 0;
            }
        }
    }
    EXPECT_GT(longer, 0);
}

TEST(EveryTopology, HasLinksInPairsThatLeaveTheirNodes) {
    for (const auto& [spec, accelerators] : every_topology()) {
        const Topology topology = Topology::make(spec_of(spec), accelerators);
        std::set<std::string> names;
        for (std::size_t node = 0; node < topology.node_count(); ++node) names.insert(topology.node_name(node));
        EXPECT_EQ(names.size(), topology.node_count()) << text_of(spec, accelerators);
        std::set<std::pair<std::size_t, std::size_t>> pairs;
        for (std::size_t link = 0; link < topology.links().size(); ++link) {
            const LinkSpec& there = topology.links()[link];
            const LinkSpec& back = topology.links()[link ^ 1U];
            EXPECT_EQ(there.from, back.to);
            EXPECT_EQ(there.to, back.from);
            EXPECT_EQ(there.bits_per_second, back.bits_per_second);
            EXPECT_EQ(there.latency, 4000U);
            pairs.insert({there.from, there.to});
            const std::vector<std::size_t>& leaving = topology.links_from(there.from);
            EXPECT_EQ(std::count(leaving.begin(), leaving.end(), link), 1);
            const std::vector<std::size_t>& entering = topology.graph().links_into(there.to);
            EXPECT_EQ(std::count(entering.begin(), entering.end(), link), 1);
        }
        EXPECT_EQ(pairs.size(), topology.links().size())
            << text_of(spec, accelerators) << ": two join the same nodes";
    }
}

TEST(EveryTopology, GivesEveryLinkItsBandwidthOrSharesATotal) {
    for (const auto& [spec, accelerators] : every_topology()) {
        if (spec.kind == TopologyKind::HTree) continue;
        InterconnectSpec interconnect = spec_of(spec);
        const Topology shared = Topology::make(interconnect, accelerators);
        interconnect.is_per_link = true;
        const Topology each = Topology::make(interconnect, accelerators);
        // Of a fat tree every level has the total.
        const std::uint64_t wires =
            spec.kind == TopologyKind::FatTree ? accelerators : std::max<std::uint64_t>(1, shared.links().size() / 2);
        for (std::size_t link = 0; link < shared.links().size(); ++link) {
            ASSERT_EQ(shared.links()[link].bits_per_second, kTotal / wires) << text_of(spec, accelerators);
            ASSERT_EQ(each.links()[link].bits_per_second, kTotal) << text_of(spec, accelerators);
        }
    }
}

TEST(EveryTopology, AdaptiveKnowsTheLinksOfShortestWays) {
    for (const auto& [spec, accelerators] : every_topology()) {
        InterconnectSpec interconnect = spec_of(spec, 3);
        EXPECT_FALSE(Topology::make(interconnect, accelerators).is_adaptive());
        interconnect.routing = RoutingRule::MinimalAdaptive;
        const Topology topology = Topology::make(interconnect, accelerators);
        ASSERT_TRUE(topology.is_adaptive());
        EXPECT_LT(topology.routed_channels(), 3U);
        for (std::uint64_t b = 0; b < accelerators; ++b) {
            const std::vector<std::uint32_t> distances = topology.graph().distances_to(b);
            for (std::size_t link = 0; link < topology.links().size(); ++link) {
                const LinkSpec& ends = topology.links()[link];
                ASSERT_EQ(topology.is_closer(link, b), distances[ends.to] < distances[ends.from]);
            }
            for (std::uint64_t a = 0; a < topology.node_count(); ++a) {
                for (const Hop& hop : topology.route(a, b)) {
                    ASSERT_LT(hop.virtual_channel, topology.routed_channels());
                }
            }
        }
    }
}

TEST(Topology, AdaptiveNeedsAVirtualChannelMoreThanItsWayOut) {
    const auto mistake = [](const TopologySpec& topology, std::uint64_t virtual_channels) {
        InterconnectSpec spec = spec_of(topology, virtual_channels);
        spec.routing = RoutingRule::MinimalAdaptive;
        return mistake_of(spec, 4);
    };
    for (const TopologyKind kind : {TopologyKind::Torus, TopologyKind::Ring, TopologyKind::Dragonfly}) {
        EXPECT_EQ(mistake({kind}, 2),
                  "interconnect.virtual_channels: expected at least 3 for minimal-adaptive routing "
                  "on this topology, 2 of them for the deterministic way out, not 2");
        EXPECT_EQ(mistake({kind}, 3), "");
    }
    const TopologySpec line = graph_of({wire("acc0", "acc1"), wire("acc1", "acc2"), wire("acc2", "acc3")});
    for (const TopologySpec& topology :
         {TopologySpec{TopologyKind::HTree}, TopologySpec{TopologyKind::Mesh},
          TopologySpec{TopologyKind::FullyConnected}, TopologySpec{TopologyKind::FatTree}, line}) {
        EXPECT_EQ(mistake(topology, 1),
                  "interconnect.virtual_channels: expected at least 2 for minimal-adaptive "
                  "routing on this topology, 1 of them for the deterministic way out, not 1");
        EXPECT_EQ(mistake(topology, 2), "");
    }
}

TEST(Topology, WhoseSizeIsAnotherThanTheArraysIsRefused) {
    const auto mistake = [](TopologyKind kind, const std::vector<std::uint64_t>& size) {
        return mistake_of(spec_of({kind, size}), 15);
    };
    EXPECT_EQ(mistake(TopologyKind::HTree, {4, 4}), "topology: an H-tree of arity 4, 4 has 16 accelerators, not 15");
    EXPECT_EQ(mistake(TopologyKind::Torus, {4, 2, 2}), "topology: a torus of 4 x 2 x 2 has 16 accelerators, not 15");
    EXPECT_EQ(mistake(TopologyKind::Mesh, {16}), "topology: a mesh of 16 has 16 accelerators, not 15");
    EXPECT_EQ(mistake(TopologyKind::FullyConnected, {16}),
              "topology: a fully connected topology of 16 has 16 accelerators, not 15");
    EXPECT_EQ(mistake(TopologyKind::FatTree, {4, 2}),
              "topology: a fat tree of arity 4 and 2 levels has 16 accelerators, not 15");
    EXPECT_EQ(mistake(TopologyKind::Dragonfly, {2, 2, 4}),
              "topology: a dragonfly of 4 groups of 2 routers with 2 accelerators each has 16 accelerators, not 15");
}

TEST(Topology, BeyondSixtyFourBitsIsRefused) {
    const std::uint64_t many = std::uint64_t{1} << 20U;
    const std::string message = "topology: its size or its links' bandwidth cannot be counted in 64 bits";
    EXPECT_EQ(mistake_of(spec_of({TopologyKind::HTree, {many, many, many, many}}), many), message);
    EXPECT_EQ(mistake_of(spec_of({TopologyKind::FatTree, {many, many}}), many), message);
    EXPECT_EQ(mistake_of(spec_of({TopologyKind::HTree, {2, 2, 2}, {many, many}}), 8), message);  // 3.2 Gb/s x 2^40
}

TEST(Topology, OfMoreWiresThanCanBeHeldIsRefused) {
    const std::uint64_t many = std::uint64_t{1} << 20U;
    EXPECT_EQ(mistake_of(spec_of({TopologyKind::FullyConnected}), many),
              "topology: 549755289600 wires are more than the 4194304 that can be simulated");
    EXPECT_EQ(mistake_of(spec_of({TopologyKind::Dragonfly, {1, 1, many}}), many),
              "topology: 549756338176 wires are more than the 4194304 that can be simulated");
}

TEST(Topology, RefusesABandwidthThatLeavesNothingForALink) {
    InterconnectSpec spec = tests::hpca19().interconnect;
    spec.bits_per_second = 15;  // for 16 leaves
    EXPECT_EQ(mistake_of(spec, 16),
              "interconnect.total_bandwidth: 15 bits per second leave nothing for each of 16 links");
    spec.bits_per_second = 16;
    EXPECT_EQ(Topology::make(spec, 16).links().front().bits_per_second, 1U);
}

TEST(Topology, PartHasItsNodesTheLinksBetweenThemAndTheirRoutes) {
    InterconnectSpec spec;
    spec.bits_per_second = kTotal;
    for (const TopologyKind kind : {TopologyKind::HTree, TopologyKind::Torus}) {
        spec.topology = {kind};
        const Topology whole = Topology::make(spec, 16);
        // The second quarter of the tree with its switches; the second row of the torus.
        const std::vector<std::size_t> nodes = kind == TopologyKind::HTree
                                                   ? std::vector<std::size_t>{4, 5, 6, 7, 18, 19, 25}
                                                   : std::vector<std::size_t>{4, 5, 6, 7};
        const Topology part = whole.part(nodes);
        EXPECT_EQ(part.accelerator_count(), 4U);
        ASSERT_EQ(part.node_count(), nodes.size());
        const std::vector<std::size_t> links = whole.links_between(nodes);
        ASSERT_EQ(part.links().size(), links.size());
        for (std::size_t link = 0; link < links.size(); ++link) {
            EXPECT_EQ(nodes[part.links()[link].from], whole.links()[links[link]].from);
            EXPECT_EQ(nodes[part.links()[link].to], whole.links()[links[link]].to);
            EXPECT_EQ(part.links()[link].bits_per_second, whole.links()[links[link]].bits_per_second);
        }
        for (std::size_t source = 0; source < 4; ++source) {
            for (std::size_t destination = 0; destination < 4; ++destination) {
                Route route = part.route(source, destination);
                for (Hop& hop : route) hop.link = links[hop.link];
                EXPECT_EQ(route, whole.route(nodes[source], nodes[destination]));
            }
        }
    }
}

TEST(Topology, HasNoRoutersWhereOneWireLeadsToASwitchIfTheyAreNotWanted) {
    const auto endpoints_of = [](InterconnectSpec spec, std::uint64_t accelerators) {
        spec.endpoints = Endpoints::Direct;
        spec.virtual_channels = 2;
        const Topology topology = Topology::make(spec, accelerators);
        std::vector<bool> endpoints;
        for (std::size_t i = 0; i < accelerators; ++i) endpoints.push_back(topology.is_endpoint(i));
        return endpoints;
    };
    InterconnectSpec spec;
    spec.bits_per_second = kTotal;
    for (const TopologyKind kind : {TopologyKind::HTree, TopologyKind::FatTree}) {
        spec.topology.kind = kind;
        EXPECT_EQ(endpoints_of(spec, 4), std::vector<bool>(4, true));
    }
    // A ring of two has one wire, which leads to the other accelerator.
    for (const TopologyKind kind : {TopologyKind::Torus, TopologyKind::Ring, TopologyKind::FullyConnected}) {
        spec.topology.kind = kind;
        EXPECT_EQ(endpoints_of(spec, 2), std::vector<bool>(2, false));
    }
    spec.topology.kind = TopologyKind::Graph;
    spec.topology.edges = {{"acc0", "hub", true, {}, {}, {}},
                           {"acc1", "hub", true, {}, {}, {}},
                           {"acc2", "hub", true, {}, {}, {}},
                           {"acc1", "acc2", true, {}, {}, {}}};
    EXPECT_EQ(endpoints_of(spec, 3), (std::vector<bool>{true, false, false}));
    spec.topology.edges.pop_back();
    spec.endpoints = Endpoints::Direct;
    const Topology whole = Topology::make(spec, 3);
    EXPECT_TRUE(whole.part({0, 2, 3}).is_endpoint(1));
    EXPECT_TRUE(whole.with_links([](std::size_t, LinkSpec&) {}).is_endpoint(1));
}

}  // namespace
}  // namespace hypar
