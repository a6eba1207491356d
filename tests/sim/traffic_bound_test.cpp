#include "sim/program/traffic_bound.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "sim/analysis/report_parts.h"
#include "tests/sim/random_step.h"
#include "tests/sim/support.h"

namespace hypar {
namespace {

TEST(TrafficBound, IsThatOfAProductOfMatrices) {
    LoopNest nest;
    nest.samples = nest.in_channels = nest.out_channels = 4096;
    EXPECT_EQ(tensor_bytes(nest, 4), 3ULL * 4096 * 4096 * 4);
    // sqrt(2 / 512) is a sixteenth: 2^36 / 16 - 4 x 512 words; two units leave twice as much in their buffers.
    const std::uint64_t macs = std::uint64_t{1} << 36U;
    EXPECT_EQ(least_moved_bytes(nest, macs, 1, 2048, 4), (macs / 16 - 4 * 512) * 4);
    EXPECT_EQ(least_moved_bytes(nest, macs, 2, 2048, 4), (macs / 16 - 8 * 512) * 4);
    EXPECT_EQ(least_moved_bytes(nest, 1000, 1, 2048, 4), 0U);
}

TEST(TrafficBound, CountsHowOftenAKernelMeetsAWord) {
    LoopNest nest;
    nest.samples = nest.in_channels = nest.out_channels = 64;
    nest.in_height = nest.in_width = 34;
    nest.out_height = nest.out_width = 32;
    nest.kernel_height = nest.kernel_width = 4;
    nest.stored_out_plane = 32 * 32;
    const std::uint64_t macs = std::uint64_t{1} << 36U;
    // 16 times: a fourth of what a product of matrices moves; with strides of 2 four times; pooled to a fourth, half.
    EXPECT_EQ(least_moved_bytes(nest, macs, 1, 2048, 4), (macs / 64 - 4 * 512) * 4);
    nest.stride_height = nest.stride_width = 2;
    EXPECT_EQ(least_moved_bytes(nest, macs, 1, 2048, 4), (macs / 32 - 4 * 512) * 4);
    nest.stored_out_plane = 16 * 16;
    EXPECT_EQ(least_moved_bytes(nest, macs, 1, 2048, 4), (macs / 64 - 4 * 512) * 4);
}

TEST(TrafficBound, IsNotUndercutByAnyPhase) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const tests::RandomStep step(seed);
        const ReplayResult result = step.replay_with({});
        for (std::size_t index = 0; index < step.program.segments.size(); ++index) {
            const Segment& segment = step.program.segments[index];
            if (segment.compute.empty()) continue;
            const MappingReport report = mapping_report(step.program, segment, step.array);
            EXPECT_GE(result.segments[index].counts.dram_bytes, report.least_bytes) << seed << ", segment " << index;
            EXPECT_GE(report.least_bytes, report.tensor_bytes);
        }
    }
}

}  // namespace
}  // namespace hypar
