#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/int128.h"
#include "partition/levels.h"
#include "partition/sharding.h"

namespace hypar {

/// The items of one dimension (samples, channels) as the levels divide them: each node of the tree in as many parts
/// as its level has, which differ by one item at most, the larger first, or at H1 by its shares. One tree for all
/// layers keeps a sample in the same part in every layer: where two layers both split the batch, nothing moves.
class ItemTree {
public:
    /// `levels` must outlive the tree.
    ItemTree(std::uint64_t items, const Levels& levels);

    /// Items that `accelerator` owns when the levels in `split` split them: those whose leaves agree with its own
    /// places at these levels, and so the union over all levels that are skipped.
    std::uint64_t owned(LevelSet split, std::uint64_t accelerator) const;
    /// The same of all accelerators.
    std::vector<std::uint64_t> owned_by_all(LevelSet split) const;

private:
    /// What a node of each of a depth's two sizes leaves an accelerator.
    using OwnedBelow = std::array<std::uint64_t, 2>;
    /// How a node is divided.
    struct Node {
        std::uint64_t larger = 0;        ///< parts that have one item more than the others
        bool others_are_larger = false;  ///< the others are of the larger size of their depth
    };

    std::uint64_t owned_evenly(LevelSet split, std::uint64_t accelerator) const;
    std::vector<std::uint64_t> owned_evenly_by_all(LevelSet split) const;
    OwnedBelow owned_at(std::size_t level, const OwnedBelow& below, bool splits, std::uint64_t place) const;

    // The nodes of one depth have at most two sizes, floor(items / groups) and one more.
    std::vector<std::array<Node, 2>> nodes_;  ///< by level, for both sizes
    std::uint64_t leaf_ = 0;                  ///< items of the smaller leaves
    const Levels& levels_;
    std::shared_ptr<const Levels> below_first_;  ///< where H1 has shares
    std::vector<ItemTree> parts_;                ///< of H1, where it has shares
};

/// The same for one accelerator.
std::uint64_t owned_items(std::uint64_t items, LevelSet split, std::uint64_t accelerator, const Levels& levels);

/// The items of one dimension by their places: by level and place, how many have it.
struct DividedItems {
    DividedItems(std::uint64_t items, const Levels& levels);

    bool is_even(std::size_t level) const;

    std::uint64_t count = 0;
    std::vector<std::vector<std::uint64_t>> at_place;
};

/// How much more than an even part of all pairs of two dimensions' items has the same place in both at a level: what
/// stays when one is swapped for the other. Times the size of the level.
Int128 stays_unevenly(const DividedItems& a, const DividedItems& b, std::size_t level);

/// Items from `begin` on, without `end`.
struct ItemRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    std::uint64_t size() const { return end - begin; }
    friend bool operator==(const ItemRange& a, const ItemRange& b) { return a.begin == b.begin && a.end == b.end; }
};

/// What `accelerator` owns of `items` when the levels in `split` split them, in order, none next to another: one
/// range where these are the first levels, more where a level is skipped above them.
std::vector<ItemRange> owned_ranges(std::uint64_t items, LevelSet split, std::uint64_t accelerator,
                                    const Levels& levels);

/// In order and none next to another.
std::vector<ItemRange> joined(std::vector<ItemRange> ranges);
std::uint64_t size_of(const std::vector<ItemRange>& ranges);

}  // namespace hypar
