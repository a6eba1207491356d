#include "partition/ownership.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/partition/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::uint64_t owned_of_halves(std::uint64_t items, LevelSet split, std::uint64_t accelerator, std::size_t levels) {
    return owned_items(items, split, accelerator, Levels::halving(levels));
}

Levels random_small_levels(std::mt19937& random) {
    std::vector<std::uint32_t> sizes(random_between(random, 0, 4));
    for (std::uint32_t& size : sizes) size = static_cast<std::uint32_t>(random_between(random, 2, 6));
    return Levels(sizes);
}

LevelSet random_set(std::mt19937& random, const Levels& levels) {
    return static_cast<LevelSet>(random()) & (level_bit(levels.count()) - 1);
}

// 8 items in three parts: 3, 3, 2; each in two: 2, 1, 2, 1, 1, 1.
TEST(ItemTree, GivesTheFirstPartsTheItemsMore) {
    const Levels levels({3, 2});
    const ItemTree items(8, levels);
    std::vector<std::uint64_t> owned;
    for (std::uint64_t i = 0; i < 6; ++i) owned.push_back(items.owned(0b11, i));
    EXPECT_THAT(owned, ElementsAre(2, 1, 2, 1, 1, 1));
    EXPECT_EQ(items.owned(0b01, 4), 2U);
    EXPECT_EQ(items.owned(0b10, 4), 5U);  // 2 + 2 + 1
    EXPECT_EQ(items.owned(0b00, 4), 8U);
}

void expect_owned_as_counted(std::mt19937& random, const Levels& levels, std::uint64_t items) {
    const LevelSet split = random_set(random, levels);
    const std::uint64_t accelerator = random_between(random, 0, levels.accelerators() - 1);
    std::uint64_t counted = 0;
    for (const std::uint64_t leaf : leaves_of(items, levels)) counted += agree(leaf, accelerator, split, levels);
    ASSERT_EQ(ItemTree(items, levels).owned_by_all(split).at(accelerator), counted);
    ASSERT_EQ(owned_items(items, split, accelerator, levels), counted)
        << items << " items, split " << split << ", accelerator " << accelerator;
}

TEST(OwnedItems, EqualCountingTheLeaves) {
    std::mt19937 random(31);
    for (int trial = 0; trial < 1500; ++trial) {
        const Levels levels =
            trial % 2 == 0 ? Levels::halving(random_between(random, 0, 7)) : random_small_levels(random);
        expect_owned_as_counted(random, levels, random_between(random, 0, trial % 3 == 0 ? 12 : 300));
    }
}

TEST(OwnedItems, EqualCountingTheLeavesWhereHalvesHaveSharesOfTheirOwn) {
    std::mt19937 random(36);
    for (int trial = 0; trial < 1000; ++trial) {
        const Levels levels = with_random_shares(random, random_small_levels(random));
        expect_owned_as_counted(random, levels, random_between(random, 0, trial % 3 == 0 ? 12 : 300));
    }
}

TEST(OwnedItems, OfOneDimensionPartitionTheItems) {
    for (const std::uint64_t items : {0U, 1U, 5U, 7U, 10U, 100U, 1000U, 4095U}) {
        for (const Levels& levels :
             {Levels(), Levels({2, 2}), Levels({3, 4}), Levels({5, 2, 6}), Levels({2, 2, 2, 2})}) {
            std::uint64_t sum = 0;
            for (std::uint64_t accelerator = 0; accelerator < levels.accelerators(); ++accelerator) {
                sum += owned_items(items, level_bit(levels.count()) - 1, accelerator, levels);
            }
            EXPECT_EQ(sum, items) << levels.accelerators();
        }
    }
}

// Two dimensions, each split at the levels where the other is not.
TEST(OwnedItems, OfTwoDimensionsPartitionTheirProduct) {
    std::mt19937 random(32);
    for (int trial = 0; trial < 300; ++trial) {
        const Levels levels = random_small_levels(random);
        const std::uint64_t rows = random_between(random, 0, 50);
        const std::uint64_t channels = random_between(random, 0, 50);
        const LevelSet all = level_bit(levels.count()) - 1;
        const LevelSet split = random_set(random, levels);
        std::uint64_t sum = 0;
        for (std::uint64_t accelerator = 0; accelerator < levels.accelerators(); ++accelerator) {
            sum += owned_items(rows, split, accelerator, levels) *
                   owned_items(channels, all & ~split, accelerator, levels);
        }
        ASSERT_EQ(sum, rows * channels);
    }
}

TEST(OwnedItems, AreAllWhereNothingIsSplit) {
    EXPECT_EQ(owned_of_halves(1001, 0, 13, 4), 1001U);
    EXPECT_EQ(owned_of_halves(1001, 0, 0, 0), 1001U);
}

// Where every level splits, shares are the leaves: floor(items / accelerators) or one more.
TEST(OwnedItems, OfAWholeSplitDifferByOneAtMost) {
    std::mt19937 random(33);
    for (int trial = 0; trial < 200; ++trial) {
        const Levels levels = random_small_levels(random);
        const std::uint64_t items = random_between(random, 0, 1000);
        const std::uint64_t smaller = items / levels.accelerators();
        for (std::uint64_t accelerator = 0; accelerator < levels.accelerators(); ++accelerator) {
            const std::uint64_t owned = owned_items(items, level_bit(levels.count()) - 1, accelerator, levels);
            ASSERT_GE(owned, smaller);
            ASSERT_LE(owned, smaller + 1);
        }
    }
}

// A share is the union of as many leaves as the skipped levels have places, each of two sizes that differ by one.
TEST(OwnedItems, OfAPartialSplitDifferByAnItemForEachLeafAtMost) {
    std::mt19937 random(34);
    for (int trial = 0; trial < 200; ++trial) {
        const Levels levels = random_small_levels(random);
        const std::uint64_t items = random_between(random, 0, 1000);
        const LevelSet split = random_set(random, levels);
        std::uint64_t leaves = 1;
        for (std::size_t level = 0; level < levels.count(); ++level) {
            leaves *= (split >> level & 1U) == 0 ? levels.size(level) : 1U;
        }
        const std::uint64_t smaller = items / levels.accelerators();
        for (std::uint64_t accelerator = 0; accelerator < levels.accelerators(); ++accelerator) {
            const std::uint64_t owned = owned_items(items, split, accelerator, levels);
            ASSERT_GE(owned, leaves * smaller);
            ASSERT_LE(owned, leaves * (smaller + 1));
        }
    }
}

TEST(OwnedItems, OfEvenSplitsAreExactHalves) {
    // 96 = 3 x 32; levels 0 and 3 of 5 split it.
    for (std::uint64_t accelerator = 0; accelerator < 32; ++accelerator) {
        EXPECT_EQ(owned_of_halves(96, level_bit(0) | level_bit(3), accelerator, 5), 24U);
    }
}

TEST(OwnedItems, OfTheLargestDimensionsDoNotOverflow) {
    const std::uint64_t items = std::numeric_limits<std::uint64_t>::max() - 1;  // 2^64 - 2
    EXPECT_EQ(owned_of_halves(items, 0, 5, 4), items);
    EXPECT_EQ(owned_of_halves(items, level_bit(0), 0, 4), (std::uint64_t{1} << 63) - 1);
    // 2^63 - 1 in each half, then 2^62 and 2^62 - 1.
    EXPECT_EQ(owned_of_halves(items, level_bit(0) | level_bit(1), 0, 4), std::uint64_t{1} << 62);
    EXPECT_EQ(owned_of_halves(items, level_bit(0) | level_bit(1), 15, 4), (std::uint64_t{1} << 62) - 1);
}

// 11 items of 3 x 2: leaves [0, 2) [2, 4) [4, 6) [6, 8) [8, 10) [10, 11). Where H1 alone splits, a part is one range,
// where H2 alone does, its halves of every third lie apart; next to each other they are one.
TEST(OwnedRanges, AreOneWhereTheFirstLevelsSplitAndMoreBelowALevelThatIsSkipped) {
    const Levels levels({3, 2});
    EXPECT_THAT(owned_ranges(11, 0b11, 2, levels), ElementsAre(ItemRange{4, 6}));
    EXPECT_THAT(owned_ranges(11, 0b01, 2, levels), ElementsAre(ItemRange{4, 8}));
    EXPECT_THAT(owned_ranges(11, 0b10, 2, levels), ElementsAre(ItemRange{0, 2}, ItemRange{4, 6}, ItemRange{8, 10}));
    EXPECT_THAT(owned_ranges(11, 0b10, 3, levels), ElementsAre(ItemRange{2, 4}, ItemRange{6, 8}, ItemRange{10, 11}));
    EXPECT_THAT(owned_ranges(11, 0b00, 3, levels), ElementsAre(ItemRange{0, 11}));
    // One item: a third has it, and of this the first half.
    EXPECT_THAT(owned_ranges(1, 0b10, 0, levels), ElementsAre(ItemRange{0, 1}));
    EXPECT_THAT(owned_ranges(1, 0b10, 1, levels), IsEmpty());
}

TEST(OwnedRanges, HoldTheItemsWhoseLeavesAgree) {
    std::mt19937 random(35);
    for (int trial = 0; trial < 600; ++trial) {
        Levels levels = random_small_levels(random);
        if (trial % 2 == 1) levels = with_random_shares(random, levels);
        const std::uint64_t items = random_between(random, 0, trial % 3 == 0 ? 12 : 150);
        const LevelSet split = random_set(random, levels);
        const std::uint64_t accelerator = random_between(random, 0, levels.accelerators() - 1);
        const std::vector<std::uint64_t> leaves = leaves_of(items, levels);
        const std::vector<ItemRange> ranges = owned_ranges(items, split, accelerator, levels);
        for (std::uint64_t item = 0; item < items; ++item) {
            const auto holds = std::count_if(ranges.begin(), ranges.end(), [&](const ItemRange& range) {
                return range.begin <= item && item < range.end;
            });
            ASSERT_EQ(holds, agree(leaves[item], accelerator, split, levels) ? 1 : 0) << trial << " item " << item;
        }
        for (std::size_t index = 0; index + 1 < ranges.size(); ++index) {
            ASSERT_LT(ranges[index].end, ranges[index + 1].begin) << trial;
        }
        ASSERT_EQ(size_of(ranges), owned_items(items, split, accelerator, levels));
    }
}

TEST(Joined, RangesAreInOrderAndNoneIsNextToAnother) {
    EXPECT_THAT(joined({{5, 8}, {1, 3}, {3, 4}}), ElementsAre(ItemRange{1, 4}, ItemRange{5, 8}));  // 3 is in one
    EXPECT_THAT(joined({{1, 6}, {2, 3}, {5, 7}}), ElementsAre(ItemRange{1, 7}));                   // they overlap
    EXPECT_THAT(joined({{2, 2}, {4, 5}, {9, 9}}), ElementsAre(ItemRange{4, 5}));                   // empty ones go
    EXPECT_THAT(joined({}), IsEmpty());
    EXPECT_EQ(size_of({{1, 4}, {5, 8}}), 6U);
}

}  // namespace
}  // namespace hypar
