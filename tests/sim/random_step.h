#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <tuple>
#include <vector>

#include "sim/program/lowering.h"
#include "sim/replay/replay.h"
#include "tests/sim/support.h"

namespace hypar::tests {

/// A divisor of `value`.
inline std::uint64_t random_divisor(Random& random, std::uint64_t value) {
    std::vector<std::uint64_t> divisors;
    for (std::uint64_t divisor = 1; divisor <= value; ++divisor) {
        if (value % divisor == 0) divisors.push_back(divisor);
    }
    return divisors[draw(random, 0, divisors.size() - 1)];
}

/// Vaults of all layouts: blocks larger and smaller than all banks' rows, rows that blocks share and that they do
/// not. Their clock often divides the array's, which `clock` is.
inline MemorySpec random_memory(Random& random, Picoseconds clock) {
    const auto draw = [&](std::uint64_t least, std::uint64_t most) { return tests::draw(random, least, most); };
    MemorySpec memory;
    memory.capacity_bytes = 8'000'000'000;
    memory.vaults = draw(1, 6);
    memory.crossbar_cycles = draw(1, 3);
    memory.banks = draw(1, 9);
    memory.burst_bytes = draw(16, 64);
    memory.bank_interleave_bytes = memory.burst_bytes * draw(1, 4);
    memory.row_bytes = memory.bank_interleave_bytes * (draw(0, 2) == 0 ? draw(1, 4) : 1);
    const std::uint64_t rows = memory.stripe_bytes() / memory.row_bytes;
    switch (draw(0, 7)) {
        case 0: memory.interleave_bytes = memory.row_bytes * random_divisor(random, rows); break;
        case 1: {
            const std::uint64_t bursts = memory.stripe_bytes() / memory.burst_bytes;
            memory.interleave_bytes = memory.burst_bytes * random_divisor(random, bursts);
            break;
        }
        default: memory.interleave_bytes = memory.stripe_bytes() * draw(1, 1 + 2000 / memory.stripe_bytes());
    }
    memory.page = draw(0, 1) == 0 ? PagePolicy::Open : PagePolicy::Closed;
    const auto time = [&](std::uint64_t most) { return draw(1, most); };
    const Picoseconds period = draw(0, 11) == 0 ? draw(300, 1200) : clock / draw(1, 8);
    memory.timing = {period,       time(20'000), time(20'000), time(20'000), time(15'000),
                     time(30'000), time(40'000), time(5000),   time(10'000), time(8000),
                     time(8000),   time(4000),   time(30'000), time(60'000), 0};
    memory.timing.refresh_interval = memory.timing.refresh_time * draw(2, 150) + 2 * period;
    memory.vault_bits_per_second = 8 * memory.burst_bytes * kPicosecondsPerSecond / memory.timing.column_spacing;
    return memory;
}

/// Every topology of a name and a default size, either flow control, with buffers from those of which every link
/// waits to those of which none does.
inline InterconnectSpec random_interconnect(Random& random, bool is_adaptive) {
    constexpr TopologyKind kKinds[] = {TopologyKind::HTree,          TopologyKind::Torus,   TopologyKind::Mesh,
                                       TopologyKind::Ring,           TopologyKind::FatTree, TopologyKind::Dragonfly,
                                       TopologyKind::FullyConnected, TopologyKind::HTree,   TopologyKind::Torus};
    const auto draw = [&](std::uint64_t least, std::uint64_t most) { return tests::draw(random, least, most); };
    InterconnectSpec spec;
    spec.topology.kind = kKinds[draw(0, std::size(kKinds) - 1)];
    spec.is_per_link = draw(0, 3) == 0;
    spec.bits_per_second = draw(1, 40) * (spec.is_per_link ? 50'000'000 : 800'000'000);
    spec.link_latency = draw(1, 9000);
    spec.router_cycles = draw(1, 4);
    spec.packet_bytes = draw(3, 20) * 32;
    spec.header_bytes = draw(0, 1) * 16;
    spec.virtual_channels = draw(2, 4);
    if (is_adaptive || draw(0, 4) == 0) {
        spec.routing = RoutingRule::MinimalAdaptive;
        spec.virtual_channels = draw(3, 4);  // a ring's way out takes two
    }
    if (draw(0, 2) == 0) {
        spec.flow_control = FlowControl::Wormhole;
        spec.flit_bytes = draw(2, 8) * 32;
        spec.buffer_flits = draw(1, 12);
    } else {
        spec.flit_bytes = draw(1, 16) * 10;
        spec.buffer_flits = spec.flits_of(spec.packet_bytes) * draw(1, 5) + draw(0, 2);
    }
    spec.input_reads = spec.link_latency % 2 == 0 ? InputReads::One : InputReads::All;
    return spec;
}

/// Accelerators small enough for many tiles and packets, no number of which divides another by intention.
inline ArraySpec random_array(Random& random, bool is_adaptive) {
    const auto draw = [&](std::uint64_t least, std::uint64_t most) { return tests::draw(random, least, most); };
    ArraySpec array;
    array.accelerators = std::uint64_t{1} << draw(0, 4);
    array.clock.period = draw(1, 6) * 1000;
    array.processing_units = draw(1, 4);
    array.pe_array = {draw(3, 12), draw(3, 14), draw(20, 224), draw(4, 12),
                      draw(6, 24), draw(1, 4),  draw(1, 4),    draw(1, 4)};
    array.buffer = {draw(6, 12) * 1024, draw(1, 3) * 64, draw(1, 8)};
    array.dma.outstanding_requests = draw(1, 8);
    array.memory = random_memory(random, array.clock.period);
    array.interconnect = random_interconnect(random, is_adaptive);
    const std::uint64_t requests = array.dma.outstanding_requests;
    if (requests % 2 == 1) array.interconnect.outstanding_requests = requests;
    return array;
}

/// The same array with processing elements of a kind, whose own numbers are random.
inline ArraySpec of_kind(PeArrayKind kind, std::uint64_t seed, ArraySpec array) {
    Random random(seed);
    array.pe_array.kind = kind;
    const auto own = [&](const auto& choices) { return choices[draw(random, 0, std::size(choices) - 1)].value; };
    array.pe_array.systolic = {own(SystolicSpec::kDataflows), own(SystolicSpec::kFolds),
                               draw(random, 0, 1) * draw(random, 1, 40)};
    return array;
}

/// A step with everything that it refers to.
struct RandomStep {
    explicit RandomStep(std::uint64_t seed, bool is_adaptive = false, PeArrayKind kind = PeArrayKind::RowStationary)
        : random(seed),
          array(of_kind(kind, seed, random_array(random, is_adaptive))),
          network(random_network(random)),
          plan(random_plan(random, level_count(array.accelerators), network.size())),
          topology(Topology::make(array.interconnect, array.accelerators)) {
        const std::uint64_t batch = draw(random, 1, 200);
        const PartialSums sums = draw(random, 0, 1) == 0 ? PartialSums::Pooled : PartialSums::BeforePooling;
        shape = {batch, 4, sums};
        lower_again();
    }

    /// After a change of the array or the plan.
    void lower_again() { program = lower(network, plan, shape, kAllPhases, array); }

    ReplayResult replay_with(const ReplayOptions& options) const { return replay(program, array, topology, options); }

    Random random;
    ArraySpec array;
    Network network;
    Plan plan;
    Topology topology;
    StepShape shape;
    Program program;
};

inline auto as_tuple(const LinkUse& use) {
    return std::make_tuple(use.payload_bytes, use.packets, use.flits, use.busy_time, use.stalled_time,
                           use.peak_flits);
}
inline auto as_tuple(const InterfaceUse& use) { return std::make_tuple(use.sent_bytes, use.received_bytes); }

inline bool are_equal(const ReplayResult& a, const ReplayResult& b) {
    const auto equal = [](const auto& x, const auto& y, auto tuple_of) {
        return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                          [&](const auto& left, const auto& right) { return tuple_of(left) == tuple_of(right); });
    };
    const auto segment_tuple = [](const SegmentTotals& segment) {
        const LastWorker last = segment.last.value_or(LastWorker{});
        return std::tuple_cat(
            std::make_tuple(segment.cycles), as_tuple(segment.counts),
            std::make_tuple(segment.last.has_value(), last.accelerator, last.unit, last.at, last.spent.multiply,
                            last.spent.fill, last.spent.delivery, last.spent.buffer, last.spent.drain,
                            last.spent.vector),
            std::make_tuple(segment.busiest_link_time, segment.busiest_link, segment.busiest_vault));
    };
    return equal(a.segments, b.segments, segment_tuple) &&
           equal(a.accelerators, b.accelerators, [](const InterfaceUse& use) { return as_tuple(use); }) &&
           equal(a.links, b.links, [](const LinkUse& use) { return as_tuple(use); }) &&
           a.busiest_vault_time == b.busiest_vault_time && a.peak_buffer_bytes == b.peak_buffer_bytes;
}

inline ReplayOptions full() {
    ReplayOptions options;
    options.fidelity = Fidelity::Full;
    return options;
}

/// The steps that `make` makes of seeds are the same fast as full, and over `least_jumping` of them jump.
template <typename Make>
void expect_fast_as_full(std::uint64_t first, std::uint64_t cases, std::uint64_t least_jumping, Make make) {
    std::uint64_t jumping = 0;
    for (std::uint64_t seed = first; seed < first + cases; ++seed) {
        const RandomStep step = make(seed);
        const ReplayResult fast = step.replay_with({});
        ASSERT_TRUE(are_equal(step.replay_with(full()), fast)) << "seed " << seed;
        jumping += fast.use.jumps > 0 ? 1 : 0;
    }
    EXPECT_GT(jumping, least_jumping);
}

}  // namespace hypar::tests
