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
    nest.kernel_height = nest.kernel_width = 3;
    nest.stored_out_plane = 16;
    return nest;
}

/// 12 x 14 processing elements; 224 filter, 12 feature map and 24 partial sum registers; 4 words a cycle each.
TileTiming time_whole(const LoopNest& nest, const PassShape& pass, Accumulation accumulation = {}) {
    return time_tile(tests::hpca19().unit(), nest, whole_of(nest), pass, accumulation);
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
    const TileTiming waiting = time_tile(slow.unit(), nest, whole_of(nest), {kRow, 4, 1, 1, 2, 4, 1, 3});
    EXPECT_EQ(waiting.cycles.fill, 18U + 36);
    EXPECT_EQ(waiting.cycles.delivery, 36U - 12);
}

TEST(RowStationary, WaitsForTheBanksOfTheBuffer) {
    ArraySpec array = tests::hpca19();
    array.buffer = {108 * 1024, 2, 4};  // 8 bytes a cycle
    const LoopNest nest = convolution(Phase::Forward, 1);
    const TileTiming timing = time_tile(array.unit(), nest, whole_of(nest), {kRow, 4, 4, 2, 1, 1, 1, 3});
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
    nest.in_height = nest.in_width = nest.kernel_height = nest.kernel_width = 13;
    ArraySpec array = tests::hpca19();
    array.pe_array.feature_registers = 13;
    const TileTiming timing = time_tile(array.unit(), nest, whole_of(nest), {kRow, 1, 1, 1, 1, 1, 1, 12});
    // 13 kernel rows on 12: two passes of 13 kernel columns x 1 output.
    EXPECT_EQ(timing.passes, 2U);
    EXPECT_EQ(timing.cycles.multiply, 2U * 13);
    EXPECT_EQ(timing.macs, 169U);
    EXPECT_EQ(timing.active_pes, 12U);
    // With 12 registers for features, 13 kernel columns take two passes as well, of 7 columns.
    array.pe_array.feature_registers = 12;
    EXPECT_EQ(time_tile(array.unit(), nest, whole_of(nest), {kRow, 1, 1, 1, 1, 1, 1, 12}).passes, 4U);
}

/// A convolution without padding of two planes to four of 6x4 outputs, by a kernel of 1x7.
LoopNest flat_convolution(Phase phase) {
    LoopNest nest = convolution(phase, 1);
    nest.kernel_height = 1;
    nest.kernel_width = 7;
    nest.in_height = 6;
    nest.in_width = 10;
    nest.out_height = 6;
    nest.stored_out_plane = 24;
    return nest;
}

/// The same with height and width in each other's place.
LoopNest transposed(LoopNest nest) {
    std::swap(nest.kernel_height, nest.kernel_width);
    std::swap(nest.stride_height, nest.stride_width);
    std::swap(nest.dilation_height, nest.dilation_width);
    std::swap(nest.in_height, nest.in_width);
    std::swap(nest.out_height, nest.out_width);
    return nest;
}

/// A 3x3 convolution without padding to four 4x4 planes of two 8x10 ones: every second row and every third word.
LoopNest dilated_convolution(Phase phase) {
    LoopNest nest = convolution(phase, 1);
    nest.dilation_height = 2;
    nest.dilation_width = 3;
    nest.in_height = 8;
    nest.in_width = 10;
    return nest;
}

TEST(RowStationary, AKernelOfOneRowLiesOnOneRowOfElements) {
    // r = 2 sets of 1 x 6 elements: 4 filters x 7 kernel columns x 4 outputs.
    const TileTiming timing = time_whole(flat_convolution(Phase::Forward), {kRow, 6, 4, 1, 2, 1, 1, 1});
    EXPECT_EQ(timing.active_pes, 12U);
    EXPECT_EQ(timing.cycles.multiply, 112U);
    // Filters 4 x 2 x 7 = 56 words / 4; before the first multiplication 2 channels x 6 rows x 7 words = 84 / 4.
    EXPECT_EQ(timing.cycles.fill, 14U + 21);
    EXPECT_EQ(timing.cycles.delivery, 0U);
    // One hop, and the last sums of 4 filters x 6 rows / 4.
    EXPECT_EQ(timing.cycles.drain, 1U + 6);
    EXPECT_EQ(timing.macs, 2U * 4 * 7 * 24);
    EXPECT_EQ(timing.buffer_words, 56U + 2 * 6 * 10 + 4 * 24);
    // Filters to 6 columns each; every element takes a row of 10 features and passes 4 rows of 4 sums on.
    EXPECT_EQ(timing.array_words, 56U * 6 + 12 * (10 + 4 * 4));
}

TEST(RowStationary, AKernelOfOneColumnLiesOnAsManyRowsOfElementsAsItHas) {
    // A set of 7 x 4 elements: 4 filters x 2 channels x 1 kernel column x 6 outputs.
    const TileTiming timing = time_whole(transposed(flat_convolution(Phase::Forward)), {kRow, 4, 4, 2, 1, 1, 1, 7});
    EXPECT_EQ(timing.active_pes, 28U);
    EXPECT_EQ(timing.cycles.multiply, 48U);
    // Filters 56 words / 4; before the first multiplication 2 channels x 10 rows x 1 word = 20 / 4.
    EXPECT_EQ(timing.cycles.fill, 14U + 5);
    EXPECT_EQ(timing.cycles.delivery, 0U);
    // 7 hops, and the last sums of 4 filters x 4 rows / 4.
    EXPECT_EQ(timing.cycles.drain, 7U + 4);
    EXPECT_EQ(timing.macs, 2U * 4 * 7 * 24);
    EXPECT_EQ(timing.buffer_words, 56U + 2 * 10 * 6 + 4 * 24);
    // Filters to 4 columns each; every element takes 2 rows of 6 features and passes 4 rows of 6 sums on.
    EXPECT_EQ(timing.array_words, 56U * 4 + 28 * (2 * 6 + 4 * 6));
}

TEST(RowStationary, ADilatedKernelMeetsTheRowsThatItLeavesOutOnceWhereOthersNeedThem) {
    const LoopNest nest = dilated_convolution(Phase::Forward);
    // r = 2 sets of 3 x 4 elements: 4 filters x 3 kernel columns x 4 outputs.
    const TileTiming timing = time_whole(nest, {kRow, 4, 4, 1, 2, 1, 1, 3});
    EXPECT_EQ(timing.active_pes, 24U);
    EXPECT_EQ(timing.cycles.multiply, 48U);
    // Filters 4 x 2 x 9 = 72 words / 4. Four rows of outputs meet 4 + 2 x 2 = 8 rows. Before the first multiplication
    // 2 channels x 8 rows x 7 words, the reach of three columns of which every third counts = 112 / 4.
    EXPECT_EQ(timing.cycles.fill, 18U + 28);
    EXPECT_EQ(timing.cycles.drain, 3U + 4);
    EXPECT_EQ(timing.macs, 2U * 4 * 9 * 16);
    EXPECT_EQ(timing.buffer_words, 72U + 2 * 8 * 10 + 4 * 16);
    EXPECT_EQ(timing.array_words, 72U * 4 + 24 * (10 + 4 * 4));
    // Row by row: 3 rows, not the 5 from the first to the last, 4 times.
    EXPECT_EQ(time_whole(nest, {kRow, 1, 4, 1, 2, 1, 1, 3}).buffer_words, 72U + 4 * 2 * 3 * 10 + 4 * 16);
}

TEST(RowStationary, FoldsADilatedKernelWhoseReachExceedsTheRegisters) {
    const LoopNest nest = dilated_convolution(Phase::Forward);
    const PassShape pass{kRow, 4, 4, 1, 2, 1, 1, 3};
    ArraySpec array = tests::hpca19();
    array.pe_array.feature_registers = 7;
    EXPECT_EQ(time_tile(array.unit(), nest, whole_of(nest), pass).passes, 1U);
    // Two columns reach 4 words, so that three take two passes.
    array.pe_array.feature_registers = 6;
    const TileTiming folded = time_tile(array.unit(), nest, whole_of(nest), pass);
    EXPECT_EQ(folded.passes, 2U);
    EXPECT_EQ(folded.cycles.multiply, 2U * 4 * 2 * 4);
    EXPECT_EQ(folded.cycles.fill, 2U * (48 / 4 + 2 * 8 * 4 / 4));
}

TEST(RowStationary, StridesOfRowsAreThoseOfTheHeight) {
    // Two rows of outputs meet 2 + 3 rows, two times; words lie beside each other.
    LoopNest nest = convolution(Phase::Forward, 1);
    nest.stride_height = 2;
    nest.in_height = 9;
    const PassShape pass{kRow, 2, 4, 2, 1, 1, 1, 3};
    EXPECT_EQ(time_whole(nest, pass).buffer_words, 72U + 2 * 2 * 5 * 6 + 4 * 16);
    // The other way round, 2 + 2 rows of nine words.
    EXPECT_EQ(time_whole(transposed(nest), pass).buffer_words, 72U + 2 * 2 * 4 * 9 + 4 * 16);
}

TEST(RowStationary, BackwardMakesTheRowsThatADilatedKernelMeets) {
    // Row by row an error row of 4 words makes 3 rows of 10, of 2 channels: sums each way but for those that open.
    const TileTiming timing = time_whole(dilated_convolution(Phase::Backward), {kRow, 1, 2, 1, 4, 1, 1, 3});
    EXPECT_EQ(timing.passes, 1U);
    EXPECT_EQ(timing.buffer_words, 72U + 4 * 16 + 4 * 2 * 3 * 10);
    // Filters 72 / 4, and all 4 words of a row of errors, of 4 channels.
    EXPECT_EQ(timing.cycles.fill, 18U + 4);
}

TEST(TileTiming, TransposedConvolutionsMultiplyAsMuch) {
    LoopNest wide = flat_convolution(Phase::Forward);
    wide.dilation_width = 2;
    wide.in_width = 16;
    wide.stride_height = 3;
    wide.in_height = 16;
    for (const Phase phase : {Phase::Forward, Phase::Backward, Phase::Gradient}) {
        tests::set_phase(wide, phase);
        const LoopNest high = transposed(wide);
        const bool rows = phase != Phase::Gradient;
        // As many elements as the kernel has rows, times the rows of outputs where these lie side by side.
        const TileTiming of_wide =
            time_whole(wide, rows ? PassShape{kRow, 6, 1, 1, 1, 1, 1, 1} : PassShape{kOutput, 1, 1, 1, 1, 1, 1, 1});
        const TileTiming of_high =
            time_whole(high, rows ? PassShape{kRow, 4, 1, 1, 1, 1, 1, 7} : PassShape{kOutput, 1, 1, 1, 1, 1, 1, 7});
        EXPECT_EQ(of_wide.macs, of_high.macs);
        EXPECT_EQ(of_wide.active_pes, rows ? 6U : 1U);
        EXPECT_EQ(of_high.active_pes, rows ? 28U : 7U);
        // Two columns at once of the seven that reach 13 words: 12 registers hold six, so there are two passes of
        // six.
        EXPECT_EQ(of_high.cycles.multiply * of_high.active_pes, of_high.macs);
        EXPECT_EQ(of_wide.cycles.multiply * of_wide.active_pes, of_wide.macs / 7 * 12);
    }
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

TEST(OutputStationary, GradientGivesEachKernelRowARowOfElements) {
    // 1x7: one row for each of r = 2 channels: 6 rows x 4 outputs x 2 columns x 7 kernel columns.
    const TileTiming flat = time_whole(flat_convolution(Phase::Gradient), {kOutput, 1, 2, 1, 2, 2, 1, 1});
    EXPECT_EQ(flat.cycles.multiply, 336U);
    EXPECT_EQ(flat.active_pes, 4U);
    EXPECT_EQ(flat.cycles.fill, 4U);  // 2 x 7 features / 4 beside 4 errors / 4
    EXPECT_EQ(flat.cycles.drain, 56U / 4);
    EXPECT_EQ(flat.buffer_words, 6U * 2 * 10 + 6 * 4 * 4 + 56);
    // 7x1: seven rows for both: 4 rows x 6 outputs x 2 channels x 4 columns. Each takes rows of its own.
    const TileTiming high = time_whole(transposed(flat_convolution(Phase::Gradient)), {kOutput, 1, 4, 2, 1, 1, 1, 7});
    EXPECT_EQ(high.cycles.multiply, 192U);
    EXPECT_EQ(high.active_pes, 7U);
    EXPECT_EQ(high.cycles.fill, 4U);  // 2 x 7 rows x 1 feature / 4
    EXPECT_EQ(high.buffer_words, 4U * 2 * 7 * 6 + 4 * 4 * 6 + 56);
    EXPECT_EQ(high.cycles.multiply * 7, flat.cycles.multiply * 4);
}

TEST(OutputStationary, ADilatedGradientWaitsForTheReachOfItsKernel) {
    // 4 rows x 4 outputs x 4 columns x 3 kernel columns; first 2 channels x 3 rows x 7 words, of which 3 count.
    const TileTiming timing = time_whole(dilated_convolution(Phase::Gradient), {kOutput, 1, 4, 1, 2, 1, 1, 3});
    EXPECT_EQ(timing.cycles.multiply, 192U);
    EXPECT_EQ(timing.cycles.fill, 11U);  // 42 / 4
    EXPECT_EQ(timing.buffer_words, 4U * 6 * 10 + 16 * 4 + 72);
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
    array.mapping.minimise.kind = MappingGoal::Kind::LeastEnergy;
    array.mapping.whole_sets = array.mapping.row_stationary_only = true;
    LoopNest nest = convolution(Phase::Forward, 4);
    nest.in_height = nest.in_width = nest.out_height = nest.out_width = 27;
    nest.kernel_height = nest.kernel_width = 5;
    // AlexNet's conv2: 27 columns lie on 14 in two pieces of 5 rows each, so one set and no more.
    for (const PassShape& pass : tests::pass_shapes(array, nest)) {
        EXPECT_EQ(pass.e, 27U);
        EXPECT_EQ(pass.r * pass.t, 1U);
        EXPECT_EQ(time_tile(array.unit(), nest, whole_of(nest), pass).active_pes, 135U);
    }
    // conv1: 55 columns of 11 rows do not fit in pieces, so a set as wide as the array.
    nest.out_height = nest.out_width = 55;
    nest.in_height = nest.in_width = 227;
    nest.kernel_height = nest.kernel_width = 11;
    nest.stride_height = nest.stride_width = 4;
    for (const PassShape& pass : tests::pass_shapes(array, nest)) EXPECT_EQ(pass.e, 14U);
}

TEST(PassShapes, FoldAKernelByItsHeight) {
    const ArraySpec array = tests::hpca19();
    const auto most_rows = [&](const LoopNest& nest) {
        std::uint64_t most = 0;
        for (const PassShape& pass : tests::pass_shapes(array, nest)) most = std::max(most, pass.k);
        return most;
    };
    for (const Phase phase : {Phase::Forward, Phase::Backward, Phase::Gradient}) {
        EXPECT_EQ(most_rows(flat_convolution(phase)), 1U);
        EXPECT_EQ(most_rows(transposed(flat_convolution(phase))), 7U);
    }
}

TEST(PassShapes, KeepOnlyTheWordsOfADilatedFilter) {
    // Three columns reach seven feature words, but a filter row is three words: twelve registers hold four.
    ArraySpec array = tests::hpca19();
    array.pe_array.filter_registers = 12;
    std::uint64_t most_p = 0;
    for (const PassShape& pass : tests::pass_shapes(array, dilated_convolution(Phase::Forward))) {
        EXPECT_EQ(pass.q, 1U);
        most_p = std::max(most_p, pass.p);
    }
    EXPECT_EQ(most_p, 4U);
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
