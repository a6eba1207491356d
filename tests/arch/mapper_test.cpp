#include "arch/mapper.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <vector>

#include "base/checked.h"
#include "base/error.h"
#include "tests/arch/support.h"

namespace hypar {
namespace {

/// A unit of one accelerator with a small buffer, so that small nests need tiling.
ArraySpec small_buffer(std::uint64_t bytes) {
    ArraySpec array = tests::hpca19();
    array.buffer.capacity_bytes = bytes;
    return array;
}

std::uint64_t most_buffer_bytes(const TileSchedule& schedule) {
    std::uint64_t most = 0;
    for (std::uint64_t index = 0; index < schedule.size(); ++index) {
        most = std::max(most, schedule.tile(index).buffer_bytes());
    }
    return most;
}

/// The longer one of compute and memory time, with the first load before it.
Cycles estimate(const ArraySpec& array, const TileSchedule& schedule) {
    const std::uint64_t bits_per_second =
        array.memory.vaults * array.memory.vault_bits_per_second / array.processing_units;
    const auto memory_cycles = [&](std::uint64_t bytes) {
        return array.clock.cycles_up_to(transfer_time(bytes, bits_per_second));
    };
    const Tile largest = schedule.largest();
    const Cycles compute = schedule.size() * time_tile(array.pe_array, schedule.nest(), largest.shape).cycles;
    return std::max(compute, memory_cycles(schedule.memory_bytes())) + memory_cycles(largest.load_bytes());
}

/// Even pieces, in numbers that grow by half, and single items.
std::set<std::uint64_t> block_sizes(std::uint64_t extent) {
    std::set<std::uint64_t> sizes{1};
    for (std::uint64_t pieces = 1; pieces <= extent; pieces += std::max<std::uint64_t>(1, pieces / 2)) {
        sizes.insert(ceil_divide(extent, pieces));
    }
    return sizes;
}

/// Whether a result stays in the buffer until it is complete: the loops that it is summed over are innermost.
bool completes_results(const std::array<Loop, kLoops>& order, Phase phase) {
    switch (phase) {
        case Phase::Forward: return order[3] == Loop::InChannels;
        case Phase::Backward: return order[3] == Loop::OutChannels;
        case Phase::Gradient:
            return (order[2] == Loop::Samples && order[3] == Loop::Rows) ||
                   (order[2] == Loop::Rows && order[3] == Loop::Samples);
        case Phase::Update: return true;
    }
    return false;
}

/// The least estimate of every blocking that fits twice, in every order; none where nothing fits.
std::optional<Cycles> exhaustive_least(const ArraySpec& array, const LoopNest& nest) {
    std::optional<Cycles> least;
    std::array<Loop, kLoops> order{Loop::Samples, Loop::Rows, Loop::InChannels, Loop::OutChannels};
    do {
        if (!completes_results(order, nest.phase)) continue;
        for (const std::uint64_t samples : block_sizes(nest.samples)) {
            for (const std::uint64_t rows : block_sizes(nest.out_height)) {
                for (const std::uint64_t in_channels : block_sizes(nest.in_channels)) {
                    for (const std::uint64_t out_channels : block_sizes(nest.out_channels)) {
                        const TileSchedule schedule(nest, {{samples, rows, in_channels, out_channels}, order},
                                                    array.precision.bytes);
                        if (2 * most_buffer_bytes(schedule) > array.buffer.capacity_bytes) continue;
                        const Cycles cycles = estimate(array, schedule);
                        if (!least || cycles < *least) least = cycles;
                    }
                }
            }
        }
    } while (std::next_permutation(order.begin(), order.end()));
    return least;
}

std::uint64_t LoopNest::*summed_dimension(Phase phase) {
    switch (phase) {
        case Phase::Forward: return &LoopNest::in_channels;
        case Phase::Backward: return &LoopNest::out_channels;
        case Phase::Gradient:
        case Phase::Update: return &LoopNest::samples;
    }
    return nullptr;
}

TEST(Mapper, TilesFitTheBufferTwice) {
    tests::Random random(5);
    for (int round = 0; round < 400; ++round) {
        const ArraySpec array = small_buffer(tests::draw(random, 3000, 9000));
        Mapper mapper(array);
        const LoopNest nest = tests::random_nest(random, kPhases[tests::draw(random, 0, 3)]);
        ASSERT_LE(2 * most_buffer_bytes(mapper.schedule(nest)), array.buffer.capacity_bytes);
    }
}

TEST(Mapper, IsNearlyAlwaysWithinTwoPercentOfExhaustiveSearch) {
    // Of the blocks of output channels it tries only the largest that fits, which may miss a little.
    constexpr int kRounds = 200;
    int misses = 0;
    tests::Random random(6);
    for (int round = 0; round < kRounds; ++round) {
        const ArraySpec array = small_buffer(tests::draw(random, 3000, 9000));
        Mapper mapper(array);
        const LoopNest nest = tests::random_nest(random, kPhases[static_cast<std::size_t>(round) % 4]);
        const std::optional<Cycles> least = exhaustive_least(array, nest);
        ASSERT_TRUE(least);
        const Cycles found = estimate(array, mapper.schedule(nest));
        if (found > *least + *least / 50) ++misses;
        EXPECT_LE(found, *least + *least / 10) << name_of(nest.phase) << " " << round;
    }
    EXPECT_LE(misses, kRounds / 50);
}

TEST(Mapper, TakesOneTileWhereAllFits) {
    LoopNest nest;
    nest.phase = Phase::Forward;
    nest.samples = 2;
    nest.in_channels = 10;
    nest.out_channels = 10;
    Mapper mapper(tests::hpca19());
    EXPECT_EQ(mapper.schedule(nest).size(), 1U);
}

TEST(Mapper, RefusesABufferThatHoldsNoTileTwice) {
    // The smallest forward tile of a 5x5 convolution: 5 rows of 8 features, 25 filters, a row of 4 outputs.
    LoopNest nest;
    nest.phase = Phase::Forward;
    nest.samples = nest.in_channels = nest.out_channels = 3;
    nest.in_height = nest.in_width = 8;
    nest.out_height = nest.out_width = 4;
    nest.kernel = 5;
    nest.stored_out_plane = 16;
    constexpr std::uint64_t kSmallest = (5 * 8 + 25 + 4) * 4;
    Mapper enough(small_buffer(2 * kSmallest));
    EXPECT_EQ(enough.schedule(nest).largest().buffer_bytes(), kSmallest);
    Mapper short_of_one(small_buffer(2 * kSmallest - 1));
    try {
        short_of_one.schedule(nest);
        FAIL() << "a tile fitted";
    } catch (const ConfigError& error) {
        EXPECT_EQ(error.key(), "array.buffer.capacity");
        EXPECT_EQ(error.problem(), "the smallest tile needs 276 bytes twice, the buffer has 551");
    }
}

TEST(Mapper, DividesAShardExactly) {
    tests::Random random(7);
    for (int round = 0; round < 200; ++round) {
        ArraySpec array = tests::hpca19();
        array.processing_units = tests::draw(random, 1, 16);
        Mapper mapper(array);
        const LoopNest shard = tests::random_nest(random, kPhases[tests::draw(random, 0, 3)]);
        const UnitNests nests = mapper.divide(shard);
        ASSERT_LE(nests.size(), array.processing_units);
        const auto summed = summed_dimension(shard.phase);
        std::uint64_t macs = 0;
        for (const LoopNest& nest : nests) {
            EXPECT_FALSE(nest.empty());
            macs += tests::macs_of(nest);
            LoopNest uncut = nest;  // only samples and channels are divided
            uncut.samples = shard.samples;
            uncut.in_channels = shard.in_channels;
            uncut.out_channels = shard.out_channels;
            EXPECT_EQ(uncut, shard);
            // A sum that two units share would have to be added up: what is summed over stays whole.
            EXPECT_EQ(nest.*summed, shard.*summed);
        }
        ASSERT_EQ(macs, tests::macs_of(shard));
    }
}

TEST(Mapper, DividesBySamplesOrOutputsWhicheverEndsFirst) {
    // One sample of a fully connected layer: sixteen units share its outputs.
    LoopNest nest;
    nest.phase = Phase::Forward;
    nest.samples = 1;
    nest.in_channels = 512;
    nest.out_channels = 512;
    Mapper mapper(tests::hpca19());
    const UnitNests by_outputs = mapper.divide(nest);
    ASSERT_EQ(by_outputs.size(), 16U);
    EXPECT_EQ(by_outputs[0].out_channels, 32U);
    // Sixteen samples with a single output: a sample each.
    nest.samples = 16;
    nest.out_channels = 1;
    const UnitNests by_samples = mapper.divide(nest);
    ASSERT_EQ(by_samples.size(), 16U);
    EXPECT_EQ(by_samples[0].samples, 1U);
}

TEST(Mapper, PutsTheLargestPartFirstAndKeepsTheOthersInStepWithIt) {
    tests::Random random(8);
    int padded = 0;
    for (int round = 0; round < 100; ++round) {
        ArraySpec array = tests::hpca19();
        array.processing_units = tests::draw(random, 2, 16);
        Mapper mapper(array);
        const UnitNests nests = mapper.divide(tests::random_nest(random, kPhases[tests::draw(random, 0, 3)]));
        const TileSchedule lead = mapper.schedule(nests.front());
        for (const LoopNest& nest : nests) {
            EXPECT_LE(tests::macs_of(nest), tests::macs_of(nests.front()));
            const TileSchedule schedule = mapper.schedule(nest, nests.front());
            EXPECT_EQ(schedule.blocking(), lead.blocking());
            if (nest == nests.front() || !(schedule.leader() == nests.front())) continue;
            ++padded;
            ASSERT_EQ(schedule.size(), lead.size());
            for (std::uint64_t index = 0; index < lead.size(); ++index) {
                EXPECT_EQ(schedule.tile(index).pace, lead.tile(index).shape);
            }
        }
    }
    EXPECT_GT(padded, 20);
}

TEST(Mapper, GivesAnEmptyShardToNobody) {
    LoopNest nest;
    nest.in_channels = 3;
    nest.out_channels = 3;
    Mapper mapper(tests::hpca19());
    EXPECT_TRUE(mapper.divide(nest).empty());
}

}  // namespace
}  // namespace hypar
