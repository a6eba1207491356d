#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/unit/loop_nest.h"
#include "arch/unit/pass.h"
#include "arch/unit/tile_schedule.h"
#include "workloads/phase.h"

namespace hypar::tests {

/// A second opinion on mappings. It knows the rules that docs/architecture.md states of passes, tiles and the buffer,
/// and shares neither the costs nor the candidates of the search with it: passes are every choice of their numbers
/// that the array holds, work and words are counted element by element, time is counted cycle by cycle, and what is
/// loaded and stored by going through the tiles one after the other.

/// What the multiplying of one tile costs.
struct CountedTile {
    Cycles cycles = 0;
    std::uint64_t macs = 0;
    std::uint64_t passes = 0;
    std::uint64_t buffer_words = 0;
    std::uint64_t array_words = 0;
};

/// What a whole nest costs one processing unit.
struct CountedMapping {
    Cycles cycles = 0;
    double picojoules = 0;
    std::uint64_t tiles = 0;
    std::uint64_t memory_bytes = 0;
    std::uint64_t buffer_bytes = 0;  ///< operands of two tiles and a result, in whole banks
};

CountedTile count_tile(const ArraySpec& array, const LoopNest& nest, const TileShape& tile, const PassShape& pass,
                       Accumulation accumulation);

/// Rows of a plane of features that the kernel meets at rows of outputs, one by one: row x stride + y x dilation for
/// row x of the outputs and y of the kernel, and those between two of a kernel row's.
std::uint64_t count_window_rows(const LoopNest& nest, std::uint64_t out_rows, std::uint64_t kernel_rows);

/// Columns of the kernel that an element works on at once, and the words of a row that lie under them from the first
/// to the last, which its feature registers must hold. `others` are the registers that hold one word for each column.
struct KernelColumns {
    KernelColumns(const LoopNest& nest, std::uint64_t feature_registers, std::uint64_t others);

    std::uint64_t count = 1;
    std::uint64_t words = 1;
};

/// Whether the array, its registers and the nest hold a pass.
bool holds(const ArraySpec& array, const LoopNest& nest, const PassShape& pass);

/// Every pass that the array holds.
std::vector<PassShape> every_pass(const ArraySpec& array, const LoopNest& nest);

/// The orders of loops in which a result stays in the buffer until it is complete.
std::vector<std::array<Loop, kLoops>> every_order(Phase phase);

/// What goes to and from memory for the tiles of a nest, in one order of loops.
class CountedTiles {
public:
    CountedTiles(const ArraySpec& array, const LoopNest& nest, const Mapping& mapping);

    std::uint64_t count() const { return count_; }
    std::uint64_t memory_bytes() const { return memory_bytes_; }
    std::uint64_t buffer_bytes() const;
    const std::array<std::uint64_t, 2>& most_operand_bytes() const { return most_operand_bytes_; }
    std::uint64_t most_store_bytes() const { return most_store_bytes_; }
    /// How many tiles have a shape (its extents, by Loop) and open or go on with a result, leave or complete it.
    using Kind = std::tuple<std::array<std::uint64_t, kLoops>, bool, bool>;
    const std::map<Kind, std::uint64_t>& kinds() const { return kinds_; }

private:
    BufferSpec buffer_;
    std::uint64_t count_ = 0;
    std::uint64_t memory_bytes_ = 0;
    std::array<std::uint64_t, 2> most_operand_bytes_{};
    std::uint64_t most_result_bytes_ = 0;
    std::uint64_t most_store_bytes_ = 0;
    std::map<Kind, std::uint64_t> kinds_;
};

/// The longer one of the tiles in turn, with the first load before and the last store after them, and of moving all
/// data, with one tile behind it; no tile takes less than an access to memory. `units` share the memory; `tiles` are
/// the mapping's.
CountedMapping count_mapping(const ArraySpec& array, const LoopNest& nest, std::uint64_t units,
                             const Mapping& mapping, const CountedTiles& tiles);

}  // namespace hypar::tests
