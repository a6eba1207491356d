#pragma once

#include <cstdint>

#include "arch/array.h"
#include "arch/loop_nest.h"

namespace hypar {

/// The part of a loop nest that one tile computes. `out_rows` counts rows of the outputs tensor.
struct TileShape {
    std::uint64_t samples = 0;
    std::uint64_t in_channels = 0;
    std::uint64_t out_channels = 0;
    std::uint64_t out_rows = 0;

    friend bool operator==(const TileShape& a, const TileShape& b) {
        return a.samples == b.samples && a.in_channels == b.in_channels && a.out_channels == b.out_channels &&
               a.out_rows == b.out_rows;
    }
};

/// What one tile costs in one processing unit's array.
struct TileTiming {
    Cycles cycles = 0;
    std::uint64_t macs = 0;
    std::uint64_t active_pes = 0;    ///< in a full pass
    std::uint64_t buffer_words = 0;  ///< between buffer and processing elements
};

/// Time of one tile from the buffer: fill of the first pass, the longest of the multiply-accumulates and of each
/// delivery network's words, drain of the last.
///
/// Forward and backward are row-stationary (Chen et al., JSSC 2017): a set of kernel x e processing elements
/// convolves one plane, as many sets as fit work on other planes, filters stay in the register files. Backward
/// convolves the rows of the errors, so that no inserted zero row is multiplied. Gradient keeps partial sums still:
/// a row of processing elements for each input channel and kernel row, a column for each output channel, and both
/// operands stream; as many such sets as end first divide the rows of all samples and add up what they found. Update
/// is one multiply-accumulate a weight.
TileTiming time_tile(const PeArraySpec& array, const LoopNest& nest, const TileShape& tile);

}  // namespace hypar
