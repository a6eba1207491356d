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
    /// The coarsest whole part of the period, 1 / 1, 1 / 2, 1 / 3 .. of it, on which rounding changes `time` by less
    /// than 1 / 4096: what takes so long again and again soon begins at a clock edge again. One picosecond where none
    /// does.
    Picoseconds grid_of(Picoseconds time) const {
        for (std::uint64_t parts = 1; parts < period; ++parts) {
            const Picoseconds grid = period / parts;
            if (grid * parts == period && (time % grid == 0 || grid <= time / 4096)) return grid;
        }
        return 1;
    }
    Picoseconds rounded_up(Picoseconds time) const {
        const Picoseconds grid = grid_of(time);
        return checked_multiply(ceil_divide(time, grid), grid);
    }
    Picoseconds rounded_down(Picoseconds time) const {
        const Picoseconds grid = grid_of(time);
        return time / grid * grid;
    }
};

/// Time that `bytes` take at `bits_per_second`, rounded up to a picosecond.
inline Picoseconds transfer_time(std::uint64_t bytes, std::uint64_t bits_per_second) {
    return ceil_multiply_divide(checked_multiply(bytes, 8), kPicosecondsPerSecond, bits_per_second);
}

}  // namespace hypar
