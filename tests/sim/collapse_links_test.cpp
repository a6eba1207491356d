#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "sim/analysis/lone_flow.h"
#include "sim/replay/replay.h"
#include "tests/sim/support.h"

namespace hypar {
namespace {

constexpr std::uint64_t kBits = 3'200'000'000;
constexpr Picoseconds kLatency = 8000;
constexpr std::uint64_t kFemtojoules = 1000;

/// Two pairs of accelerators, alike: a switch in each, links one way each, and a wire between the switches. What a
/// test changes is one link of the second pair.
std::vector<EdgeSpec> two_pairs() {
    std::vector<EdgeSpec> edges;
    for (const std::string pair : {"0", "1"}) {
        const std::string left = pair == "0" ? "acc0" : "acc2";
        const std::string right = pair == "0" ? "acc1" : "acc3";
        const std::string middle = "switch" + pair;
        for (const auto& [from, to] : {std::pair{left, middle}, {middle, right}, {right, middle}, {middle, left}}) {
            edges.push_back({from, to, false, kBits, kLatency, kFemtojoules});
        }
    }
    edges.push_back({"switch0", "switch1", true, kBits, kLatency, kFemtojoules});
    return edges;
}

ArraySpec array_of(std::vector<EdgeSpec> edges) {
    ArraySpec array = tests::hpca19(TopologyKind::Graph, 4);
    array.interconnect.topology.edges = std::move(edges);
    array.interconnect.virtual_channels = 1;  // of several, the pairs would use others
    return array;
}

/// 0 and 1, 2 and 3 exchange a few packets; 1 and 3 add what arrives.
Program exchange_in_pairs() {
    Segment segment;
    for (const std::uint64_t i : {0U, 1U, 2U, 3U}) segment.flows.push_back(plain_flow(i, i ^ 1, 5000, i % 2 == 0));
    Program program;
    program.segments.push_back(segment);
    return program;
}

/// All integers of a replay.
std::vector<std::uint64_t> integers_of(const ArraySpec& array, Fidelity fidelity,
                                       const Program& program = exchange_in_pairs()) {
    const Topology topology = Topology::make(array.interconnect, array.accelerators);
    ReplayOptions options;
    options.fidelity = fidelity;
    const ReplayResult result = replay(program, array, topology, options);
    const SegmentTotals& segment = result.segments.front();
    const EventCounts& counts = segment.counts;
    std::vector<std::uint64_t> integers{
        segment.cycles,    segment.busiest_link_time, result.busiest_vault_time,      counts.adds,
        counts.dram_bytes, counts.link_bytes,         counts.priced_link_femtojoules, counts.sent_bytes,
        counts.link_flits, counts.injected_flits};
    for (const LinkUse& use : result.links) {
        integers.insert(integers.end(),
                        {use.payload_bytes, use.packets, use.flits, use.busy_time, use.stalled_time, use.peak_flits});
    }
    return integers;
}

TEST(CollapseLinks, PartsWhoseLinksAreAlikeAreSimulatedOnce) {
    const ArraySpec array = array_of(two_pairs());
    const ReplayResult result = replay(exchange_in_pairs(), array, Topology::make(array.interconnect, 4));
    EXPECT_EQ(result.use.pieces, 2U);
    EXPECT_EQ(result.use.distinct_pieces, 1U);
}

TEST(CollapseLinks, PartsWhoseLinksDifferInAnyNumberAreKeptApart) {
    const std::vector<std::uint64_t> alike = integers_of(array_of(two_pairs()), Fidelity::Fast);
    EXPECT_EQ(alike, integers_of(array_of(two_pairs()), Fidelity::Full));
    const std::vector<void (*)(EdgeSpec&)> changes{
        [](EdgeSpec& edge) { edge.bits_per_second = kBits / 2; },
        [](EdgeSpec& edge) { edge.latency = 1000 * kLatency; },
        [](EdgeSpec& edge) { edge.femtojoules_per_bit = 2 * kFemtojoules; },
        [](EdgeSpec& edge) { edge.femtojoules_per_bit.reset(); },
    };
    for (std::size_t change = 0; change < changes.size(); ++change) {
        for (std::size_t link = 4; link < 8; ++link) {
            std::vector<EdgeSpec> edges = two_pairs();
            changes[change](edges[link]);
            const ArraySpec array = array_of(edges);
            const std::vector<std::uint64_t> full = integers_of(array, Fidelity::Full);
            EXPECT_NE(full, alike) << change << " of link " << link << " changes nothing";
            EXPECT_EQ(integers_of(array, Fidelity::Fast), full) << change << " of link " << link;
        }
    }
}

// The ends of links are part of what tells parts apart, too, but no result can depend on them where the routes are
// the same: a route's links follow each other from an accelerator to its partner, links that are on no route carry
// nothing, and buffers and turns belong to links. Where links end elsewhere and routes differ, the numbers of the
// links on them do.
TEST(CollapseLinks, PartsWhosePacketsGoOtherWaysAreKeptApart) {
    std::vector<EdgeSpec> edges = two_pairs();
    edges[5].to = "switch2";  // from switch1: one more link on the way to acc3
    edges.push_back({"switch2", "acc3", false, kBits, kLatency, kFemtojoules});
    const ArraySpec array = array_of(edges);
    EXPECT_EQ(integers_of(array, Fidelity::Fast), integers_of(array, Fidelity::Full));
}

TEST(CollapseLinks, PartsThatAddWhatArrivesAreKeptApartFromThoseThatDoNot) {
    Program program = exchange_in_pairs();
    program.segments[0].flows[2].added_bytes = 0;  // from 2 to 3
    const ArraySpec array = array_of(two_pairs());
    EXPECT_EQ(integers_of(array, Fidelity::Fast, program), integers_of(array, Fidelity::Full, program));
}

TEST(CollapseLinks, PartsWhosePacketsShareAVirtualChannelAreKeptApartFromThoseWhoseDoNot) {
    // Two parts of two accelerators on either side of a wire. Over it packets to 3 and 4 go in one virtual channel,
    // packets to 6 and 7 in two.
    const std::vector<std::vector<std::size_t>> parts{{0, 1, 3, 4}, {2, 5, 6, 7}};
    std::vector<EdgeSpec> edges;
    Segment segment;
    for (const std::vector<std::size_t>& part : parts) {
        const std::string left = "left" + std::to_string(part[0]);
        const std::string right = "right" + std::to_string(part[0]);
        for (std::size_t i = 0; i < 4; ++i) edges.push_back({"acc" + std::to_string(part[i]), i < 2 ? left : right});
        edges.push_back({left, right});
        for (std::size_t i = 0; i < 2; ++i) segment.flows.push_back(plain_flow(part[i], part[i + 2], 20'000, false));
    }
    edges.push_back({"right0", "left2"});
    ArraySpec array = array_of(edges);
    array.accelerators = 8;
    array.interconnect.virtual_channels = 2;
    array.interconnect.buffer_flits = 64;  // a packet
    const Topology topology = Topology::make(array.interconnect, 8);
    ASSERT_EQ(topology.route(0, 3)[1].virtual_channel, topology.route(1, 4)[1].virtual_channel);
    ASSERT_NE(topology.route(2, 6)[1].virtual_channel, topology.route(5, 7)[1].virtual_channel);
    const Program program{{}, {segment}};
    EXPECT_EQ(integers_of(array, Fidelity::Fast, program), integers_of(array, Fidelity::Full, program));
}

TEST(LoneFlow, WaysWhoseLinksDifferInAnyNumberAreKeptApart) {
    const std::vector<void (*)(EdgeSpec&)> changes{
        [](EdgeSpec& edge) { edge.bits_per_second = kBits / 2; },
        [](EdgeSpec& edge) { edge.latency = 1000 * kLatency; },
    };
    const auto alone_in = [](const std::vector<EdgeSpec>& edges, const Program& program) {
        const ArraySpec array = array_of(edges);
        return cycles_without_contention(program, array, Topology::make(array.interconnect, 4), {})->front();
    };
    // 2 sends to 3 alone, over two links.
    Program second = exchange_in_pairs();
    second.segments[0].flows = {second.segments[0].flows[2]};
    const Cycles alike = alone_in(two_pairs(), exchange_in_pairs());
    for (const auto change : changes) {
        for (std::size_t link = 4; link < 6; ++link) {
            std::vector<EdgeSpec> edges = two_pairs();
            change(edges[link]);
            const Cycles longest = alone_in(edges, exchange_in_pairs());
            EXPECT_GT(longest, alike);
            EXPECT_EQ(longest, alone_in(edges, second));
        }
    }
}

}  // namespace
}  // namespace hypar
