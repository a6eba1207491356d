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

TEST(Clock, RoundsLongTimesToWholeCyclesAndShortOnesToPartsOfOne) {
    const Clock clock{4000};
    EXPECT_EQ(clock.rounded_up(8'192'001), 8'196'000U);  // 2,048 cycles and a bit
    EXPECT_EQ(clock.rounded_down(8'195'999), 8'192'000U);
    EXPECT_EQ(clock.rounded_up(131'072'001), 131'136'000U);  // 16 times as much
    EXPECT_EQ(clock.rounded_up(655'361), 655'500U);          // 320 ps at the most: 250 ps, a 16th
    EXPECT_EQ(clock.rounded_down(655'361), 655'250U);
    EXPECT_EQ(clock.rounded_up(20'729), 20'730U);  // 10 ps at the most
    // what a coarse part divides is not rounded at all
    EXPECT_EQ(clock.rounded_up(164'160'000), 164'160'000U);
    EXPECT_EQ(clock.rounded_up(2000), 2000U);
    EXPECT_EQ(clock.rounded_up(0), 0U);
    // 1,429 is a prime: whole cycles or picoseconds
    EXPECT_EQ(Clock{1429}.rounded_up(2'928'023), 2'929'450U);
    EXPECT_EQ(Clock{1429}.rounded_up(105'361), 105'361U);
}

TEST(Clock, RoundsByLessThanOnePartIn2048AndTwiceTheTimeToTwiceAsMuch) {
    for (const Picoseconds period : {1U, 7U, 1000U, 1429U, 3003U, 3333U, 4000U, 10'000U}) {
        const Clock clock{period};
        for (Picoseconds time = 1; time < 1'000'000'000; time = time * 11 / 10 + 1) {
            const Picoseconds up = clock.rounded_up(time);
            const Picoseconds down = clock.rounded_down(time);
            EXPECT_GE(up, time);
            EXPECT_LE(up * 2048, time * 2049) << period << " " << time;
            EXPECT_LE(down, time);
            EXPECT_GE(down * 2048, time * 2047) << period << " " << time;
            if (time < 2048 * period) continue;
            EXPECT_EQ(up % period, 0U);
            EXPECT_EQ(clock.rounded_up(2 * time), 2 * up);
            EXPECT_EQ(clock.rounded_up(2 * time - 1), 2 * up) << "a picosecond less is rounded up to it";
            EXPECT_EQ(clock.rounded_down(2 * time + 1), 2 * down);
        }
    }
}

}  // namespace
}  // namespace hypar
