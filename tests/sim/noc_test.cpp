#include "sim/probe/noc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "arch/network/deadlock.h"
#include "tests/sim/noc_support.h"

namespace hypar {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

NocPoint run(const InterconnectSpec& spec, std::uint64_t nodes, NocPattern pattern, double rate,
             std::uint64_t packet_flits, std::uint64_t seed = 1, Cycles cycles = NocTraffic().cycles) {
    NocTraffic traffic;
    traffic.cycles = cycles;
    traffic.pattern = pattern;
    traffic.rate = rate;
    traffic.packet_flits = packet_flits;
    traffic.seed = seed;
    return run_noc(spec, Clock{tests::kNocPeriod}, Topology::make(spec, nodes), traffic);
}

double accepted(const NocPoint& point, std::uint64_t nodes, Cycles cycles = NocTraffic().cycles) {
    return point.accepted(nodes, cycles);
}

/// Uniform traffic on a 4 x 4 torus: latencies rise with the rate, and of 0.95 more than `least` is accepted.
void expect_curve(std::uint64_t packet_flits, double least) {
    const InterconnectSpec torus = tests::noc_spec(TopologyKind::Torus, {4, 4});
    double previous = 0;
    for (const double rate : {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95}) {
        const NocPoint point = run(torus, 16, NocPattern::Uniform, rate, packet_flits);
        EXPECT_GT(point.latencies.mean(), previous) << rate;
        previous = point.latencies.mean();
        if (rate == 0.95) {
            EXPECT_GT(accepted(point, 16), least);
        }
    }
}

TEST(Noc, OnATorusAcceptsMostOfUniformTrafficOfSingleFlits) { expect_curve(1, 0.78); }

TEST(Noc, OnATorusAcceptsMostOfUniformTrafficOfLongPackets) { expect_curve(16, 0.65); }

TEST(Noc, AcceptsWhatIsOfferedBelowSaturation) {
    for (const TopologyKind kind : {TopologyKind::Torus, TopologyKind::Mesh, TopologyKind::HTree,
                                    TopologyKind::FatTree, TopologyKind::FullyConnected, TopologyKind::Dragonfly}) {
        const NocPoint point = run(tests::noc_spec(kind), 16, NocPattern::Uniform, 0.2, 1);
        // 32,000 flits, of which a Bernoulli process creates +-160 (standard deviation)
        EXPECT_NEAR(accepted(point, 16), 0.2, 5 * 160.0 / 160'000) << name_of(kind);
        EXPECT_TRUE(point.is_stable());
    }
}

/// Uniform traffic sends half of all flits from one half of the nodes to the other, half of those each way: of N
/// nodes at rate r, N r / 4 flits a cycle cross each way, on as many links at the most.
struct BisectionCase {
    TopologyKind kind;
    std::vector<std::uint64_t> size;
    std::uint64_t nodes;
    std::uint64_t links;  ///< from one half to the other
};

class Bisection : public testing::TestWithParam<BisectionCase> {};

INSTANTIATE_TEST_SUITE_P(Noc, Bisection,
                         testing::Values(BisectionCase{TopologyKind::Mesh, {4, 4}, 16, 4},
                                         BisectionCase{TopologyKind::Mesh, {8, 8}, 64, 8},
                                         BisectionCase{TopologyKind::Torus, {8, 8}, 64, 16},
                                         BisectionCase{TopologyKind::Ring, {}, 16, 2},
                                         BisectionCase{TopologyKind::FatTree, {4, 2}, 16, 8},
                                         BisectionCase{TopologyKind::FatTree, {2, 4}, 16, 8}));

TEST_P(Bisection, BoundsWhatIsAccepted) {
    const BisectionCase& shape = GetParam();
    const double bound = std::min(1.0, static_cast<double>(shape.links) / (static_cast<double>(shape.nodes) / 4.0));
    constexpr Cycles kCycles = 3000;
    for (const std::uint64_t packet_flits : {1U, 16U}) {
        const NocPoint point = run(tests::noc_spec(shape.kind, shape.size), shape.nodes, NocPattern::Uniform, 0.95,
                                   packet_flits, 1, kCycles);
        // Which half the packets go to is drawn: up to five standard deviations more than half may stay.
        const double packets = static_cast<double>(point.delivered_flits) / static_cast<double>(packet_flits);
        EXPECT_LE(accepted(point, shape.nodes, kCycles), bound * (1 + 5 / std::sqrt(packets)));
        EXPECT_GT(accepted(point, shape.nodes, kCycles), bound / 4);
    }
}

TEST(Noc, OfOneNodeTakesAFlitACycle) {
    const NocPoint point = run(tests::noc_spec(TopologyKind::Ring), 1, NocPattern::Uniform, 1, 1);
    EXPECT_EQ(point.delivered_flits, 10'000U);
    EXPECT_EQ(point.latencies.percentile(100), 2U);  // a router and a flit
    EXPECT_EQ(point.hops, 0U);
}

TEST(Noc, AtAHotspotAcceptsWhatItsPortTakes) {
    const InterconnectSpec torus = tests::noc_spec(TopologyKind::Torus, {4, 4});
    const NocPoint point = run(torus, 16, NocPattern::Hotspot, 0.9, 1);
    EXPECT_FALSE(point.is_stable());
    // Of every packet a fifth, and a sixteenth of the rest, goes to node 0: a quarter. One flit a cycle there: four.
    EXPECT_LE(accepted(point, 16), 4.0 / 16 * 1.05);
    EXPECT_GT(accepted(point, 16), 4.0 / 16 * 0.8);
}

TEST(Noc, SendsWhereThePatternSays) {
    // Mean links on the way, in a 4 x 4 torus: positions mirrored at the diagonal are 0, 2, 4 or 2 apart; complements
    // are opposite, 1 or 3 away in each dimension (both 1 round the ring); neighbours next to each other.
    const InterconnectSpec torus = tests::noc_spec(TopologyKind::Torus, {4, 4});
    const auto hops = [&](NocPattern pattern) {
        const NocPoint point = run(torus, 16, pattern, 0.1, 1);
        return static_cast<double>(point.hops) / static_cast<double>(point.latencies.count());
    };
    EXPECT_EQ(hops(NocPattern::Neighbour), 1.0);
    EXPECT_EQ(hops(NocPattern::BitComplement), 2.0);
    // (x, y) to (y, x): twice the distance of x and y round a ring of 4: 4 pairs 0, 8 pairs 1, 4 pairs 2.
    EXPECT_NEAR(hops(NocPattern::Transpose), 2.0 * (8 * 1 + 4 * 2) / 16, 0.05);
    EXPECT_NEAR(hops(NocPattern::Uniform), 2.0, 0.05);
    // Partners 1 and 2 apart in x, 4 and 8 (one and two rows) in y, each as often.
    EXPECT_NEAR(hops(NocPattern::Exchange), 1.5, 0.05);
    // 8 (two rows), 4 (one), 2 (two columns), 1 (one) in parts of 8, 4, 2, 1 of 15.
    EXPECT_NEAR(hops(NocPattern::AllReduce), (8 * 2 + 4 * 1 + 2 * 2 + 1 * 1) / 15.0, 0.05);
}

TEST(Noc, RefusesPatternsThatDoNotGoWithTheNumberOfNodes) {
    const Topology six = Topology::make(tests::noc_spec(TopologyKind::Ring), 6);
    EXPECT_THROW(check_pattern(NocPattern::Transpose, six), ConfigError);
    EXPECT_THROW(check_pattern(NocPattern::BitComplement, six), ConfigError);
    EXPECT_THROW(check_pattern(NocPattern::Exchange, six), ConfigError);
    EXPECT_NO_THROW(check_pattern(NocPattern::Neighbour, six));
    const Topology nine = Topology::make(tests::noc_spec(TopologyKind::Ring), 9);
    EXPECT_NO_THROW(check_pattern(NocPattern::Transpose, nine));
}

TEST(Noc, DrawsWaysWhereThereAreSeveral) {
    const auto refuses = [](const InterconnectSpec& spec, std::uint64_t nodes) {
        const Topology topology = Topology::make(spec, nodes);
        EXPECT_NO_THROW(check_ways(NocWays::Routed, topology));
        try {
            check_ways(NocWays::Random, topology);
            return false;
        } catch (const ConfigError& error) {
            return error.key() == "ways";
        }
    };
    InterconnectSpec tree = tests::noc_spec(TopologyKind::FatTree, {2, 3});
    EXPECT_FALSE(refuses(tree, 8));
    EXPECT_TRUE(refuses(tests::noc_spec(TopologyKind::FatTree, {8, 1}), 8));
    EXPECT_TRUE(refuses(tests::noc_spec(TopologyKind::Torus, {4, 2}), 8));
    tree.routing = RoutingRule::MinimalAdaptive;
    EXPECT_TRUE(refuses(tree, 8));
}

TEST(Noc, LosesToCollisionsOfRandomWaysWhatDestinationsKeepApart) {
    // In bit-complement each of the four of a leaf switch sends to one of the same other switch, and all of them go
    // up by their own digits: no two share a link, and a flit a cycle of each gets through. Drawn ways collide.
    const InterconnectSpec spec = tests::noc_spec(TopologyKind::FatTree, {4, 2});
    NocTraffic traffic;
    traffic.pattern = NocPattern::BitComplement;
    traffic.rate = 1;
    traffic.cycles = 2000;
    const auto accepted = [&](NocWays ways, std::uint64_t seed) {
        traffic.ways = ways;
        traffic.seed = seed;
        return run_noc(spec, Clock{tests::kNocPeriod}, Topology::make(spec, 16), traffic).accepted(16, 2000);
    };
    EXPECT_NEAR(accepted(NocWays::Routed, 1), 1, 0.001);
    const double random = accepted(NocWays::Random, 1);
    EXPECT_LT(random, 0.95);
    EXPECT_GT(random, 0.6);
    EXPECT_EQ(random, accepted(NocWays::Random, 1));
    EXPECT_NE(random, accepted(NocWays::Random, 2));
}

TEST(Noc, CountsTheLinksThatAdaptivePacketsCross) {
    // On a mesh every way that comes closer at each step is as long: 8 x 8 nodes are 2 x 21 / 8 apart on average.
    InterconnectSpec mesh = tests::noc_spec(TopologyKind::Mesh, {8, 8}, 2);
    mesh.routing = RoutingRule::MinimalAdaptive;
    const NocPoint point = run(mesh, 64, NocPattern::Uniform, 0.6, 1, 1, 2000);
    EXPECT_NEAR(static_cast<double>(point.hops) / static_cast<double>(point.latencies.count()), 5.25, 0.05);
}

TEST(Noc, IsUnstableWhereLatenciesGrowSlowly) {
    // Bit-complement sends all of a half of the mesh to the other: 8 links for 32 nodes bear 0.25 of each.
    const InterconnectSpec mesh = tests::noc_spec(TopologyKind::Mesh, {8, 8});
    EXPECT_TRUE(run(mesh, 64, NocPattern::BitComplement, 0.2, 1, 1, 5000).is_stable());
    EXPECT_FALSE(run(mesh, 64, NocPattern::BitComplement, 0.26, 1, 1, 5000).is_stable());
}

TEST(Noc, RepeatsItselfWithTheSameSeedAlone) {
    const InterconnectSpec torus = tests::noc_spec(TopologyKind::Torus, {4, 4});
    const NocPoint first = run(torus, 16, NocPattern::Uniform, 0.3, 4, 7);
    const NocPoint again = run(torus, 16, NocPattern::Uniform, 0.3, 4, 7);
    const NocPoint other = run(torus, 16, NocPattern::Uniform, 0.3, 4, 8);
    EXPECT_EQ(first.latencies.mean(), again.latencies.mean());
    EXPECT_EQ(first.delivered_flits, again.delivered_flits);
    EXPECT_EQ(first.events, again.events);
    EXPECT_NE(first.packets, other.packets);
}

TEST(Noc, StopsAtAStandstillWithThePacketsThatWaitForEachOther) {
    // A ring of five with one virtual channel, which no command runs: five packets, each two links from its end, lock
    // it up, in one of the two directions, sooner or later.
    const InterconnectSpec ring = tests::noc_spec(TopologyKind::Ring, {}, 1, 1);
    EXPECT_THROW(check_deadlock_free(Topology::make(ring, 5)), ConfigError);
    try {
        for (std::uint64_t seed = 1; seed <= 20; ++seed) run(ring, 5, NocPattern::Uniform, 0.9, 1, seed);
        FAIL() << "no standstill";
    } catch (const StandstillError& error) {
        const std::string text = error.what();
        const bool forward = text.find("    acc0 -> acc1 [0]\n") != std::string::npos;
        const std::vector<std::string> links =
            forward ? std::vector<std::string>{"acc0 -> acc1 [0]", "acc1 -> acc2 [0]", "acc2 -> acc3 [0]",
                                               "acc3 -> acc4 [0]", "acc4 -> acc0 [0]"}
                    : std::vector<std::string>{"acc1 -> acc0 [0]", "acc0 -> acc4 [0]", "acc4 -> acc3 [0]",
                                               "acc3 -> acc2 [0]", "acc2 -> acc1 [0]"};
        EXPECT_THAT(text, HasSubstr("the interconnect came to a standstill at "));
        EXPECT_THAT(text, HasSubstr("wait-for cycle (buffers, virtual channel in brackets):"));
        EXPECT_THAT(text, HasSubstr("oldest packets:\n    from acc"));
        EXPECT_THAT(text, HasSubstr("fullest queues:\n    acc"));
        EXPECT_THAT(error.graphviz(), StartsWith("digraph wait_for {\n  \""));
        for (std::size_t i = 0; i < links.size(); ++i) {
            EXPECT_THAT(text, HasSubstr("    " + links[i] + "\n"));
            EXPECT_THAT(error.graphviz(), HasSubstr("\"" + links[i] + "\" -> \"" + links[(i + 1) % 5] + "\""));
        }
    }
}

}  // namespace
}  // namespace hypar
