#pragma once

#include <cstdint>

namespace hypar {

/// Of a window in two dimensions: its size, or the step by which it moves.
struct Extent {
    std::uint64_t height = 1;
    std::uint64_t width = 1;

    constexpr Extent() = default;
    /// A square.
    constexpr Extent(std::uint64_t side) : height(side), width(side) {}  // NOLINT: as files write it
    constexpr Extent(std::uint64_t rows, std::uint64_t columns) : height(rows), width(columns) {}

    constexpr bool is_square() const { return height == width; }

    friend constexpr bool operator==(const Extent& a, const Extent& b) {
        return a.height == b.height && a.width == b.width;
    }
    friend constexpr bool operator!=(const Extent& a, const Extent& b) { return !(a == b); }
};

/// Rows and columns of zeros around a feature map.
struct Padding {
    std::uint64_t top = 0;
    std::uint64_t left = 0;
    std::uint64_t bottom = 0;
    std::uint64_t right = 0;

    constexpr Padding() = default;
    /// The same on all sides.
    constexpr Padding(std::uint64_t each) : Padding(each, each) {}  // NOLINT: as files write it
    constexpr Padding(std::uint64_t rows, std::uint64_t columns) : Padding(rows, columns, rows, columns) {}
    constexpr Padding(std::uint64_t above, std::uint64_t before, std::uint64_t below, std::uint64_t after)
        : top(above), left(before), bottom(below), right(after) {}

    constexpr bool is_even() const { return top == bottom && left == right; }

    friend constexpr bool operator==(const Padding& a, const Padding& b) {
        return a.top == b.top && a.left == b.left && a.bottom == b.bottom && a.right == b.right;
    }
    friend constexpr bool operator!=(const Padding& a, const Padding& b) { return !(a == b); }
};

}  // namespace hypar
