#include "experiment/yaml/quantity.h"

#include <gtest/gtest.h>

#include "base/units.h"
#include "tests/experiment/support.h"

namespace hypar {
namespace {

/// `text` as a scalar of a file.
class Scalar {
public:
    explicit Scalar(const std::string& text) {
        value_.kind = YamlValue::Kind::Scalar;
        value_.text = text;
    }
    operator Field() const { return {value_, "a"}; }

private:
    YamlValue value_;
};

Picoseconds period(const std::string& text) { return read_frequency(Scalar(text), {1, kTera}).period; }
std::uint64_t bandwidth(const std::string& text) {
    return read_whole(Scalar(text), Quantity::Bandwidth, {1, 1000 * kTera});
}
std::uint64_t size(const std::string& text) { return read_whole(Scalar(text), Quantity::Size, {0, 1024 * kTebi}); }
Picoseconds time(const std::string& text) { return read_whole(Scalar(text), Quantity::Time, {0, kTera}); }
double energy(const std::string& text) { return read_energy(Scalar(text), {0, kKilo * kTera}); }

TEST(Quantity, FrequencyIsAPeriodRoundedToThePicosecond) {
    EXPECT_EQ(period("250 MHz"), 4000U);
    EXPECT_EQ(period("250MHz"), 4000U);
    EXPECT_EQ(period("0.25 GHz"), 4000U);
    EXPECT_EQ(period("1 THz"), 1U);
    EXPECT_EQ(period("1 Hz"), 1000000000000U);
    EXPECT_EQ(period("300 MHz"), 3333U);  // 3333.3
    EXPECT_EQ(period("600 MHz"), 1667U);  // 1666.7
    EXPECT_EQ(period("400 GHz"), 3U);     // 2.5: a half rounds up
}

TEST(Quantity, BandwidthIsBitsPerSecond) {
    EXPECT_EQ(bandwidth("1.6 Gb/s"), 1600000000U);
    EXPECT_EQ(bandwidth("1600 Mb/s"), 1600000000U);
    EXPECT_EQ(bandwidth("10 GB/s"), 80000000000U);
    EXPECT_EQ(bandwidth("1 GiB/s"), 8589934592U);  // 8 x 2^30
    EXPECT_EQ(bandwidth("1 Kib/s"), 1024U);
    EXPECT_EQ(bandwidth("1 kb/s"), 1000U);
    EXPECT_EQ(bandwidth("0.125 B/s"), 1U);
}

TEST(Quantity, SizeIsBytes) {
    EXPECT_EQ(size("108 KiB"), 110592U);
    EXPECT_EQ(size("8 GB"), 8000000000U);
    EXPECT_EQ(size("0 B"), 0U);
    EXPECT_EQ(size("1.5 KiB"), 1536U);
    EXPECT_EQ(size("1 TiB"), 1099511627776U);
    EXPECT_EQ(size("0.000000001 GB"), 1U);
    EXPECT_EQ(size("1.000000000000000000000000000 kB"), 1000U);
}

TEST(Quantity, HasOneShortestText) {
    EXPECT_EQ(quantity_text(Quantity::Size, 1024), "1 KiB");
    EXPECT_EQ(quantity_text(Quantity::Size, 1000), "1 kB");
    EXPECT_EQ(quantity_text(Quantity::Size, 1024 * kTebi), "1024 TiB");
    EXPECT_EQ(quantity_text(Quantity::Size, 0), "0 B");
    EXPECT_EQ(quantity_text(Quantity::Bandwidth, 25'600'000'000), "25.6 Gb/s");
    EXPECT_EQ(quantity_text(Quantity::Time, 800), "0.8 ns");  // as long as 800 ps
    EXPECT_EQ(quantity_text(Quantity::Time, 10'200), "10.2 ns");
    EXPECT_EQ(quantity_text(Quantity::Time, kTera), "1 s");
    EXPECT_EQ(plain_quantity("1024 B"), "1 KiB");
    EXPECT_EQ(plain_quantity("10 GB/s"), "80 Gb/s");
    EXPECT_EQ(plain_quantity("0.2500 GHz"), "250 MHz");
    EXPECT_EQ(plain_quantity("900fJ"), "0.9 pJ");
    EXPECT_EQ(plain_quantity("16"), std::nullopt);
    EXPECT_EQ(plain_quantity("hpca19"), std::nullopt);
}

TEST(Quantity, TimeIsPicoseconds) {
    EXPECT_EQ(time("10.2 ns"), 10200U);
    EXPECT_EQ(time("9.9 ns"), 9900U);
    EXPECT_EQ(time("1 ps"), 1U);
    EXPECT_EQ(time("3.5 us"), 3500000U);
    EXPECT_EQ(time("1 s"), 1000000000000U);
}

TEST(Quantity, EnergyIsTheNearestDoubleInPicojoules) {
    EXPECT_EQ(energy("0.9 pJ"), 0.9);
    EXPECT_EQ(energy("900 fJ"), 0.9);
    EXPECT_EQ(energy("0.0009 nJ"), 0.9);
    EXPECT_EQ(energy("640 pJ"), 640.0);
    EXPECT_EQ(energy("0 pJ"), 0.0);
    EXPECT_EQ(energy("1 J"), 1e12);
    EXPECT_EQ(energy("0.1 fJ"), 1e-4);
}

TEST(Quantity, OfTenthsIsExact) {
    // 0.1 is no binary fraction; in floating point 4.35 GB x 10^9 comes out as 4349999999.9999995.
    for (std::uint64_t tenths = 1; tenths < 2000; ++tenths) {
        const std::string text = std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
        EXPECT_EQ(time(text + " ns"), tenths * 100);
        EXPECT_EQ(size(text + " GB"), tenths * 100000000);
    }
    EXPECT_EQ(size("4.35 GB"), 4350000000U);
}

template <typename Read>
std::string problem(const Read& read, const std::string& text) {
    return message_of([&] { read(text); });
}

TEST(Quantity, NeedsItsUnit) {
    EXPECT_EQ(problem(period, "250"), "a: expected a frequency with its unit, such as \"250 MHz\", not 250");
    EXPECT_EQ(problem(bandwidth, "10"), "a: expected a bandwidth with its unit, such as \"10 GB/s\", not 10");
    EXPECT_EQ(problem(size, "108 "), "a: expected a size with its unit, such as \"108 KiB\", not 108 ");
    EXPECT_EQ(problem(time, "4"), "a: expected a time with its unit, such as \"4 ns\", not 4");
    EXPECT_EQ(problem(energy, "0.9"), "a: expected an energy with its unit, such as \"0.9 pJ\", not 0.9");
}

TEST(Quantity, NeedsAUnitOfItsKind) {
    EXPECT_EQ(problem(period, "4 ns"), "a: expected a frequency, such as \"250 MHz\", not the time \"4 ns\"");
    EXPECT_EQ(problem(bandwidth, "10 GB"), "a: expected a bandwidth, such as \"10 GB/s\", not the size \"10 GB\"");
    EXPECT_EQ(problem(size, "8 Gb/s"), "a: expected a size, such as \"108 KiB\", not the bandwidth \"8 Gb/s\"");
    EXPECT_EQ(problem(period, "250 Mhz"),
              "a: unknown unit of frequency \"Mhz\"; known: Hz, kHz, MHz, GHz, THz (did you mean \"MHz\"?)");
    EXPECT_EQ(problem(size, "8 Gb"), "a: \"Gb\" counts bits; expected a size in bytes, such as \"108 KiB\"");
    EXPECT_EQ(problem(size, "1 KB"),
              "a: unknown unit of size \"KB\"; did you mean \"kB\", of 1000, or \"KiB\", of 1024?");
    EXPECT_EQ(problem(bandwidth, "8 Gb"), "a: unknown unit of bandwidth \"Gb\"; did you mean \"Gb/s\"?");
    EXPECT_EQ(problem(time, "4 \u00b5s"), "a: unknown unit of time \"\u00b5s\"; did you mean \"us\"?");
    EXPECT_EQ(problem(time, "3 minutes"), "a: unknown unit of time \"minutes\"; known: ps, ns, us, ms, s");
}

TEST(Quantity, NeedsAPlainDecimalNumber) {
    for (const char* text : {"", "ns", "-4 ns", "+4 ns", ".5 ns", "5. ns", "1.2.3 ns", "04 ns", "00.5 ns"}) {
        EXPECT_NE(problem(time, text).find("expected a time with its unit"), std::string::npos) << text;
    }
    for (const char* text : {"1e3 ns", "0x10 ns", "1_000 ns", "1,5 ns", "4 ns 5 ns", "4 ns ", "4\xC2\xA0ns"}) {
        EXPECT_NE(problem(time, text).find("unknown unit of time"), std::string::npos) << text;
    }
}

TEST(Quantity, FinerThanItsBaseUnitIsRefused) {
    EXPECT_EQ(problem(time, "0.5 ps"), "a: expected a whole number of picoseconds, not 0.5 ps");
    EXPECT_EQ(problem(time, "10.2345 ns"), "a: expected a whole number of picoseconds, not 10.2345 ns");
    EXPECT_EQ(problem(size, "0.3 KiB"), "a: expected a whole number of bytes, not 0.3 KiB");  // 307.2
    EXPECT_EQ(problem(bandwidth, "1.5 b/s"), "a: expected a whole number of bits per second, not 1.5 b/s");
}

TEST(Quantity, OutOfItsRangeIsRefused) {
    EXPECT_EQ(problem(period, "0 Hz"), "a: expected a frequency of at least 1 Hz, not 0 Hz");
    EXPECT_EQ(problem(period, "0.9 Hz"), "a: expected a frequency of at least 1 Hz, not 0.9 Hz");
    EXPECT_EQ(problem(period, "1001 GHz"), "a: expected a frequency of at most 1 THz, not 1001 GHz");
    EXPECT_EQ(problem(size, "1024.1 TiB"), "a: expected a size of at most 1024 TiB, not 1024.1 TiB");
    EXPECT_EQ(problem(size, "999999999999999999 TiB"),
              "a: expected a size of at most 1024 TiB, not 999999999999999999 TiB");
    EXPECT_EQ(problem(energy, "1.000000000000001 J"),
              "a: expected an energy of at most 1 J, not 1.000000000000001 J");
    EXPECT_EQ(problem(time, "1234567890123456789 ps"),
              "a: expected a time of at most 18 digits, not 1234567890123456789 ps");
    EXPECT_EQ(problem(time, "0.0000000000000000001 s"),
              "a: expected a time of at most 18 digits, not 0.0000000000000000001 s");
}

}  // namespace
}  // namespace hypar
