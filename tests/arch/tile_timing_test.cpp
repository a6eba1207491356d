#include "arch/tile_timing.h"

#include <gtest/gtest.h>

#include "tests/arch/support.h"

namespace hypar {
namespace {

/// A 3x3 convolution of `samples` times two 6x6 planes to four 4x4 ones, in one tile.
LoopNest convolution(Phase phase, std::uint64_t samples) {
    LoopNest nest;
    nest.phase = phase;
    nest.samples = samples;
    nest.in_channels = 2;
    nest.out_channels = 4;
    nest.in_height = 6;
    nest.in_width = 6;
    nest.out_height = 4;
    nest.out_width = 4;
    nest.kernel = 3;
    nest.stored_out_plane = 16;
    return nest;
}

TileShape whole(const LoopNest& nest) { return {nest.samples, nest.in_channels, nest.out_channels, nest.out_height}; }

TileTiming time_whole(const PeArraySpec& array, const LoopNest& nest) { return time_tile(array, nest, whole(nest)); }

// 12 x 14 processing elements; 224 filter, 12 feature map and 24 partial sum registers; 4 words a cycle each.
const PeArraySpec kEyeriss = tests::hpca19().pe_array;

TEST(TileTiming, ForwardOfOneSampleWaitsForItsWords) {
    const TileTiming timing = time_whole(kEyeriss, convolution(Phase::Forward, 1));
    // 2 x 4 = 8 pairs of planes in sets of 3 x 4 elements, of which 12 / 3 x floor(14 / 4) = 12 fit: one round of 3
    // kernel columns x 4 output columns = 12 cycles. q = 2 channels and p = 4 kernels share an element.
    // Filters 4 x 2 x 9 = 72 words, features 2 x 36 = 72, partial sums 4 x 16 = 64: 72 / 4 = 18 cycles > 12.
    // Fill: p q x 9 = 72 filter words / 4 = 18. Drain: 3 + p x 4 / 4 = 7.
    EXPECT_EQ(timing.cycles, 18U + 18 + 7);
    EXPECT_EQ(timing.macs, 2U * 4 * 9 * 16);
    EXPECT_EQ(timing.active_pes, 8U * 3 * 4);
    EXPECT_EQ(timing.buffer_words, 72U + 72 + 64);
}

TEST(TileTiming, ForwardOfEightSamplesComputesWithFastDelivery) {
    PeArraySpec array = kEyeriss;
    array.feature_words_per_cycle = array.filter_words_per_cycle = array.partial_sum_words_per_cycle = 64;
    const TileTiming timing = time_whole(array, convolution(Phase::Forward, 8));
    // 64 pairs of planes. With e = 4 rows a set: 64 / 12 -> 6 rounds; e = 3: 2 x 64 / 16 -> 8; e = 2: 2 x 64 / 28
    // -> 5. 5 x 3 x 4 = 60 cycles; words: 8 x 72 / 64 = 9. Fill: 72 / 64 -> 2. Drain: 3 + (4 x 2) / 64 -> 4.
    EXPECT_EQ(timing.cycles, 2U + 60 + 4);
    EXPECT_EQ(timing.macs, 8U * 2 * 4 * 9 * 16);
    EXPECT_EQ(timing.active_pes, 28U * 3 * 2);
}

TEST(TileTiming, BackwardConvolvesTheRowsOfTheErrors) {
    const TileTiming timing = time_whole(kEyeriss, convolution(Phase::Backward, 1));
    // The same 8 pairs of planes: 12 cycles. q = 4 channels are summed, p = 2 are made in an element.
    // Filters 72 words, errors 4 x 16 = 64, sums 2 x 36 = 72: 18 cycles. Fill 72 / 4 = 18. Drain 3 + 2 x 4 / 4 = 5.
    EXPECT_EQ(timing.cycles, 18U + 18 + 5);
    EXPECT_EQ(timing.macs, 2U * 4 * 9 * 16);
    EXPECT_EQ(timing.active_pes, 8U * 3 * 4);
    EXPECT_EQ(timing.buffer_words, 72U + 64 + 72);
}

TEST(TileTiming, GradientKeepsPartialSumsStill) {
    const TileTiming timing = time_whole(kEyeriss, convolution(Phase::Gradient, 1));
    // 2 channels x 3 kernel rows = 6 of 12 rows, 4 of 14 columns: 3 kernel columns x 16 outputs = 48 cycles.
    // Features 4 rows x 6 columns x 6 = 144 words, errors 16 x 4 = 64, sums 2 x 72 = 144: 36 cycles < 48.
    // Fill: 12 rows / 4 = 3. Drain: 168 / 4 = 42.
    EXPECT_EQ(timing.cycles, 3U + 48 + 42);
    EXPECT_EQ(timing.macs, 2U * 4 * 9 * 16);
    EXPECT_EQ(timing.active_pes, 6U * 4);
    EXPECT_EQ(timing.buffer_words, 144U + 64 + 144);
}

TEST(TileTiming, GradientOfFewChannelsUsesSeveralSets) {
    LoopNest nest;
    nest.phase = Phase::Gradient;
    nest.samples = 4;
    nest.in_channels = 1;
    nest.out_channels = 2;
    nest.in_height = nest.in_width = 28;
    nest.out_height = nest.out_width = 24;
    nest.kernel = 5;
    const TileTiming timing = time_whole(kEyeriss, nest);
    // A set has 1 channel x 5 kernel rows by 2 columns. Features 4 x 24 rows x 28 x 5 = 13440 words take 3360 cycles.
    // 96 rows on 4 sets: 24 x 5 x 24 = 2880 cycles, less than that; on 3 sets 32 x 120 = 3840, more.
    // Errors 96 x 24 x 2 = 4608 words, sums of 4 sets 2 x 4 x 50 = 400.
    EXPECT_EQ(timing.cycles, 3U + 3360 + 42);
    EXPECT_EQ(timing.active_pes, 4U * 10);
    EXPECT_EQ(timing.buffer_words, 13440U + 4608 + 400);
}

TEST(TileTiming, GradientFoldsWhatExceedsTheArray) {
    LoopNest nest = convolution(Phase::Gradient, 1);
    nest.in_channels = 5;    // 15 kernel rows: two folds over 12
    nest.out_channels = 15;  // two folds over 14 columns
    const TileTiming timing = time_whole(kEyeriss, nest);
    // 2 x 2 folds x 3 x 16 = 192 cycles. Two kernels share an element: features 24 x 15 = 360 words; errors
    // 16 x 15 x 2 = 480; sums 2 x 15 x 5 x 9 = 1350 words: 338 cycles.
    EXPECT_EQ(timing.cycles, 3U + 338 + 42);
    EXPECT_EQ(timing.active_pes, 168U);
    EXPECT_EQ(timing.buffer_words, 360U + 480 + 1350);
}

TEST(TileTiming, UpdateStreamsWeightsAndGradients) {
    LoopNest nest;
    nest.phase = Phase::Update;
    nest.samples = 1;
    nest.in_channels = 1;
    nest.out_channels = 1000;
    const TileTiming timing = time_whole(kEyeriss, nest);
    EXPECT_EQ(timing.cycles, 250U);  // 1000 / 4 words a cycle > 1000 / 168
    EXPECT_EQ(timing.macs, 1000U);
    EXPECT_EQ(timing.active_pes, 168U);
    EXPECT_EQ(timing.buffer_words, 3000U);
}

TEST(TileTiming, FullyConnectedIsAConvolutionOfSingleElements) {
    LoopNest nest;
    nest.phase = Phase::Forward;
    nest.samples = 4;
    nest.in_channels = 100;
    nest.out_channels = 10;
    const TileTiming timing = time_whole(kEyeriss, nest);
    // 4000 pairs in 168 sets of one element: 24 cycles. q = 12, p = 10 (of floor(224 / 12) = 18). 1000 filter words:
    // 250 cycles. Fill 120 / 4 = 30. Drain 1 + ceil(10 / 4) = 4.
    EXPECT_EQ(timing.cycles, 30U + 250 + 4);
    EXPECT_EQ(timing.macs, 4000U);
    EXPECT_EQ(timing.active_pes, 168U);
}

TEST(TileTiming, FoldsAKernelThatIsHigherThanTheArray) {
    LoopNest nest;
    nest.phase = Phase::Forward;
    nest.samples = nest.in_channels = nest.out_channels = 1;
    nest.in_height = nest.in_width = nest.kernel = 13;
    PeArraySpec array = kEyeriss;
    array.feature_words_per_cycle = array.filter_words_per_cycle = array.partial_sum_words_per_cycle = 1000;
    const TileTiming timing = time_whole(array, nest);
    // 13 kernel rows on 12: two rounds of 13 kernel columns x 1 output. Fill 169 / 1000 -> 1. Drain 13 + 1.
    EXPECT_EQ(timing.cycles, 1U + 2 * 13 + 14);
    EXPECT_EQ(timing.macs, 169U);
    EXPECT_EQ(timing.active_pes, 12U);
}

TEST(TileTiming, NeverComputesMoreThanTheArrayCan) {
    tests::Random random(4);
    for (int round = 0; round < 20'000; ++round) {
        PeArraySpec array;
        array.rows = tests::draw(random, 1, 16);
        array.columns = tests::draw(random, 1, 16);
        array.filter_registers = tests::draw(random, 1, 256);
        array.feature_registers = tests::draw(random, 1, 24);
        array.partial_sum_registers = tests::draw(random, 1, 24);
        array.filter_words_per_cycle = tests::draw(random, 1, 64);
        array.feature_words_per_cycle = tests::draw(random, 1, 64);
        array.partial_sum_words_per_cycle = tests::draw(random, 1, 64);
        const LoopNest nest = tests::random_nest(random, kPhases[tests::draw(random, 0, 3)]);
        const TileShape tile{tests::draw(random, 1, nest.samples), tests::draw(random, 1, nest.in_channels),
                             tests::draw(random, 1, nest.out_channels), tests::draw(random, 1, nest.out_height)};
        const TileTiming timing = time_tile(array, nest, tile);
        ASSERT_LE(timing.macs, array.size() * timing.cycles);
        ASSERT_LE(timing.active_pes, array.size());
        ASSERT_GT(timing.active_pes, 0U);
        // Every word crosses one of three delivery networks.
        const std::uint64_t words_per_cycle =
            array.filter_words_per_cycle + array.feature_words_per_cycle + array.partial_sum_words_per_cycle;
        ASSERT_LE(timing.buffer_words, words_per_cycle * timing.cycles);
    }
}

}  // namespace
}  // namespace hypar
