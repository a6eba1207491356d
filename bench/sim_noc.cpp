// The interconnect alone, under traffic.

#include <benchmark/benchmark.h>

#include "arch/network/topology.h"
#include "sim/probe/noc.h"

namespace {

/// A 4 x 4 torus as `hypar noc` makes it; node-cycles a second, the warm-up's too.
void noc(benchmark::State& state, double rate, std::uint64_t packet_flits, hypar::InputReads reads) {
    hypar::InterconnectSpec spec;
    spec.topology = {hypar::TopologyKind::Torus, {4, 4}, {}, {}};
    spec.flow_control = hypar::FlowControl::Wormhole;
    spec.bits_per_second = 128'000'000'000;
    spec.is_per_link = true;
    spec.link_latency = 1000;
    spec.flit_bytes = 16;
    spec.buffer_flits = 8;
    spec.virtual_channels = 4;
    spec.input_reads = reads;
    const hypar::Topology topology = hypar::Topology::make(spec, 16);
    hypar::NocTraffic traffic;
    traffic.rate = rate;
    traffic.packet_flits = packet_flits;
    for (auto _ : state) benchmark::DoNotOptimize(hypar::run_noc(spec, hypar::Clock{1000}, topology, traffic));
    state.counters["node_cycles"] = benchmark::Counter(static_cast<double>(16 * (traffic.warmup + traffic.cycles)),
                                                       benchmark::Counter::kIsIterationInvariantRate);
}

constexpr auto kAll = hypar::InputReads::All;
constexpr auto kOne = hypar::InputReads::One;
BENCHMARK_CAPTURE(noc, torus_light, 0.2, 1, kAll)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(noc, torus_light_one_read, 0.2, 1, kOne)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(noc, torus_heavy, 0.9, 1, kAll)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(noc, torus_heavy_one_read, 0.9, 1, kOne)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(noc, torus_long_packets, 0.6, 16, kAll)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(noc, torus_long_packets_one_read, 0.6, 16, kOne)->Unit(benchmark::kMillisecond);

}  // namespace
