#pragma once

#include <cstdint>
#include <stdexcept>

namespace hypar {

/// Of 128 bits, for sums of products that 64 do not hold.
__extension__ using Int128 = __int128;

/// Throws std::overflow_error if it is negative or beyond 64 bits.
inline std::uint64_t narrowed(Int128 value) {
    if (value < 0 || value > Int128{UINT64_MAX}) throw std::overflow_error("a sum exceeds 64 bits");
    return static_cast<std::uint64_t>(value);
}

}  // namespace hypar
