// Routers of which one virtual channel of an input is read at a time, beside BookSim2 (its iq router, with
// routing_delay, vc_alloc_delay, sw_alloc_delay and st_final_delay 1, 4 virtual channels of 8 flits, use_noc_latency
// 0; commit 28f4329): routers of four cycles, links of one. docs/validation.md has the table.

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "tests/sim/noc_support.h"

namespace hypar {
namespace {

InterconnectSpec routers_of_four(TopologyKind kind, const std::vector<std::uint64_t>& size,
                                 std::uint64_t virtual_channels = 4) {
    InterconnectSpec spec = tests::noc_spec(kind, size, virtual_channels);
    spec.router_cycles = 4;
    spec.input_reads = InputReads::One;
    return spec;
}

NocPoint run(const InterconnectSpec& spec, std::uint64_t nodes, const NocTraffic& traffic) {
    return run_noc(spec, Clock{tests::kNocPeriod}, Topology::make(spec, nodes), traffic);
}

double accepted_at_full_rate(const InterconnectSpec& spec, std::uint64_t nodes, NocWays ways = NocWays::Routed) {
    NocTraffic traffic;
    traffic.ways = ways;
    traffic.rate = 1;
    traffic.cycles = 4000;
    return run(spec, nodes, traffic).accepted(nodes, traffic.cycles);
}

/// Beyond what the same packets take alone.
double added_latency(const InterconnectSpec& spec, std::uint64_t nodes, const NocTraffic& traffic) {
    const NocPoint point = run(spec, nodes, traffic);
    const double links = static_cast<double>(point.hops) / static_cast<double>(point.latencies.count());
    return point.latencies.mean() - (5 * links + 4 + static_cast<double>(traffic.packet_flits));
}

TEST(NocBesideBookSim, AcceptsAsMuchAtSaturation) {
    const InterconnectSpec mesh = routers_of_four(TopologyKind::Mesh, {8, 8});
    EXPECT_NEAR(accepted_at_full_rate(mesh, 64) / 0.384, 1, 0.08);
    EXPECT_NEAR(accepted_at_full_rate(routers_of_four(TopologyKind::Torus, {8, 8}), 64) / 0.423, 1, 0.08);
    // As the own tree of BookSim2, whose nodes have no routers, and as its tree of the same network as ours.
    const InterconnectSpec tree = routers_of_four(TopologyKind::FatTree, {4, 2});
    EXPECT_NEAR(accepted_at_full_rate(tree, 16, NocWays::Random) / 0.705, 1, 0.08);
    EXPECT_NEAR(accepted_at_full_rate(tree, 16, NocWays::Random) / 0.746, 1, 0.02);
    EXPECT_NEAR(accepted_at_full_rate(tree, 16) / 0.809, 1, 0.08);
    // One virtual channel, in which nothing is left to choose.
    EXPECT_NEAR(accepted_at_full_rate(routers_of_four(TopologyKind::Mesh, {8, 8}, 1), 64) / 0.142, 1, 0.02);
}

TEST(NocBesideBookSim, AddsAsMuchLatencyAtHalfOfSaturation) {
    struct Loaded {
        TopologyKind kind;
        double rate;
        std::uint64_t flits;
        double added;
        double latency;  ///< in all
    };
    const std::vector<Loaded> booksim = {
        {TopologyKind::Mesh, 0.19, 1, 1.7, 35.0},   {TopologyKind::Mesh, 0.19, 4, 3.4, 39.6},
        {TopologyKind::Mesh, 0.19, 16, 18.1, 66.6}, {TopologyKind::Torus, 0.21, 1, 1.1, 28.2},
        {TopologyKind::Torus, 0.21, 4, 2.4, 32.5},  {TopologyKind::Torus, 0.21, 16, 12.0, 54.2}};
    for (const Loaded& theirs : booksim) {
        NocTraffic traffic;
        traffic.rate = theirs.rate;
        traffic.packet_flits = theirs.flits;
        const double ours = added_latency(routers_of_four(theirs.kind, {8, 8}), 64, traffic);
        EXPECT_NEAR(ours, theirs.added, 0.05 * theirs.latency) << name_of(theirs.kind) << " " << theirs.flits;
    }
}

TEST(NocBesideBookSim, AddsAsMuchLatencyInAFatTreeByEitherWayUp) {
    struct Loaded {
        NocWays ways;
        std::uint64_t flits;
        double added;
        double latency;  ///< in all
    };
    const std::vector<Loaded> booksim = {{NocWays::Random, 1, 1.5, 25.4},   {NocWays::Random, 4, 3.7, 30.6},
                                         {NocWays::Random, 16, 18.6, 57.5}, {NocWays::Routed, 1, 1.1, 25.0},
                                         {NocWays::Routed, 4, 3.1, 30.0},   {NocWays::Routed, 16, 15.1, 54.0}};
    const InterconnectSpec tree = routers_of_four(TopologyKind::FatTree, {4, 2});
    for (const Loaded& theirs : booksim) {
        NocTraffic traffic;
        traffic.ways = theirs.ways;
        traffic.rate = 0.35;
        traffic.packet_flits = theirs.flits;
        EXPECT_NEAR(added_latency(tree, 16, traffic), theirs.added, 0.05 * theirs.latency) << theirs.flits;
    }
}

/// Its own fat tree, whose nodes are joined to switches, by fattree_nca, which goes up at random.
InterconnectSpec tree_of_hosts() {
    InterconnectSpec tree = routers_of_four(TopologyKind::FatTree, {4, 2});
    tree.endpoints = Endpoints::Direct;
    return tree;
}

TEST(NocBesideBookSim, AcceptsAsMuchOfNodesWithoutRouters) {
    EXPECT_NEAR(accepted_at_full_rate(tree_of_hosts(), 16, NocWays::Random) / 0.705, 1, 0.08);
}

TEST(NocBesideBookSim, AddsAsMuchLatencyToNodesWithoutRouters) {
    for (const auto& [flits, latency] : std::map<std::uint64_t, double>{{1, 15.6}, {4, 21.9}, {16, 51.2}}) {
        NocTraffic traffic;
        traffic.ways = NocWays::Random;
        traffic.rate = 0.35;
        traffic.packet_flits = flits;
        EXPECT_NEAR(run(tree_of_hosts(), 16, traffic).latencies.mean() / latency, 1, 0.05) << flits;
    }
}

TEST(NocBesideBookSim, IsNoSlowerWithMoreVirtualChannels) {
    // Packets of 16 flits across the mesh's diagonal, 0.12 flits a node and cycle: BookSim2 adds 45, 18, 23 and 28
    // cycles with 1, 2, 4 and 8.
    const std::map<std::uint64_t, double> booksim = {{1, 45}, {2, 18}, {4, 23}, {8, 28}};
    NocTraffic traffic;
    traffic.pattern = NocPattern::Transpose;
    traffic.rate = 0.12;
    traffic.packet_flits = 16;
    std::map<std::uint64_t, double> ours;
    for (const auto& [channels, added] : booksim) {
        ours[channels] = added_latency(routers_of_four(TopologyKind::Mesh, {8, 8}, channels), 64, traffic);
        EXPECT_LE(ours[channels], ours[1]);
        EXPECT_LE(ours[channels], added + 3) << channels;
    }
}

/// Uniform traffic at full rate through one switch.
double accepted_by_switch(std::uint64_t virtual_channels, InputReads reads) {
    InterconnectSpec spec = tests::noc_spec(TopologyKind::HTree, {16}, virtual_channels);
    spec.input_reads = reads;
    return accepted_at_full_rate(spec, 16);
}

TEST(Noc, LosesAThirdToTheHeadsOfQueues) {
    // Inputs with one queue, of which the head waits for a busy output: of 16 x 16 they fill 0.60 of the outputs, of
    // many 2 - sqrt(2) (Karol et al., IEEE Trans. Communications 35(12), 1987). One packet in 16 stays where it is.
    for (const InputReads reads : {InputReads::One, InputReads::All}) {
        EXPECT_NEAR(accepted_by_switch(1, reads), 0.60 * 16 / 15, 0.04) << name_in(kInputReads, reads);
    }
    EXPECT_GT(accepted_by_switch(16, InputReads::All), 0.9);
}

TEST(Noc, BacksUpFromABusyNodeIntoTheWholeNetwork) {
    // A fifth of all packets goes to node 0, and a sixteenth of the others: it can take those of a rate of
    // 1 / (16 x (1/5 + 4/5 / 16)) = 0.25. Queues before it fill all routers, and packets to others wait in them.
    for (const InputReads reads : {InputReads::One, InputReads::All}) {
        InterconnectSpec mesh = tests::noc_spec(TopologyKind::Mesh, {4, 4});
        mesh.input_reads = reads;
        NocTraffic traffic;
        traffic.rate = 0.4;
        EXPECT_NEAR(run(mesh, 16, traffic).accepted(16, traffic.cycles), 0.4, 0.01);
        traffic.pattern = NocPattern::Hotspot;
        EXPECT_NEAR(run(mesh, 16, traffic).accepted(16, traffic.cycles), 0.25, 0.015) << name_in(kInputReads, reads);
    }
}

}  // namespace
}  // namespace hypar
