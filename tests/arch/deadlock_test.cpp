#include "arch/network/deadlock.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/topological_sort.hpp>

#include "arch/network/topology.h"
#include "base/error.h"
#include "tests/arch/support.h"

namespace hypar {
namespace {

using Nodes = std::vector<std::size_t>;

Nodes first(std::size_t count) {
    Nodes nodes(count);
    std::iota(nodes.begin(), nodes.end(), 0);
    return nodes;
}

InterconnectSpec spec_of(const TopologySpec& topology, std::uint64_t virtual_channels) {
    InterconnectSpec spec = tests::hpca19().interconnect;
    spec.topology = topology;
    spec.virtual_channels = virtual_channels;
    return spec;
}

std::vector<Hop> cycle_of(const TopologySpec& topology, std::uint64_t accelerators, std::uint64_t virtual_channels) {
    const Topology made = Topology::make(spec_of(topology, virtual_channels), accelerators);
    const Nodes all = first(accelerators);
    return find_cycle(made.graph(), made.routing(), virtual_channels, all, all);
}

/// What check_deadlock_free says: "KEY: PROBLEM"; empty if packets cannot deadlock.
std::string verdict_on(const InterconnectSpec& spec, std::uint64_t accelerators) {
    try {
        check_deadlock_free(Topology::make(spec, accelerators));
    } catch (const ConfigError& error) {
        return error.key() + ": " + error.problem();
    }
    return {};
}

using Channel = std::pair<std::size_t, std::size_t>;
using Steps = std::set<std::pair<Channel, Channel>>;

/// Channels that follow each other on a route.
Steps steps_of(const Routing& routing, const Nodes& sources, const Nodes& destinations) {
    Steps steps;
    for (const std::size_t source : sources) {
        for (const std::size_t destination : destinations) {
            const Route route = routing.route(source, destination);
            for (std::size_t hop = 1; hop < route.size(); ++hop) {
                steps.insert({{route[hop - 1].link, route[hop - 1].virtual_channel},
                              {route[hop].link, route[hop].virtual_channel}});
            }
        }
    }
    return steps;
}

/// The oracle: whether channels can be put in an order in which every route only goes up.
bool can_be_ordered(const Steps& steps, std::size_t links, std::size_t virtual_channels) {
    using Dependencies = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
    Dependencies graph(links * virtual_channels);
    const auto number = [&](const Channel& channel) { return channel.first * virtual_channels + channel.second; };
    for (const auto& [from, to] : steps) boost::add_edge(number(from), number(to), graph);
    std::vector<Dependencies::vertex_descriptor> order;
    try {
        boost::topological_sort(graph, std::back_inserter(order));
    } catch (const boost::not_a_dag&) {
        return false;
    }
    return true;
}

/// Each channel of a cycle must be followed by the next one on some route, and the last by the first; none is there
/// twice.
void expect_cycle(const std::vector<Hop>& cycle, const Graph& graph, const Steps& steps) {
    std::set<Channel> channels;
    for (std::size_t index = 0; index < cycle.size(); ++index) {
        const Hop& hop = cycle[index];
        const Hop& next = cycle[(index + 1) % cycle.size()];
        EXPECT_EQ(graph.links()[hop.link].to, graph.links()[next.link].from);
        EXPECT_EQ(steps.count({{hop.link, hop.virtual_channel}, {next.link, next.virtual_channel}}), 1U);
        channels.insert({hop.link, hop.virtual_channel});
    }
    EXPECT_EQ(channels.size(), cycle.size());
}

TEST(Deadlock, OfARingOfFiveOnOneVirtualChannelIsShownLinkByLink) {
    const Topology ring = Topology::make(spec_of({TopologyKind::Ring}, 1), 5);
    const std::vector<Hop> cycle = find_cycle(ring.graph(), ring.routing(), 1, first(5), first(5));
    ASSERT_EQ(cycle.size(), 5U);  // the shortest way round
    expect_cycle(cycle, ring.graph(), steps_of(ring.routing(), first(5), first(5)));
    EXPECT_EQ(describe_cycle(ring.graph(), cycle),
              "acc0 -> acc1 [0], acc1 -> acc2 [0], acc2 -> acc3 [0], acc3 -> acc4 [0], acc4 -> acc0 [0]");
    EXPECT_EQ(
        verdict_on(spec_of({TopologyKind::Ring}, 1), 5),
        "topology: packets can deadlock: each of these links (with its virtual channel) waits for the next, and "
        "the last for the first: acc0 -> acc1 [0], acc1 -> acc2 [0], acc2 -> acc3 [0], acc3 -> acc4 [0], "
        "acc4 -> acc0 [0]; more virtual channels may help");
    EXPECT_EQ(verdict_on(spec_of({TopologyKind::Ring}, 2), 5), "");
}

TEST(Deadlock, OfALargeRingIsShownInPart) {
    const std::string verdict = verdict_on(spec_of({TopologyKind::Ring}, 1), 64);
    EXPECT_NE(verdict.find(": acc0 -> acc1 [0], "), std::string::npos) << verdict;
    EXPECT_NE(verdict.find(", acc11 -> acc12 [0], and 52 more; "), std::string::npos) << verdict;
}

TEST(Deadlock, NeedsARingOfMoreThanFour) {
    // Round a ring of three every way is one link long; round one of four two links, but one that begins at an odd
    // position goes back, so no way goes on where another one ends.
    for (const std::uint64_t length : {1U, 2U, 3U, 4U}) {
        EXPECT_TRUE(cycle_of({TopologyKind::Ring}, length, 1).empty()) << length;
    }
    for (const std::uint64_t length : {5U, 6U, 7U, 8U, 12U}) {
        EXPECT_FALSE(cycle_of({TopologyKind::Ring}, length, 1).empty()) << length;
    }
}

TEST(Deadlock, OfATorusIsOneOfItsRings) {
    EXPECT_TRUE(cycle_of({TopologyKind::Torus, {4, 4}}, 16, 1).empty());
    EXPECT_TRUE(cycle_of({TopologyKind::Torus, {4, 4, 4}}, 64, 1).empty());
    for (const std::vector<std::uint64_t>& size :
         std::vector<std::vector<std::uint64_t>>{{8, 8}, {8, 4}, {4, 8}, {2, 2, 5}, {5, 3}}) {
        std::uint64_t accelerators = 1;
        for (const std::uint64_t length : size) accelerators *= length;
        const TopologySpec torus{TopologyKind::Torus, size};
        EXPECT_FALSE(cycle_of(torus, accelerators, 1).empty());
        EXPECT_TRUE(cycle_of(torus, accelerators, 2).empty());
        EXPECT_TRUE(cycle_of({TopologyKind::Mesh, size}, accelerators, 1).empty());
    }
}

TEST(Deadlock, OfADragonflyGoesFromGroupToGroup) {
    EXPECT_FALSE(cycle_of({TopologyKind::Dragonfly, {2, 2, 4}}, 16, 1).empty());
    EXPECT_FALSE(cycle_of({TopologyKind::Dragonfly, {1, 3, 4}}, 12, 1).empty());
    EXPECT_TRUE(cycle_of({TopologyKind::Dragonfly, {4, 1, 4}}, 16, 1).empty());  // no links within groups
    EXPECT_TRUE(cycle_of({TopologyKind::Dragonfly, {4, 4, 1}}, 16, 1).empty());  // none between
}

struct Kind {
    TopologyKind kind;
    std::uint64_t enough_channels;
};
constexpr Kind kKinds[] = {{TopologyKind::HTree, 1},    {TopologyKind::Torus, 2},   {TopologyKind::Mesh, 1},
                           {TopologyKind::Ring, 2},     {TopologyKind::FatTree, 1}, {TopologyKind::FullyConnected, 1},
                           {TopologyKind::Dragonfly, 2}};

TEST(Deadlock, IsRuledOutWithEnoughVirtualChannels) {
    for (const Kind& kind : kKinds) {
        for (const std::uint64_t accelerators : {1U, 2U, 3U, 5U, 6U, 8U, 12U, 16U, 27U, 64U}) {
            const bool is_power = (accelerators & (accelerators - 1)) == 0;
            TopologySpec topology{kind.kind};
            if (!is_power && kind.kind == TopologyKind::HTree) topology.size = {accelerators};
            if (!is_power && kind.kind == TopologyKind::Dragonfly) {
                if (accelerators % 3 != 0) continue;
                topology.size = {1, 3, accelerators / 3};
            }
            for (std::uint64_t channels = kind.enough_channels; channels < kind.enough_channels + 3; ++channels) {
                EXPECT_TRUE(cycle_of(topology, accelerators, channels).empty())
                    << name_of(kind.kind) << " " << accelerators << " " << channels;
                InterconnectSpec spec = spec_of(topology, channels + 1);
                spec.routing = RoutingRule::MinimalAdaptive;  // ways out begin anywhere
                EXPECT_EQ(verdict_on(spec, accelerators), "") << name_of(kind.kind) << " " << accelerators;
            }
        }
    }
}

TopologySpec ring_of_wires(std::size_t accelerators, bool both_ways) {
    TopologySpec ring{TopologyKind::Graph};
    for (std::size_t index = 0; index < accelerators; ++index) {
        EdgeSpec edge{"acc" + std::to_string(index), "acc" + std::to_string((index + 1) % accelerators)};
        edge.both_ways = both_ways;
        ring.edges.push_back(edge);
    }
    return ring;
}

TEST(Deadlock, OfAUsersRingOfFiveIsRuledOutByASecondVirtualChannel) {
    const TopologySpec ring = ring_of_wires(5, true);
    EXPECT_FALSE(cycle_of(ring, 5, 1).empty());
    EXPECT_EQ(verdict_on(spec_of(ring, 1), 5).rfind("topology: packets can deadlock: ", 0), 0U);
    EXPECT_EQ(verdict_on(spec_of(ring, 2), 5), "");
}

TEST(Deadlock, OfAUsersOneWayRingIsRuledOutByASecondVirtualChannel) {
    // Up to five links of six: packets climb to the second channel where the first would close the circle.
    const TopologySpec ring = ring_of_wires(6, false);
    EXPECT_NE(verdict_on(spec_of(ring, 1), 6), "");
    EXPECT_EQ(verdict_on(spec_of(ring, 2), 6), "");
    const Topology topology = Topology::make(spec_of(ring, 2), 6);
    for (const std::size_t a : first(6)) {
        for (const std::size_t b : first(6)) {
            const Route route = topology.route(a, b);
            for (std::size_t hop = 1; hop < route.size(); ++hop) {
                EXPECT_GE(route[hop].virtual_channel, route[hop - 1].virtual_channel) << a << " to " << b;
            }
        }
    }
}

TEST(Deadlock, OfAWayOutThatBeginsAtASwitchIsFound) {
    // Accelerators hang on a ring of switches, one way round; an adaptive packet may begin its way out at any of
    // them.
    TopologySpec ring{TopologyKind::Graph};
    for (std::size_t index = 0; index < 5; ++index) {
        const std::string node = "s" + std::to_string(index);
        ring.edges.push_back({"acc" + std::to_string(index), node});
        EdgeSpec next{node, "s" + std::to_string((index + 1) % 5)};
        next.both_ways = false;
        ring.edges.push_back(next);
    }
    EXPECT_NE(verdict_on(spec_of(ring, 1), 5), "");
    EXPECT_EQ(verdict_on(spec_of(ring, 2), 5), "");
    for (const std::uint64_t channels : {2U, 4U, 12U}) {  // of which half are for ways out
        InterconnectSpec adaptive = spec_of(ring, channels);
        adaptive.routing = RoutingRule::MinimalAdaptive;
        const Topology topology = Topology::make(adaptive, 5);
        const std::size_t links = topology.links().size();
        const Steps steps = steps_of(topology.routing(), first(topology.node_count()), first(5));
        EXPECT_EQ(verdict_on(adaptive, 5).empty(), can_be_ordered(steps, links, topology.routed_channels()));
        EXPECT_EQ(verdict_on(adaptive, 5).empty(), channels > 2) << channels;
    }
}

TEST(Deadlock, OfWaysThatBeginAtSwitchesAloneIsFound) {
    // Two accelerators on a ring of five switches, one way round: each one's way ends where the other's begins, so
    // that no link waits in a circle for those. Ways that begin at s1 and s3 close it.
    TopologySpec ring{TopologyKind::Graph};
    for (std::size_t index = 0; index < 5; ++index) {
        ring.edges.push_back({"s" + std::to_string(index), "s" + std::to_string((index + 1) % 5), false});
    }
    ring.edges.push_back({"acc0", "s0"});
    ring.edges.push_back({"acc1", "s2"});
    EXPECT_EQ(verdict_on(spec_of(ring, 1), 2), "");
    InterconnectSpec adaptive = spec_of(ring, 2);  // one of them for ways out
    adaptive.routing = RoutingRule::MinimalAdaptive;
    EXPECT_NE(verdict_on(adaptive, 2), "");
}

TEST(FindCycle, AgreesWithAnOrderOfTheChannelsOnEveryTopology) {
    for (const Kind& kind : kKinds) {
        for (const std::uint64_t accelerators : {2U, 4U, 8U, 16U, 32U}) {
            for (const std::uint64_t channels : {1U, 2U, 3U}) {
                const Topology topology = Topology::make(spec_of({kind.kind}, channels), accelerators);
                const Nodes all = first(accelerators);
                const std::vector<Hop> cycle = find_cycle(topology.graph(), topology.routing(), channels, all, all);
                const Steps steps = steps_of(topology.routing(), all, all);
                EXPECT_EQ(cycle.empty(), can_be_ordered(steps, topology.links().size(), channels))
                    << name_of(kind.kind) << " " << accelerators << " " << channels;
                expect_cycle(cycle, topology.graph(), steps);
            }
        }
    }
}

/// Ways that were listed beforehand.
class ListedRouting final : public Routing {
public:
    Route route(std::size_t node, std::size_t accelerator) const override {
        const auto found = routes.find({node, accelerator});
        return found == routes.end() ? Route{} : found->second;
    }

    std::map<std::pair<std::size_t, std::size_t>, Route> routes;
};

TEST(FindCycle, AgreesWithAnOrderOfTheChannelsOnRandomWalks) {
    tests::Random random(18);
    const auto draw = [&](std::uint64_t least, std::uint64_t most) { return tests::draw(random, least, most); };
    int with_cycle = 0;
    constexpr int kRounds = 2000;
    for (int round = 0; round < kRounds; ++round) {
        const std::size_t nodes = draw(2, 8);
        const std::size_t channels = draw(1, 3);
        Graph graph;
        for (std::size_t node = 0; node < nodes; ++node) graph.add_node("n" + std::to_string(node));
        for (std::uint64_t link = draw(1, 16); link > 0; --link) {
            const std::size_t from = draw(0, nodes - 1);
            graph.add_link({from, (from + draw(1, nodes - 1)) % nodes, 1, 1, {}});
        }
        ListedRouting routing;
        for (std::uint64_t walk = draw(1, 10); walk > 0; --walk) {
            std::size_t node = draw(0, nodes - 1);
            Route& route = routing.routes[{node, draw(0, nodes - 1)}];
            route.clear();
            for (std::uint64_t hop = draw(0, 5); hop > 0 && !graph.links_from(node).empty(); --hop) {
                const std::vector<std::size_t>& links = graph.links_from(node);
                route.push_back({links[draw(0, links.size() - 1)], draw(0, channels - 1)});
                node = graph.links()[route.back().link].to;
            }
        }
        const Nodes all = first(nodes);
        const std::vector<Hop> cycle = find_cycle(graph, routing, channels, all, all);
        const Steps steps = steps_of(routing, all, all);
        ASSERT_EQ(cycle.empty(), can_be_ordered(steps, graph.links().size(), channels)) << round;
        expect_cycle(cycle, graph, steps);
        with_cycle += cycle.empty() ? 0 : 1;
    }
    EXPECT_GT(with_cycle, kRounds / 5);
    EXPECT_LT(with_cycle, kRounds * 4 / 5);
}

TEST(FindCycle, AgreesWithAnOrderOfTheChannelsOnRandomGraphsOfAUser) {
    tests::Random random(19);
    const auto draw = [&](std::uint64_t least, std::uint64_t most) { return tests::draw(random, least, most); };
    int refused = 0;
    int accepted = 0;
    while (refused + accepted < 1000) {
        const std::uint64_t accelerators = draw(2, 8);
        const std::uint64_t switches = draw(0, 3);
        const auto name_of_node = [&](std::uint64_t node) {
            return node < accelerators ? "acc" + std::to_string(node) : "s" + std::to_string(node);
        };
        TopologySpec graph{TopologyKind::Graph};
        for (std::uint64_t edge = draw(accelerators, 2 * accelerators + switches); edge > 0; --edge) {
            const std::uint64_t nodes = accelerators + switches;
            const std::uint64_t from = draw(0, nodes - 1);
            graph.edges.push_back({name_of_node(from), name_of_node((from + draw(1, nodes - 1)) % nodes)});
            graph.edges.back().both_ways = draw(0, 2) > 0;
        }
        InterconnectSpec spec = spec_of(graph, draw(0, 1) == 0 ? 1 : draw(2, 8));
        if (spec.virtual_channels > 1 && draw(0, 2) == 0) spec.routing = RoutingRule::MinimalAdaptive;
        try {
            Topology::make(spec, accelerators);
        } catch (const ConfigError& error) {
            ASSERT_EQ(error.key(), "topology.links");  // not all are joined
            continue;
        }
        const Topology topology = Topology::make(spec, accelerators);
        const Nodes sources = first(topology.is_adaptive() ? topology.node_count() : accelerators);
        const Steps steps = steps_of(topology.routing(), sources, first(accelerators));
        const bool is_free = can_be_ordered(steps, topology.links().size(), topology.routed_channels());
        ASSERT_EQ(verdict_on(spec, accelerators).empty(), is_free);
        // Climbing on a channel for each link of the longest way is always free.
        std::size_t longest = 0;
        for (const std::size_t source : sources) {
            for (const std::size_t destination : first(accelerators)) {
                longest = std::max(longest, topology.route(source, destination).size());
            }
        }
        ASSERT_TRUE(is_free || topology.routed_channels() < longest);
        (is_free ? accepted : refused) += 1;
    }
    EXPECT_GT(refused, 50);
    EXPECT_GT(accepted, 500);
}

TEST(AcyclicChannels, RefuseWhatClosesACircle) {
    AcyclicChannels waits(4);
    EXPECT_TRUE(waits.add(0, 1));
    EXPECT_TRUE(waits.add(1, 2));
    EXPECT_FALSE(waits.add(2, 0));
    EXPECT_FALSE(waits.add(1, 1));
    EXPECT_TRUE(waits.add(2, 3));
    EXPECT_FALSE(waits.add(2, 0));  // still
    EXPECT_TRUE(waits.add(0, 1));   // known
    EXPECT_FALSE(waits.add(3, 0));
    EXPECT_TRUE(waits.add(0, 3));
}

TEST(Deadlock, AmongManyAcceleratorsIsLookedForBetweenPartners) {
    // 2048 in a ring: partners are up to 1024 apart.
    Pairs partners;
    for (std::size_t i = 0; i < 2048; ++i) {
        for (std::size_t bit = 1; bit < 2048; bit *= 2) partners.emplace_back(i, i ^ bit);
    }
    const auto check = [&](std::uint64_t virtual_channels) {
        check_deadlock_free(Topology::make(spec_of({TopologyKind::Ring}, virtual_channels), 2048), partners);
    };
    EXPECT_THROW(check(1), ConfigError);
    EXPECT_NO_THROW(check(2));
}

/// In place of each channel the first of those that packets may have instead.
class FirstAlike final : public Routing {
public:
    explicit FirstAlike(const Routing& routing) : routing_(routing) {}

    Route route(std::size_t node, std::size_t accelerator) const override {
        Route route = routing_.route(node, accelerator);
        for (Hop& hop : route) hop.virtual_channel = routing_.alike(hop.virtual_channel).first;
        return route;
    }

private:
    const Routing& routing_;
};

TEST(Deadlock, IsImpossibleWhereverPacketsTakeAChannelThatIsAsSafe) {
    const TopologySpec triangle{TopologyKind::Graph,
                                {},
                                {},
                                {{"acc0", "acc1", true, {}, {}, {}},
                                 {"acc1", "acc2", true, {}, {}, {}},
                                 {"acc2", "acc3", true, {}, {}, {}},
                                 {"acc3", "hub", true, {}, {}, {}},
                                 {"hub", "acc0", true, {}, {}, {}}}};
    const std::vector<std::pair<TopologySpec, std::uint64_t>> cases = {
        {{TopologyKind::HTree, {}, {}, {}}, 16},
        {{TopologyKind::Torus, {4, 4}, {}, {}}, 16},
        {{TopologyKind::Torus, {5, 3, 2}, {}, {}}, 30},
        {{TopologyKind::Mesh, {4, 4}, {}, {}}, 16},
        {{TopologyKind::Ring, {}, {}, {}}, 7},
        {{TopologyKind::FullyConnected, {}, {}, {}}, 6},
        {{TopologyKind::FatTree, {4, 2}, {}, {}}, 16},
        {{TopologyKind::Dragonfly, {2, 3, 3}, {}, {}}, 18},
        {triangle, 4}};
    for (const auto& [topology, accelerators] : cases) {
        for (const std::uint64_t channels : {2U, 3U, 4U, 5U}) {
            const Topology made = Topology::make(spec_of(topology, channels), accelerators);
            const Nodes all = first(accelerators);
            EXPECT_TRUE(find_cycle(made.graph(), FirstAlike(made.routing()), channels, all, all).empty())
                << name_of(topology.kind) << " " << channels;
        }
    }
}

}  // namespace
}  // namespace hypar
