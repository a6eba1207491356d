#include "base/checked.h"

#include <cstdint>
#include <stdexcept>

#include <gtest/gtest.h>

namespace hypar {
namespace {

constexpr std::uint64_t kLargest = UINT64_MAX;  // 2^64 - 1

TEST(CheckedAdd, ReachesTheLargestIntegerAndNoFurther) {
    EXPECT_EQ(checked_add(kLargest - 1, 1), kLargest);
    EXPECT_EQ(checked_add(0, kLargest), kLargest);
    EXPECT_THROW(checked_add(kLargest, 1), std::overflow_error);
    EXPECT_THROW(checked_add(kLargest, kLargest), std::overflow_error);
}

TEST(CheckedMultiply, ReachesTheLargestIntegerAndNoFurther) {
    // 2^64 - 1 = (2^32 - 1) (2^32 + 1)
    EXPECT_EQ(checked_multiply(0xFFFFFFFFU, 0x100000001U), kLargest);
    EXPECT_THROW(checked_multiply(std::uint64_t{1} << 32, std::uint64_t{1} << 32), std::overflow_error);
    EXPECT_EQ(checked_multiply(kLargest, 0), 0U);
    EXPECT_EQ(checked_multiply(kLargest, 1), kLargest);
}

TEST(CheckedMultiply, OfSeveralFactorsChecksEveryProduct) {
    constexpr std::uint64_t kTwoTo21 = std::uint64_t{1} << 21;
    EXPECT_EQ(checked_multiply(kTwoTo21, kTwoTo21, kTwoTo21, 1U), std::uint64_t{1} << 63);
    EXPECT_EQ(checked_multiply(2, 3, 5, 7), 210U);
    EXPECT_THROW(checked_multiply(kTwoTo21, kTwoTo21, kTwoTo21, 2), std::overflow_error);
    EXPECT_THROW(checked_multiply(kTwoTo21, kTwoTo21 * kTwoTo21, 2, 0),
                 std::overflow_error);  // before the zero comes
}

TEST(CeilDivide, RoundsUp) {
    EXPECT_EQ(ceil_divide(0, 7), 0U);
    EXPECT_EQ(ceil_divide(1, 7), 1U);
    EXPECT_EQ(ceil_divide(7, 7), 1U);
    EXPECT_EQ(ceil_divide(8, 7), 2U);
    EXPECT_EQ(ceil_divide(kLargest, 2), std::uint64_t{1} << 63);  // a sum with b - 1 would have overflowed
    EXPECT_EQ(ceil_divide(kLargest, kLargest), 1U);
}

TEST(CeilMultiplyDivide, RoundsUp) {
    EXPECT_EQ(ceil_multiply_divide(0, 9, 4), 0U);
    EXPECT_EQ(ceil_multiply_divide(3, 4, 6), 2U);
    EXPECT_EQ(ceil_multiply_divide(3, 4, 11), 2U);  // 12 / 11
    EXPECT_EQ(ceil_multiply_divide(3, 4, 12), 1U);
    EXPECT_EQ(ceil_multiply_divide(3, 4, 13), 1U);
}

TEST(CeilMultiplyDivide, HoldsProductsBeyond64Bits) {
    EXPECT_EQ(ceil_multiply_divide(kLargest, kLargest, kLargest), kLargest);
    // (2^64 - 1) 10^12 / (10^12 + 1) = 2^64 - 1 - (2^64 - 1) / (10^12 + 1) = 2^64 - 1 - 18446744.07
    EXPECT_EQ(ceil_multiply_divide(kLargest, 1000000000000U, 1000000000001U), kLargest - 18446744U);
}

TEST(CeilMultiplyDivide, BeyondTheLargestIntegerIsAnError) {
    EXPECT_EQ(ceil_multiply_divide(kLargest, 2, 2), kLargest);
    EXPECT_THROW(ceil_multiply_divide(std::uint64_t{1} << 63, 2, 1), std::overflow_error);  // 2^64
    EXPECT_THROW(ceil_multiply_divide(kLargest, 3, 2), std::overflow_error);
}

}  // namespace
}  // namespace hypar
