#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "partition/levels.h"
#include "partition/sharding.h"

namespace hypar {

/// The items of one dimension (samples, channels) as the levels divide them: each node of the tree in as many parts
/// as its level has, which differ by one item at most, the larger first. One tree for all layers keeps a sample in
/// the same part in every layer: where two layers both split the batch, nothing moves.
class ItemTree {
public:
    /// `levels` must outlive the tree.
    ItemTree(std::uint64_t items, const Levels& levels);

    /// Items that `accelerator` owns when the levels in `split` split them: those whose leaves agree with its own
    /// places at these levels, and so the union over all levels that are skipped.
    std::uint64_t owned(LevelSet split, std::uint64_t accelerator) const;

private:
    /// How a node is divided.
    struct Node {
        std::uint64_t larger = 0;        ///< parts that have one item more than the others
        bool others_are_larger = false;  ///< the others are of the larger size of their depth
    };

    // The nodes of one depth have at most two sizes, floor(items / groups) and one more.
    std::vector<std::array<Node, 2>> nodes_;  ///< by level, for both sizes
    std::uint64_t leaf_ = 0;                  ///< items of the smaller leaves
    const Levels& levels_;
};

/// The same for one accelerator.
std::uint64_t owned_items(std::uint64_t items, LevelSet split, std::uint64_t accelerator, const Levels& levels);

/// The leaf that item `item` of `items` falls into: the accelerator that owns it where every level splits.
std::uint64_t leaf_of(std::uint64_t item, std::uint64_t items, const Levels& levels);

/// The same where all of `levels` levels halve.
std::uint64_t owned_items(std::uint64_t items, LevelSet split, std::uint64_t accelerator, std::size_t levels);
std::uint64_t leaf_of(std::uint64_t item, std::uint64_t items, std::size_t levels);

/// Where all levels halve: which half `accelerator` belongs to at `level`.
constexpr std::uint64_t half_at(std::uint64_t accelerator, std::size_t level, std::size_t levels) {
    return (accelerator >> (levels - 1 - level)) & 1U;
}

/// Where all levels halve: the accelerator on the other side of the pair at `level`.
constexpr std::uint64_t partner_at(std::uint64_t accelerator, std::size_t level, std::size_t levels) {
    return accelerator ^ (std::uint64_t{1} << (levels - 1 - level));
}

}  // namespace hypar
