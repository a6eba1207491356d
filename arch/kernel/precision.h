#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

namespace hypar {

/// The format of an element, with what an addition and a multiplication of two of them take at 45 nm and 0.9 V, in
/// picojoules: other tables are scaled by their ratios.
struct Precision {
    const char* name;
    std::uint64_t bytes;
    double add;
    double multiply;

    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.bytes);
    }
    friend bool operator==(const Precision& a, const Precision& b) { return std::string_view(a.name) == b.name; }
};

/// Every precision that a name selects. Energies: Horowitz, "Computing's Energy Problem", ISSCC 2014, Figure 1.1.9.
constexpr Precision kPrecisions[] = {
    {"float32", 4, 0.9, 3.7},
    {"float16", 2, 0.4, 1.1},
    // Not there: float32's times 0.11 / 0.38 and 0.21 / 1.31, the ratios at 7 nm of Jouppi et al., "Ten Lessons From
    // Three Generations Shaped Google's TPUv4i", ISCA 2021, Table 2.
    {"bfloat16", 2, 0.26, 0.59},
    // The multiplication is not there: between the 0.2 pJ of 8 bits and the 3.1 pJ of 32 by a power of the
    // width, 1.98.
    {"int16", 2, 0.05, 0.79},
    {"int8", 1, 0.03, 0.2}};
constexpr const Precision& value_of(const Precision& precision) { return precision; }

}  // namespace hypar
