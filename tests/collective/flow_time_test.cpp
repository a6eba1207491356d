#include "collective/flow_time.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/collective/support.h"

namespace hypar {
namespace {

/// A link carries a byte a nanosecond, a hop takes another and a picosecond, a memory three.
ArraySpec ring_of(std::uint64_t accelerators) {
    ArraySpec array = tests::ring_array(accelerators);
    array.clock.period = 1000;
    array.memory.vaults = 1;
    array.memory.vault_bits_per_second = 8'000'000'000'000;
    array.memory.interleave_bytes = 64;
    array.memory.crossbar_cycles = 1;
    array.dma.outstanding_requests = 64;
    return array;
}

Picoseconds predicted(const std::vector<std::uint64_t>& blocks) {
    const ArraySpec array = ring_of(blocks.size());
    const Topology topology = Topology::make(array.interconnect, array.accelerators);
    const Levels levels({static_cast<std::uint32_t>(blocks.size())});
    const Collective collective = tests::collective_of(CollectiveKind::AllGather, 1, blocks, levels);
    const auto stages = model_of(CollectiveAlgorithm::Ring).lower(collective, {levels, topology, 4, 64});
    return FlowTime(array, topology).of(stages.front().flows);
}

constexpr Picoseconds kHop = 1000 + 1 + 2 * 3000;

// Halves of blocks go each way, over each link all but one.
TEST(FlowTime, OfARingIsWhatItsLinksTake) {
    EXPECT_EQ(predicted({6400, 6400, 6400, 6400}), 3 * Picoseconds{3'200'000} + kHop);
    EXPECT_EQ(predicted({64'000, 64, 64, 64}), 32'000'000 + 2 * Picoseconds{32'000} + kHop);
}

// 32 bytes of each go each way, and each of the three that come only when the one before has come.
TEST(FlowTime, OfSmallBlocksIsWhatTheyTakeRound) {
    EXPECT_EQ(predicted({64, 64, 64, 64}), 3 * (32'000 + kHop) + kHop);
}

// Of two flows of which one waits for the other, over links of their own, the first one counts too.
TEST(FlowTime, OfARowIsWhatAllOfItTakes) {
    const ArraySpec array = ring_of(4);
    const Topology topology = Topology::make(array.interconnect, array.accelerators);
    std::vector<Flow> flows(2);
    flows[0].from = 0;
    flows[0].to = flows[1].from = 1;
    flows[1].to = 2;
    flows[0].bytes = flows[1].bytes = 6400;
    flows[1].after = {0};
    EXPECT_EQ(FlowTime(array, topology).of(flows), 2 * (Picoseconds{6'400'000} + kHop));
}

}  // namespace
}  // namespace hypar
