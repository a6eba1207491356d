#include "arch/kernel/time.h"

namespace hypar {
namespace {

constexpr std::uint64_t kPrecision = 2048;

}  // namespace

Picoseconds Clock::rounded_up(Picoseconds time) const {
    if (time / period >= 2 * kPrecision) return checked_multiply(2, rounded_up(time / 2 + time % 2));
    const Picoseconds grid = grid_of(time);
    return ceil_divide(time, grid) * grid;
}

Picoseconds Clock::rounded_down(Picoseconds time) const {
    if (time / period >= 2 * kPrecision) return 2 * rounded_down(time / 2);
    const Picoseconds grid = grid_of(time);
    return time / grid * grid;
}

/// The coarsest whole part of the period, 1 / 1, 1 / 2, 1 / 3 .. of it, on which rounding changes `time` by less than
/// kPrecision allows; one picosecond where none does.
Picoseconds Clock::grid_of(Picoseconds time) const {
    for (std::uint64_t parts = 1; parts < period; ++parts) {
        const Picoseconds grid = period / parts;
        if (grid * parts == period && (time % grid == 0 || grid <= time / kPrecision)) return grid;
    }
    return 1;
}

}  // namespace hypar
