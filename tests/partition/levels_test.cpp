#include "partition/levels.h"

#include <cstdint>
#include <numeric>
#include <random>
#include <stdexcept>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "partition/ownership.h"
#include "tests/partition/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;

Levels random_levels(std::mt19937& random) {
    std::vector<std::uint32_t> sizes(random_between(random, 0, 4));
    for (std::uint32_t& size : sizes) size = static_cast<std::uint32_t>(random_between(random, 2, 5));
    return Levels(sizes);
}

// 3 x 2 x 4 = 24 accelerators: 17 = 2 x 8 + 0 x 4 + 1.
TEST(Levels, GiveAnAcceleratorItsPlacesAsTheDigitsOfItsNumber) {
    const Levels levels({3, 2, 4});
    EXPECT_EQ(levels.accelerators(), 24U);
    EXPECT_EQ(levels.place(17, 0), 2U);
    EXPECT_EQ(levels.place(17, 1), 0U);
    EXPECT_EQ(levels.place(17, 2), 1U);
}

TEST(Levels, GroupAcceleratorsThatDifferInOnePlace) {
    const Levels levels({3, 2, 4});
    EXPECT_THAT(levels.group(17, 0), ElementsAre(1, 9, 17));
    EXPECT_THAT(levels.group(17, 1), ElementsAre(17, 21));
    EXPECT_THAT(levels.group(17, 2), ElementsAre(16, 17, 18, 19));
}

TEST(Levels, CountTheGroupsAboveEachLevel) {
    const Levels levels({3, 2, 4});
    EXPECT_EQ(levels.groups(0), 1U);
    EXPECT_EQ(levels.groups(1), 3U);
    EXPECT_EQ(levels.groups(2), 6U);
    EXPECT_EQ(levels.groups(3), 24U);
    EXPECT_EQ(Levels().accelerators(), 1U);
}

TEST(Levels, HaveOneAcceleratorAtEveryPlace) {
    std::mt19937 random(41);
    for (int trial = 0; trial < 100; ++trial) {
        const Levels levels = random_levels(random);
        for (std::uint64_t i = 0; i < levels.accelerators(); ++i) {
            for (std::size_t level = 0; level < levels.count(); ++level) {
                const std::vector<std::uint64_t> group = levels.group(i, level);
                ASSERT_EQ(group.size(), levels.size(level));
                ASSERT_EQ(group[levels.place(i, level)], i);
                for (const std::uint64_t member : group) ASSERT_EQ(levels.group(member, level), group);
            }
        }
    }
}

TEST(Levels, Beyond64BitsAreAnError) {
    EXPECT_EQ(Levels::halving(63).accelerators(), std::uint64_t{1} << 63);
    EXPECT_THROW(Levels::halving(64), std::overflow_error);
}

// 8 items in three parts: 3, 3, 2; the first in two: 2, 1.
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

TEST(ItemTree, CountsTheLeavesOfAnySizesOfLevels) {
    std::mt19937 random(42);
    for (int trial = 0; trial < 1000; ++trial) {
        const Levels levels = random_levels(random);
        const std::uint64_t items = random_between(random, 0, trial % 3 == 0 ? 12 : 700);
        const LevelSet split = static_cast<LevelSet>(random()) & (level_bit(levels.count()) - 1);
        const std::uint64_t accelerator = random_between(random, 0, levels.accelerators() - 1);
        std::uint64_t counted = 0;
        for (std::uint64_t item = 0; item < items; ++item) {
            const std::uint64_t leaf = leaf_of(item, items, levels);
            bool owns = true;
            for (std::size_t level = 0; level < levels.count(); ++level) {
                const bool agree = levels.place(leaf, level) == levels.place(accelerator, level);
                if ((split & level_bit(level)) != 0 && !agree) owns = false;
            }
            counted += owns ? 1U : 0U;
        }
        ASSERT_EQ(owned_items(items, split, accelerator, levels), counted) << items << " items, trial " << trial;
    }
}

}  // namespace
}  // namespace hypar
