// Numbers that do not divide each other cost no more to simulate than round ones.

#include <gtest/gtest.h>

#include "sim/program/lowering.h"
#include "sim/replay/replay.h"
#include "tests/sim/support.h"

namespace hypar {
namespace {

using tests::draw;

constexpr std::size_t kLevels = 4;
constexpr std::uint64_t kPackets = 2000;

/// Accelerators exchange `kPackets` packets with their partners of each level, one level after the other.
Program exchanges(const ArraySpec& array) {
    Program program;
    for (std::size_t level = 0; level < kLevels; ++level) {
        Segment segment;
        segment.phase = Phase::Gradient;
        for (std::uint64_t i = 0; i < array.accelerators; ++i) {
            segment.flows.push_back(plain_flow(i, tests::partner_at(i, level, kLevels),
                                               kPackets * array.interconnect.packet_bytes, false));
        }
        program.segments.push_back(segment);
    }
    return program;
}

ArraySpec array_of(TopologyKind topology, std::uint64_t bits_per_second, Picoseconds period) {
    ArraySpec array = tests::hpca19(topology);
    array.interconnect.packet_bytes = 32 * 1024;
    array.interconnect.flit_bytes = 64;
    array.interconnect.buffer_flits = 4 * array.interconnect.flits_of(array.interconnect.packet_bytes);
    array.interconnect.bits_per_second = bits_per_second;
    array.clock.period = period;
    return array;
}

std::uint64_t events_of(const ArraySpec& array) {
    const Topology topology = Topology::make(array.interconnect, array.accelerators);
    return replay(exchanges(array), array, topology, {}).use.events;
}

TEST(Clocks, AnyBandwidthAndClockTakesAboutAsManyEventsAsRoundOnes) {
    tests::Random random(7);
    for (const TopologyKind topology : {TopologyKind::HTree, TopologyKind::Torus, TopologyKind::Mesh}) {
        const std::uint64_t round = events_of(array_of(topology, 25'600'000'000, 4000));
        for (int i = 0; i < 12; ++i) {
            const std::uint64_t bits_per_second = draw(random, 10'000'000'000, 50'000'000'000);
            const Picoseconds period = draw(random, 2000, 6000);
            EXPECT_LT(events_of(array_of(topology, bits_per_second, period)), 3 * round)
                << bits_per_second << " b/s, " << period << " ps";
        }
    }
}

}  // namespace
}  // namespace hypar
