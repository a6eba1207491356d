#pragma once

#include <cstdint>

namespace hypar {

/// `hash` with one more word in it; begins with 0.
constexpr std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15U;
    return hash ^ hash >> 29U;
}

}  // namespace hypar
