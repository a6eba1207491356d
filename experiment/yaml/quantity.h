#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "arch/kernel/time.h"
#include "experiment/yaml/field.h"

namespace hypar {

/// What a quantity may be, each end written as a file would write it: {"1 B", "1 GiB"}.
struct QuantityRange {
    const char* least;
    const char* most;
};

/// Quantities carry their unit: "250 MHz", "1.6 Gb/s", "108 KiB", "10.2 ns", "0.9 pJ". They are read in exact decimal
/// arithmetic; prefixes k, M, G, T are powers of 1000, Ki, Mi, Gi, Ti of 1024; b is a bit, B a byte. All throw
/// ConfigError for a bare number, another kind of unit, what is out of range and what is no whole number of the
/// unit that the function returns.

/// The clock of a frequency (Hz, kHz, ..., THz): its period, rounded to the nearest picosecond.
Clock read_frequency(const Field& field, const QuantityRange& range);

/// Bits per second, of b/s or B/s with any prefix.
std::uint64_t read_bandwidth(const Field& field, const QuantityRange& range);

/// Bytes, of B with any prefix.
std::uint64_t read_size(const Field& field, const QuantityRange& range);

/// Picoseconds, of ps, ns, us, ms or s.
Picoseconds read_time(const Field& field, const QuantityRange& range);

/// Picojoules, of fJ, pJ, nJ, uJ, mJ or J.
double read_energy(const Field& field, const QuantityRange& range);

/// A quantity of any kind, for comparisons.
struct Measure {
    std::string kind;  ///< "bandwidth"
    double amount;     ///< in the kind's smallest unit
};

/// Nothing unless `text` is a number with a known unit.
std::optional<Measure> measure_of(const std::string& text);

}  // namespace hypar
