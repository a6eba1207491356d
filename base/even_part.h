#pragma once

#include <cstdint>

namespace hypar {

/// The share of one of `parts` in `whole`: they differ by one at most, the first ones are the larger.
constexpr std::uint64_t even_part(std::uint64_t whole, std::uint64_t part, std::uint64_t parts) {
    return whole / parts + (part < whole % parts ? 1 : 0);
}

}  // namespace hypar
