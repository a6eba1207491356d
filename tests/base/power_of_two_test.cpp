#include "base/power_of_two.h"

#include <gtest/gtest.h>

namespace hypar {
namespace {

TEST(PowerOfTwo, IsATwoMultipliedByItself) {
    for (std::size_t exponent = 0; exponent < 64; ++exponent) {
        const std::uint64_t power = std::uint64_t{1} << exponent;
        EXPECT_TRUE(is_power_of_two(power)) << exponent;
        EXPECT_EQ(ceil_log2(power), exponent);
        if (exponent > 1) {
            EXPECT_FALSE(is_power_of_two(power - 1));
            EXPECT_EQ(ceil_log2(power - 1), exponent);
            EXPECT_FALSE(is_power_of_two(power + 1));
        }
    }
    EXPECT_FALSE(is_power_of_two(0));
    EXPECT_EQ(ceil_log2(5), 3U);
}

}  // namespace
}  // namespace hypar
