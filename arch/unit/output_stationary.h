#pragma once

#include <vector>

#include "arch/unit/pass.h"

namespace hypar {

/// Whether a nest can be computed with its partial sums kept still: gradients, and all phases of 1x1 kernels.
bool can_keep_sums_still(const LoopNest& nest);

/// Partial sums stay in the register files while both operands stream past: the items' words along the rows of the
/// array on the feature map network, the columns' words along its columns on the filter network. A tile of a single
/// pass leaves its sums in place for the next tile that adds to them; several passes exchange them with the buffer.
TileTiming time_output_stationary(const UnitSpec& unit, const LoopNest& nest, const TileShape& tile,
                                  const PassShape& pass, Accumulation accumulation);

/// Groups of elements worth trying, and the shapes of each, as in tile_timing.h.
std::vector<PassShape> output_stationary_sets(const UnitSpec& unit, const LoopNest& nest);
void add_output_stationary_shapes(std::vector<PassShape>& shapes, const UnitSpec& unit, const LoopNest& nest,
                                  const PassShape& sets);
Cycles least_output_stationary_cycles(const UnitSpec& unit, const LoopNest& nest, const PassShape& sets);

}  // namespace hypar
