#include "arch/kernel/time.h"

#include <gtest/gtest.h>

namespace hypar {
namespace {

TEST(TransferTime, IsBytesOverBandwidth) {
    // 32 KiB at 1.6 Gb/s: 262144 bit / 1.6e9 bit/s = 163.84 us
    EXPECT_EQ(transfer_time(32 * 1024, 1'600'000'000), 163'840'000U);
    // one byte of a vault: 8 bit / 80e9 bit/s = 100 ps
    EXPECT_EQ(transfer_time(1, 80'000'000'000), 100U);
    EXPECT_EQ(transfer_time(0, 80'000'000'000), 0U);
}

TEST(TransferTime, RoundsUpToAPicosecond) {
    EXPECT_EQ(transfer_time(1, 8'000'000'000'000), 1U);   // exactly 1 ps
    EXPECT_EQ(transfer_time(1, 8'000'000'000'001), 1U);   // a little less
    EXPECT_EQ(transfer_time(1, 7'999'999'999'999), 2U);   // a little more
    EXPECT_EQ(transfer_time(3, 16'000'000'000'000), 2U);  // 1.5 ps
}

TEST(TransferTime, TakesMoreThanSixtyFourBitsInBetween) {
    // 2^40 bytes at 8 bit/s: 2^40 s = 2^40 * 10^12 ps, beyond 64 bits
    EXPECT_THROW(transfer_time(std::uint64_t{1} << 40, 8), std::overflow_error);
    // at 8e12 bit/s a byte a picosecond, though bits * 10^12 exceed 64 bits
    EXPECT_EQ(transfer_time(std::uint64_t{1} << 40, 8'000'000'000'000), std::uint64_t{1} << 40);
}

TEST(Clock, CountsACycleFromItsFirstPicosecond) {
    const Clock clock{4000};
    EXPECT_EQ(clock.cycles_up_to(0), 0U);
    EXPECT_EQ(clock.cycles_up_to(1), 1U);
    EXPECT_EQ(clock.cycles_up_to(4000), 1U);
    EXPECT_EQ(clock.cycles_up_to(4001), 2U);
    EXPECT_EQ(clock.duration(3), 12'000U);
}

TEST(Clock, FindsTheEdgeAtOrAfterATime) {
    const Clock clock{4000};
    EXPECT_EQ(clock.edge_at_or_after(0), 0U);
    EXPECT_EQ(clock.edge_at_or_after(3999), 4000U);
    EXPECT_EQ(clock.edge_at_or_after(4000), 4000U);
    EXPECT_EQ(clock.edge_at_or_after(4001), 8000U);
}

}  // namespace
}  // namespace hypar
