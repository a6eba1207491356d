// Systolic arrays against one that moves a word a cycle, and against published cycles.

#include "arch/unit/systolic.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "tests/arch/support.h"
#include "tests/arch/systolic_grid.h"

namespace hypar {
namespace {

using Folds = SystolicSpec::Folds;
using tests::draw;
using tests::FoldSeries;

/// Networks and banks that hold nothing up.
UnitSpec wide_unit(std::uint64_t rows, std::uint64_t columns, Folds folds) {
    UnitSpec unit = tests::hpca19().unit();
    unit.pe_array.kind = PeArrayKind::Systolic;
    unit.pe_array.rows = rows;
    unit.pe_array.columns = columns;
    unit.pe_array.systolic.folds = folds;
    unit.pe_array.filter_words_per_cycle = 4096;
    unit.pe_array.feature_words_per_cycle = 4096;
    unit.pe_array.partial_sum_words_per_cycle = 4096;
    unit.buffer.bank_bytes_per_cycle = 1 << 20;
    return unit;
}

/// With the only pass of a dataflow.
TileTiming time_whole(UnitSpec unit, const LoopNest& nest, const DataflowModel& model,
                      Accumulation accumulation = {}) {
    unit.pe_array.systolic.dataflow = SystolicSpec::Dataflow::Searched;
    const std::vector<PassShape> sets = model.sets(unit, nest);
    EXPECT_EQ(sets.size(), 1U);
    return time_tile(unit, nest, whole_of(nest), sets.front(), accumulation);
}

FoldSeries random_series(tests::Random& random) {
    return {draw(random, 1, 5),     draw(random, 1, 5), draw(random, 1, 12), draw(random, 1, 4), 0,
            draw(random, 0, 1) == 0};
}

/// Sets the fewest cycles between folds with which everything that leaves is right, of which one less gives wrong
/// sums.
template <typename Run, typename Product>
tests::Left run_closest(FoldSeries& series, Run run, Product expected) {
    for (series.period = 1;; ++series.period) {
        tests::Left left = run(series);
        if (left.values == expected(series)) return left;
    }
}

TEST(Systolic, OutputStationaryFoldsTakeWhatAGridOfRegistersTakes) {
    tests::Random random(1);
    for (int round = 0; round < 200; ++round) {
        FoldSeries series = random_series(random);
        const tests::Left left = run_closest(series, tests::run_output_stationary, tests::output_stationary_product);
        const LoopNest nest = tests::product(series.rows, series.streamed, series.folds * series.columns);
        const UnitSpec unit =
            wide_unit(series.rows, series.columns, series.together ? Folds::Overlapped : Folds::Pipelined);
        EXPECT_EQ(time_whole(unit, nest, kSystolicOutputs).cycles.total(), left.cycles)
            << series.rows << " x " << series.columns << ", " << series.streamed << ", " << series.folds << " folds "
            << series.period << " apart";
        // Apart: R + C + T - 2, and R in which the sums leave.
        FoldSeries alone = series;
        alone.folds = 1;
        const Cycles fold = tests::run_output_stationary(alone).cycles;
        EXPECT_EQ(fold, 2 * series.rows + series.columns + series.streamed - 2);
        EXPECT_EQ(
            time_whole(wide_unit(series.rows, series.columns, Folds::Apart), nest, kSystolicOutputs).cycles.total(),
            series.folds * fold);
    }
}

TEST(Systolic, WeightAndInputStationaryFoldsTakeWhatAGridOfRegistersTakes) {
    tests::Random random(2);
    for (int round = 0; round < 200; ++round) {
        FoldSeries series = random_series(random);
        const tests::Left left = run_closest(series, tests::run_weight_stationary, tests::weight_stationary_product);
        const UnitSpec unit =
            wide_unit(series.rows, series.columns, series.together ? Folds::Overlapped : Folds::Pipelined);
        const UnitSpec apart = wide_unit(series.rows, series.columns, Folds::Apart);
        FoldSeries alone = series;
        alone.folds = 1;
        const Cycles fold = tests::run_weight_stationary(alone).cycles;
        EXPECT_EQ(fold, 2 * series.rows + series.columns + series.streamed - 2);
        for (const bool weights : {true, false}) {
            const std::uint64_t across = series.folds * series.columns;
            const LoopNest nest =
                tests::product(weights ? series.streamed : across, series.rows, weights ? across : series.streamed);
            const DataflowModel& model = weights ? kSystolicWeights : kSystolicInputs;
            EXPECT_EQ(time_whole(unit, nest, model).cycles.total(), left.cycles)
                << series.rows << " x " << series.columns << ", " << series.streamed << ", " << series.folds
                << " folds " << series.period << " apart";
            EXPECT_EQ(time_whole(apart, nest, model).cycles.total(), series.folds * fold);
        }
    }
}

TEST(Systolic, TakesTheCyclesOfScaleSim) {
    // 32 x 32 elements, output-stationary: SCALE-Sim (Samajdar et al., ISPASS 2020) on its own AlexNet, whose outputs
    // are 55 x 55, 23 x 23 and 11 x 11. It counts folds x (R + C + T - 2) - 1: the last fold's sums are still inside.
    struct Layer {
        std::uint64_t in, out, kernel, size, cycles;
    };
    for (const Layer& layer :
         {Layer{3, 96, 11, 55, 121124}, Layer{96, 256, 5, 23, 334831}, Layer{256, 384, 3, 11, 113567}}) {
        LoopNest nest = tests::product(1, layer.in, layer.out);
        nest.kernel_height = nest.kernel_width = layer.kernel;
        nest.out_height = nest.out_width = layer.size;
        nest.in_height = nest.in_width = layer.size + layer.kernel - 1;
        const Cycles ours = time_whole(wide_unit(32, 32, Folds::Overlapped), nest, kSystolicOutputs).cycles.total();
        EXPECT_EQ(ours, layer.cycles + 1 + 32);
        EXPECT_LT(static_cast<double>(ours), 1.01 * static_cast<double>(layer.cycles));
    }
}

TEST(Systolic, LowersEveryPhaseToTheMultiplicationsOfItsConvolution) {
    // On one element a fold is a sum, and a multiplication a cycle.
    tests::Random random(3);
    const UnitSpec unit = wide_unit(1, 1, Folds::Pipelined);
    for (int round = 0; round < 300; ++round) {
        LoopNest nest = tests::random_nest(random, kPhases[static_cast<std::size_t>(round) % 3]);
        for (const DataflowModel* model : {&kSystolicOutputs, &kSystolicWeights, &kSystolicInputs}) {
            const TileTiming timing = time_whole(unit, nest, *model);
            // Made features that are a stride apart have kernel rows of their own, some of them one less than others.
            EXPECT_GE(timing.cycles.multiply, tests::macs_of(nest));
            if (!nest.is_transposed()) {
                EXPECT_EQ(timing.cycles.multiply, tests::macs_of(nest));
            }
            if (nest.kernel_height % nest.stride_height == 0 && nest.kernel_width % nest.stride_width == 0 &&
                nest.dilation_height * nest.dilation_width == 1) {
                EXPECT_EQ(timing.cycles.multiply, tests::macs_of(nest));
            }
            EXPECT_EQ(timing.macs, tests::macs_of(nest));
        }
    }
}

TEST(Systolic, MovesWhatItsFoldsTakeAndMake) {
    // 4 x 3 elements. 8 items by 6 columns, length 5: 2 x 2 folds of 4 x 3 sums.
    const UnitSpec unit = wide_unit(4, 3, Folds::Overlapped);
    const LoopNest nest = tests::product(8, 5, 6);
    const TileTiming outputs = time_whole(unit, nest, kSystolicOutputs);
    EXPECT_EQ(outputs.passes, 4U);
    EXPECT_EQ(outputs.active_pes, 12U);
    EXPECT_EQ(outputs.buffer_words, 4U * (4 * 5 + 3 * 5 + 12));
    // Both operands pass 12 elements 5 times; sums of row i go through 4 - i elements.
    EXPECT_EQ(outputs.array_words, 4U * (2 * 12 * 5 + 3 * (1 + 2 + 3 + 4)));
    EXPECT_EQ(time_whole(unit, nest, kSystolicOutputs, {false, true}).buffer_words, 4U * (4 * 5 + 3 * 5 + 24));
    // Weights: the length on 2 x 3 rows, columns on 2 x 3 columns, 8 items stream; sums come and go but for the
    // first.
    const TileTiming weights = time_whole(unit, nest, kSystolicWeights);
    EXPECT_EQ(weights.passes, 4U);
    EXPECT_EQ(weights.active_pes, 9U);
    EXPECT_EQ(weights.buffer_words, 4U * (3 * 8 + 9) + 2 * (24 + 48));
    EXPECT_EQ(weights.array_words, 4U * (2 * 9 * 8 + 3 * (1 + 2 + 3)));
    // Inputs: items on 3 x 3 columns, 6 columns stream.
    const TileTiming inputs = time_whole(unit, nest, kSystolicInputs);
    EXPECT_EQ(inputs.passes, 6U);
    EXPECT_EQ(inputs.buffer_words, 6U * (3 * 6 + 9) + 3 * (18 + 36));
}

TEST(Systolic, AddsUpBelowTheColumns) {
    UnitSpec unit = wide_unit(4, 3, Folds::Overlapped);
    unit.pe_array.systolic.accumulators = 4;
    // 8 items in two chunks of 4: twice the folds, each sum goes to the buffer once.
    const TileTiming timing = time_whole(unit, tests::product(8, 5, 6), kSystolicWeights);
    EXPECT_EQ(timing.passes, 8U);
    EXPECT_EQ(timing.buffer_words, 8U * (3 * 4 + 9) + 8 * 6);
    // Sums of a tile that fit wait there for the next one.
    const LoopNest small = tests::product(4, 5, 3);
    const std::uint64_t operands = 2 * (3 * 4 + 9);
    EXPECT_EQ(time_whole(unit, small, kSystolicWeights, {true, false}).buffer_words, operands);
    EXPECT_EQ(time_whole(unit, small, kSystolicWeights, {false, true}).buffer_words, operands + 12);
    EXPECT_EQ(time_whole(unit, tests::product(8, 5, 6), kSystolicWeights, {false, true}).buffer_words,
              8U * (3 * 4 + 9) + 2 * 8 * 6);
}

TEST(Systolic, WaitsForNarrowNetworks) {
    const LoopNest nest = tests::product(4, 40, 3);
    UnitSpec unit = wide_unit(4, 3, Folds::Overlapped);
    unit.pe_array.feature_words_per_cycle = 2;  // of the 4 that the rows take
    TileTiming timing = time_whole(unit, nest, kSystolicOutputs);
    EXPECT_EQ(timing.cycles.multiply, 40U);
    EXPECT_EQ(timing.cycles.delivery, 40U);
    unit.pe_array.partial_sum_words_per_cycle = 1;
    timing = time_whole(unit, nest, kSystolicOutputs);
    EXPECT_EQ(timing.cycles.drain, 12U);
    // 10 folds of 12 weights, each as long as its weights take to come: 4 items stream in 4 + 4 + 3 - 2 cycles.
    unit.pe_array.filter_words_per_cycle = 1;
    unit.pe_array.feature_words_per_cycle = unit.pe_array.partial_sum_words_per_cycle = 4096;
    EXPECT_EQ(time_whole(unit, nest, kSystolicWeights).cycles.total(), 10U * 12 + 9);
}

TEST(Systolic, ALargerArrayFillsAndDrainsLonger) {
    const LoopNest nest = tests::product(8, 5, 6);
    const auto cycles = [&](std::uint64_t size) {
        return time_whole(wide_unit(size, size, Folds::Overlapped), nest, kSystolicOutputs).cycles.total();
    };
    EXPECT_EQ(cycles(8), 8U + 8 + 5 - 2 + 8);
    EXPECT_EQ(cycles(16), 16U + 16 + 5 - 2 + 16);  // nothing more to multiply at once
}

TEST(Systolic, IsSearchedWithinItsBounds) {
    tests::Random random(4);
    for (int round = 0; round < 200; ++round) {
        const LoopNest nest = tests::random_nest(random, kPhases[static_cast<std::size_t>(round) % 3]);
        const UnitSpec unit = wide_unit(draw(random, 1, 6), draw(random, 1, 6), Folds::Pipelined);
        const std::vector<PassShape> sets = array_sets(unit, nest);
        ASSERT_EQ(sets.size(), 3U);
        TileShape tile{draw(random, 1, nest.groups), draw(random, 1, nest.samples), draw(random, 1, nest.in_channels),
                       draw(random, 1, nest.out_channels), draw(random, 1, nest.out_height)};
        const std::uint64_t tiles = ceil_divide(nest.groups, tile.groups) * ceil_divide(nest.samples, tile.samples) *
                                    ceil_divide(nest.in_channels, tile.in_channels) *
                                    ceil_divide(nest.out_channels, tile.out_channels) *
                                    ceil_divide(nest.out_height, tile.out_rows);
        for (const PassShape& pass : sets) {
            EXPECT_LE(model_of(pass.dataflow).at_least(unit, nest, pass),
                      tiles * time_tile(unit, nest, tile, pass).cycles.multiply);
        }
    }
}

}  // namespace
}  // namespace hypar
