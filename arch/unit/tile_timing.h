#pragma once

#include <vector>

#include "arch/unit/loop_nest.h"
#include "arch/unit/pass.h"
#include "arch/unit/unit_spec.h"

namespace hypar {

/// Time of one tile from the buffer: its passes one after the other, each with the filling of the register files,
/// then the longest of the multiply-accumulates, of each network's words and of the buffer's, then the drain of the
/// last sums. Edges are padded: all passes of a tile take as long as its fullest.
TileTiming time_tile(const UnitSpec& unit, const LoopNest& nest, const TileShape& tile, const PassShape& pass,
                     Accumulation accumulation = {});

/// The ways worth trying to lay a nest on an array, with p = q = 1: every dataflow that the array's mapping rule
/// allows for its phase, every folding and replication. Never empty.
std::vector<PassShape> array_sets(const UnitSpec& unit, const LoopNest& nest);

/// Adds the passes with the sets of `sets`, for every p and q worth trying that the registers hold.
void add_pass_shapes(std::vector<PassShape>& shapes, const UnitSpec& unit, const LoopNest& nest,
                     const PassShape& sets);

/// Fewer cycles than any tiling of a nest takes with any pass of these sets: those of the multiplications alone.
Cycles least_cycles(const UnitSpec& unit, const LoopNest& nest, const PassShape& sets);

}  // namespace hypar
