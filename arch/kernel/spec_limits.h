#pragma once

#include <cstdint>

#include "base/fields.h"
#include "base/units.h"

namespace hypar {

// Limits of files: far above any array, and low enough for products of a few of them to stay within 64 bits.
constexpr std::uint64_t kMostAccelerators = std::uint64_t{1} << 20U;
constexpr std::uint64_t kMostUnits = 4096;
constexpr std::uint64_t kMostQueued = 65536;
constexpr std::uint64_t kMostCycles = 1000000;

/// The size of a block of memory or of a packet.
constexpr Amount block_size(const char* example) { return {Quantity::Size, 1, kGibi, example}; }
constexpr Amount capacity(const char* example) { return {Quantity::Size, 1, 1024 * kTebi, example}; }

}  // namespace hypar
