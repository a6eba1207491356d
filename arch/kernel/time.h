#pragma once

#include <cstdint>
#include <tuple>

#include "base/checked.h"

namespace hypar {

/// Simulated time; the kernel's resolution is one picosecond.
using Picoseconds = std::uint64_t;
using Cycles = std::uint64_t;

constexpr Picoseconds kNever = UINT64_MAX;
constexpr std::uint64_t kPicosecondsPerSecond = 1'000'000'000'000;

/// The array's clock.
struct Clock {
    Picoseconds period = 1;

    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.period);
    }

    Picoseconds duration(Cycles cycles) const { return checked_multiply(cycles, period); }
    /// Cycles that have begun by `time`.
    Cycles cycles_up_to(Picoseconds time) const { return ceil_divide(time, period); }
    /// The first clock edge at or after `time`.
    Picoseconds edge_at_or_after(Picoseconds time) const { return duration(cycles_up_to(time)); }

    /// `time` in step with the clock, changed by less than 1 / 2048: what takes so long again and again soon begins
    /// at an edge once more. Whole cycles from 2048 cycles on, and below parts of one. Twice a time of whole cycles
    /// stays twice as long, so that of two links the one that is twice as wide is so to the picosecond.
    Picoseconds rounded_up(Picoseconds time) const;
    Picoseconds rounded_down(Picoseconds time) const;

private:
    Picoseconds grid_of(Picoseconds time) const;
};

/// Time that `bytes` take at `bits_per_second`, rounded up to a picosecond.
inline Picoseconds transfer_time(std::uint64_t bytes, std::uint64_t bits_per_second) {
    return ceil_multiply_divide(checked_multiply(bytes, 8), kPicosecondsPerSecond, bits_per_second);
}

}  // namespace hypar
