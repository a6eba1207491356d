#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "base/checked.h"
#include "sim/replay/replay.h"
#include "tests/sim/random_step.h"

namespace hypar::tests {

/// What crosses a link, counted at each.
struct Crossings {
    std::uint64_t payload_bytes = 0;
    std::uint64_t packets = 0;
};

inline std::vector<Crossings> planned_crossings(const std::vector<Flow>& flows, const ArraySpec& array,
                                                const Topology& topology) {
    std::vector<Crossings> links(topology.links().size());
    for (const Flow& flow : flows) {
        std::uint64_t packets = 0;
        for_each_piece(flow,
                       [&](std::uint64_t bytes) { packets += ceil_divide(bytes, array.interconnect.packet_bytes); });
        for (const Hop& hop : topology.route(flow.from, flow.to)) {
            links[hop.link].payload_bytes += flow.bytes;
            links[hop.link].packets += packets;
        }
    }
    return links;
}

/// All bytes of a program of one segment of flows have left where they start, come where they end, been added where
/// they are sums, and gone over the links of their ways.
inline void expect_conserved(const Program& program, const ArraySpec& array, const Topology& topology,
                             const ReplayResult& result) {
    const std::vector<Flow>& flows = program.segments.front().flows;
    std::vector<InterfaceUse> interfaces(array.accelerators);
    EventCounts counts;
    for (const Flow& flow : flows) {
        interfaces[flow.from].sent_bytes += flow.bytes;
        interfaces[flow.to].received_bytes += flow.bytes;
        counts.sent_bytes += flow.bytes;
        counts.adds += flow.added_bytes / array.precision.bytes;
        counts.dram_bytes += 2 * flow.bytes + flow.added_bytes;
        for_each_piece(
            flow, [&](std::uint64_t bytes) { counts.injected_flits += array.interconnect.flits_of_transfer(bytes); });
    }
    for (const LinkUse& link : result.links) counts.link_flits += link.flits;
    EXPECT_EQ(result.segments.front().counts.injected_flits, counts.injected_flits);
    EXPECT_EQ(result.segments.front().counts.link_flits, counts.link_flits);
    EXPECT_EQ(result.segments.front().counts.sent_bytes, counts.sent_bytes);
    EXPECT_EQ(result.segments.front().counts.adds, counts.adds);
    EXPECT_EQ(result.segments.front().counts.dram_bytes, counts.dram_bytes);
    for (std::size_t i = 0; i < interfaces.size(); ++i) {
        EXPECT_EQ(as_tuple(result.accelerators[i]), as_tuple(interfaces[i]));
    }
    if (topology.is_adaptive()) return;  // over any links
    const std::vector<Crossings> planned = planned_crossings(flows, array, topology);
    for (std::size_t link = 0; link < planned.size(); ++link) {
        EXPECT_EQ(result.links[link].payload_bytes, planned[link].payload_bytes);
        EXPECT_EQ(result.links[link].packets, planned[link].packets);
    }
}

/// So many random exchanges are the same in full and fast, and more than a third of them jump; `also` checks what
/// else holds of each.
template <typename RandomExchange, typename Also>
void expect_same_in_full_and_fast(std::uint64_t first, std::uint64_t cases, const Also& also) {
    std::uint64_t jumping = 0;
    for (std::uint64_t seed = first; seed < first + cases; ++seed) {
        SCOPED_TRACE(seed);
        const RandomExchange exchange(seed);
        const ReplayResult whole = exchange.replay_with(full());
        const ReplayResult fast = exchange.replay_with({});
        ASSERT_TRUE(are_equal(whole, fast));
        expect_conserved(exchange.program, exchange.array, exchange.topology, whole);
        also(exchange, whole);
        jumping += fast.use.jumps > 0 ? 1 : 0;
    }
    EXPECT_GT(jumping, cases / 3);
}

}  // namespace hypar::tests
