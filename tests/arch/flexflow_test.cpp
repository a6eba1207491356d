#include "arch/unit/flexflow.h"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "tests/arch/support.h"

namespace hypar {
namespace {

using tests::draw;

UnitSpec unit_of(std::uint64_t rows, std::uint64_t columns) {
    UnitSpec unit = tests::hpca19().unit();
    unit.pe_array = {rows, columns, 128, 128, 1, 4096, 4096, 4096, PeArrayKind::FlexFlow, {}};
    unit.buffer.bank_bytes_per_cycle = 1 << 20;
    return unit;
}

/// A 3x3 convolution of two 6x6 planes to four 4x4 ones.
LoopNest convolution(Phase phase) {
    LoopNest nest;
    tests::set_phase(nest, phase);
    nest.samples = 1;
    nest.in_channels = 2;
    nest.out_channels = 4;
    nest.in_height = nest.in_width = 6;
    nest.out_height = nest.out_width = 4;
    nest.kernel_height = nest.kernel_width = 3;
    nest.stored_out_plane = 16;
    return nest;
}

/// t e i rows, r k q elements of each.
PassShape pass_of(std::uint64_t t, std::uint64_t e, std::uint64_t i, std::uint64_t r, std::uint64_t k,
                  std::uint64_t q) {
    return {Dataflow::FlexFlow, e, 1, q, r, t, i, k};
}

TEST(FlexFlow, SharesRowsAmongResultsAndElementsAmongTheirSums) {
    const LoopNest nest = convolution(Phase::Forward);
    UnitSpec unit = unit_of(4, 6);
    const PassShape pass = pass_of(2, 2, 1, 2, 3, 1);
    const TileTiming timing = time_tile(unit, nest, whole_of(nest), pass);
    // 2 x 2 x 4 steps of results, each of 1 x 1 x 3 of sums; 24 elements are always at work.
    EXPECT_EQ(timing.passes, 16U);
    EXPECT_EQ(timing.cycles.multiply, 48U);
    EXPECT_EQ(timing.active_pes, 24U);
    EXPECT_EQ(timing.macs, 48U * 24);
    // Filters once; for each of 2 steps of made channels 2 bands of 4 rows of 6 words of 2 channels; 4 x 16 sums.
    EXPECT_EQ(timing.buffer_words, 72U + 2 * 2 * 2 * 4 * 6 + 64);
    EXPECT_EQ(timing.array_words, 72U * 2 + 2 * 2 * 2 * 4 * 6 * 2);
    EXPECT_EQ(time_tile(unit, nest, whole_of(nest), pass, {false, true}).buffer_words, timing.buffer_words + 64);
    // A tree of 6 leaves, and a cycle for all sums.
    EXPECT_EQ(timing.cycles.drain, 3U + 1);
    // Registers that do not hold the three words of a result: two rounds, of which the second adds to the first.
    unit.pe_array.feature_registers = 2;
    EXPECT_EQ(time_tile(unit, nest, whole_of(nest), pass).buffer_words, timing.buffer_words + 2 * 64);
    unit.pe_array.filter_registers = 1;
    EXPECT_EQ(time_tile(unit, nest, whole_of(nest), pass).buffer_words, timing.buffer_words + 4 * 64);
}

TEST(FlexFlow, WaitsForNarrowNetworks) {
    const LoopNest nest = convolution(Phase::Forward);
    UnitSpec unit = unit_of(4, 6);
    unit.pe_array.feature_words_per_cycle = 2;
    const TileTiming timing = time_tile(unit, nest, whole_of(nest), pass_of(2, 2, 1, 2, 3, 1));
    EXPECT_EQ(timing.cycles.multiply + timing.cycles.delivery, 192U / 2);
    EXPECT_EQ(timing.cycles.fill, 2U * 6 / 2);  // e i r k q words before the first step
}

TEST(FlexFlow, MakesFiltersOfPositions) {
    const LoopNest nest = convolution(Phase::Gradient);
    // 4 output channels of 1 input channel and 1 place of the kernel at once, over 1 x 2 x 3 positions.
    const TileTiming timing = time_tile(unit_of(4, 6), nest, whole_of(nest), pass_of(4, 1, 1, 1, 3, 2));
    EXPECT_EQ(timing.passes, 2U * 9);
    EXPECT_EQ(timing.cycles.multiply, 2U * 9 * 2 * 2);  // 4 rows by 2, 4 columns by 3
    // Features 9 times, errors 2 x 9 times, and 4 x 2 x 9 sums.
    EXPECT_EQ(timing.buffer_words, 9U * 72 + 18 * 64 + 72);
}

TEST(FlexFlow, MultipliesOnlyWhatAConvolutionDoes) {
    tests::Random random(1);
    for (int round = 0; round < 200; ++round) {
        const LoopNest nest = tests::random_nest(random, kPhases[static_cast<std::size_t>(round) % 3]);
        const TileTiming timing = time_tile(unit_of(1, 1), nest, whole_of(nest), pass_of(1, 1, 1, 1, 1, 1));
        EXPECT_GE(timing.cycles.multiply, tests::macs_of(nest));
        if (!nest.is_transposed()) {
            EXPECT_EQ(timing.cycles.multiply, tests::macs_of(nest));
        }
        EXPECT_EQ(timing.macs, tests::macs_of(nest));
    }
}

/// The fewest steps in which so many elements go through three loops, by trying every three factors.
std::uint64_t fewest_steps(std::uint64_t elements, const std::array<std::uint64_t, 3>& extents) {
    std::uint64_t fewest = UINT64_MAX;
    for (std::uint64_t a = 1; a <= elements; ++a) {
        for (std::uint64_t b = 1; a * b <= elements; ++b) {
            for (std::uint64_t c = 1; a * b * c <= elements; ++c) {
                fewest = std::min(
                    fewest, ceil_divide(extents[0], a) * ceil_divide(extents[1], b) * ceil_divide(extents[2], c));
            }
        }
    }
    return fewest;
}

TEST(FlexFlow, FindsTheFactorsOfFewestSteps) {
    tests::Random random(2);
    for (int round = 0; round < 100; ++round) {
        LoopNest nest = tests::random_nest(random, Phase::Forward);
        const UnitSpec unit = unit_of(draw(random, 1, 20), draw(random, 1, 20));
        std::uint64_t least = UINT64_MAX;
        for (const PassShape& pass : array_sets(unit, nest)) {
            EXPECT_LE(pass.t * pass.e * pass.i, unit.pe_array.rows);
            EXPECT_LE(pass.r * pass.k * pass.q, unit.pe_array.columns);
            least = std::min(least, kFlexFlow.at_least(unit, nest, pass));
            EXPECT_EQ(kFlexFlow.at_least(unit, nest, pass),
                      time_tile(unit, nest, whole_of(nest), pass).cycles.multiply);
        }
        EXPECT_EQ(least,
                  nest.groups * nest.samples *
                      fewest_steps(unit.pe_array.rows, {nest.out_channels, nest.out_height, nest.out_width}) *
                      fewest_steps(unit.pe_array.columns, {nest.in_channels, nest.kernel_height, nest.kernel_width}));
    }
}

}  // namespace
}  // namespace hypar
