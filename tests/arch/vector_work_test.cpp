#include "arch/unit/vector_work.h"

#include <algorithm>
#include <random>
#include <stdexcept>

#include <gtest/gtest.h>

namespace hypar {
namespace {

/// A buffer of which half holds `elements` of 4 bytes.
VectorUnitSpec unit_with_room_for(std::uint64_t elements) { return {1, 2 * 4 * elements}; }

TEST(VectorSchedule, IsCutIntoEvenParts) {
    // 7 + 4 elements in tiles of at most 6: two tiles of 4 + 2 and 3 + 2.
    const VectorSchedule schedule({9, 7, 4}, unit_with_room_for(6), 4);
    ASSERT_EQ(schedule.size(), 2U);
    EXPECT_EQ(schedule.tile(0), (VectorTile{5, 16, 8}));
    EXPECT_EQ(schedule.tile(1), (VectorTile{4, 12, 8}));
    EXPECT_EQ(schedule.memory_bytes(), 44U);
}

TEST(VectorSchedule, HasOneTileWhereNothingIsMovedAndNoneWithoutWork) {
    const VectorSchedule fused({1'000'000, 0, 0}, unit_with_room_for(2), 4);
    ASSERT_EQ(fused.size(), 1U);
    EXPECT_EQ(fused.tile(0), (VectorTile{1'000'000, 0, 0}));
    EXPECT_EQ(VectorSchedule({}, unit_with_room_for(2), 4).size(), 0U);
}

TEST(VectorSchedule, WorksWithTheSmallestBuffer) {
    const VectorSchedule schedule({3, 3, 2}, {1, VectorUnitSpec::kLeastBuffer}, 4);
    EXPECT_EQ(schedule.size(), 3U);  // an element of each at a time
}

TEST(VectorSchedule, RefusesBytesBeyond64Bits) {
    EXPECT_THROW(VectorSchedule({1, UINT64_MAX / 4, 1}, unit_with_room_for(2), 4), std::overflow_error);
}

VectorWork random_work(std::mt19937& random) {
    const auto any = [&] { return random() % 4 == 0 ? 0 : random() % 200; };
    return {any(), any(), any()};
}

TEST(VectorSchedule, HasTheFewestTilesThatFitAndLosesNothing) {
    std::mt19937 random(1);
    for (int trial = 0; trial < 500; ++trial) {
        const VectorWork work = random_work(random);
        const std::uint64_t room = 2 + random() % 20;
        const VectorSchedule schedule(work, unit_with_room_for(room), 4);
        VectorTile sum;
        for (std::uint64_t index = 0; index < schedule.size(); ++index) {
            const VectorTile tile = schedule.tile(index);
            EXPECT_LE(tile.load_bytes + tile.store_bytes, 4 * room);
            sum.operations += tile.operations;
            sum.load_bytes += tile.load_bytes;
            sum.store_bytes += tile.store_bytes;
        }
        EXPECT_EQ(sum, (VectorTile{work.operations, 4 * work.read_elements, 4 * work.written_elements}));
        EXPECT_EQ(schedule.memory_bytes(), sum.load_bytes + sum.store_bytes);
        const auto largest = [](std::uint64_t elements, std::uint64_t parts) {
            return (elements + parts - 1) / parts;
        };
        const std::uint64_t fewer = schedule.size() - 1;
        if (schedule.size() < 2) continue;
        EXPECT_GT(largest(work.read_elements, fewer) + largest(work.written_elements, fewer), room);
    }
}

TEST(VectorSchedule, RepeatsItselfAsItsTilesDo) {
    std::mt19937 random(2);
    for (int trial = 0; trial < 500; ++trial) {
        const VectorSchedule schedule(random_work(random), unit_with_room_for(2 + random() % 20), 4);
        const std::uint64_t first = random() % 20;
        const std::uint64_t distance = 1 + random() % 8;
        const std::uint64_t at_most = random() % 60;
        std::uint64_t expected = 0;
        while (expected < at_most && first + expected + distance < schedule.size() &&
               schedule.tile(first + expected) == schedule.tile(first + expected + distance)) {
            ++expected;
        }
        EXPECT_EQ(schedule.repeats(first, distance, at_most), expected);
    }
}

}  // namespace
}  // namespace hypar
