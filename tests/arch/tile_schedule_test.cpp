#include "arch/unit/tile_schedule.h"

#include "arch/unit/dataflow_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "tests/arch/support.h"

namespace hypar {
namespace {

constexpr std::uint64_t kElementBytes = 4;

using Indices = std::array<std::uint64_t, kLoops>;  // by Loop: Samples, Rows, InChannels, OutChannels

Indices extents(const LoopNest& nest) {
    return {nest.groups, nest.samples, nest.out_height, nest.in_channels, nest.out_channels};
}

/// The loops that make up the indices of a tensor's blocks.
const std::vector<Loop> kFeatures{Loop::Groups, Loop::Samples, Loop::Rows, Loop::InChannels};
const std::vector<Loop> kFilters{Loop::Groups, Loop::InChannels, Loop::OutChannels};
const std::vector<Loop> kOutputs{Loop::Groups, Loop::Samples, Loop::Rows, Loop::OutChannels};

/// Two operands and the result.
std::array<std::vector<Loop>, 3> tensors_of(Phase phase) {
    switch (phase) {
        case Phase::Forward: return {kFeatures, kFilters, kOutputs};
        case Phase::Backward: return {kOutputs, kFilters, kFeatures};
        case Phase::Gradient: return {kOutputs, kFeatures, kFilters};
        case Phase::Update: return {kFilters, kFilters, kFilters};
    }
    return {};
}

std::uint64_t stored_result_bytes(const LoopNest& nest) {
    switch (tests::phase_of(nest)) {
        case Phase::Forward:
            return nest.groups * nest.samples * nest.out_channels * nest.stored_out_plane * kElementBytes;
        case Phase::Backward:
            return nest.groups * nest.samples * nest.in_channels * nest.in_height * nest.in_width * kElementBytes;
        default:
            return nest.groups * nest.in_channels * nest.out_channels * nest.kernel_height * nest.kernel_width *
                   kElementBytes;
    }
}

/// Any block sizes, and any order that keeps the loops that are summed over innermost.
Mapping random_mapping(tests::Random& random, const LoopNest& nest) {
    Mapping mapping;
    const Indices extent = extents(nest);
    for (std::size_t loop = 0; loop < kLoops; ++loop) mapping.block[loop] = tests::draw(random, 1, extent[loop]);
    std::shuffle(mapping.order.begin(), mapping.order.end(), random);
    const std::vector<Loop> result = tensors_of(tests::phase_of(nest))[2];
    std::stable_partition(mapping.order.begin(), mapping.order.end(),
                          [&](Loop loop) { return std::find(result.begin(), result.end(), loop) != result.end(); });
    return mapping;
}

struct PlacedTile {
    Indices index;
    Tile tile;
};

/// All tiles with the indices of their blocks, by five plain loops.
std::vector<PlacedTile> all_tiles(const TileSchedule& schedule) {
    const Indices extent = extents(schedule.nest());
    const auto& order = schedule.mapping().order;
    Indices trips{};
    for (std::size_t loop = 0; loop < kLoops; ++loop) {
        trips[loop] = (extent[loop] + schedule.mapping().block[loop] - 1) / schedule.mapping().block[loop];
    }
    std::vector<PlacedTile> tiles;
    Indices index{};
    for (index[at(order[0])] = 0; index[at(order[0])] < trips[at(order[0])]; ++index[at(order[0])]) {
        for (index[at(order[1])] = 0; index[at(order[1])] < trips[at(order[1])]; ++index[at(order[1])]) {
            for (index[at(order[2])] = 0; index[at(order[2])] < trips[at(order[2])]; ++index[at(order[2])]) {
                for (index[at(order[3])] = 0; index[at(order[3])] < trips[at(order[3])]; ++index[at(order[3])]) {
                    for (index[at(order[4])] = 0; index[at(order[4])] < trips[at(order[4])]; ++index[at(order[4])]) {
                        tiles.push_back({index, schedule.tile(tiles.size())});
                    }
                }
            }
        }
    }
    return tiles;
}

std::vector<std::uint64_t> block_of(const Indices& index, const std::vector<Loop>& tensor) {
    std::vector<std::uint64_t> block;
    for (const Loop loop : tensor) block.push_back(index[at(loop)]);
    return block;
}

class EveryPhase : public testing::TestWithParam<Phase> {
protected:
    /// Calls `check` with many random schedules of the phase.
    template <typename Check>
    void for_random_schedules(Check check) const {
        tests::Random random(3);
        for (int round = 0; round < 300; ++round) {
            const LoopNest nest = tests::random_nest(random, GetParam());
            check(TileSchedule(nest, random_mapping(random, nest), kElementBytes));
            if (HasFailure()) return;
        }
    }
};

std::string phase_name(const testing::TestParamInfo<Phase>& info) {
    const std::array<const char*, 4> names{"Forward", "Backward", "Gradient", "Update"};
    return names[static_cast<std::size_t>(info.param)];
}

INSTANTIATE_TEST_SUITE_P(TileSchedule, EveryPhase, testing::ValuesIn(kPhases), phase_name);

TEST_P(EveryPhase, TilesCoverEveryMultiplyAccumulateOnce) {
    const ArraySpec array = tests::hpca19();
    for_random_schedules([&](const TileSchedule& schedule) {
        const std::vector<PlacedTile> tiles = all_tiles(schedule);
        ASSERT_EQ(schedule.size(), tiles.size());
        const Indices extent = extents(schedule.nest());
        const Indices& block = schedule.mapping().block;
        const PassShape pass = tests::pass_shapes(array, schedule.nest()).front();
        std::uint64_t macs = 0;
        for (const PlacedTile& placed : tiles) {
            macs += time_tile(array.unit(), schedule.nest(), placed.tile.shape, pass).macs;
            Indices size{};
            for (std::size_t loop = 0; loop < kLoops; ++loop) {
                size[loop] = std::min(block[loop], extent[loop] - placed.index[loop] * block[loop]);
            }
            EXPECT_EQ(placed.tile.shape,
                      (TileShape{size[at(Loop::Groups)], size[at(Loop::Samples)], size[at(Loop::InChannels)],
                                 size[at(Loop::OutChannels)], size[at(Loop::Rows)]}));
        }
        EXPECT_EQ(macs, tests::macs_of(schedule.nest()));
    });
}

TEST_P(EveryPhase, MemoryBytesAreThoseOfAllTiles) {
    for_random_schedules([](const TileSchedule& schedule) {
        std::uint64_t bytes = 0;
        for (std::uint64_t index = 0; index < schedule.size(); ++index) {
            const Tile tile = schedule.tile(index);
            bytes += tile.load_bytes() + (tile.stores_result ? tile.store_bytes : 0);
        }
        EXPECT_EQ(schedule.memory_bytes(), bytes);
    });
}

TEST_P(EveryPhase, LoadsAnOperandExactlyWhenItsBlockChanges) {
    for_random_schedules([](const TileSchedule& schedule) {
        const auto tensors = tensors_of(tests::phase_of(schedule.nest()));
        const std::vector<PlacedTile> tiles = all_tiles(schedule);
        for (std::size_t n = 0; n < tiles.size(); ++n) {
            for (std::size_t operand = 0; operand < 2; ++operand) {
                const bool changes = n == 0 || block_of(tiles[n].index, tensors[operand]) !=
                                                   block_of(tiles[n - 1].index, tensors[operand]);
                EXPECT_EQ(tiles[n].tile.loads[operand], changes);
                // What stays in the buffer is given back with the size that was taken.
                if (!changes) {
                    EXPECT_EQ(tiles[n].tile.operand_bytes[operand], tiles[n - 1].tile.operand_bytes[operand]);
                }
            }
        }
    });
}

TEST_P(EveryPhase, OpensEachResultWithItsFirstTileAndStoresItWithItsLast) {
    for_random_schedules([](const TileSchedule& schedule) {
        const auto result = tensors_of(tests::phase_of(schedule.nest()))[2];
        const std::vector<PlacedTile> tiles = all_tiles(schedule);
        std::map<std::vector<std::uint64_t>, std::pair<std::size_t, std::size_t>> first_and_last;
        for (std::size_t n = 0; n < tiles.size(); ++n) {
            const auto [found, is_new] = first_and_last.try_emplace(block_of(tiles[n].index, result), n, n);
            found->second.second = n;
        }
        for (std::size_t n = 0; n < tiles.size(); ++n) {
            const auto& [first, last] = first_and_last.at(block_of(tiles[n].index, result));
            EXPECT_EQ(tiles[n].tile.opens_result, n == first);
            EXPECT_EQ(tiles[n].tile.stores_result, n == last);
            EXPECT_EQ(tiles[n].tile.result_bytes, tiles[first].tile.result_bytes);
        }
    });
}

TEST_P(EveryPhase, StoresTheWholeResultAsItLiesInMemory) {
    for_random_schedules([](const TileSchedule& schedule) {
        std::uint64_t bytes = 0;
        for (std::uint64_t index = 0; index < schedule.size(); ++index) {
            const Tile tile = schedule.tile(index);
            if (tile.stores_result) bytes += tile.store_bytes;
        }
        EXPECT_EQ(bytes, stored_result_bytes(schedule.nest()));
    });
}

TEST_P(EveryPhase, NoTileIsLargerThanTheLargest) {
    const BufferSpec buffer = tests::hpca19().buffer;
    for_random_schedules([&](const TileSchedule& schedule) {
        const Tile largest = schedule.largest();
        EXPECT_EQ(largest.shape, schedule.tile(0).shape);
        for (std::uint64_t index = 0; index < schedule.size(); ++index) {
            const Tile tile = schedule.tile(index);
            EXPECT_LE(tile.buffer_bytes(buffer), largest.buffer_bytes(buffer));
            EXPECT_LE(tile.load_bytes(), largest.load_bytes());
            EXPECT_LE(tile.store_bytes, largest.store_bytes);
        }
    });
}

Mapping blocks(const Indices& sizes) {
    Mapping mapping;
    mapping.block = sizes;
    return mapping;
}

/// A 3x3 convolution with padding 1 of two 8x6 planes to five, pooled to 4x3.
LoopNest padded_convolution(Phase phase) {
    LoopNest nest;
    tests::set_phase(nest, phase);
    nest.samples = 3;
    nest.in_channels = 2;
    nest.out_channels = 5;
    nest.in_height = 8;
    nest.in_width = 6;
    nest.out_height = 8;
    nest.out_width = 6;
    nest.kernel_height = nest.kernel_width = 3;
    nest.stored_out_plane = 12;
    return nest;
}

constexpr std::uint64_t kFeatureBytes = 3 * 2 * 8 * 6 * kElementBytes;
constexpr std::uint64_t kFilterBytes = 5 * 2 * 3 * 3 * kElementBytes;
constexpr std::uint64_t kPooledBytes = 3 * 5 * 12 * kElementBytes;
constexpr std::uint64_t kUnpooledBytes = 3 * 5 * 8 * 6 * kElementBytes;

using TwoBytes = std::array<std::uint64_t, 2>;

TEST(TileSchedule, HoldsWholeTensorsInOneTile) {
    const Mapping whole = blocks({1, 3, 8, 2, 5});
    const Tile forward = TileSchedule(padded_convolution(Phase::Forward), whole, kElementBytes).tile(0);
    EXPECT_EQ(forward.operand_bytes, (TwoBytes{kFeatureBytes, kFilterBytes}));
    EXPECT_EQ(forward.result_bytes, kUnpooledBytes);  // pooled on the way to memory
    EXPECT_EQ(forward.store_bytes, kPooledBytes);

    const Tile backward = TileSchedule(padded_convolution(Phase::Backward), whole, kElementBytes).tile(0);
    EXPECT_EQ(backward.operand_bytes, (TwoBytes{kPooledBytes, kFilterBytes}));
    EXPECT_EQ(backward.result_bytes, kFeatureBytes);
    EXPECT_EQ(backward.store_bytes, kFeatureBytes);

    const Tile gradient = TileSchedule(padded_convolution(Phase::Gradient), whole, kElementBytes).tile(0);
    EXPECT_EQ(gradient.operand_bytes, (TwoBytes{kPooledBytes, kFeatureBytes}));
    EXPECT_EQ(gradient.result_bytes, kFilterBytes);
    EXPECT_EQ(gradient.store_bytes, kFilterBytes);
}

TEST(TileSchedule, UpdatesReadWeightsAndGradientsAndWriteWeights) {
    LoopNest nest;
    tests::set_phase(nest, Phase::Update);
    nest.samples = 1;
    nest.in_channels = 1;
    nest.out_channels = 1000;
    const TileSchedule schedule(nest, blocks({1, 1, 1, 1, 400}), kElementBytes);
    ASSERT_EQ(schedule.size(), 3U);                                   // 400 + 400 + 200
    EXPECT_EQ(schedule.tile(2).operand_bytes, (TwoBytes{800, 800}));  // weights and gradients
    EXPECT_EQ(schedule.tile(2).result_bytes, 800U);
    EXPECT_EQ(schedule.memory_bytes(), 3 * 4000U);  // both read, the weights written
}

TEST(TileSchedule, LoadsTheRowsThatNeighbouringBlocksShareForEach) {
    // Blocks of four rows read six: 4 + 3 - 1. Padding lies outside the eight that there are.
    const TileSchedule schedule(padded_convolution(Phase::Forward), blocks({1, 3, 4, 2, 5}), kElementBytes);
    ASSERT_EQ(schedule.size(), 2U);
    EXPECT_EQ(schedule.tile(0).operand_bytes[0], kFeatureBytes / 8 * 6);
    EXPECT_EQ(schedule.tile(1).operand_bytes[0], kFeatureBytes / 8 * 6);
    EXPECT_EQ(schedule.memory_bytes(), kFeatureBytes / 8 * 12 + kFilterBytes + kPooledBytes);
}

TEST(TileSchedule, LoadsTheErrorsOfTheRowsThatReachInFromAbove) {
    // Blocks of two rows. A 3x3 kernel spreads an error over three rows: the lower blocks need the errors of two rows
    // above as well. A row of errors is 3 x 5 x 12 / 8 = 22.5 elements in memory, rounded by planes.
    const TileSchedule schedule(padded_convolution(Phase::Backward), blocks({1, 3, 2, 2, 5}), kElementBytes);
    ASSERT_EQ(schedule.size(), 4U);
    EXPECT_EQ(schedule.tile(0).operand_bytes[0], kPooledBytes / 8 * 2);
    EXPECT_EQ(schedule.tile(1).operand_bytes[0], kPooledBytes / 8 * 4);
    EXPECT_EQ(schedule.largest().shape, schedule.tile(0).shape);
    EXPECT_EQ(schedule.largest().operand_bytes[0], kPooledBytes / 8 * 4);
}

/// Rows of six words of one channel, without padding, and kernels of one column.
LoopNest rows_of_six(Phase phase, std::uint64_t out_height, std::uint64_t kernel_height) {
    LoopNest nest;
    tests::set_phase(nest, phase);
    nest.samples = nest.in_channels = nest.out_channels = 1;
    nest.in_height = out_height + kernel_height - 1;
    nest.out_height = out_height;
    nest.in_width = nest.out_width = 6;
    nest.kernel_height = kernel_height;
    nest.stored_out_plane = out_height * 6;
    return nest;
}

constexpr std::uint64_t kRowBytes = 6 * kElementBytes;

TEST(TileSchedule, BlocksShareTheRowsThatTheKernelsHeightReachesOver) {
    const Mapping pairs = blocks({1, 1, 2, 1, 1});
    // 7x1: two rows of outputs under eight.
    const LoopNest high = rows_of_six(Phase::Forward, 8, 7);
    EXPECT_EQ(TileSchedule(high, pairs, kElementBytes).tile(1).operand_bytes, (TwoBytes{8 * kRowBytes, 7 * 4}));
    // 1x7: two rows under two.
    LoopNest flat = rows_of_six(Phase::Forward, 8, 1);
    flat.kernel_width = 7;
    flat.in_width = 12;
    EXPECT_EQ(TileSchedule(flat, pairs, kElementBytes).tile(1).operand_bytes, (TwoBytes{4 * kRowBytes, 7 * 4}));
    // Backward: two rows of errors, with the six above them or with none.
    tests::set_phase(flat, Phase::Backward);
    EXPECT_EQ(TileSchedule(flat, pairs, kElementBytes).tile(3).operand_bytes[0], 2 * kRowBytes);
    const LoopNest errors = rows_of_six(Phase::Backward, 8, 7);
    EXPECT_EQ(TileSchedule(errors, pairs, kElementBytes).tile(3).operand_bytes[0], 8 * kRowBytes);
}

TEST(TileSchedule, StridesDownTheFeaturesByTheHeights) {
    // A stride of 2x1: two rows of outputs under 2 + 3 of nine; backward the errors of one row above.
    LoopNest nest = rows_of_six(Phase::Forward, 4, 3);
    nest.stride_height = 2;
    nest.in_height = 9;
    const Mapping pairs = blocks({1, 1, 2, 1, 1});
    EXPECT_EQ(TileSchedule(nest, pairs, kElementBytes).tile(1).operand_bytes[0], 5 * kRowBytes);
    tests::set_phase(nest, Phase::Backward);
    EXPECT_EQ(TileSchedule(nest, pairs, kElementBytes).tile(1).operand_bytes[0], 3 * kRowBytes);
    // 1x2: 2 + 2 of six, and of errors two above.
    std::swap(nest.stride_height, nest.stride_width);
    nest.in_height = 6;
    EXPECT_EQ(TileSchedule(nest, pairs, kElementBytes).tile(1).operand_bytes[0], 4 * kRowBytes);
    tests::set_phase(nest, Phase::Forward);
    EXPECT_EQ(TileSchedule(nest, pairs, kElementBytes).tile(1).operand_bytes[0], 4 * kRowBytes);
}

TEST(TileSchedule, LoadsNoRowThatADilatedKernelLeavesOut) {
    LoopNest nest = rows_of_six(Phase::Forward, 12, 3);
    nest.dilation_height = 4;
    nest.in_height = 20;
    const auto rows_loaded = [&](std::uint64_t rows_of_a_block, std::uint64_t tile) {
        const TileSchedule schedule(nest, blocks({1, 1, rows_of_a_block, 1, 1}), kElementBytes);
        return schedule.tile(tile).operand_bytes[0] / kRowBytes;
    };
    EXPECT_EQ(rows_loaded(1, 5), 3U);   // of the nine from the first to the last
    EXPECT_EQ(rows_loaded(3, 2), 9U);   // three times three
    EXPECT_EQ(rows_loaded(4, 2), 12U);  // three times four, which leave nothing out
    EXPECT_EQ(rows_loaded(6, 1), 14U);  // 6 + 2 x 4
    // Backward: errors from four and from eight rows above, as far as there are rows.
    tests::set_phase(nest, Phase::Backward);
    EXPECT_EQ(rows_loaded(1, 3), 1U);
    EXPECT_EQ(rows_loaded(1, 4), 2U);
    EXPECT_EQ(rows_loaded(1, 8), 3U);
    EXPECT_EQ(rows_loaded(3, 2), 7U);   // rows 6 to 8 with 2 to 4, and with row 0 from eight above
    EXPECT_EQ(rows_loaded(6, 1), 12U);  // all
}

TEST_P(EveryPhase, RepeatsItselfAsFarAsItsTilesDo) {
    tests::Random random(4);
    for_random_schedules([&](const TileSchedule& schedule) {
        for (std::uint64_t round = 0; round < 20; ++round) {
            const std::uint64_t first = tests::draw(random, 0, schedule.size());
            const std::uint64_t distance = tests::draw(random, 1, schedule.size() / (round % 4 + 1) + 1);
            const std::uint64_t at_most = tests::draw(random, 0, schedule.size());
            std::uint64_t expected = 0;
            while (expected < at_most && first + expected + distance < schedule.size() &&
                   schedule.tile(first + expected) == schedule.tile(first + expected + distance)) {
                ++expected;
            }
            ASSERT_EQ(schedule.repeats(first, distance, at_most), expected)
                << "first " << first << ", distance " << distance << " of " << schedule.size();
        }
    });
}

TEST(TileSchedule, RepeatsItselfOverManyLoops) {
    // 40 samples of 9 blocks of rows of 5 x 6 blocks of channels; the last blocks are smaller.
    LoopNest nest;
    nest.samples = 40;
    nest.in_channels = 29;
    nest.out_channels = 24;
    nest.in_height = nest.out_height = 35;
    nest.stored_out_plane = 35;
    const TileSchedule schedule(
        nest, {{1, 1, 4, 5, 5}, {Loop::Groups, Loop::Samples, Loop::Rows, Loop::OutChannels, Loop::InChannels}, {}},
        kElementBytes);
    ASSERT_EQ(schedule.size(), 40U * 9 * 5 * 6);
    // From the second block of output channels on, a turn of input channels is like the next, until the last block.
    EXPECT_EQ(schedule.repeats(7, 6, schedule.size()), 2U * 6 - 1);
    // Every sample is like the next one: both operands of its first tile are others than those of the tile before.
    EXPECT_EQ(schedule.repeats(0, 270, schedule.size()), 39U * 270);
}

TEST(TileSchedule, PadsItsTilesToItsLeaders) {
    LoopNest leader;
    leader.samples = 2;
    leader.in_channels = 5;
    leader.out_channels = 7;
    LoopNest nest = leader;
    nest.out_channels = 6;
    const Mapping in_two{
        {1, 1, 1, 5, 4}, {Loop::Groups, Loop::Samples, Loop::Rows, Loop::OutChannels, Loop::InChannels}, {}};
    const TileSchedule led = TileSchedule(nest, in_two, kElementBytes).led_by(leader);
    EXPECT_EQ(led.leader(), leader);
    EXPECT_EQ(led.tile(0).shape, (TileShape{1, 1, 5, 4, 1}));
    EXPECT_EQ(led.tile(0).pace, (TileShape{1, 1, 5, 4, 1}));
    EXPECT_EQ(led.tile(1).shape, (TileShape{1, 1, 5, 2, 1}));
    EXPECT_EQ(led.tile(1).pace, (TileShape{1, 1, 5, 3, 1}));
    // Three blocks of the leader's, two of this one's: there is no step to keep.
    const Mapping in_threes{{1, 1, 1, 5, 3}, in_two.order, {}};
    EXPECT_EQ(TileSchedule(nest, in_threes, kElementBytes).led_by(leader).leader(), nest);
}

}  // namespace
}  // namespace hypar
