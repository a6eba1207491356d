#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "arch/array.h"
#include "arch/tile_schedule.h"

namespace hypar {

/// A shard's nest divided among the processing units of one accelerator: an entry a unit, the largest first, empty
/// nests left out.
using UnitNests = std::vector<LoopNest>;

/// Finds blockings for the arrays of one kind. Remembers what it found, shape by shape.
class Mapper {
public:
    explicit Mapper(const ArraySpec& array) : array_(array) {}

    /// Divides a shard by samples and outputs (the gradient: by both kinds of channels; the update: by weights),
    /// whichever ends first.
    UnitNests divide(const LoopNest& shard);

    /// The blocking whose tiles fit the buffer twice, as double buffering needs, and whose longer one of compute
    /// and memory time is least; of those within 2 % of it the one that moves least to and from memory. Throws
    /// ConfigError (key "array.buffer.capacity") where not even the smallest tile fits.
    TileSchedule schedule(const LoopNest& nest) { return schedule(nest, nest); }

    /// For a unit in step with the one that computes `leader`, the first of its division: blocks of the same sizes,
    /// each tile as long.
    TileSchedule schedule(const LoopNest& nest, const LoopNest& leader);

private:
    struct Choice {
        Blocking blocking;
        Cycles cycles = 0;
        std::uint64_t memory_bytes = 0;
        std::uint64_t tiles = 0;
    };

    /// What a search has found so far, without what takes longer than the limit.
    class Choices {
    public:
        bool empty() const { return found_.empty(); }
        /// Cycles that count as equal to the least.
        Cycles limit() const;
        void add(const Choice& choice);
        /// Of those within the limit the one that moves least.
        Choice best() const;

    private:
        std::vector<Choice> found_;
        Cycles least_ = UINT64_MAX;
    };

    const Choice& best(const LoopNest& nest);
    Choice search(const LoopNest& nest) const;
    void evaluate(const LoopNest& nest, const TileShape& shape, const RowBlocks& row_blocks, Choices& choices) const;

    ArraySpec array_;
    std::map<LoopNest, Choice> found_;
    std::map<LoopNest, UnitNests> divided_;
};

}  // namespace hypar
