#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "arch/unit/tile_schedule.h"
#include "arch/unit/unit_spec.h"

namespace hypar {

/// The ways to cut one nest into tiles that may be best.
class Tilings {
public:
    using LoopOrder = std::array<Loop, kLoops>;
    /// Takes the sizes of a tile, and the rows' blocks.
    using Visit = std::function<void(const ByLoop&, const RowBlocks&)>;

    /// `fixed` are block sizes that are given, or 0.
    Tilings(const UnitSpec& unit, const LoopNest& nest, const ByLoop& fixed = {});

    /// The orders of loops worth trying: for each operand the one in which it is loaded least often, groups and then
    /// its own loops outermost. What a result is summed over is innermost.
    const std::vector<LoopOrder>& orders() const { return orders_; }

    /// Calls `visit` for each tiling worth trying with a pass.
    void for_each(const PassShape& pass, const Visit& visit);

    /// The same with tiles that fill no pass, which leave elements idle.
    void for_each_small(const Visit& visit);

    /// Bytes that those of them move that move least, in the best order; 0 where none fits.
    std::uint64_t least_moved();
    /// Bytes that one of them moves in the best order.
    std::uint64_t moved_by(const ByLoop& block, const RowBlocks& rows) const;

private:
    /// Of the last loop whose block sizes are chosen.
    enum class LastSizes : std::uint8_t { Every, Largest };

    void search(const ByLoop& granules, LastSizes which, const Visit& visit);
    void complete(ByLoop& sizes, const RowBlocks& rows, const std::vector<std::uint64_t>& third,
                  const std::vector<std::uint64_t>& last, LastSizes which, const Visit& visit);
    std::vector<std::uint64_t> sizes_for(Loop loop, const ByLoop& granules) const;
    const RowBlocks& row_blocks(std::uint64_t rows);
    bool fits(const ByLoop& sizes, const RowBlocks& rows) const;

    const UnitSpec& unit_;
    const LoopNest& nest_;
    ByLoop fixed_;
    std::vector<LoopOrder> orders_;
    /// In which block sizes are chosen, after groups and rows: every size of the first two, and of the last, which
    /// decides how many tiles there are more than what they cost, the largest that fits and the smallest.
    std::array<Loop, 3> choice_;
    std::map<std::uint64_t, RowBlocks> row_blocks_;  ///< by rows of a block
    /// What passes with these granules may be tried with.
    std::map<ByLoop, std::vector<std::pair<ByLoop, const RowBlocks*>>> found_;
};

}  // namespace hypar
