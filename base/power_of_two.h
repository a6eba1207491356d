#pragma once

#include <cstddef>
#include <cstdint>

namespace hypar {

constexpr bool is_power_of_two(std::uint64_t number) { return number != 0 && (number & (number - 1)) == 0; }

/// The least k such that 2^k is at least `number`, which is at most 2^63.
constexpr std::size_t ceil_log2(std::uint64_t number) {
    std::size_t exponent = 0;
    while (std::uint64_t{1} << exponent < number) ++exponent;
    return exponent;
}

}  // namespace hypar
