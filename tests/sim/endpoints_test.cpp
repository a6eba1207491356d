// Accelerators without routers: a fast replay finds what a full one finds, and flits pass the routers that there are.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "sim/replay/replay.h"
#include "tests/sim/conserved.h"
#include "tests/sim/random_flows.h"
#include "tests/sim/random_step.h"
#include "tests/sim/support.h"

namespace hypar {
namespace {

using tests::are_equal;
using tests::draw;
using tests::full;

/// Accelerators around one switch and another one; between the first two there is a wire more, so they have routers.
TopologySpec star_of(std::uint64_t accelerators) {
    TopologySpec star;
    star.kind = TopologyKind::Graph;
    star.edges = {{"hub0", "hub1", true, {}, {}, {}}, {"acc0", "acc1", true, {}, {}, {}}};
    for (std::uint64_t i = 0; i < accelerators; ++i) {
        star.edges.push_back({"acc" + std::to_string(i), "hub" + std::to_string(i % 2), true, {}, {}, {}});
    }
    return star;
}

/// One exchange on a random array whose accelerators have no routers where one wire joins them to a switch.
struct Exchange {
    explicit Exchange(std::uint64_t seed) : random(seed), array(tests::random_array(random, seed % 5 == 4)) {
        const std::uint64_t levels = draw(random, 1, 4);
        array.accelerators = std::uint64_t{1} << levels;
        InterconnectSpec& interconnect = array.interconnect;
        interconnect.endpoints = Endpoints::Direct;
        interconnect.virtual_channels = std::max<std::uint64_t>(interconnect.virtual_channels, 3);
        switch (seed % 3) {
            case 0: interconnect.topology = {TopologyKind::HTree}; break;
            case 1: interconnect.topology = {TopologyKind::FatTree, {2, levels}}; break;
            default: interconnect.topology = star_of(array.accelerators); break;
        }
        tests::make_regular(random, array);
        topology = Topology::make(interconnect, array.accelerators);
        program.segments.emplace_back();
        program.segments.front().flows =
            tests::RandomFlows(random, array.accelerators, interconnect.packet_bytes, 150).make();
    }

    ReplayResult replay_with(const ReplayOptions& options) const { return replay(program, array, topology, options); }

    std::uint64_t routers_on(const Route& route) const {
        std::uint64_t routers = topology.is_endpoint(topology.links()[route.front().link].from) ? 0 : 1;
        for (const Hop& hop : route) {
            const std::size_t node = topology.links()[hop.link].to;
            if (node >= array.accelerators || !topology.is_endpoint(node)) ++routers;
        }
        return routers;
    }

    /// By flits of all packets on their deterministic ways.
    std::uint64_t planned_router_flits() const {
        std::uint64_t flits = 0;
        for (const Flow& flow : program.segments.front().flows) {
            for_each_piece(flow, [&](std::uint64_t bytes) {
                flits += array.interconnect.flits_of_transfer(bytes) * routers_on(topology.route(flow.from, flow.to));
            });
        }
        return flits;
    }

    tests::Random random;
    ArraySpec array;
    Topology topology;
    Program program;
};

void expect_same_in_full_and_fast(std::uint64_t first, std::uint64_t cases) {
    const auto passes_its_routers = [](const Exchange& exchange, const ReplayResult& whole) {
        if (exchange.topology.is_adaptive()) return;
        EXPECT_EQ(whole.segments.front().counts.router_flits(), exchange.planned_router_flits());
    };
    tests::expect_same_in_full_and_fast<Exchange>(first, cases, passes_its_routers);
}

TEST(Endpoints, AreTheSameInFullAndFast) { expect_same_in_full_and_fast(0, 45); }

TEST(EndpointsLong, AreTheSameInFullAndFast) { expect_same_in_full_and_fast(45, 600); }

}  // namespace
}  // namespace hypar
