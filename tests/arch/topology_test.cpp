#include "arch/topology.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/topological_sort.hpp>

#include "base/error.h"
#include "tests/arch/support.h"

namespace hypar {
namespace {

constexpr std::uint64_t kTotal = 25'600'000'000;

Topology make(TopologyKind kind, std::uint64_t accelerators) {
    InterconnectSpec spec = tests::hpca19().interconnect;
    spec.topology = kind;
    return Topology::make(spec, accelerators);
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

/// Whether no chain of channels that wait for each other closes a circle: channels (a link, and its virtual channel
/// where that counts) are nodes, an edge joins two that follow each other in a route.
bool is_deadlock_free(const Topology& topology, std::uint64_t accelerators, bool with_virtual_channels) {
    using Graph = boost::adjacency_list<boost::setS, boost::vecS, boost::directedS>;
    Graph graph(2 * topology.links().size());
    const auto channel = [&](const Hop& hop) {
        return 2 * hop.link + (with_virtual_channels ? hop.virtual_channel : 0);
    };
    for (std::uint64_t source = 0; source < accelerators; ++source) {
        for (std::uint64_t destination = 0; destination < accelerators; ++destination) {
            const Route route = topology.route(source, destination);
            for (std::size_t hop = 1; hop < route.size(); ++hop) {
                boost::add_edge(channel(route[hop - 1]), channel(route[hop]), graph);
            }
        }
    }
    std::vector<Graph::vertex_descriptor> order;
    try {
        boost::topological_sort(graph, std::back_inserter(order));
    } catch (const boost::not_a_dag&) {
        return false;
    }
    return true;
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
    EXPECT_EQ(channels(1, 4), (Channels{0, 0, 0}));
    EXPECT_EQ(channels(6, 1), (Channels{0, 1, 1}));     // 6 7 | 0 1
    EXPECT_EQ(channels(1, 6), (Channels{0, 1, 1}));     // 1 0 | 7 6
    EXPECT_EQ(channels(6, 9), (Channels{0, 1, 1, 0}));  // 6 7 | 0 1, then down: a new ring
}

TEST(Topology, RoutingIsDeadlockFree) {
    for (const TopologyKind kind : {TopologyKind::HTree, TopologyKind::Torus}) {
        for (const std::uint64_t accelerators : kSizes) {
            EXPECT_TRUE(is_deadlock_free(make(kind, accelerators), accelerators, true))
                << name_of(kind) << " " << accelerators;
        }
    }
}

TEST(Topology, RingsOfEightWouldDeadlockOnOneVirtualChannel) {
    EXPECT_FALSE(is_deadlock_free(make(TopologyKind::Torus, 64), 64, false));
    EXPECT_FALSE(is_deadlock_free(make(TopologyKind::Torus, 32), 32, false));  // 8 x 4
    EXPECT_TRUE(is_deadlock_free(make(TopologyKind::HTree, 64), 64, false));
}

TEST(Topology, LinksLeaveTheirNodesAndComeInPairs) {
    for (const TopologyKind kind : {TopologyKind::HTree, TopologyKind::Torus}) {
        const Topology topology = make(kind, 32);
        for (std::size_t link = 0; link < topology.links().size(); ++link) {
            const LinkSpec& there = topology.links()[link];
            const LinkSpec& back = topology.links()[link ^ 1U];  // routers rely on this
            EXPECT_EQ(there.from, back.to);
            EXPECT_EQ(there.to, back.from);
            EXPECT_EQ(there.bits_per_second, back.bits_per_second);
            const std::vector<std::size_t>& leaving = topology.links_from(there.from);
            EXPECT_EQ(std::count(leaving.begin(), leaving.end(), link), 1);
        }
    }
}

TEST(Topology, RefusesANumberThatIsNoPowerOfTwo) {
    for (const TopologyKind kind : {TopologyKind::HTree, TopologyKind::Torus}) {
        try {
            make(kind, 12);
            FAIL() << "12 accelerators were joined";
        } catch (const ConfigError& error) {
            EXPECT_EQ(error.key(), "accelerators");
            EXPECT_NE(error.problem().find("the nearest are 8 and 16"), std::string::npos);
        }
    }
}

TEST(Topology, RefusesABandwidthThatLeavesNothingForALink) {
    InterconnectSpec spec = tests::hpca19().interconnect;
    spec.total_bits_per_second = 15;  // for 16 leaves
    try {
        Topology::make(spec, 16);
        FAIL() << "links of no bandwidth were made";
    } catch (const ConfigError& error) {
        EXPECT_EQ(error.key(), "array.interconnect.total_bandwidth");
    }
    spec.total_bits_per_second = 16;
    EXPECT_EQ(Topology::make(spec, 16).links().front().bits_per_second, 1U);
}

TEST(Topology, PartHasItsNodesTheLinksBetweenThemAndTheirRoutes) {
    InterconnectSpec spec;
    spec.total_bits_per_second = 25'600'000'000;
    for (const TopologyKind kind : {TopologyKind::HTree, TopologyKind::Torus}) {
        spec.topology = kind;
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

}  // namespace
}  // namespace hypar
