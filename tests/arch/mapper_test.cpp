#include "arch/unit/mapper.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "tests/arch/support.h"

namespace hypar {
namespace {

/// A unit of one accelerator with a small buffer, so that small nests need tiling.
ArraySpec small_buffer(std::uint64_t bytes) {
    ArraySpec array = tests::hpca19();
    array.buffer = {bytes, bytes, 1024};
    return array;
}

std::uint64_t most_buffer_bytes(const BufferSpec& buffer, const TileSchedule& schedule) {
    std::uint64_t most = 0;
    for (std::uint64_t index = 0; index < schedule.size(); ++index) {
        most = std::max(most, schedule.tile(index).buffer_bytes(buffer));
    }
    return most;
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

TEST(Mapper, TilesFitTheBufferWithTheOperandsOfTheNext) {
    tests::Random random(5);
    for (int round = 0; round < 400; ++round) {
        ArraySpec array = small_buffer(256 * tests::draw(random, 12, 36));
        array.buffer.banks = array.buffer.capacity_bytes / tests::draw(random, 1, 2) / 128;
        array.buffer.capacity_bytes = array.buffer.banks * 128;
        Mapper mapper(array.mapping_target());
        LoopNest nest = tests::random_nest(random, kPhases[tests::draw(random, 0, 3)]);
        nest.groups = 1;
        try {
            const TileSchedule schedule = mapper.schedule(nest);
            ASSERT_LE(most_buffer_bytes(array.buffer, schedule), array.buffer.capacity_bytes);
        } catch (const ConfigError&) {
            ASSERT_GT(TileSchedule(nest, {}, 4).largest().buffer_bytes(array.buffer), array.buffer.capacity_bytes);
        }
    }
}

TEST(Mapper, TakesOneTileWhereAllFits) {
    LoopNest nest;
    nest.samples = 2;
    nest.in_channels = 10;
    nest.out_channels = 10;
    Mapper mapper(tests::hpca19().mapping_target());
    EXPECT_EQ(mapper.schedule(nest).size(), 1U);
}

TEST(Mapper, RefusesABufferThatHoldsNoTile) {
    // The smallest forward tile of a 5x5 convolution: 5 rows of 8 features and 25 filters, twice, and 4 outputs.
    LoopNest nest;
    nest.samples = nest.in_channels = nest.out_channels = 3;
    nest.in_height = nest.in_width = 8;
    nest.out_height = nest.out_width = 4;
    nest.kernel_height = nest.kernel_width = 5;
    nest.stored_out_plane = 16;
    constexpr std::uint64_t kSmallest = (2 * (5 * 8 + 25) + 4) * 4;
    const ArraySpec enough = small_buffer(kSmallest);
    EXPECT_EQ(Mapper(enough.mapping_target()).schedule(nest).largest().buffer_bytes(enough.buffer), kSmallest);
    Mapper short_of_one(small_buffer(kSmallest - 1).mapping_target());
    try {
        short_of_one.schedule(nest);
        FAIL() << "a tile fitted";
    } catch (const ConfigError& error) {
        EXPECT_EQ(error.key(), "array.buffer.capacity");
        EXPECT_EQ(error.problem(),
                  "the smallest tile, with operands twice, needs 536 bytes in banks of 1; the buffer has 535");
    }
}

// The first layer of ResNet on 1080 x 1920 images: seven rows of 1920 + 6 elements, twice, and an output's do not
// fit, seven columns of 1080 + 6 do.
TEST(Mapper, TurnsMapsWhoseRowsAreTooLong) {
    LoopNest nest;
    nest.samples = 1;
    nest.in_channels = 3;
    nest.out_channels = 64;
    nest.in_height = 1080;
    nest.in_width = 1920;
    nest.out_height = 540;
    nest.out_width = 960;
    nest.kernel_height = nest.kernel_width = 7;
    nest.stride_height = nest.stride_width = 2;
    nest.stored_out_plane = 540 * 960;
    Mapper mapper(tests::hpca19().mapping_target());
    Mapper other(tests::hpca19().mapping_target());
    const DividedShard& wide = mapper.divide(nest);
    const DividedShard& high = other.divide(nest.turned());
    EXPECT_EQ(wide.nests.front().in_height, 1920U);
    EXPECT_EQ(wide.nests, high.nests);
    EXPECT_TRUE(wide.mapping == high.mapping);
}

TEST(Mapper, TakesWholeBanks) {
    LoopNest nest;
    nest.samples = nest.in_channels = nest.out_channels = 1;
    // Five of 1 KiB: two for one feature, two for one filter, one for the sum.
    ArraySpec array = tests::hpca19();
    array.buffer = {5 * 1024, 5, 8};
    EXPECT_EQ(Mapper(array.mapping_target()).schedule(nest).largest().buffer_bytes(array.buffer), 5U * 1024);
    array.buffer = {4 * 1024, 4, 8};
    EXPECT_THROW(Mapper(array.mapping_target()).schedule(nest), ConfigError);
}

TEST(Mapper, DividesAShardExactly) {
    tests::Random random(7);
    for (int round = 0; round < 200; ++round) {
        ArraySpec array = tests::hpca19();
        array.processing_units = tests::draw(random, 1, 16);
        Mapper mapper(array.mapping_target());
        const LoopNest shard = tests::random_nest(random, kPhases[tests::draw(random, 0, 3)]);
        const UnitNests nests = mapper.divide(shard).nests;
        ASSERT_LE(nests.size(), array.processing_units);
        const auto summed = summed_dimension(tests::phase_of(shard));
        std::uint64_t macs = 0;
        for (const LoopNest& nest : nests) {
            EXPECT_FALSE(nest.empty());
            macs += tests::macs_of(nest);
            LoopNest uncut = nest;  // only groups, samples and channels are divided
            uncut.samples = shard.samples;
            uncut.groups = shard.groups;
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
    nest.samples = 1;
    nest.in_channels = 512;
    nest.out_channels = 512;
    Mapper mapper(tests::hpca19().mapping_target());
    const UnitNests by_outputs = mapper.divide(nest).nests;
    ASSERT_EQ(by_outputs.size(), 16U);
    EXPECT_EQ(by_outputs[0].out_channels, 32U);
    // Sixteen samples with a single output: a sample each.
    nest.samples = 16;
    nest.out_channels = 1;
    const UnitNests by_samples = mapper.divide(nest).nests;
    ASSERT_EQ(by_samples.size(), 16U);
    EXPECT_EQ(by_samples[0].samples, 1U);
}

TEST(Mapper, DividesByGroupsWhereNothingElseCanBeDivided) {
    // A depthwise convolution of one sample: a group for each of sixteen units.
    LoopNest nest;
    nest.samples = nest.in_channels = nest.out_channels = 1;
    nest.groups = 16;
    nest.in_height = nest.in_width = 6;
    nest.out_height = nest.out_width = 4;
    nest.kernel_height = nest.kernel_width = 3;
    nest.stored_out_plane = 16;
    for (const Phase phase : {Phase::Forward, Phase::Backward, Phase::Gradient}) {
        tests::set_phase(nest, phase);
        Mapper mapper(tests::hpca19().mapping_target());
        const UnitNests nests = mapper.divide(nest).nests;
        ASSERT_EQ(nests.size(), 16U) << name_of(phase);
        EXPECT_EQ(nests[0].groups, 1U);
    }
}

TEST(Mapper, PutsTheLargestPartFirstAndKeepsTheOthersInStepWithIt) {
    tests::Random random(8);
    int padded = 0;
    for (int round = 0; round < 100; ++round) {
        ArraySpec array = tests::hpca19();
        array.processing_units = tests::draw(random, 2, 16);
        Mapper mapper(array.mapping_target());
        const DividedShard& division = mapper.divide(tests::random_nest(random, kPhases[tests::draw(random, 0, 3)]));
        const UnitNests& nests = division.nests;
        const TileSchedule lead = mapper.schedule(nests.front(), division);
        for (const LoopNest& nest : nests) {
            EXPECT_LE(tests::macs_of(nest), tests::macs_of(nests.front()));
            const TileSchedule schedule = mapper.schedule(nest, division);
            EXPECT_EQ(schedule.mapping(), lead.mapping());
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

TEST(Mapper, FindsTheSameWhateverItWasAskedBefore) {
    // Shards of a few sizes, so that parts of one are parts of others; asked in either order, and told by another.
    tests::Random random(9);
    for (int round = 0; round < 20; ++round) {
        const ArraySpec array = tests::hpca19();
        std::vector<LoopNest> shards(1, tests::random_nest(random, kPhases[tests::draw(random, 0, 3)]));
        for (const std::uint64_t times : {2U, 4U, 8U}) {
            shards.push_back(shards.front());
            shards.back().samples *= times;
            shards.push_back(shards.front());
            shards.back().out_channels *= times;
        }
        Mapper forwards(array.mapping_target());
        Mapper backwards(array.mapping_target());
        for (const LoopNest& shard : shards) forwards.divide(shard);
        std::reverse(shards.begin(), shards.end());
        for (const LoopNest& shard : shards) backwards.divide(shard);
        Mapper told(array.mapping_target());
        told.learn(forwards.take_news());
        for (const LoopNest& shard : shards) {
            Mapper fresh(array.mapping_target());
            const DividedShard& division = fresh.divide(shard);
            for (Mapper* mapper : {&forwards, &backwards, &told}) {
                EXPECT_EQ(mapper->divide(shard).mapping, division.mapping);
                EXPECT_EQ(mapper->divide(shard).nests, division.nests);
            }
        }
        EXPECT_TRUE(told.take_news().empty());
    }
}

Cycles cycles_of(const ArraySpec& array, const LoopNest& shard) {
    Mapper mapper(array.mapping_target());
    const DividedShard& division = mapper.divide(shard);
    return evaluate_mapping(array.mapping_target(), {division.nests.front(), division.nests.size()}, division.mapping)
        .cycles;
}

LoopNest convolution_3x3(std::uint64_t channels, std::uint64_t height) {
    LoopNest nest;
    nest.samples = 16;
    nest.in_channels = nest.out_channels = channels;
    nest.in_height = nest.in_width = nest.out_height = nest.out_width = height;
    nest.kernel_height = nest.kernel_width = 3;
    nest.stored_out_plane = height * height;
    return nest;
}

TEST(Mapper, AnotherUnitMakesNothingSlower) {
    // 31 is prime: all 31 units at work divide one loop alone.
    ArraySpec array = tests::hpca19();
    const LoopNest nest = convolution_3x3(128, 28);
    Cycles before = UINT64_MAX;
    for (std::uint64_t units = 25; units <= 33; ++units) {
        array.processing_units = units;
        const Cycles cycles = cycles_of(array, nest);
        EXPECT_LE(static_cast<double>(cycles), 1.01 * static_cast<double>(before)) << units;
        before = cycles;
    }
}

TEST(Mapper, ALargerBufferMakesNothingSlower) {
    LoopNest nest;
    nest.samples = 32;
    nest.in_channels = 4096;
    nest.out_channels = 500;
    ArraySpec array = tests::hpca19();
    array.buffer = {108 * 1024, 27, 8};
    const Cycles small = cycles_of(array, nest);
    for (const std::uint64_t times : {2U, 8U, 32U}) {
        array.buffer.capacity_bytes = times * 108 * 1024;
        EXPECT_LE(static_cast<double>(cycles_of(array, nest)), 1.01 * static_cast<double>(small)) << times;
    }
}

/// The pin of Chen et al., JSSC 2017, Table III, for AlexNet's third layer.
MappingPin third_layer() { return {"conv3", Phase::Forward, 4, 64, 13, 16, 4, 1, 4}; }

TEST(Mapper, TakesThePinnedMapping) {
    ArraySpec array = tests::hpca19();
    array.processing_units = 1;
    array.buffer = {108 * 1024, 27, 8};
    array.mapping.pins = {third_layer()};
    Mapper mapper(array.mapping_target());
    const LoopNest nest = convolution_3x3(256, 13);
    EXPECT_EQ(mapper.pin_of("conv3", Phase::Backward), nullptr);
    const DividedShard& division = mapper.divide(nest, mapper.pin_of("conv3", Phase::Forward));
    EXPECT_EQ(division.mapping.pass, (PassShape{Dataflow::RowStationary, 13, 16, 4, 1, 4, 1, 3}));
    EXPECT_EQ(division.mapping.block[at(Loop::Samples)], 4U);
    EXPECT_EQ(division.mapping.block[at(Loop::OutChannels)], 64U);
    EXPECT_FALSE(mapper.divide(nest).mapping == division.mapping);  // the same shard without one
}

TEST(Mapper, RefusesAPinThatTheUnitDoesNotHold) {
    const auto mistake_of = [](const MappingPin& pin) -> std::string {
        ArraySpec array = tests::hpca19();
        array.processing_units = 1;
        array.buffer = {108 * 1024, 27, 8};
        try {
            Mapper(array.mapping_target()).divide(convolution_3x3(256, 13), &pin);
        } catch (const ConfigError& error) {
            EXPECT_EQ(error.key(), "array.mapping.pin");
            return error.problem();
        }
        return "";
    };
    EXPECT_EQ(mistake_of(third_layer()), "");
    const auto changed = [&](std::uint64_t MappingPin::*number, std::uint64_t value) {
        MappingPin pin = third_layer();
        pin.*number = value;
        return mistake_of(pin);
    };
    EXPECT_EQ(changed(&MappingPin::n, 17), "n: a tile of these samples needs 17, and there are 16");
    EXPECT_EQ(changed(&MappingPin::m, 257), "m: a tile of these channels needs 257, and there are 256");
    EXPECT_EQ(changed(&MappingPin::e, 14), "e: a set of these rows needs 14, and there are 13");
    EXPECT_EQ(changed(&MappingPin::r, 5),
              "r: sets above each other, of rows of elements, needs 15, and there are 12");
    EXPECT_EQ(changed(&MappingPin::t, 5), "r t: of sets on the array needs 5, and there are 4");
    EXPECT_EQ(changed(&MappingPin::q, 5), "q: of feature map registers needs 15, and there are 12");
    EXPECT_EQ(changed(&MappingPin::p, 19), "p q: of filter registers needs 228, and there are 224");
    MappingPin large = third_layer();
    large.n = 16;
    large.m = 256;
    EXPECT_EQ(mistake_of(large), "no tile of n 16 and m 256 fits the buffer, with operands twice");
}

TEST(Mapper, GivesAnEmptyShardToNobody) {
    LoopNest nest;
    nest.in_channels = 3;
    nest.out_channels = 3;
    Mapper mapper(tests::hpca19().mapping_target());
    EXPECT_TRUE(mapper.divide(nest).nests.empty());
}

}  // namespace
}  // namespace hypar
