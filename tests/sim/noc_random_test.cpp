// Random interconnects under random traffic.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include <fmt/format.h>

#include "arch/network/deadlock.h"
#include "tests/sim/noc_support.h"

namespace hypar {
namespace {

class Draw {
public:
    explicit Draw(std::uint64_t seed) : random_(seed) {}

    std::uint64_t from(std::uint64_t least, std::uint64_t most) { return least + random_() % (most - least + 1); }
    template <typename T>
    T one_of(std::initializer_list<T> values) {
        return *(values.begin() + from(0, values.size() - 1));
    }

private:
    std::mt19937_64 random_;
};

struct Case {
    InterconnectSpec spec;
    std::uint64_t nodes = 1;
    NocTraffic traffic;
};

/// Up to 27 nodes, of a size that the topology can have.
void draw_size(Draw& draw, Case& drawn) {
    std::vector<std::uint64_t>& size = drawn.spec.topology.size;
    drawn.nodes = 1;
    switch (drawn.spec.topology.kind) {
        case TopologyKind::HTree:
            for (std::uint64_t level = draw.from(1, 3); level > 0; --level) size.push_back(draw.from(2, 3));
            if (draw.from(0, 1) == 1) {
                for (std::size_t level = 1; level < size.size(); ++level) {
                    drawn.spec.topology.factors.push_back(draw.from(1, 3));
                }
            }
            break;
        case TopologyKind::Torus:
        case TopologyKind::Mesh:
            for (std::uint64_t dimension = draw.from(1, 3); dimension > 0; --dimension)
                size.push_back(draw.from(1, 3));
            if (size.size() < 3) size[0] += draw.from(0, 3);
            break;
        case TopologyKind::Ring:
        case TopologyKind::FullyConnected: size = {draw.from(1, 9)}; break;
        case TopologyKind::FatTree:
            size = {draw.from(2, 3), draw.from(1, 3)};
            for (std::uint64_t level = 0; level < size[1]; ++level) drawn.nodes *= size[0];
            return;
        case TopologyKind::Dragonfly: size = {draw.from(1, 3), draw.from(1, 3), draw.from(1, 3)}; break;
        case TopologyKind::Graph: break;
    }
    for (const std::uint64_t length : size) drawn.nodes *= length;
}

/// A random tree of accelerators and switches with some wires more.
void draw_graph(Draw& draw, Case& drawn) {
    drawn.nodes = draw.from(2, 8);
    const std::uint64_t switches = draw.from(0, 4);
    const auto name = [&](std::uint64_t node) {
        return fmt::format("{}{}", node < drawn.nodes ? "acc" : "hub", node);
    };
    const auto add = [&](std::uint64_t a, std::uint64_t b) {
        EdgeSpec edge{name(a), name(b), true, {}, {}, {}};
        if (draw.from(0, 2) == 0) edge.bits_per_second = 128'000'000'000 / draw.from(1, 9);
        if (draw.from(0, 2) == 0) edge.latency = draw.from(1, 5000);
        drawn.spec.topology.edges.push_back(edge);
    };
    for (std::uint64_t node = 1; node < drawn.nodes + switches; ++node) add(node, draw.from(0, node - 1));
    for (std::uint64_t more = draw.from(0, 4); more > 0; --more) {
        const std::uint64_t a = draw.from(0, drawn.nodes + switches - 1);
        const std::uint64_t b = draw.from(0, drawn.nodes + switches - 1);
        if (a != b) add(a, b);
    }
}

Case draw_case(std::uint64_t seed) {
    Draw draw(seed);
    Case drawn;
    drawn.spec = tests::noc_spec(topology_families()[draw.from(0, topology_families().size() - 1)].kind);
    if (drawn.spec.topology.kind == TopologyKind::Graph) {
        draw_graph(draw, drawn);
    } else {
        draw_size(draw, drawn);
    }
    InterconnectSpec& spec = drawn.spec;
    spec.routing =
        draw.one_of({RoutingRule::Deterministic, RoutingRule::Deterministic, RoutingRule::MinimalAdaptive});
    spec.flow_control = draw.one_of({FlowControl::Wormhole, FlowControl::VirtualCutThrough});
    spec.virtual_channels = draw.from(2, 5);
    spec.buffer_flits = draw.from(1, 9);
    spec.router_cycles = draw.from(1, 4);
    spec.link_latency = draw.one_of<Picoseconds>({1, 700, 1000, 3000});
    if (draw.from(0, 2) == 0) spec.bits_per_second /= draw.one_of<std::uint64_t>({2, 3, 7});
    NocTraffic& traffic = drawn.traffic;
    traffic.pattern = noc_patterns()[draw.from(0, noc_patterns().size() - 1)].pattern;
    traffic.rate = static_cast<double>(draw.from(1, 100)) / 100;
    const bool is_whole = spec.flow_control == FlowControl::VirtualCutThrough;
    traffic.packet_flits = draw.from(1, is_whole ? spec.buffer_flits : 12);
    traffic.warmup = draw.from(0, 50);
    traffic.cycles = draw.from(1, 200);
    traffic.seed = seed;
    spec.input_reads = draw.one_of({InputReads::One, InputReads::All});
    traffic.ways = draw.one_of({NocWays::Routed, NocWays::Random});
    spec.endpoints = draw.one_of({Endpoints::Router, Endpoints::Direct});
    return drawn;
}

bool goes_with(NocPattern pattern, const Topology& topology) {
    try {
        check_pattern(pattern, topology);
        return true;
    } catch (const ConfigError&) {
        return false;
    }
}

bool has(NocWays ways, const Topology& topology) {
    try {
        check_ways(ways, topology);
        return true;
    } catch (const ConfigError&) {
        return false;
    }
}

/// run_noc itself checks that each packet arrives once, in order where it must, and that no flit is lost.
void expect_all_delivered(std::uint64_t first_seed, std::uint64_t runs) {
    std::uint64_t run = 0;
    for (std::uint64_t seed = first_seed; run < runs; ++seed) {
        Case drawn = draw_case(seed);
        SCOPED_TRACE(fmt::format("seed {}", seed));
        try {
            const Topology topology = Topology::make(drawn.spec, drawn.nodes);
            check_deadlock_free(topology);
            if (!goes_with(drawn.traffic.pattern, topology)) drawn.traffic.pattern = NocPattern::Uniform;
            if (!has(drawn.traffic.ways, topology)) drawn.traffic.ways = NocWays::Routed;
            const NocPoint point = run_noc(drawn.spec, Clock{tests::kNocPeriod}, topology, drawn.traffic);
            ASSERT_LE(point.delivered_flits, drawn.nodes * (drawn.traffic.cycles + drawn.traffic.packet_flits));
            ++run;
        } catch (const ConfigError& error) {  // too few virtual channels, or a graph that needs more
            ASSERT_TRUE(error.key() == "interconnect.virtual_channels" || error.key() == "topology") << error.what();
        } catch (const RunError& error) {
            FAIL() << error.what();
        }
    }
}

TEST(NocRandom, DeliversEveryPacketOnce) { expect_all_delivered(1, 300); }

TEST(NocRandomLong, DeliversEveryPacketOnce) { expect_all_delivered(1'000'000, 10'000); }

}  // namespace
}  // namespace hypar
