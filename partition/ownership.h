#pragma once

#include <cstddef>
#include <cstdint>

#include "partition/plan.h"

namespace hypar {

/// A set of levels: bit k stands for level k (H1: k = 0).
using LevelSet = std::uint32_t;

constexpr LevelSet level_bit(std::size_t level) { return LevelSet{1} << level; }

/// Which half accelerator `accelerator` belongs to at `level`: 0 or 1.
constexpr std::uint64_t half_at(std::uint64_t accelerator, std::size_t level, std::size_t levels) {
    return (accelerator >> (levels - 1 - level)) & 1U;
}

/// The accelerator on the other side of the pair at `level`.
constexpr std::uint64_t partner_at(std::uint64_t accelerator, std::size_t level, std::size_t levels) {
    return accelerator ^ (std::uint64_t{1} << (levels - 1 - level));
}

/// The levels at which a tensor's two dimensions are split; an accelerator owns the items whose leaves agree with
/// its own halves at these levels, and so the union over all levels that are skipped.
///
/// Each dimension (batch, channels) is halved by one binary tree of depth H, the first half taking the odd item.
/// One tree for all layers keeps a sample in the same half in every layer: where two layers both split the batch,
/// nothing moves.
struct Layout {
    LevelSet batch = 0;
    LevelSet channels = 0;

    friend bool operator==(const Layout& a, const Layout& b) {
        return a.batch == b.batch && a.channels == b.channels;
    }
};

/// Where a layer's compute tasks split its input: the batch at its dp levels, the channels at its mp levels.
Layout compute_layout(const Plan& plan, std::size_t layer);

/// Number of the `items` of a dimension that `accelerator` owns when the levels in `split` split it.
std::uint64_t owned_items(std::uint64_t items, LevelSet split, std::uint64_t accelerator, std::size_t levels);

/// The leaf (0 .. 2^levels - 1) that item `item` of `items` falls into.
std::uint64_t leaf_of(std::uint64_t item, std::uint64_t items, std::size_t levels);

}  // namespace hypar
