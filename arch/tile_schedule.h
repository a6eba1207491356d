#pragma once

#include <array>
#include <cstdint>

#include "arch/array.h"
#include "arch/loop_nest.h"
#include "arch/tile_timing.h"

namespace hypar {

/// The loops that tiling blocks.
enum class Loop : std::uint8_t { Samples, Rows, InChannels, OutChannels };
constexpr std::size_t kLoops = 4;

/// Block sizes and order of the loops, outermost first. What a tile sums over is innermost, so that its result
/// stays in the buffer until it is complete.
struct Blocking {
    std::array<std::uint64_t, kLoops> block{1, 1, 1, 1};  ///< by Loop
    std::array<Loop, kLoops> order{Loop::Samples, Loop::Rows, Loop::InChannels, Loop::OutChannels};

    friend bool operator==(const Blocking& a, const Blocking& b) { return a.block == b.block && a.order == b.order; }
};

/// One tile with what must be moved for it. An operand that the tile before it has left in the buffer is not loaded.
struct Tile {
    TileShape shape;
    std::array<std::uint64_t, 2> operand_bytes{};  ///< that must be in the buffer
    std::array<bool, 2> loads{};                   ///< whether each is loaded for this tile
    std::uint64_t result_bytes = 0;                ///< in the buffer
    std::uint64_t store_bytes = 0;                 ///< of the result in memory, where pooling has shrunk it
    bool opens_result = false;                     ///< the first tile that adds to its result
    bool stores_result = false;                    ///< the last one

    std::uint64_t buffer_bytes() const { return operand_bytes[0] + operand_bytes[1] + result_bytes; }
    std::uint64_t load_bytes() const { return (loads[0] ? operand_bytes[0] : 0) + (loads[1] ? operand_bytes[1] : 0); }
};

/// A loop nest cut into tiles for one processing unit: every tile by its number, none stored.
class TileSchedule {
public:
    TileSchedule(const LoopNest& nest, const Blocking& blocking, std::uint64_t element_bytes);

    const LoopNest& nest() const { return nest_; }
    const Blocking& blocking() const { return blocking_; }
    std::uint64_t size() const { return size_; }
    Tile tile(std::uint64_t index) const;

    /// The first tile, whose shape is the largest, with as many bytes of each tensor as any tile has: blocks further
    /// down hold rows above them as well, and round up where the first one rounds down.
    Tile largest() const;
    /// Bytes that all tiles load and store together.
    std::uint64_t memory_bytes() const;

private:
    using Indices = std::array<std::uint64_t, kLoops>;

    using Changes = std::array<bool, kLoops>;

    Indices indices(std::uint64_t index) const;
    Changes changes(const Indices& here, bool to_next) const;
    TileShape shape_at(const Indices& at) const;
    std::uint64_t out_elements(const TileShape& shape, std::uint64_t first_row, std::uint64_t end_row) const;
    void fill_bytes(Tile& tile, std::uint64_t first_row) const;
    std::uint64_t loads_of(const std::array<bool, kLoops>& depends_on) const;

    LoopNest nest_;
    Blocking blocking_;
    std::uint64_t element_bytes_;
    Indices extent_{};
    Indices trips_{};
    std::uint64_t size_ = 0;
};

}  // namespace hypar
