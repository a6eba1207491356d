#pragma once

#include <cstdint>
#include <stdexcept>

namespace hypar {

/// Integer arithmetic in which an overflow is an error, never a wrong number. All throw std::overflow_error.

inline std::uint64_t checked_add(std::uint64_t a, std::uint64_t b) {
    std::uint64_t sum = 0;
    if (__builtin_add_overflow(a, b, &sum)) throw std::overflow_error("a sum exceeds 64 bits");
    return sum;
}

inline std::uint64_t checked_multiply(std::uint64_t a, std::uint64_t b) {
    std::uint64_t product = 0;
    if (__builtin_mul_overflow(a, b, &product)) throw std::overflow_error("a product exceeds 64 bits");
    return product;
}

template <typename... Rest>
std::uint64_t checked_multiply(std::uint64_t a, std::uint64_t b, Rest... rest) {
    return checked_multiply(checked_multiply(a, b), static_cast<std::uint64_t>(rest)...);
}

/// a / b; `b` must not be zero. Processors divide short numbers several times faster than long ones.
constexpr std::uint64_t divide(std::uint64_t a, std::uint64_t b) {
    if (((a | b) >> 32U) != 0) return a / b;
    return static_cast<std::uint32_t>(a) / static_cast<std::uint32_t>(b);
}

/// ceil(a / b); `b` must not be zero.
constexpr std::uint64_t ceil_divide(std::uint64_t a, std::uint64_t b) {
    const std::uint64_t quotient = divide(a, b);
    return quotient + (quotient * b != a ? 1 : 0);
}

/// floor((a * b + more) / c) with 128 bits for the sum; `c` must not be zero.
inline std::uint64_t multiply_divide(std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t more = 0) {
    __extension__ using Wide = unsigned __int128;
    const Wide quotient = (static_cast<Wide>(a) * b + more) / c;
    if (quotient > UINT64_MAX) throw std::overflow_error("a quotient exceeds 64 bits");
    return static_cast<std::uint64_t>(quotient);
}

/// ceil(a * b / c), likewise.
inline std::uint64_t ceil_multiply_divide(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    return multiply_divide(a, b, c, c - 1);
}

}  // namespace hypar
