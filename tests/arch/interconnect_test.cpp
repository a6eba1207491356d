#include "arch/network/interconnect_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "tests/arch/support.h"

namespace hypar {
namespace {

using tests::Kernel;

constexpr Picoseconds kCycle = 1000;
constexpr std::uint64_t kFlit = 16;
constexpr std::uint64_t kFlitACycle = 128'000'000'000;  // bits a second

/// Notes when packets arrive.
class Sink final : public Terminal {
public:
    void receive(const Packet& packet, Picoseconds arrival) override {
        arrivals.push_back(arrival);
        sources.push_back(packet.source);
    }
    void packet_taken(std::size_t, Picoseconds) override {}

    std::vector<Picoseconds> arrivals;
    std::vector<std::size_t> sources;
};

InterconnectSpec spec_of(TopologyKind kind, FlowControl flow_control) {
    InterconnectSpec spec;
    spec.topology.kind = kind;
    spec.flow_control = flow_control;
    spec.bits_per_second = kFlitACycle;
    spec.is_per_link = true;
    spec.link_latency = kCycle;
    spec.input_reads = InputReads::All;
    spec.flit_bytes = kFlit;
    spec.buffer_flits = 8;
    spec.virtual_channels = 2;
    return spec;
}

struct Bench {
    using PortDefault = Router::PortDefault;

    Bench(const InterconnectSpec& interconnect, std::uint64_t accelerators, std::size_t queues = 1,
          PortDefault port = PortDefault::FlitACycle)
        : spec(interconnect),
          topology(Topology::make(spec, accelerators)),
          calendar("calendar"),
          model("interconnect", calendar, spec, Clock{kCycle}, topology),
          sinks(accelerators) {
        for (std::size_t i = 0; i < accelerators; ++i) model.router(i).attach(sinks[i], queues, port);
    }

    void send(std::size_t source, std::size_t destination, std::uint64_t flits, Picoseconds time,
              std::size_t queue = 0) {
        auto& route = routes[{source, destination}];
        if (route == nullptr) route = std::make_unique<Route>(topology.route(source, destination));
        Packet packet;
        packet.payload_bytes = flits * kFlit;
        packet.flits = flits;
        packet.source = source;
        packet.destination = destination;
        packet.route = route.get();
        model.router(source).inject(packet, time, queue);
    }

    Kernel kernel;
    InterconnectSpec spec;
    Topology topology;
    Calendar calendar;
    InterconnectModel model;
    std::vector<Sink> sinks;
    std::map<std::pair<std::size_t, std::size_t>, std::unique_ptr<Route>> routes;  ///< by source and destination
};

constexpr InputReads kBothReads[] = {InputReads::All, InputReads::One};

/// Sends a packet of so many flits from everyone to everyone, one alone at a time, and compares with
/// `expected(hops, flits, router cycles)` cycles.
template <typename Expected>
void expect_latencies_of(const InterconnectSpec& spec, std::uint64_t accelerators, std::uint64_t flits,
                         Expected expected) {
    Bench bench(spec, accelerators);
    Picoseconds start = kCycle;
    for (std::size_t source = 0; source < accelerators; ++source) {
        for (std::size_t destination = 0; destination < accelerators; ++destination) {
            if (source == destination && bench.topology.is_endpoint(source)) continue;
            bench.send(source, destination, flits, start);
            Kernel::run_to_end();
            ASSERT_FALSE(bench.sinks[destination].arrivals.empty());
            const Picoseconds latency = bench.sinks[destination].arrivals.back() - start;
            const std::size_t hops = bench.topology.route(source, destination).size();
            ASSERT_EQ(latency, kCycle * expected(hops, flits, spec.router_cycles))
                << name_of(spec.topology.kind) << " " << source << " to " << destination << ", " << flits
                << " flits, " << spec.router_cycles << " cycles a router, reads "
                << name_in(kInputReads, spec.input_reads);
            start = bench.sinks[destination].arrivals.back() + 100 * kCycle;
        }
    }
}

/// Of routers of several kinds, and packets of several sizes.
template <typename Expected>
void expect_latencies(InterconnectSpec spec, std::uint64_t accelerators, Expected expected) {
    for (const InputReads reads : kBothReads) {
        spec.input_reads = reads;
        for (const std::uint64_t router_cycles : {1U, 3U, 4U}) {
            spec.router_cycles = router_cycles;
            for (const std::uint64_t flits : {1U, 2U, 7U}) expect_latencies_of(spec, accelerators, flits, expected);
        }
    }
}

/// A packet passes a router more than it crosses links: a pipeline in each, a latency on each link, and at the end a
/// cycle for each flit, at the pace of the local ports and of all links.
std::uint64_t zero_load(std::size_t hops, std::uint64_t flits, std::uint64_t router_cycles) {
    return (hops + 1) * router_cycles + hops + flits;
}

struct ZeroLoadCase {
    TopologyKind kind;
    std::uint64_t accelerators;
    std::vector<std::uint64_t> size;
    FlowControl flow_control;
};

std::vector<ZeroLoadCase> zero_load_cases() {
    const std::vector<ZeroLoadCase> shapes = {{TopologyKind::HTree, 16, {4, 2, 2}, {}},
                                              {TopologyKind::HTree, 16, {}, {}},
                                              {TopologyKind::Torus, 16, {4, 4}, {}},
                                              {TopologyKind::Torus, 18, {3, 3, 2}, {}},
                                              {TopologyKind::Mesh, 12, {3, 2, 2}, {}},
                                              {TopologyKind::Mesh, 16, {}, {}},
                                              {TopologyKind::Ring, 7, {}, {}},
                                              {TopologyKind::FullyConnected, 6, {}, {}},
                                              {TopologyKind::FatTree, 16, {4, 2}, {}},
                                              {TopologyKind::FatTree, 8, {2, 3}, {}},
                                              {TopologyKind::Dragonfly, 18, {2, 3, 3}, {}},
                                              {TopologyKind::Dragonfly, 16, {}, {}}};
    std::vector<ZeroLoadCase> cases;
    for (const FlowControl flow_control : {FlowControl::Wormhole, FlowControl::VirtualCutThrough}) {
        for (ZeroLoadCase shape : shapes) {
            shape.flow_control = flow_control;
            cases.push_back(shape);
        }
    }
    return cases;
}

class ZeroLoad : public testing::TestWithParam<ZeroLoadCase> {};

INSTANTIATE_TEST_SUITE_P(Interconnect, ZeroLoad, testing::ValuesIn(zero_load_cases()));

TEST_P(ZeroLoad, LatencyIsThatOfRoutersLinksAndSerialisation) {
    InterconnectSpec spec = spec_of(GetParam().kind, GetParam().flow_control);
    spec.topology.size = GetParam().size;
    if (spec.topology.kind == TopologyKind::HTree) {  // links of equal bandwidth
        spec.topology.factors.assign(GetParam().size.empty() ? 3 : GetParam().size.size() - 1, 1);
    }
    expect_latencies(spec, GetParam().accelerators, zero_load);
}

TEST_P(ZeroLoad, LatencyWithoutRoutersAtItsEndsIsThatOfTwoRoutersFewer) {
    if (GetParam().kind != TopologyKind::HTree && GetParam().kind != TopologyKind::FatTree) return;
    InterconnectSpec spec = spec_of(GetParam().kind, GetParam().flow_control);
    spec.topology.size = GetParam().size;
    if (spec.topology.kind == TopologyKind::HTree) {
        spec.topology.factors.assign(GetParam().size.empty() ? 3 : GetParam().size.size() - 1, 1);
    }
    spec.endpoints = Endpoints::Direct;
    expect_latencies(spec, GetParam().accelerators, [](std::size_t hops, std::uint64_t flits, std::uint64_t cycles) {
        return zero_load(hops, flits, cycles) - 2 * cycles;
    });
}

TEST(Interconnect, OfAnAdaptiveTorusHasTheSameLatencyWithoutLoad) {
    InterconnectSpec spec = spec_of(TopologyKind::Torus, FlowControl::Wormhole);
    spec.routing = RoutingRule::MinimalAdaptive;
    spec.virtual_channels = 3;
    expect_latencies(spec, 16, zero_load);
}

TEST(Interconnect, OfATreeWithFasterLinksAboveTakesNoLongerUnderWormhole) {
    // Flits come in at the pace of the local port, one a cycle, and leave so: faster links between change nothing,
    // for a flit takes half a cycle or less there, and waits a router's cycle anyway.
    expect_latencies(spec_of(TopologyKind::HTree, FlowControl::Wormhole), 16, zero_load);
}

TEST(Interconnect, OfSlowLinksTakesTheTimeOfItsFlitsOnOneOfThem) {
    // Five cycles a flit. Flits of a packet follow each other on every link at that pace. The last one, f - 1 of them
    // after the first, begins to leave the last router after its pipeline, or when it has come in but for the one
    // cycle that the local port takes: whichever is later.
    InterconnectSpec spec = spec_of(TopologyKind::Torus, FlowControl::Wormhole);
    spec.bits_per_second = kFlitACycle / 5;
    expect_latencies(spec, 16, [](std::size_t hops, std::uint64_t flits, std::uint64_t router_cycles) {
        if (hops == 0) return router_cycles + flits;
        return hops * router_cycles + hops + (flits - 1) * 5 + std::max<std::uint64_t>(router_cycles + 1, 5);
    });
}

TEST(Interconnect, OfAUsersGraphAddsUpTheLatenciesOfItsLinks) {
    // acc0 - hub 2 cycles, hub - acc1 5 cycles, acc1 - acc2 1 cycle, one way only from acc2 to acc0 7 cycles.
    InterconnectSpec spec = spec_of(TopologyKind::Graph, FlowControl::Wormhole);
    spec.topology.edges = {{"acc0", "hub", true, {}, 2 * kCycle, {}},
                           {"hub", "acc1", true, {}, 5 * kCycle, {}},
                           {"acc1", "acc2", true, {}, {}, {}},
                           {"acc2", "acc0", false, {}, 7 * kCycle, {}}};
    spec.router_cycles = 2;
    const std::map<std::pair<std::size_t, std::size_t>, std::uint64_t> expected = {
        {{0, 1}, 3 * 2 + 2 + 5 + 4},      // three routers, two links, four flits
        {{1, 0}, 3 * 2 + 5 + 2 + 4},      //
        {{0, 2}, 4 * 2 + 2 + 5 + 1 + 4},  //
        {{2, 0}, 2 * 2 + 7 + 4},          // the short way, however long
        {{2, 1}, 2 * 2 + 1 + 4}};
    for (const InputReads reads : kBothReads) {
        spec.input_reads = reads;
        for (const auto& [pair, cycles] : expected) {
            Bench bench(spec, 3);
            bench.send(pair.first, pair.second, 4, kCycle);
            Kernel::run_to_end();
            EXPECT_EQ(bench.sinks[pair.second].arrivals, std::vector<Picoseconds>{kCycle + cycles * kCycle});
        }
    }
}

TEST(Interconnect, UnderWormholeLetsAPacketLieInSeveralRouters) {
    // A ring of seven, buffers of two flits: from 0 to 3 a packet of 20 flits never fits, and is as fast as one that
    // does. A flit's place comes free a pipeline and a flit after its arrival, and the news of it takes a link: four
    // cycles from its sending to the next one's in its place, so two places pass a flit every two cycles.
    InterconnectSpec spec = spec_of(TopologyKind::Ring, FlowControl::Wormhole);
    spec.buffer_flits = 4;
    const auto latency = [&](std::uint64_t buffer_flits) {
        spec.buffer_flits = buffer_flits;
        Bench bench(spec, 7);
        bench.send(0, 3, 20, kCycle);
        Kernel::run_to_end();
        return (bench.sinks[3].arrivals.front() - kCycle) / kCycle;
    };
    for (const InputReads reads : kBothReads) {
        spec.input_reads = reads;
        EXPECT_EQ(latency(4), zero_load(3, 20, 1));
        EXPECT_EQ(latency(2), zero_load(3, 20, 1) + 18);  // after each two flits two cycles more, nine times
    }
}

TEST(Interconnect, UnderVirtualCutThroughWaitsForRoomForTheWholePacket) {
    // Buffers of eight flits, packets of five: the second waits until all of the first has left the buffer behind.
    InterconnectSpec spec = spec_of(TopologyKind::Ring, FlowControl::VirtualCutThrough);
    Bench bench(spec, 7);
    bench.send(0, 2, 5, kCycle);
    bench.send(0, 2, 5, kCycle);
    Kernel::run_to_end();
    // The first leaves node 0 at 1 + 1, its tail node 1 at 2 + link + pipeline + 5 flits = 9, of which node 0 knows
    // at 10; so the second one starts 8 cycles after the first.
    ASSERT_EQ(bench.sinks[2].arrivals.size(), 2U);
    EXPECT_EQ(bench.sinks[2].arrivals[0] - kCycle, kCycle * zero_load(2, 5, 1));
    EXPECT_EQ(bench.sinks[2].arrivals[1] - bench.sinks[2].arrivals[0], 8 * kCycle);
}

TEST(Interconnect, CountsTheTimeInWhichALinkIsFreeAndMayNotSend) {
    InterconnectSpec spec = spec_of(TopologyKind::Ring, FlowControl::VirtualCutThrough);
    Bench bench(spec, 7);
    bench.send(0, 2, 5, kCycle);
    bench.send(0, 2, 5, kCycle);
    Kernel::run_to_end();
    const LinkUse use = bench.model.link_use()[bench.topology.route(0, 1).front().link];
    EXPECT_EQ(use.busy_time, 10 * kCycle);
    // The first one starts at 2 and ends at 7, when the second one finds room in the local port; it is through the
    // router at 8, and starts at 10.
    EXPECT_EQ(use.stalled_time, 2 * kCycle);
    EXPECT_EQ(use.peak_flits, 5U);
    EXPECT_EQ(use.flits, 10U);
    EXPECT_EQ(use.packets, 2U);
    EXPECT_EQ(use.payload_bytes, 10 * kFlit);
}

/// Accelerators on two hubs, joined by one link: `left` on the first one, `right` on the second.
InterconnectSpec two_hubs(FlowControl flow_control, std::size_t left, std::size_t right) {
    InterconnectSpec spec = spec_of(TopologyKind::Graph, flow_control);
    spec.topology.edges = {{"hubA", "hubB", true, {}, {}, {}}};
    for (std::size_t i = 0; i < left + right; ++i) {
        spec.topology.edges.push_back({"acc" + std::to_string(i), i < left ? "hubA" : "hubB", true, {}, {}, {}});
    }
    return spec;
}

TEST(Interconnect, GivesALinkToItsVirtualChannelsInTurn) {
    // From 0 to 2 and from 1 to 3, in virtual channels of their own: flit by flit. The twelve flits pass the link
    // between the hubs one a cycle, the one packet's last before the other's.
    const InterconnectSpec spec = two_hubs(FlowControl::Wormhole, 2, 2);
    Bench bench(spec, 4);
    ASSERT_NE(bench.topology.route(0, 2)[1].virtual_channel, bench.topology.route(1, 3)[1].virtual_channel);
    bench.send(0, 2, 6, kCycle);
    bench.send(1, 3, 6, kCycle);
    Kernel::run_to_end();
    std::vector<Picoseconds> arrivals = {bench.sinks[2].arrivals.front(), bench.sinks[3].arrivals.front()};
    std::sort(arrivals.begin(), arrivals.end());
    EXPECT_EQ(arrivals[1] - kCycle, kCycle * zero_load(3, 12, 1));
    EXPECT_EQ(arrivals[1] - arrivals[0], kCycle);
}

TEST(Interconnect, UnderWormholeKeepsAVirtualChannelFromHeadToTail) {
    // From 0 and from 1 to 2, in one virtual channel: no flit of the second packet goes between those of the first.
    Bench bench(two_hubs(FlowControl::Wormhole, 2, 1), 3);
    ASSERT_EQ(bench.topology.route(0, 2)[1].virtual_channel, bench.topology.route(1, 2)[1].virtual_channel);
    bench.send(0, 2, 6, kCycle);
    bench.send(1, 2, 6, kCycle);
    Kernel::run_to_end();
    const std::vector<Picoseconds>& arrivals = bench.sinks[2].arrivals;
    ASSERT_EQ(arrivals.size(), 2U);
    EXPECT_EQ(arrivals[0] - kCycle, kCycle * zero_load(3, 6, 1));
    EXPECT_EQ(arrivals[1] - kCycle, kCycle * zero_load(3, 12, 1));
}

TEST(Interconnect, GivesAPacketTheLinkUnderVirtualCutThroughUntilItsTail) {
    Bench bench(two_hubs(FlowControl::VirtualCutThrough, 2, 2), 4);
    bench.send(0, 2, 6, kCycle);
    bench.send(1, 3, 6, kCycle);
    Kernel::run_to_end();
    std::vector<Picoseconds> arrivals = {bench.sinks[2].arrivals.front(), bench.sinks[3].arrivals.front()};
    std::sort(arrivals.begin(), arrivals.end());
    EXPECT_EQ(arrivals[0] - kCycle, kCycle * zero_load(3, 6, 1));
    EXPECT_EQ(arrivals[1] - kCycle, kCycle * zero_load(3, 12, 1));
}

/// Of packets from 0, 1 and 2 over one link, 0 and 1 to 3 in one virtual channel and 2 to 5 in another: how many
/// arrive until the first has sent all.
std::vector<std::size_t> delivered_over_one_link(FlowControl flow_control, std::uint64_t buffer_flits,
                                                 const std::vector<std::uint64_t>& packet_flits) {
    InterconnectSpec spec = two_hubs(flow_control, 3, 3);
    spec.buffer_flits = buffer_flits;
    Bench bench(spec, 6);
    EXPECT_NE(bench.topology.route(0, 3)[1].virtual_channel, bench.topology.route(2, 5)[1].virtual_channel);
    constexpr std::size_t kPackets = 300;
    for (std::size_t packet = 0; packet < kPackets; ++packet) {
        bench.send(0, 3, packet_flits[0], kCycle);
        bench.send(1, 3, packet_flits[1], kCycle);
        bench.send(2, 5, packet_flits[2], kCycle);
    }
    // As long as everyone has packets left to send.
    Kernel::run_through(kCycle * kPackets);
    std::vector<std::size_t> delivered(3);
    const auto count = [&](const Sink& sink) {
        for (const std::size_t source : sink.sources) ++delivered[source];
    };
    count(bench.sinks[3]);
    count(bench.sinks[5]);
    return delivered;
}

TEST(Interconnect, StarvesNobodyWhereCreditsAreShort) {
    // A buffer of one flit: its place is free again four cycles after it was taken. The pointer of one virtual
    // channel must not move with the other's.
    const std::vector<std::size_t> delivered = delivered_over_one_link(FlowControl::Wormhole, 1, {1, 1, 1});
    EXPECT_GT(delivered[0], 20U);
    EXPECT_NEAR(static_cast<double>(delivered[0]), static_cast<double>(delivered[1]), 1);
    EXPECT_NEAR(static_cast<double>(delivered[0] + delivered[1]), static_cast<double>(delivered[2]), 2);
}

TEST(Interconnect, LetsALargePacketHaveItsTurnAmongSmallOnes) {
    // Packets of eight flits need the whole buffer, which single flits keep taking places of.
    const std::vector<std::size_t> delivered = delivered_over_one_link(FlowControl::VirtualCutThrough, 8, {8, 1, 1});
    EXPECT_GT(delivered[0], 8U);
    EXPECT_NEAR(static_cast<double>(delivered[0]), static_cast<double>(delivered[1]), 1);
}

TEST(Interconnect, OfAnAdaptiveTorusGoesRoundWhatIsBusy) {
    // 0 sends long packets to 2 and one to 5, over x first by rule. Adaptive, the last one takes y first.
    InterconnectSpec spec = spec_of(TopologyKind::Torus, FlowControl::Wormhole);
    spec.virtual_channels = 4;
    const auto last_arrival = [&](RoutingRule rule) {
        spec.routing = rule;
        Bench bench(spec, 16);
        for (int packet = 0; packet < 4; ++packet) bench.send(4, 5, 40, kCycle);
        bench.send(0, 5, 40, kCycle);
        Kernel::run_to_end();
        return bench.sinks[5].arrivals.back();
    };
    EXPECT_LE(last_arrival(RoutingRule::MinimalAdaptive), last_arrival(RoutingRule::Deterministic));
}

// Two flits fit into the switch's buffer. Credit for one is back four cycles after it left: its own, the link, the
// router, and the link. So flits 2 k and 2 k + 1 leave at 4 k and 4 k + 1, and the last one is there four cycles
// later.
TEST(Interconnect, OfAnEndpointWithoutRouterSendsAsCreditComes) {
    InterconnectSpec spec = spec_of(TopologyKind::HTree, FlowControl::Wormhole);
    spec.endpoints = Endpoints::Direct;
    spec.virtual_channels = 1;
    spec.buffer_flits = 2;
    for (const InputReads reads : kBothReads) {
        spec.input_reads = reads;
        Bench bench(spec, 2);
        bench.send(0, 1, 12, kCycle);
        Kernel::run_to_end();
        EXPECT_EQ(bench.sinks[1].arrivals, std::vector<Picoseconds>{kCycle + 25 * kCycle});
    }
}

// A flit's place before an endpoint is free again as it arrives: credit for it is back three cycles after it left the
// switch, its own and two for the link there and back. Two send, each a flit every four cycles at most.
TEST(Interconnect, OfAnEndpointWithoutRouterHasRoomAgainAsPacketsArrive) {
    InterconnectSpec spec = spec_of(TopologyKind::HTree, FlowControl::Wormhole);
    spec.topology.size = {3};
    spec.endpoints = Endpoints::Direct;
    spec.virtual_channels = 1;
    spec.buffer_flits = 1;
    for (const InputReads reads : kBothReads) {
        spec.input_reads = reads;
        Bench bench(spec, 3);
        for (int packet = 0; packet < 3; ++packet) {
            bench.send(0, 1, 1, kCycle);
            bench.send(2, 1, 1, kCycle);
        }
        Kernel::run_to_end();
        std::vector<Picoseconds> expected;
        for (Picoseconds cycle = 5; cycle <= 20; cycle += 3) expected.push_back(cycle * kCycle);
        EXPECT_EQ(bench.sinks[1].arrivals, expected) << name_in(kInputReads, reads);
    }
}

// 2 and 3 have both channels of the link to 1, for 80 cycles. Of a packet of 8 flits for it from 0 four lie in the
// switch: of a router the other four are in its buffer, and a packet for 2 takes the other channel.
TEST(Interconnect, OfAnEndpointWithoutRouterHoldsUpAllBehindAPacketThatDoesNotFit) {
    InterconnectSpec spec = spec_of(TopologyKind::HTree, FlowControl::Wormhole);
    spec.topology.size = {4};
    spec.input_reads = InputReads::One;
    spec.buffer_flits = 4;
    const auto arrival_at_2 = [&](Endpoints endpoints) {
        spec.endpoints = endpoints;
        Bench bench(spec, 4);
        bench.send(2, 1, 40, kCycle);
        bench.send(3, 1, 40, kCycle);
        bench.send(0, 1, 8, 10 * kCycle);
        bench.send(0, 2, 1, 10 * kCycle);
        Kernel::run_to_end();
        return bench.sinks[2].arrivals.front();
    };
    EXPECT_LT(arrival_at_2(Endpoints::Router), 30 * kCycle);
    EXPECT_GT(arrival_at_2(Endpoints::Direct), 80 * kCycle);
}

/// Arrivals at 1 of ten packets of 8 flits from 0, over a link of four flits a cycle: 2 cycles a packet.
std::vector<Picoseconds> arrivals_over_fast_link(std::optional<std::uint64_t> port_bandwidth) {
    InterconnectSpec spec = spec_of(TopologyKind::FullyConnected, FlowControl::VirtualCutThrough);
    spec.bits_per_second = 4 * kFlitACycle;
    spec.port_bits_per_second = port_bandwidth;
    spec.buffer_flits = 64;
    Bench bench(spec, 3, 1, Router::PortDefault::Links);
    for (int packet = 0; packet < 10; ++packet) bench.send(0, 1, 8, kCycle);
    Kernel::run_to_end();
    return bench.sinks[1].arrivals;
}

TEST(LocalPort, KeepsUpWithTheLinksOfItsAccelerator) {
    // Two links make a port of 8 flits a cycle, which waits for none: router, link, router, and the port's own cycle.
    const std::vector<Picoseconds> arrivals = arrivals_over_fast_link(std::nullopt);
    ASSERT_EQ(arrivals.size(), 10U);
    for (std::size_t i = 0; i < arrivals.size(); ++i) EXPECT_EQ(arrivals[i], kCycle * (1 + 4 + 2 * i)) << i;
}

TEST(LocalPort, TakesAndGivesNoMoreThanItsBandwidth) {
    // Two flits a cycle, 4 cycles a packet: the link takes it when half of it is in, two cycles later; link, router
    // and 4 cycles out.
    const std::vector<Picoseconds> arrivals = arrivals_over_fast_link(2 * kFlitACycle);
    ASSERT_EQ(arrivals.size(), 10U);
    for (std::size_t i = 0; i < arrivals.size(); ++i) EXPECT_EQ(arrivals[i], kCycle * (1 + 8 + 4 * i)) << i;
}

TEST(LocalPort, LetsNoQueueWaitForThePacketsOfAnother) {
    // Four packets of 8 flits over a link of a sixteenth of a flit a cycle, and one over a link of a flit.
    InterconnectSpec spec = spec_of(TopologyKind::Graph, FlowControl::VirtualCutThrough);
    spec.virtual_channels = 1;
    spec.topology.edges = {{"acc0", "acc1", true, kFlitACycle / 16}, {"acc0", "acc2", true, kFlitACycle}};
    const auto arrival_of_last = [&](std::size_t queues) {
        Bench bench(spec, 3, queues);
        for (int packet = 0; packet < 4; ++packet) bench.send(0, 1, 8, kCycle);
        bench.send(0, 2, 8, kCycle, queues - 1);
        Kernel::run_to_end();
        EXPECT_EQ(bench.sinks[1].arrivals.size(), 4U);
        EXPECT_EQ(bench.sinks[2].arrivals.size(), 1U);
        return bench.sinks[2].arrivals.at(0);
    };
    // In its own queue it comes in behind the first packet: 8 cycles, and 11 of its own.
    EXPECT_EQ(arrival_of_last(2), kCycle * (1 + 8 + zero_load(1, 8, 1)));
    // In the same one the four hold the only place: the first for a cycle in the pipeline and 128 on the link, the
    // others, which wait for the place behind the link as well, for the two latencies and 128.
    EXPECT_EQ(arrival_of_last(1), kCycle * (1 + 129 + 3 * 130 + zero_load(1, 8, 1)));
}

/// Accelerators on one hub, over links of a flit a cycle, of which inputs are read one virtual channel at a time.
InterconnectSpec star(FlowControl flow_control, std::size_t accelerators) {
    InterconnectSpec spec = two_hubs(flow_control, accelerators, 0);
    spec.topology.edges.erase(spec.topology.edges.begin());
    spec.input_reads = InputReads::One;
    return spec;
}

TEST(Allocation, ReadsOneVirtualChannelOfAnInputAtATime) {
    // Packets of 16 flits from 1 to 3 and from 4 to 2 keep both outputs of the hub busy until those of 8 flits from 0
    // to 2 and 3 wait there, in a virtual channel each. Then both may go: at once, or one when the other is read.
    InterconnectSpec spec = star(FlowControl::VirtualCutThrough, 5);
    spec.buffer_flits = 64;
    const auto arrivals_apart = [&](InputReads reads) {
        spec.input_reads = reads;
        Bench bench(spec, 5);
        EXPECT_NE(bench.topology.route(0, 2)[0].virtual_channel, bench.topology.route(0, 3)[0].virtual_channel);
        bench.send(1, 3, 16, kCycle);
        bench.send(4, 2, 16, kCycle);
        bench.send(0, 2, 8, 5 * kCycle);
        bench.send(0, 3, 8, 5 * kCycle);
        Kernel::run_to_end();
        return bench.sinks[3].arrivals.at(1) - bench.sinks[2].arrivals.at(1);
    };
    EXPECT_EQ(arrivals_apart(InputReads::All), 0U);
    EXPECT_EQ(arrivals_apart(InputReads::One), 8 * kCycle);
}

/// When the last one of packets of 8 flits from 0 to 1, 2 and 3, over a link of its own each, is there.
Picoseconds end_over_three_links(std::optional<std::uint64_t> port_bandwidth) {
    InterconnectSpec spec = spec_of(TopologyKind::FullyConnected, FlowControl::Wormhole);
    spec.input_reads = InputReads::One;
    spec.port_bits_per_second = port_bandwidth;
    Bench bench(spec, 4, 3, Router::PortDefault::Links);
    for (int packet = 0; packet < 100; ++packet) {
        for (const std::size_t destination : {1U, 2U, 3U}) bench.send(0, destination, 8, kCycle, destination - 1);
    }
    Kernel::run_to_end();
    Picoseconds end = 0;
    for (const std::size_t destination : {1U, 2U, 3U}) {
        EXPECT_EQ(bench.sinks[destination].arrivals.size(), 100U);
        end = std::max(end, bench.sinks[destination].arrivals.back());
    }
    return end;
}

TEST(Allocation, ReadsEveryQueueBeforeTheLocalPortByItself) {
    // Three links carry a flit a cycle each, at the same time; so the local port at the other end has time to spare.
    EXPECT_LE(end_over_three_links(std::nullopt), kCycle * (1 + zero_load(1, 800, 1)));
    // A flit a cycle for all three.
    EXPECT_GE(end_over_three_links(kFlitACycle), kCycle * (1 + 2400));
}

TEST(Allocation, BeginsWithAPacketWhenTheOneBeforeItInItsBufferHasLeft) {
    // Route computation, virtual-channel and switch allocation, a cycle each in a router of four and more; in one of
    // three the first two share a cycle, in shorter ones all three.
    InterconnectSpec spec = spec_of(TopologyKind::FullyConnected, FlowControl::Wormhole);
    spec.buffer_flits = 16;
    const std::map<std::uint64_t, Cycles> apart = {{1, 1}, {2, 1}, {3, 2}, {4, 3}, {6, 3}};
    for (const auto& [router_cycles, cycles] : apart) {
        spec.router_cycles = router_cycles;
        for (const InputReads reads : kBothReads) {
            spec.input_reads = reads;
            Bench bench(spec, 2);
            for (int packet = 0; packet < 6; ++packet) bench.send(0, 1, 1, kCycle);
            Kernel::run_to_end();
            const std::vector<Picoseconds>& arrivals = bench.sinks[1].arrivals;
            ASSERT_EQ(arrivals.size(), 6U);
            for (std::size_t i = 1; i < arrivals.size(); ++i) {
                EXPECT_EQ(arrivals[i] - arrivals[i - 1], kCycle * (reads == InputReads::One ? cycles : 1)) << i;
            }
        }
    }
}

TEST(Allocation, LetsWhatFollowsAHeadPassTheSwitchAlone) {
    // Buffers of one flit, routers of four cycles. The head is out of the second router at 1 + 4 + 1 + 4 + 1 = 11;
    // the first one knows a cycle later, and the second flit, there a cycle after that, leaves two cycles later and
    // not four.
    InterconnectSpec spec = spec_of(TopologyKind::FullyConnected, FlowControl::Wormhole);
    spec.buffer_flits = 1;
    spec.router_cycles = 4;
    const auto arrival = [&](InputReads reads) {
        spec.input_reads = reads;
        Bench bench(spec, 2);
        bench.send(0, 1, 2, kCycle);
        Kernel::run_to_end();
        return bench.sinks[1].arrivals.at(0);
    };
    EXPECT_EQ(arrival(InputReads::One), kCycle * (12 + 1 + 2 + 1));
    EXPECT_EQ(arrival(InputReads::All), kCycle * (12 + 1 + 4 + 1));
}

TEST(Allocation, GivesPacketsOfOtherWaysOtherVirtualChannels) {
    // Packets of a flit to one accelerator, through routers of four cycles: those of one source follow each other in
    // one virtual channel, every three cycles; those of three sources have one each and fill the link.
    InterconnectSpec spec = star(FlowControl::Wormhole, 4);
    spec.router_cycles = 4;
    spec.virtual_channels = 4;
    const auto cycles_of = [&](std::size_t sources) {
        Bench bench(spec, 4);
        for (int packet = 0; packet < 90; ++packet)
            bench.send(static_cast<std::size_t>(packet) % sources, 3, 1, kCycle);
        Kernel::run_to_end();
        EXPECT_EQ(bench.sinks[3].arrivals.size(), 90U);
        return (bench.sinks[3].arrivals.back() - bench.sinks[3].arrivals.front()) / kCycle;
    };
    EXPECT_EQ(cycles_of(1), 3 * 89U);
    EXPECT_LE(cycles_of(3), 95U);
}

TEST(Allocation, SharesInputsAndOutputsFairly) {
    // From 0 and 1 to 2 and 3 in turn, in routers of a cycle.
    InterconnectSpec spec = star(FlowControl::Wormhole, 4);
    spec.virtual_channels = 4;
    Bench bench(spec, 4);
    for (int packet = 0; packet < 300; ++packet) {
        for (const std::size_t source : {0U, 1U}) bench.send(source, packet % 2 == 0 ? 2 : 3, 1, kCycle);
    }
    Kernel::run_through(200 * kCycle);
    for (const std::size_t sink : {2U, 3U}) {
        const std::vector<std::size_t>& sources = bench.sinks[sink].sources;
        EXPECT_GT(sources.size(), 180U);
        const auto of_first = std::count(sources.begin(), sources.end(), 0U);
        EXPECT_NEAR(static_cast<double>(of_first), static_cast<double>(sources.size()) / 2, 2);
    }
}

}  // namespace
}  // namespace hypar
