#pragma once

#include <cstdint>
#include <vector>

namespace hypar {

/// Of `number`, which is at least 1, in ascending order, each as often as it divides.
inline std::vector<std::uint64_t> prime_factors(std::uint64_t number) {
    std::vector<std::uint64_t> factors;
    for (std::uint64_t factor = 2; number > 1; ++factor) {
        if (factor > number / factor) factor = number;
        for (; number % factor == 0; number /= factor) factors.push_back(factor);
    }
    return factors;
}

}  // namespace hypar
