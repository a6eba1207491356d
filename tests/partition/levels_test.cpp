#include "partition/levels.h"

#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/partition/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Levels random_small_levels(std::mt19937& random) {
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
    EXPECT_EQ(levels.at_place(17, 0, 0), 1U);
    EXPECT_EQ(levels.at_place(17, 0, 1), 9U);
    EXPECT_EQ(levels.at_place(17, 0, 2), 17U);
    EXPECT_EQ(levels.at_place(17, 1, 1), 21U);
    EXPECT_EQ(levels.at_place(17, 2, 3), 19U);
}

TEST(Levels, CountTheGroupsAboveEachLevel) {
    const Levels levels({3, 2, 4});
    EXPECT_EQ(levels.groups(0), 1U);
    EXPECT_EQ(levels.groups(1), 3U);
    EXPECT_EQ(levels.groups(2), 6U);
    EXPECT_EQ(levels.groups(3), 24U);
    EXPECT_EQ(Levels().accelerators(), 1U);
}

// H1 and H3 of 3 x 2 x 4 make 12 places; 17 has 2 and 1 there: 2 x 4 + 1 = 9. Two further is 11, places 2 and 3: 19;
// five further is 14, and so 2 from the first, places 0 and 2: 2.
TEST(Levels, NumberThePlacesOfSeveralLevelsTogether) {
    const Levels levels({3, 2, 4});
    EXPECT_EQ(levels.places(0b101), 12U);
    EXPECT_EQ(levels.places(0), 1U);
    EXPECT_EQ(levels.position(17, 0b101), 9U);
    EXPECT_EQ(levels.position(17, 0), 0U);
    EXPECT_EQ(levels.at_position(17, 0b101, 11), 19U);
    EXPECT_EQ(levels.at_position(21, 0b101, 11), 23U);  // the place at H2 stays
    EXPECT_EQ(levels.shifted(17, 0b101, 2), 19U);
    EXPECT_EQ(levels.shifted(17, 0b101, 5), 2U);
    EXPECT_EQ(levels.shifted(17, 0b010, 1), 21U);
    EXPECT_EQ(levels.shifted(21, 0b010, 1), 17U);
}

TEST(Levels, HaveOneAcceleratorAtEveryPlace) {
    std::mt19937 random(41);
    for (int trial = 0; trial < 100; ++trial) {
        const Levels levels = random_small_levels(random);
        for (std::uint64_t i = 0; i < levels.accelerators(); ++i) {
            const std::vector<std::uint64_t> places = places_of(i, levels);
            for (std::size_t level = 0; level < levels.count(); ++level) {
                ASSERT_EQ(levels.place(i, level), places[level]);
                for (std::uint64_t place = 0; place < levels.size(level); ++place) {
                    std::vector<std::uint64_t> changed = places;
                    changed[level] = place;
                    ASSERT_EQ(levels.at_place(i, level, place), accelerator_at(changed, levels));
                }
            }
        }
    }
}

TEST(Levels, HaveOneAcceleratorAtEveryPositionOfAGroup) {
    std::mt19937 random(43);
    for (int trial = 0; trial < 100; ++trial) {
        const Levels levels = random_small_levels(random);
        const LevelSet set = static_cast<LevelSet>(random()) & (level_bit(levels.count()) - 1);
        const std::uint64_t i = random_between(random, 0, levels.accelerators() - 1);
        std::uint64_t position = 0;
        for (std::uint64_t other = 0; other < levels.accelerators(); ++other) {  // the same elsewhere, in order
            if (!agree(i, other, ~set, levels)) continue;
            ASSERT_EQ(levels.position(other, set), position);
            ASSERT_EQ(levels.at_position(i, set, position), other);
            ASSERT_EQ(levels.shifted(other, set, levels.places(set) - position), levels.at_position(i, set, 0));
            ++position;
        }
        ASSERT_EQ(position, levels.places(set));
    }
}

TEST(Levels, DivideItemsOfH1ByItsShares) {
    const Levels levels = Levels({2, 3}).with_shares({2, 1});
    EXPECT_EQ(levels.divided(9, 0), (std::vector<std::uint64_t>{6, 3}));
    EXPECT_EQ(levels.divided(256, 0), (std::vector<std::uint64_t>{171, 85}));  // 170.7 and 85.3
    EXPECT_EQ(levels.divided(1, 0), (std::vector<std::uint64_t>{1, 0}));
    EXPECT_EQ(levels.divided(8, 1), (std::vector<std::uint64_t>{3, 3, 2}));
    EXPECT_EQ(levels.first(1).divided(9, 0), levels.divided(9, 0));
    EXPECT_EQ(Levels({3}).with_shares({1, 100, 1}).divided(10, 0), (std::vector<std::uint64_t>{0, 10, 0}));
}

TEST(Levels, OfEqualSharesAreEven) {
    EXPECT_EQ(Levels({3, 2}).with_shares({7, 7, 7}), Levels({3, 2}));
    EXPECT_FALSE(Levels({2}).with_shares({2, 1}) == Levels({2}));
    EXPECT_EQ(Levels({3}).divided(8, 0), (std::vector<std::uint64_t>{3, 3, 2}));
}

TEST(Levels, Beyond64BitsAreAnError) {
    EXPECT_EQ(Levels::halving(63).accelerators(), std::uint64_t{1} << 63);
    EXPECT_THROW(Levels::halving(64), std::overflow_error);
}

TEST(DefaultLevels, AreThePrimeFactorsTheLargestLast) {
    EXPECT_THAT(default_levels(1).sizes(), IsEmpty());
    EXPECT_THAT(default_levels(2).sizes(), ElementsAre(2));
    EXPECT_THAT(default_levels(12).sizes(), ElementsAre(2, 2, 3));
    EXPECT_THAT(default_levels(16).sizes(), ElementsAre(2, 2, 2, 2));
    EXPECT_THAT(default_levels(90).sizes(), ElementsAre(2, 3, 3, 5));
    EXPECT_THAT(default_levels(97).sizes(), ElementsAre(97));
    EXPECT_THAT(default_levels(49).sizes(), ElementsAre(7, 7));
    EXPECT_EQ(default_levels(kMostShared).count(), kMostLevels);
}

TEST(DefaultLevels, MakeTheAcceleratorsTheyAreFor) {
    for (std::uint64_t accelerators = 1; accelerators <= 2000; ++accelerators) {
        const Levels levels = default_levels(accelerators);
        ASSERT_EQ(levels.accelerators(), accelerators);
        for (std::size_t level = 0; level < levels.count(); ++level) {
            for (std::uint32_t divisor = 2; divisor < levels.size(level); ++divisor) {
                ASSERT_NE(levels.size(level) % divisor, 0U) << accelerators;
            }
            if (level > 0) {
                ASSERT_LE(levels.size(level - 1), levels.size(level)) << accelerators;
            }
        }
    }
}

TEST(DefaultLevels, OfNoneOrTooManyAreRefused) {
    for (const std::uint64_t accelerators : {std::uint64_t{0}, kMostShared + 1}) {
        try {
            default_levels(accelerators);
            ADD_FAILURE() << accelerators;
        } catch (const ConfigError& error) {
            EXPECT_EQ(error.key(), "accelerators");
            EXPECT_EQ(error.problem(), "expected 1 to 1048576, not " + std::to_string(accelerators));
        }
    }
}

// A group sends from each to all others, so that what a plan takes grows with the square: 524287 is a prime number.
TEST(Levels, OfMoreGroupsThanAPlanCanBeForAreRefused) {
    EXPECT_EQ(default_levels(4093).sizes(), (std::vector<std::uint32_t>{4093}));
    try {
        default_levels(524287);
        FAIL() << "accepted";
    } catch (const ConfigError& error) {
        EXPECT_EQ(error.key(), "accelerators");
        EXPECT_EQ(error.problem(), "524287 has the prime factor 524287; a level has at most 4096 groups");
    }
}

}  // namespace
}  // namespace hypar
