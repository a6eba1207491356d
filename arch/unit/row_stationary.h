#pragma once

#include "arch/unit/dataflow_model.h"

namespace hypar {

/// Convolutions as Eyeriss computes them (Chen et al., JSSC 2017, section III): filter rows go along the rows
/// of a set, feature map rows along its diagonals, partial sums up its columns. A transposed convolution
/// goes over the rows of the outputs, which go up the columns while sums go along the diagonals: no inserted
/// zero row or column is multiplied.
///
/// A pass loads filters and keeps them while the tile's samples and rows go by, in strips of e rows. It begins with
/// its first features and ends with its last sums; in between each network delivers for itself. Kernels higher
/// than the array, or wider than the register files, are folded into several passes; a set that is wider than the
/// array lies on it in pieces.
extern const DataflowModel kRowStationary;

/// The pass that a pin says. Throws ConfigError (key "array.mapping.pin") where the nest or the array's elements and
/// registers do not hold it.
PassShape pinned_pass(const UnitSpec& unit, const LoopNest& nest, const MappingPin& pin);

}  // namespace hypar
