#include <gtest/gtest.h>

#include <vector>

#include "sim/replay/replay.h"
#include "tests/sim/support.h"

namespace hypar {
namespace {

/// Cycles of each of two exchanges, in which 0 sends 1 a packet.
std::vector<Cycles> cycles_of_two(Picoseconds link_latency, Fidelity fidelity) {
    ArraySpec array = tests::hpca19(TopologyKind::HTree, 2);
    array.interconnect.link_latency = link_latency;
    const Segment segment{0, Phase::Forward, {}, {plain_flow(0, 1, 1000, false)}};
    ReplayOptions options;
    options.fidelity = fidelity;
    const ReplayResult result =
        replay(Program{{}, {segment, segment}}, array, Topology::make(array.interconnect, 2), options);
    return {result.segments[0].cycles, result.segments[1].cycles};
}

TEST(Segment, EndsWhenTheLastCreditIsBack) {
    // Over two links to 1; its router tells the switch over the second one that the packet has left its buffer, which
    // takes longer than to write it to memory. A microsecond is 250 cycles.
    for (const Fidelity fidelity : {Fidelity::Full, Fidelity::Fast}) {
        const std::vector<Cycles> near = cycles_of_two(1'000'000, fidelity);
        const std::vector<Cycles> far = cycles_of_two(2'000'000, fidelity);
        EXPECT_EQ(far[0] - near[0], 3U * 250);
        // So the second exchange finds what the first one found.
        EXPECT_EQ(near[1], near[0]);
        EXPECT_EQ(far[1], far[0]);
    }
}

}  // namespace
}  // namespace hypar
