#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "arch/kernel/time.h"
#include "base/fields.h"
#include "experiment/yaml/field.h"

namespace hypar {

/// What a quantity may be, in hertz, bits per second, bytes, picoseconds, femtojoules or microwatts.
struct QuantityRange {
    std::uint64_t least;
    std::uint64_t most;
};

/// Quantities carry their unit: "250 MHz", "1.6 Gb/s", "108 KiB", "10.2 ns", "0.9 pJ", "5 W". They are read in exact decimal
/// arithmetic; prefixes k, M, G, T are powers of 1000, Ki, Mi, Gi, Ti of 1024; b is a bit, B a byte. All throw
/// ConfigError for a bare number, another kind of unit, what is out of range and what is no whole number of the
/// unit that the function returns.

/// The clock of a frequency (Hz, kHz, ..., THz): its period, rounded to the nearest picosecond.
Clock read_frequency(const Field& field, const QuantityRange& range);

/// Bits per second, written in b/s or B/s with any prefix; bytes, written in B with any prefix; or picoseconds,
/// written in ps, ns, us, ms or s; or microwatts, written in uW, mW, W or kW.
std::uint64_t read_whole(const Field& field, Quantity quantity, const QuantityRange& range);

/// Picojoules; written in fJ, pJ, nJ, uJ, mJ or J.
double read_energy(const Field& field, const QuantityRange& range);

/// So many hertz, bits per second, bytes, picoseconds, femtojoules or microwatts in the unit that makes the text shortest, of
/// several the largest; bandwidths in bits: "1 KiB".
std::string quantity_text(Quantity quantity, std::uint64_t amount);

/// A text with a number and a known unit, written in the same way: equal texts for equal quantities. Nothing if it is
/// none.
std::optional<std::string> plain_quantity(const std::string& text);

/// The units that a quantity may be written in.
std::vector<std::string> unit_names(Quantity quantity);

/// A quantity of any kind, for comparisons.
struct Measure {
    std::string kind;  ///< "bandwidth"
    double amount;     ///< in the kind's smallest unit
};

/// Nothing unless `text` is a number with a known unit.
std::optional<Measure> measure_of(const std::string& text);

}  // namespace hypar
