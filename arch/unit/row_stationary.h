#pragma once

#include <vector>

#include "arch/unit/pass.h"

namespace hypar {

/// Forward and backward as Eyeriss computes them (Chen et al., JSSC 2017, section III): filter rows go along the rows
/// of a set, feature map rows along its diagonals, partial sums up its columns. Backward is the transposed
/// convolution over the rows of the errors, which go up the columns while sums go along the diagonals: no inserted
/// zero row or column is multiplied.
///
/// A pass loads filters and keeps them while the tile's samples and rows go by, in strips of e rows. It begins with
/// its first features and ends with its last sums; in between each network delivers for itself. Kernels higher
/// than the array, or wider than the register files, are folded into several passes; a set that is wider than the
/// array lies on it in pieces.
TileTiming time_row_stationary(const UnitSpec& unit, const LoopNest& nest, const TileShape& tile,
                               const PassShape& pass, Accumulation accumulation);

/// Sets worth trying, and the shapes of each, as in tile_timing.h.
std::vector<PassShape> row_stationary_sets(const UnitSpec& unit, const LoopNest& nest);
void add_row_stationary_shapes(std::vector<PassShape>& shapes, const UnitSpec& unit, const LoopNest& nest,
                               const PassShape& sets);
Cycles least_row_stationary_cycles(const UnitSpec& unit, const LoopNest& nest, const PassShape& sets);

}  // namespace hypar
