#include "arch/unit/dataflow_model.h"

#include <gtest/gtest.h>

#include "tests/arch/mapping_oracle.h"
#include "tests/arch/support.h"

namespace hypar {
namespace {

constexpr auto kRow = Dataflow::RowStationary;
constexpr auto kOutput = Dataflow::OutputStationary;

/// A 3x3 convolution of `samples` times two 6x6 planes to four 4x4 ones, in one tile.
LoopNest convolution(Phase phase, std::uint64_t samples) {
    LoopNest nest;
    tests::set_phase(nest, phase);
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

TileShape whole(const LoopNest& nest) {
    return {nest.groups, nest.samples, nest.in_channels, nest.out_channels, nest.out_height};
}

/// 12 x 14 processing elements; 224 filter, 12 feature map and 24 partial sum registers; 4 words a cycle each.
TileTiming time_whole(const LoopNest& nest, const PassShape& pass, Accumulation accumulation = {}) {
    return time_tile(tests::hpca19().unit(), nest, whole(nest), pass, accumulation);
}

TEST(RowStationary, ASetOfElementsComputesAllInOnePass) {
    const TileTiming timing = time_whole(convolution(Phase::Forward, 1), {kRow, 4, 4, 2, 1, 1, 1, 3});
    // 3 x 4 elements, each q p x 3 kernel columns x 4 outputs = 2 x 4 x 12 multiplications.
    EXPECT_EQ(timing.cycles.multiply, 96U);
    // Filters 4 x 2 x 9 = 72 words / 4; before the first multiplication 2 channels x 6 rows x 3 words = 36 / 4.
    EXPECT_EQ(timing.cycles.fill, 18U + 9);
    EXPECT_EQ(timing.cycles.delivery, 0U);
    // 3 hops up the column, and the last sums of 4 filters x 4 rows / 4.
    EXPECT_EQ(timing.cycles.drain, 3U + 4);
    EXPECT_EQ(timing.passes, 1U);
    EXPECT_EQ(timing.macs, 2U * 4 * 9 * 16);
    EXPECT_EQ(timing.active_pes, 12U);
    EXPECT_EQ(timing.buffer_words, 72U + 2 * 36 + 4 * 16);
    // Filters to 4 columns each; every element takes 2 rows of 6 features and passes 4 rows of 4 sums on.
    EXPECT_EQ(timing.array_words, 72U * 4 + 12 * (2 * 6 + 4 * 4));
}

TEST(RowStationary, ReadsEarlierSumsBackUnlessTheTileOpensThem) {
    const LoopNest nest = convolution(Phase::Forward, 1);
    const PassShape pass{kRow, 4, 4, 2, 1, 1, 1, 3};
    EXPECT_EQ(time_whole(nest, pass, {false, true}).buffer_words, 72U + 72 + 2 * 64);
    // One channel a pass: the second pass reads what the first has written.
    const PassShape half{kRow, 4, 4, 1, 1, 1, 1, 3};
    const TileTiming in_two = time_whole(nest, half);
    EXPECT_EQ(in_two.passes, 2U);
    EXPECT_EQ(in_two.buffer_words, 72U + 72 + 3 * 64);
}

TEST(RowStationary, WaitsForTheNetworksWhereManySetsShareTheWork) {
    const TileTiming timing = time_whole(convolution(Phase::Forward, 1), {kRow, 4, 1, 1, 2, 4, 1, 3});
    // Two channel sets by four filter sets: 12 multiplications each. 64 sums but for the last 16 leave at 4 a cycle:
    // 12; 72 features but for the first 36: 9.
    EXPECT_EQ(timing.cycles.multiply, 12U);
    EXPECT_EQ(timing.cycles.delivery, 0U);
    EXPECT_EQ(timing.active_pes, 8U * 12);
    ArraySpec slow = tests::hpca19();
    slow.pe_array.feature_words_per_cycle = 1;
    const LoopNest nest = convolution(Phase::Forward, 1);
    const TileTiming waiting = time_tile(slow.unit(), nest, whole(nest), {kRow, 4, 1, 1, 2, 4, 1, 3});
    EXPECT_EQ(waiting.cycles.fill, 18U + 36);
    EXPECT_EQ(waiting.cycles.delivery, 36U - 12);
}

TEST(RowStationary, WaitsForTheBanksOfTheBuffer) {
    ArraySpec array = tests::hpca19();
    array.buffer = {108 * 1024, 2, 4};  // 8 bytes a cycle
    const LoopNest nest = convolution(Phase::Forward, 1);
    const TileTiming timing = time_tile(array.unit(), nest, whole(nest), {kRow, 4, 4, 2, 1, 1, 1, 3});
    // 72 filters, 72 features and 64 sums each way: 272 words of 4 bytes take 136 cycles; fill, multiplications and
    // drain 27 + 96 + 7.
    EXPECT_EQ(timing.cycles.buffer, 6U);
}

TEST(RowStationary, GroupsOfSetsTakeSamplesOfTheirOwn) {
    const TileTiming timing = time_whole(convolution(Phase::Forward, 4), {kRow, 4, 4, 2, 1, 1, 2, 3});
    EXPECT_EQ(timing.cycles.multiply, 2U * 96);  // two samples each
    EXPECT_EQ(timing.active_pes, 24U);
    EXPECT_EQ(timing.cycles.fill, 18U + 18);
}

TEST(RowStationary, BackwardStreamsTheRowsOfTheErrors) {
    const TileTiming timing = time_whole(convolution(Phase::Backward, 1), {kRow, 4, 2, 4, 1, 1, 1, 3});
    // q = 4 channels are summed, p = 2 are made: 4 x 2 x 3 x 4 outputs. Errors 4 x 16 = 64 words, the first
    // 4 x 4 rows x 3 = 48; sums 2 x 36, the last 2 x 4.
    EXPECT_EQ(timing.cycles.multiply, 96U);
    EXPECT_EQ(timing.cycles.fill, 18U + 12);
    EXPECT_EQ(timing.cycles.drain, 3U + 2);
    EXPECT_EQ(timing.macs, 2U * 4 * 9 * 16);
    EXPECT_EQ(timing.buffer_words, 72U + 64 + 72);
}

TEST(RowStationary, FoldsAKernelThatIsHigherThanTheArray) {
    LoopNest nest;
    nest.samples = nest.in_channels = nest.out_channels = 1;
    nest.in_height = nest.in_width = nest.kernel = 13;
    ArraySpec array = tests::hpca19();
    array.pe_array.feature_registers = 13;
    const TileTiming timing = time_tile(array.unit(), nest, whole(nest), {kRow, 1, 1, 1, 1, 1, 1, 12});
    // 13 kernel rows on 12: two passes of 13 kernel columns x 1 output.
    EXPECT_EQ(timing.passes, 2U);
    EXPECT_EQ(timing.cycles.multiply, 2U * 13);
    EXPECT_EQ(timing.macs, 169U);
    EXPECT_EQ(timing.active_pes, 12U);
    // With 12 registers for features, 13 kernel columns take two passes as well, of 7 columns.
    array.pe_array.feature_registers = 12;
    EXPECT_EQ(time_tile(array.unit(), nest, whole(nest), {kRow, 1, 1, 1, 1, 1, 1, 12}).passes, 4U);
}

TEST(RowStationary, GroupsOfAConvolutionFollowEachOther) {
    LoopNest nest = convolution(Phase::Forward, 1);
    const PassShape pass{kRow, 4, 4, 2, 1, 1, 1, 3};
    const TileTiming one = time_whole(nest, pass);
    nest.groups = 3;
    const TileTiming three = time_whole(nest, pass);
    EXPECT_EQ(three.cycles.total(), 3 * one.cycles.total());
    EXPECT_EQ(three.macs, 3 * one.macs);
}

TEST(OutputStationary, GradientKeepsItsSumsInTheElements) {
    const TileTiming timing = time_whole(convolution(Phase::Gradient, 1), {kOutput, 1, 4, 2, 1, 1, 1, 3});
    // Three elements, one for each kernel row: 4 rows x 4 outputs x 2 channels x 4 columns x 3 kernel columns.
    EXPECT_EQ(timing.cycles.multiply, 384U);
    // First 2 x 3 rows x 3 features = 18 words / 4 beside 4 errors / 4.
    EXPECT_EQ(timing.cycles.fill, 5U);
    EXPECT_EQ(timing.cycles.drain, 72U / 4);
    EXPECT_EQ(timing.active_pes, 3U);
    // Features 4 rows x 6 words x 2 channels x 3 kernel rows = 144, errors 16 x 4 = 64, sums 72.
    EXPECT_EQ(timing.buffer_words, 144U + 64 + 72);
    EXPECT_EQ(timing.macs, 2U * 4 * 9 * 16);
}

TEST(OutputStationary, ASinglePassLeavesItsSumsForTheNextTile) {
    const LoopNest nest = convolution(Phase::Gradient, 1);
    const PassShape pass{kOutput, 1, 4, 2, 1, 1, 1, 3};
    const TileTiming middle = time_whole(nest, pass, {false, false});
    EXPECT_EQ(middle.cycles.fill, 5U);
    EXPECT_EQ(middle.cycles.drain, 0U);
    // Two passes of two columns cannot: each loads 36 sums and leaves them.
    const TileTiming two = time_whole(nest, {kOutput, 1, 2, 2, 1, 1, 1, 3}, {false, false});
    EXPECT_EQ(two.passes, 2U);
    EXPECT_EQ(two.cycles.fill, 2U * (5 + 9));
    EXPECT_EQ(two.cycles.drain, 2U * 9);
}

TEST(OutputStationary, ReplicasShareTheRowsAndAddUp) {
    const TileTiming timing = time_whole(convolution(Phase::Gradient, 1), {kOutput, 4, 4, 2, 1, 1, 1, 3});
    EXPECT_EQ(timing.cycles.multiply, 96U);  // one row of four each
    EXPECT_EQ(timing.active_pes, 12U);
    EXPECT_EQ(timing.cycles.drain, 4U * 72 / 4);
}

TEST(OutputStationary, FullyConnectedLayersAreProductsOfMatrices) {
    LoopNest nest;
    nest.samples = 24;
    nest.in_channels = 100;
    nest.out_channels = 70;
    const TileTiming timing = time_whole(nest, {kOutput, 1, 5, 2, 12, 14, 1, 1});
    // 12 x 14 elements of 2 samples by 5 outputs each: 100 x 10 multiplications.
    EXPECT_EQ(timing.active_pes, 168U);
    EXPECT_EQ(timing.cycles.multiply, 1000U);
    // 24 features and 70 filters for each input channel: 70 x 100 / 4 = 1750 cycles.
    EXPECT_EQ(timing.cycles.delivery, 750U);
    EXPECT_EQ(timing.cycles.drain, 24U * 70 / 4);
    EXPECT_EQ(timing.macs, 24U * 100 * 70);
}

TEST(TileTiming, UpdateStreamsWeightsAndGradients) {
    LoopNest nest;
    tests::set_phase(nest, Phase::Update);
    nest.samples = 1;
    nest.in_channels = 1;
    nest.out_channels = 1000;
    const TileTiming timing = time_whole(nest, {Dataflow::Streaming, 1, 1, 1, 1, 1, 1, 1});
    EXPECT_EQ(timing.cycles.multiply, 6U);   // 1000 / 168
    EXPECT_EQ(timing.cycles.total(), 250U);  // 1000 / 4 words a cycle
    EXPECT_EQ(timing.macs, 1000U);
    EXPECT_EQ(timing.active_pes, 168U);
    EXPECT_EQ(timing.buffer_words, 3000U);
}

TEST(PassShapes, OfTheChipHaveWholeSetsInPiecesIfNeedBe) {
    ArraySpec array = tests::hpca19();
    array.mapping = {MappingSpec::Objective::LeastEnergy, true, true};
    LoopNest nest = convolution(Phase::Forward, 4);
    nest.in_height = nest.in_width = nest.out_height = nest.out_width = 27;
    nest.kernel = 5;
    // AlexNet's conv2: 27 columns lie on 14 in two pieces of 5 rows each, so one set and no more.
    for (const PassShape& pass : tests::pass_shapes(array, nest)) {
        EXPECT_EQ(pass.e, 27U);
        EXPECT_EQ(pass.r * pass.t, 1U);
        EXPECT_EQ(time_tile(array.unit(), nest, whole(nest), pass).active_pes, 135U);
    }
    // conv1: 55 columns of 11 rows do not fit in pieces, so a part that fills the array's columns.
    nest.out_height = nest.out_width = 55;
    nest.in_height = nest.in_width = 227;
    nest.kernel = 11;
    nest.stride = 4;
    for (const PassShape& pass : tests::pass_shapes(array, nest)) EXPECT_EQ(14 % pass.e, 0U);
}

TEST(PassShapes, StayWithinTheArrayAndItsRegisters) {
    tests::Random random(4);
    for (int round = 0; round < 300; ++round) {
        ArraySpec array = tests::hpca19();
        PeArraySpec& pes = array.pe_array;
        pes.rows = tests::draw(random, 1, 16);
        pes.columns = tests::draw(random, 1, 16);
        pes.filter_registers = tests::draw(random, 1, 256);
        pes.feature_registers = tests::draw(random, 1, 24);
        pes.partial_sum_registers = tests::draw(random, 1, 24);
        pes.filter_words_per_cycle = tests::draw(random, 1, 64);
        pes.feature_words_per_cycle = tests::draw(random, 1, 64);
        pes.partial_sum_words_per_cycle = tests::draw(random, 1, 64);
        array.mapping.whole_sets = tests::draw(random, 0, 1) == 1;
        const LoopNest nest = tests::random_nest(random, kPhases[tests::draw(random, 0, 3)]);
        const std::vector<PassShape> passes = tests::pass_shapes(array, nest);
        ASSERT_FALSE(passes.empty());
        for (const PassShape& pass : passes) ASSERT_TRUE(tests::holds(array, nest, pass));
        for (int draw = 0; draw < 20; ++draw) {
            const PassShape& pass = passes[tests::draw(random, 0, passes.size() - 1)];
            const TileShape tile{tests::draw(random, 1, nest.groups), tests::draw(random, 1, nest.samples),
                                 tests::draw(random, 1, nest.in_channels), tests::draw(random, 1, nest.out_channels),
                                 tests::draw(random, 1, nest.out_height)};
            const Accumulation accumulation{tests::draw(random, 0, 1) == 1, tests::draw(random, 0, 1) == 1};
            const TileTiming timing = time_tile(array.unit(), nest, tile, pass, accumulation);
            ASSERT_LE(timing.macs, pes.size() * timing.cycles.multiply);
            ASSERT_LE(timing.active_pes, pes.size());
            ASSERT_GT(timing.active_pes, 0U);
            // Every word crosses one of the networks, partial sums one of two.
            const std::uint64_t words_per_cycle =
                pes.filter_words_per_cycle + pes.feature_words_per_cycle + 2 * pes.partial_sum_words_per_cycle;
            ASSERT_LE(timing.buffer_words, words_per_cycle * timing.cycles.total());
        }
    }
}

}  // namespace
}  // namespace hypar
