#include "partition/ownership.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "tests/partition/support.h"

namespace hypar {
namespace {

bool owns(std::uint64_t leaf, LevelSet split, std::uint64_t accelerator, std::size_t levels) {
    for (std::size_t level = 0; level < levels; ++level) {
        const bool agree = half_at(leaf, level, levels) == half_at(accelerator, level, levels);
        if ((split & level_bit(level)) != 0 && !agree) return false;
    }
    return true;
}

TEST(Leaf, IsFoundByHalvingTheFirstHalfTakingTheOddItem) {
    // 7 items: 4 and 3, then 2, 2, 2, 1.
    const std::vector<std::uint64_t> expected = {0, 0, 1, 1, 2, 2, 3};
    for (std::uint64_t item = 0; item < 7; ++item) EXPECT_EQ(leaf_of(item, 7, 2), expected[item]) << item;
}

TEST(Leaf, OfFewItemsMayBeFarApart) {
    // 3 items: 2 and 1, then 1, 1, 1, 0, then 1, 0, 1, 0, 1, 0, 0, 0.
    EXPECT_EQ(leaf_of(0, 3, 3), 0U);
    EXPECT_EQ(leaf_of(1, 3, 3), 2U);
    EXPECT_EQ(leaf_of(2, 3, 3), 4U);
}

TEST(Leaf, EqualsTheTreeThatIsBuiltNodeByNode) {
    for (std::uint64_t items = 1; items <= 100; ++items) {
        for (std::size_t levels = 0; levels <= 7; ++levels) {
            const std::vector<std::uint64_t> leaves = leaves_of(items, levels);
            for (std::uint64_t item = 0; item < items; ++item) ASSERT_EQ(leaf_of(item, items, levels), leaves[item]);
        }
    }
}

TEST(Accelerators, OfAPairDifferInTheHalfOfTheirLevelAlone) {
    EXPECT_EQ(half_at(0b1010, 0, 4), 1U);
    EXPECT_EQ(half_at(0b1010, 1, 4), 0U);
    EXPECT_EQ(half_at(0b1010, 3, 4), 0U);
    EXPECT_EQ(partner_at(0b1010, 0, 4), 0b0010U);
    EXPECT_EQ(partner_at(0b1010, 3, 4), 0b1011U);
}

TEST(OwnedItems, EqualCountingTheLeaves) {
    std::mt19937 random(31);
    for (int trial = 0; trial < 1500; ++trial) {
        const std::size_t levels = random_between(random, 0, 7);
        const std::uint64_t items = random_between(random, 0, trial % 3 == 0 ? 12 : 300);
        const LevelSet split = static_cast<LevelSet>(random()) & (level_bit(levels) - 1);
        const std::uint64_t accelerator = random_between(random, 0, (std::uint64_t{1} << levels) - 1);
        const std::vector<std::uint64_t> leaves = leaves_of(items, levels);
        const auto counted = std::count_if(leaves.begin(), leaves.end(),
                                           [&](auto leaf) { return owns(leaf, split, accelerator, levels); });
        ASSERT_EQ(owned_items(items, split, accelerator, levels), static_cast<std::uint64_t>(counted))
            << items << " items, " << levels << " levels, split " << split << ", accelerator " << accelerator;
    }
}

TEST(OwnedItems, OfOneDimensionPartitionTheItems) {
    for (const std::uint64_t items : {0U, 1U, 5U, 7U, 10U, 100U, 1000U, 4095U}) {
        for (std::size_t levels = 0; levels <= 6; ++levels) {
            std::uint64_t sum = 0;
            for (std::uint64_t accelerator = 0; accelerator < std::uint64_t{1} << levels; ++accelerator) {
                sum += owned_items(items, level_bit(levels) - 1, accelerator, levels);
            }
            EXPECT_EQ(sum, items) << levels;
        }
    }
}

// Two dimensions, each split at the levels where the other is not.
TEST(OwnedItems, OfTwoDimensionsPartitionTheirProduct) {
    std::mt19937 random(32);
    for (int trial = 0; trial < 300; ++trial) {
        const std::size_t levels = random_between(random, 0, 6);
        const std::uint64_t rows = random_between(random, 0, 50);
        const std::uint64_t channels = random_between(random, 0, 50);
        const LevelSet all = level_bit(levels) - 1;
        const LevelSet split = static_cast<LevelSet>(random()) & all;
        std::uint64_t sum = 0;
        for (std::uint64_t accelerator = 0; accelerator < std::uint64_t{1} << levels; ++accelerator) {
            sum += owned_items(rows, split, accelerator, levels) *
                   owned_items(channels, all & ~split, accelerator, levels);
        }
        ASSERT_EQ(sum, rows * channels);
    }
}

TEST(OwnedItems, AreAllWhereNothingIsSplit) {
    EXPECT_EQ(owned_items(1001, 0, 13, 4), 1001U);
    EXPECT_EQ(owned_items(1001, 0, 0, 0), 1001U);
}

// Where every level splits, shares are the leaves: floor(items / 2^H) or one more.
TEST(OwnedItems, OfAWholeSplitDifferByOneAtMost) {
    std::mt19937 random(33);
    for (int trial = 0; trial < 200; ++trial) {
        const std::size_t levels = random_between(random, 0, 6);
        const std::uint64_t items = random_between(random, 0, 1000);
        for (std::uint64_t accelerator = 0; accelerator < std::uint64_t{1} << levels; ++accelerator) {
            const std::uint64_t owned = owned_items(items, level_bit(levels) - 1, accelerator, levels);
            ASSERT_GE(owned, items >> levels);
            ASSERT_LE(owned, (items >> levels) + 1);
        }
    }
}

// A share is the union of 2^s leaves where s levels are skipped, each of two sizes that differ by one.
TEST(OwnedItems, OfAPartialSplitDifferByAnItemForEachLeafAtMost) {
    std::mt19937 random(34);
    for (int trial = 0; trial < 200; ++trial) {
        const std::size_t levels = random_between(random, 0, 6);
        const std::uint64_t items = random_between(random, 0, 1000);
        const LevelSet split = static_cast<LevelSet>(random()) & (level_bit(levels) - 1);
        std::uint64_t leaves = 1;
        for (std::size_t level = 0; level < levels; ++level) leaves *= (split & level_bit(level)) == 0 ? 2U : 1U;
        for (std::uint64_t accelerator = 0; accelerator < std::uint64_t{1} << levels; ++accelerator) {
            const std::uint64_t owned = owned_items(items, split, accelerator, levels);
            ASSERT_GE(owned, leaves * (items >> levels));
            ASSERT_LE(owned, leaves * ((items >> levels) + 1));
        }
    }
}

TEST(OwnedItems, OfEvenSplitsAreExactHalves) {
    // 96 = 3 x 32; levels 0 and 3 of 5 split it.
    for (std::uint64_t accelerator = 0; accelerator < 32; ++accelerator) {
        EXPECT_EQ(owned_items(96, level_bit(0) | level_bit(3), accelerator, 5), 24U);
    }
}

TEST(OwnedItems, OfTheLargestDimensionsDoNotOverflow) {
    const std::uint64_t items = std::numeric_limits<std::uint64_t>::max() - 1;  // 2^64 - 2
    EXPECT_EQ(owned_items(items, 0, 5, 4), items);
    EXPECT_EQ(owned_items(items, level_bit(0), 0, 4), (std::uint64_t{1} << 63) - 1);
    // 2^63 - 1 in each half, then 2^62 and 2^62 - 1.
    EXPECT_EQ(owned_items(items, level_bit(0) | level_bit(1), 0, 4), std::uint64_t{1} << 62);
    EXPECT_EQ(owned_items(items, level_bit(0) | level_bit(1), 15, 4), (std::uint64_t{1} << 62) - 1);
}

TEST(ComputeLayout, SplitsTheBatchAtDataAndTheChannelsAtModelLevels) {
    const Plan plan = Plan::from_strings({"01", "11", "00"}, 2);
    EXPECT_EQ(compute_layout(plan, 0), (Layout{0b101, 0b010}));
    EXPECT_EQ(compute_layout(plan, 1), (Layout{0b100, 0b011}));
}

}  // namespace
}  // namespace hypar
