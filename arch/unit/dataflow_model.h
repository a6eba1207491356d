#pragma once

#include <vector>

#include "arch/unit/loop_nest.h"
#include "arch/unit/pass.h"
#include "arch/unit/unit_spec.h"

namespace hypar {

/// How a dataflow computes tiles. Functions without state: the search for mappings calls them millions of times.
struct DataflowModel {
    const char* name;
    const char* short_name;  ///< in narrow tables

    /// The ways worth trying to lay a nest on an array, with p = q = 1: every folding and replication. None where it
    /// cannot compute the nest, or the array's mapping rule does not let it.
    std::vector<PassShape> (*sets)(const UnitSpec& unit, const LoopNest& nest);

    /// Adds the passes with these sets, for every p and q worth trying that the registers hold.
    void (*add_passes)(std::vector<PassShape>& passes, const UnitSpec& unit, const LoopNest& nest,
                       const PassShape& sets);

    /// See time_tile.
    TileTiming (*time)(const UnitSpec& unit, const LoopNest& nest, const TileShape& tile, const PassShape& pass,
                       Accumulation accumulation);

    /// No more cycles than any tiling of a nest takes with any pass of these sets: those of the multiplications, and
    /// of what networks deliver whatever the tiles are.
    Cycles (*at_least)(const UnitSpec& unit, const LoopNest& nest, const PassShape& sets);

    /// What the blocks of each loop should be multiples of, so that passes are full.
    ByLoop (*granules)(const UnitSpec& unit, const LoopNest& nest, const PassShape& pass);
};

/// `count`, half of it, half of that, and so on down to 1.
std::vector<std::uint64_t> halves_of(std::uint64_t count);

/// The largest piece of `extent` that is cut evenly into one piece, two, three, ...: each value once, falling.
std::vector<std::uint64_t> even_pieces_of(std::uint64_t extent);

/// `add_passes` of a dataflow whose sets are all of a pass.
void add_sets_alone(std::vector<PassShape>& passes, const UnitSpec& unit, const LoopNest& nest,
                    const PassShape& sets);

const DataflowModel& model_of(Dataflow dataflow);

inline const char* name_of(Dataflow dataflow) { return model_of(dataflow).name; }

/// The sets of all dataflows of the unit's kind of array. Never empty.
std::vector<PassShape> array_sets(const UnitSpec& unit, const LoopNest& nest);

/// Time of one tile from the buffer: its passes one after the other, each with the filling of the register files,
/// then the longest of the multiply-accumulates, of each network's words and of the buffer's, then the drain of the
/// last sums. Edges are padded: all passes of a tile take as long as its fullest.
inline TileTiming time_tile(const UnitSpec& unit, const LoopNest& nest, const TileShape& tile, const PassShape& pass,
                            Accumulation accumulation = {}) {
    return model_of(pass.dataflow).time(unit, nest, tile, pass, accumulation);
}

}  // namespace hypar
