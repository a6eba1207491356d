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

TEST(Clock, RoundsALongTimeToWholeCyclesAndAShortOneToPartsOfThem) {
    const Clock clock{4000};
    // 1 / 4096 of 169.8 us is 41 ns: whole cycles; of 655 ns 160 ps: a 25th of a cycle; of 20 ns 4.9 ps: 4 ps
    EXPECT_EQ(clock.rounded_up(169'800'001), 169'804'000U);
    EXPECT_EQ(clock.rounded_down(169'803'999), 169'800'000U);
    EXPECT_EQ(clock.rounded_up(655'361), 655'520U);
    EXPECT_EQ(clock.rounded_up(20'729), 20'732U);
    // what a coarse part divides is not rounded at all
    EXPECT_EQ(clock.rounded_up(2000), 2000U);
    EXPECT_EQ(clock.rounded_up(0), 0U);
    // 1,429 is a prime: whole cycles or picoseconds
    EXPECT_EQ(Clock{1429}.rounded_up(655'361), 655'361U);
    EXPECT_EQ(Clock{1429}.rounded_up(6'553'611), 6'554'823U);
}

TEST(Clock, RoundsByLessThanOnePartIn4096) {
    for (const Picoseconds period : {1U, 7U, 1000U, 1429U, 3003U, 3333U, 4000U, 10'000U}) {
        for (Picoseconds time = 1; time < 100'000'000; time = time * 7 / 5 + 3) {
            const Clock clock{period};
            const Picoseconds up = clock.rounded_up(time);
            const Picoseconds down = clock.rounded_down(time);
            EXPECT_LE(down, time);
            EXPECT_GE(up, time);
            EXPECT_LE(up - down, time / 4096) << period << " " << time;
            const Picoseconds grid = clock.grid_of(time);
            EXPECT_EQ(period % grid, 0U);
        }
    }
}

}  // namespace
}  // namespace hypar
