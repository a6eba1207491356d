#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "arch/kernel/state.h"
#include "arch/unit/loop_nest.h"
#include "arch/unit/pass.h"
#include "arch/unit/unit_spec.h"

namespace hypar {

TileShape shape_of(const ByLoop& sizes);

/// How many blocks each loop of a nest is cut into.
ByLoop trips_of(const LoopNest& nest, const ByLoop& block);

/// How a nest is laid on a processing unit: the tiles that it is cut into, by the block sizes and the order of the
/// loops, outermost first, and the passes of a tile. What a tile sums over is innermost, so that its result stays in
/// the buffer until it is complete.
struct Mapping {
    ByLoop block{1, 1, 1, 1, 1};
    std::array<Loop, kLoops> order{Loop::Groups, Loop::Samples, Loop::Rows, Loop::InChannels, Loop::OutChannels};
    PassShape pass;

    /// All that it is.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.block, self.order, self.pass);
    }

    friend bool operator==(const Mapping& a, const Mapping& b) { return numbers(a) == numbers(b); }
};

/// One tile with what must be moved for it. An operand that the tile before it has left in the buffer is not loaded.
struct Tile {
    TileShape shape;
    TileShape pace;                                ///< the tile that the leader computes meanwhile
    std::array<std::uint64_t, 2> operand_bytes{};  ///< that must be in the buffer
    std::array<bool, 2> loads{};                   ///< whether each is loaded for this tile
    std::uint64_t result_bytes = 0;                ///< in the buffer
    std::uint64_t store_bytes = 0;                 ///< of the result in memory, where pooling has shrunk it
    bool opens_result = false;                     ///< the first tile that adds to its result
    bool stores_result = false;                    ///< the last one

    friend bool operator==(const Tile& a, const Tile& b) {
        return a.shape == b.shape && a.pace == b.pace && a.operand_bytes == b.operand_bytes && a.loads == b.loads &&
               a.result_bytes == b.result_bytes && a.store_bytes == b.store_bytes &&
               a.opens_result == b.opens_result && a.stores_result == b.stores_result;
    }

    Accumulation accumulation() const { return {opens_result, stores_result}; }
    /// That the buffer needs for it and for the operands of the tile after it, in whole banks.
    std::uint64_t buffer_bytes(const BufferSpec& buffer) const {
        const std::uint64_t operands = buffer.allocated(operand_bytes[0]) + buffer.allocated(operand_bytes[1]);
        return checked_add(checked_multiply(2, operands), buffer.allocated(result_bytes));
    }
    std::uint64_t load_bytes() const { return (loads[0] ? operand_bytes[0] : 0) + (loads[1] ? operand_bytes[1] : 0); }
};

/// What a block of rows of outputs covers in each tensor, for one sample and channel.
struct RowBlock {
    std::uint64_t out_rows = 0;
    /// Under it; where features are made, its share of them.
    std::uint64_t feature_rows = 0;
    /// Of outputs in memory, where pooling has shrunk them; where features are made, with those of rows above whose
    /// kernels reach into it.
    std::uint64_t out_elements = 0;

    friend bool operator==(const RowBlock& a, const RowBlock& b) {
        return a.out_rows == b.out_rows && a.feature_rows == b.feature_rows && a.out_elements == b.out_elements;
    }
};

/// The blocks of rows that a nest is cut into.
struct RowBlocks {
    RowBlocks(const LoopNest& nest, std::uint64_t rows);

    std::vector<RowBlock> blocks;  ///< from the top down
    RowBlock largest;              ///< in each respect
    RowBlock total;
};

/// Shape and bytes of a tile of `shape` over a block of rows.
Tile tile_of(const LoopNest& nest, const TileShape& shape, const RowBlock& rows, std::uint64_t element_bytes);

/// Whole tensors as one tile, with the rows that neighbouring blocks share once for each block.
Tile whole_tile(const LoopNest& nest, const RowBlocks& row_blocks, std::uint64_t element_bytes);

/// Bytes that all tiles load and store together, where `trips` cut the tensors of `whole`.
std::uint64_t moved_bytes(const LoopNest& nest, const Tile& whole, const std::array<Loop, kLoops>& order,
                          const ByLoop& trips);

/// A loop nest cut into tiles for one processing unit: every tile by its number, none stored.
class TileSchedule : public WorkSequence {
public:
    TileSchedule(const LoopNest& nest, const Mapping& mapping, std::uint64_t element_bytes);

    /// The same in step with a unit that computes `leader`, a nest at least as large in every extent: each tile is
    /// padded to the leader's and takes as long. Where the leader's nest falls into more tiles there is no step to
    /// keep.
    TileSchedule led_by(const LoopNest& leader) const;

    const LoopNest& nest() const { return nest_; }
    const LoopNest& leader() const { return leader_; }
    const Mapping& mapping() const { return mapping_; }
    std::uint64_t size() const { return size_; }
    Tile tile(std::uint64_t index) const;

    std::uint64_t repeats(std::uint64_t first, std::uint64_t distance, std::uint64_t at_most) const override;

    /// The first tile, whose shape is the largest, with as many bytes of each tensor as any tile has: blocks further
    /// down hold rows above them as well, and round up where the first one rounds down.
    Tile largest() const;
    /// Bytes that all tiles load and store together.
    std::uint64_t memory_bytes() const;

private:
    TileSchedule(const LoopNest& nest, const Mapping& mapping, std::uint64_t element_bytes,
                 std::shared_ptr<const RowBlocks> row_blocks);

    using Indices = ByLoop;
    using Moves = std::array<bool, 4>;  // both loads, opens the result, stores it

    struct Place {
        std::uint64_t index = 0;
        Indices indices{};
    };

    Indices indices(std::uint64_t index) const;
    Place place(std::uint64_t index) const;
    void advance(Place& place) const;
    LoopSet changes(const Indices& here, bool to_next) const;
    Moves moves_at(const Place& here) const;
    bool are_alike(const Place& a, const Place& b) const;
    Indices steps_of(std::uint64_t distance) const;
    std::uint64_t surely_repeats(const Place& here, const Indices& steps) const;
    std::uint64_t repeats_as_before(std::uint64_t first, std::uint64_t index, std::uint64_t distance) const;
    static TileShape shape_at(const LoopNest& nest, const Mapping& mapping, const Indices& indices);

    LoopNest nest_;
    LoopNest leader_;
    Mapping mapping_;
    std::uint64_t element_bytes_;
    std::shared_ptr<const RowBlocks> row_blocks_;
    Indices trips_{};
    Indices within_{};  ///< tiles for each index of a loop: the trips of the loops within it
    std::uint64_t size_ = 0;
};

}  // namespace hypar
