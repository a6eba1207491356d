#pragma once

#include <cstdint>

namespace hypar {

constexpr std::uint64_t kKilo = 1000;
constexpr std::uint64_t kMega = kKilo * kKilo;
constexpr std::uint64_t kGiga = kMega * kKilo;
constexpr std::uint64_t kTera = kGiga * kKilo;
constexpr std::uint64_t kKibi = 1024;
constexpr std::uint64_t kMebi = kKibi * kKibi;
constexpr std::uint64_t kGibi = kMebi * kKibi;
constexpr std::uint64_t kTebi = kGibi * kKibi;

}  // namespace hypar
