#include "sim/analysis/exchange_bound.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "sim/replay/replay.h"
#include "tests/arch/hmc.h"

namespace hypar {
namespace {

constexpr std::uint64_t kPacketBytes = 1024;

/// Links of 1.6 Gb/s (below the lowest switches of a tree), clock of 4 ns, packets of 64 flits.
ArraySpec array_of(TopologyKind kind, std::uint64_t accelerators) {
    ArraySpec array;
    array.accelerators = accelerators;
    array.clock.period = 4000;
    array.dma.outstanding_requests = 16;
    array.memory = tests::hmc();
    InterconnectSpec& interconnect = array.interconnect;
    interconnect.topology.kind = kind;
    interconnect.bits_per_second = 1'600'000'000;
    interconnect.is_per_link = true;
    interconnect.link_latency = 4000;
    interconnect.packet_bytes = kPacketBytes;
    interconnect.flit_bytes = 16;
    interconnect.buffer_flits = 256;
    interconnect.virtual_channels = 2;
    return array;
}

/// Every accelerator exchanges as many bytes with the one whose number differs in the bits of `mask`.
Segment exchange_of(std::uint64_t accelerators, std::uint64_t mask, std::uint64_t bytes) {
    Segment segment;
    for (std::uint64_t i = 0; i < accelerators; ++i) {
        segment.flows.push_back(plain_flow(i, i ^ mask, bytes, false));
    }
    return segment;
}

struct Outcome {
    Cycles cycles = 0;
    ExchangeCycles parts;
};

/// Of each segment; checks that they add up.
std::vector<Outcome> outcomes(const Program& program, const ArraySpec& array, Fidelity fidelity) {
    const Topology topology = Topology::make(array.interconnect, array.accelerators);
    ReplayOptions options;
    options.fidelity = fidelity;
    const ReplayResult result = replay(program, array, topology, options);
    ExchangeSplitter splitter(array, topology);
    std::vector<Outcome> outcomes;
    for (std::size_t index = 0; index < program.segments.size(); ++index) {
        const SegmentTotals& totals = result.segments[index];
        outcomes.push_back({totals.cycles, splitter.split(program.segments[index], totals)});
        EXPECT_EQ(outcomes.back().parts.total(), totals.cycles);
    }
    return outcomes;
}

/// Of one exchange, in full and fast alike.
Outcome outcome(const ArraySpec& array, const Segment& segment) {
    const Program program{{}, {segment}};
    const Outcome full = outcomes(program, array, Fidelity::Full).front();
    const Outcome fast = outcomes(program, array, Fidelity::Fast).front();
    EXPECT_EQ(full.cycles, fast.cycles);
    EXPECT_EQ(full.parts.bandwidth, fast.parts.bandwidth);
    EXPECT_EQ(full.parts.contention, fast.parts.contention);
    EXPECT_EQ(full.parts.latency, fast.parts.latency);
    return full;
}

TEST(LinkTime, RoundsUpEachPacketOrFlitAsLinksDo) {
    InterconnectSpec spec;
    spec.packet_bytes = 100;
    spec.header_bytes = 4;
    spec.flit_bytes = 16;
    // 230 bytes: two packets of 100 + 4 bytes, 7 flits or 896 bits each, and one of 30 + 4 bytes, 3 flits or 384
    // bits. At 3 Gb/s 896 bits take 298,666.67 ps and 384 bits 128,000 ps: 2 x 298,667 + 128,000.
    EXPECT_EQ(spec.link_time(230, 3'000'000'000), 725'334U);
    // A flit of 128 bits takes 42,666.67 ps: 17 x 42,667.
    spec.flow_control = FlowControl::Wormhole;
    EXPECT_EQ(spec.link_time(230, 3'000'000'000), 725'339U);
    EXPECT_EQ(spec.link_time(0, 3'000'000'000), 0U);
}

TEST(ExchangeCycles, AreBoundByTheLargestPartAndTheFirstOfEqualOnes) {
    EXPECT_EQ(ExchangeCycles().bound(), std::nullopt);
    EXPECT_EQ((ExchangeCycles{2, 1, 1, 1, 1, 1}.bound()), ExchangeBound::Bandwidth);
    EXPECT_EQ((ExchangeCycles{2, 2, 1, 1, 1, 1}.bound()), ExchangeBound::Bandwidth);
    EXPECT_EQ((ExchangeCycles{1, 2, 2, 1, 1, 1}.bound()), ExchangeBound::Contention);
    EXPECT_EQ((ExchangeCycles{1, 1, 2, 1, 1, 2}.bound()), ExchangeBound::Port);
    EXPECT_EQ((ExchangeCycles{1, 1, 1, 2, 1, 1}.bound()), ExchangeBound::Memory);
    EXPECT_EQ((ExchangeCycles{1, 1, 1, 1, 2, 1}.bound()), ExchangeBound::Dma);
    EXPECT_EQ((ExchangeCycles{1, 1, 1, 1, 1, 2}.bound()), ExchangeBound::Latency);
}

TEST(ExchangeSplitter, RoundsSumsUpToCycles) {
    ArraySpec array = array_of(TopologyKind::FullyConnected, 2);
    array.interconnect.bits_per_second = 128'000'000'000;  // a flit in 1000 ps
    const Topology topology = Topology::make(array.interconnect, 2);
    ExchangeSplitter splitter(array, topology);
    const Segment segment = exchange_of(2, 1, 5 * 16);  // five flits: 5000 ps
    const auto split = [&](Picoseconds busiest) { return splitter.split(segment, {10, {}, busiest}); };
    EXPECT_EQ(splitter.slowest_flow(segment), 5000U);
    // The flow alone: 5000 ps, two cycles of 4000.
    EXPECT_EQ(split(5000).bandwidth, 2U);
    EXPECT_EQ(split(5000).contention, 0U);
    EXPECT_EQ(split(5000).latency, 8U);
    // 8000 ps are still two cycles, 8001 three.
    EXPECT_EQ(split(8000).contention, 0U);
    EXPECT_EQ(split(8001).contention, 1U);
    EXPECT_EQ(split(8001).latency, 7U);
    // Packets that went another way than the one that the flow's time is of: no more than there was.
    EXPECT_EQ(split(4000).bandwidth, 1U);
    EXPECT_EQ(split(4000).latency, 9U);
}

TEST(ExchangeBound, OfFlowsWithLinksToThemselvesHasNoContention) {
    for (const FlowControl flow_control : {FlowControl::VirtualCutThrough, FlowControl::Wormhole}) {
        ArraySpec array = array_of(TopologyKind::FullyConnected, 4);
        array.interconnect.flow_control = flow_control;
        const Outcome found = outcome(array, exchange_of(4, 1, 64 * kPacketBytes));
        // 64 x 8192 bits at 1.6 Gb/s: 327,680,000 ps.
        EXPECT_EQ(found.parts.bandwidth, 81'920U);
        EXPECT_EQ(found.parts.contention, 0U);
        EXPECT_EQ(found.parts.bound(), ExchangeBound::Bandwidth);
    }
}

TEST(ExchangeBound, OfOneFlowIsThatOfTheSlowestLinkOfItsWay) {
    ArraySpec array = array_of(TopologyKind::Graph, 2);
    array.interconnect.topology.edges = {{"acc0", "fast", true, {}, {}, {}},
                                         {"fast", "slow", true, 400'000'000, {}, {}},
                                         {"slow", "acc1", true, {}, {}, {}}};
    const Outcome found = outcome(array, exchange_of(2, 1, 64 * kPacketBytes));
    // Four times what links of 1.6 Gb/s take. The first link is stalled while the second one is busy, no longer.
    EXPECT_EQ(found.parts.bandwidth, 4 * 81'920U);
    EXPECT_EQ(found.parts.contention, 0U);
    EXPECT_EQ(found.parts.bound(), ExchangeBound::Bandwidth);
}

TEST(ExchangeBound, OfLargeExchangesOnATreeIsBandwidth) {
    for (const std::uint64_t mask : {1U, 2U, 4U, 8U}) {
        const Outcome found = outcome(array_of(TopologyKind::HTree, 16), exchange_of(16, mask, 64 * kPacketBytes));
        // A link carries as many flows as it is faster than the lowest ones.
        EXPECT_EQ(found.parts.bandwidth, 81'920U) << mask;
        EXPECT_LT(found.parts.contention, 819U) << mask;
        EXPECT_EQ(found.parts.bound(), ExchangeBound::Bandwidth) << mask;
    }
}

TEST(ExchangeBound, OfFlowsThatShareALinkShowsContention) {
    // Accelerator i exchanges with i + 8, two rows down: the links from row 1 to 2 carry two flows each.
    const Outcome mesh = outcome(array_of(TopologyKind::Mesh, 16), exchange_of(16, 8, 64 * kPacketBytes));
    EXPECT_EQ(mesh.parts.bandwidth, 81'920U);
    EXPECT_GE(mesh.parts.contention, 81'920U);

    // In a ring all go half-way round: eight flows each way, 8 links each, over 16 links: four to a link.
    const Outcome ring = outcome(array_of(TopologyKind::Ring, 16), exchange_of(16, 8, 64 * kPacketBytes));
    EXPECT_EQ(ring.parts.bandwidth, 81'920U);
    EXPECT_GE(ring.parts.contention, 3 * 81'920U);
    EXPECT_EQ(ring.parts.bound(), ExchangeBound::Contention);
}

TEST(ExchangeBound, OfAFewBytesIsLatency) {
    const Outcome found = outcome(array_of(TopologyKind::HTree, 16), exchange_of(16, 8, 16));
    // A flit of 128 bits at 1.6 Gb/s: 80 ns, 20 cycles. Eight links and routers alone take 64 ns more, memories and
    // the other links the rest.
    EXPECT_EQ(found.parts.bandwidth, 20U);
    EXPECT_EQ(found.parts.bound(), ExchangeBound::Latency);
}

class EveryTopology : public testing::TestWithParam<TopologyKind> {
protected:
    /// Exchanges with all partners, of random sizes that no packet divides.
    static Program random_program(std::uint64_t accelerators) {
        std::mt19937_64 random(5);
        Program program;
        for (std::uint64_t mask = 1; mask < accelerators; mask *= 2) {
            Segment segment = exchange_of(accelerators, mask, 0);
            for (Flow& flow : segment.flows) flow = plain_flow(flow.from, flow.to, 4 * (1 + random() % 5000), false);
            program.segments.push_back(std::move(segment));
        }
        return program;
    }

    static void expect_same_in_full_and_fast(const ArraySpec& array) {
        const Program program = random_program(array.accelerators);
        const std::vector<Outcome> full = outcomes(program, array, Fidelity::Full);
        const std::vector<Outcome> fast = outcomes(program, array, Fidelity::Fast);
        for (std::size_t index = 0; index < full.size(); ++index) {
            EXPECT_EQ(full[index].parts.bandwidth, fast[index].parts.bandwidth) << index;
            EXPECT_EQ(full[index].parts.contention, fast[index].parts.contention) << index;
            EXPECT_EQ(full[index].parts.latency, fast[index].parts.latency) << index;
            EXPECT_GT(full[index].parts.bandwidth, 0U) << index;
        }
    }
};

INSTANTIATE_TEST_SUITE_P(ExchangeBound, EveryTopology,
                         testing::Values(TopologyKind::HTree, TopologyKind::Torus, TopologyKind::Mesh,
                                         TopologyKind::Ring, TopologyKind::FullyConnected, TopologyKind::FatTree,
                                         TopologyKind::Dragonfly),
                         [](const auto& test) {
                             std::string name = name_of(test.param);
                             name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
                             return name;
                         });

TEST_P(EveryTopology, HasTheSameBoundsInFullAndFast) {
    ArraySpec array = array_of(GetParam(), 16);
    expect_same_in_full_and_fast(array);
    array.interconnect.flow_control = FlowControl::Wormhole;
    array.interconnect.buffer_flits = 8;
    expect_same_in_full_and_fast(array);
    array.interconnect.virtual_channels = 3;
    array.interconnect.routing = RoutingRule::MinimalAdaptive;
    expect_same_in_full_and_fast(array);
}

}  // namespace
}  // namespace hypar
