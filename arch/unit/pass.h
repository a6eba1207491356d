#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <tuple>
#include <vector>

#include "arch/kernel/array_cycles.h"
#include "arch/unit/loop_nest.h"
#include "arch/unit/unit_spec.h"

namespace hypar {

/// What stays in the register files of the processing elements while a pass runs.
enum class Dataflow {
    RowStationary,     ///< rows of filters; feature map rows and partial sums pass through (Chen et al., JSSC 2017)
    OutputStationary,  ///< partial sums; both operands pass through
    Streaming,         ///< nothing: each word is used once
    SystolicOutputs,   ///< of a systolic array: sums
    SystolicWeights,   ///< of a systolic array: the columns' words (arch/unit/systolic.h)
    SystolicInputs,    ///< of a systolic array: the items' words
    Neurocube,         ///< sums; both operands come anew (arch/unit/neurocube.h)
    FlexFlow,          ///< filters and features, as far as registers hold them; sums leave over trees (Lu et al.)
};

/// How one pass fills the array, in the letters of Chen et al., JSSC 2017, Table II. A pass always takes all n
/// samples of its tile, and m is the number of made channels of the tile.
///
/// Row-stationary: a set of k x e processing elements convolves planes with k rows of the kernel, all of them unless
/// it is folded, to e rows of outputs; every element works on p made and q summed channels (of a convolution: output
/// and input channels; transposed: the other way round); r sets add up their sums, t make different channels, and
/// each of i such groups of sets takes samples of its own (the chip has i = 1).
///
/// Output-stationary: an element keeps the sums of q items by p columns. Of filters the items are input channels,
/// each on as many rows of elements as the kernel has, the columns output channels, and what is summed over are the
/// rows of all samples. 1x1 kernels: the items are positions of all samples, the columns made channels. r groups of
/// items lie on the array's rows, t groups of columns on its columns, and e replicas of that share the sum.
///
/// Systolic: a fold takes up to r rows and t columns of the array. Neurocube: i units make results at once. FlexFlow:
/// t e i rows of elements make results at once, in r k q elements each (arch/unit/flexflow.h).
struct PassShape {
    Dataflow dataflow = Dataflow::RowStationary;
    std::uint64_t e = 1;
    std::uint64_t p = 1;
    std::uint64_t q = 1;
    std::uint64_t r = 1;
    std::uint64_t t = 1;
    std::uint64_t i = 1;
    std::uint64_t k = 1;

    /// All of them.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.dataflow, self.e, self.p, self.q, self.r, self.t, self.i, self.k);
    }

    friend bool operator==(const PassShape& a, const PassShape& b) { return numbers(a) == numbers(b); }
};

/// The part of a loop nest that one tile computes. `out_rows` counts rows of the outputs tensor.
struct TileShape {
    std::uint64_t groups = 1;
    std::uint64_t samples = 0;
    std::uint64_t in_channels = 0;
    std::uint64_t out_channels = 0;
    std::uint64_t out_rows = 0;

    friend bool operator==(const TileShape& a, const TileShape& b) {
        return a.groups == b.groups && a.samples == b.samples && a.in_channels == b.in_channels &&
               a.out_channels == b.out_channels && a.out_rows == b.out_rows;
    }
};

/// Whether a tile begins the sums that it adds to, and whether it completes them.
struct Accumulation {
    bool opens = true;
    bool completes = true;
};

/// Counts as `buffer` what a unit's banks need for `words` beyond all the rest.
void wait_for_banks(ArrayCycles& cycles, const UnitSpec& unit, std::uint64_t words);

/// What one tile costs in one processing unit's array.
struct TileTiming {
    ArrayCycles cycles;
    std::uint64_t macs = 0;
    std::uint64_t passes = 0;
    std::uint64_t active_pes = 0;    ///< in a full pass
    std::uint64_t buffer_words = 0;  ///< between buffer and processing elements
    std::uint64_t array_words = 0;   ///< that processing elements receive, from the buffer or from each other

    /// Accesses to registers: a multiply-accumulate reads two operands and a sum and writes the sum back, and what an
    /// element receives is written.
    std::uint64_t register_words() const { return checked_add(checked_multiply(4, macs), array_words); }
};

/// All of a nest as one tile.
inline TileShape whole_of(const LoopNest& nest) {
    return {nest.groups, nest.samples, nest.in_channels, nest.out_channels, nest.out_height};
}

/// The multiply-accumulates of one tile of a nest of seven loops.
std::uint64_t macs_of(const LoopNest& nest, const TileShape& tile);

/// An extent divided among `sets`, of which each takes up to `each` at once, in as few steps as that allows and then
/// as evenly as possible.
struct Division {
    Division(std::uint64_t extent, std::uint64_t most_each, std::uint64_t most_sets)
        : steps(ceil_divide(extent, most_each * most_sets)),
          each(ceil_divide(extent, steps * most_sets)),
          sets(ceil_divide(extent, steps * each)) {}

    std::uint64_t steps;
    std::uint64_t each;
    std::uint64_t sets;

    std::uint64_t at_once() const { return each * sets; }
};

/// One direction of a kernel of some stride by which features are made: so many convolutions of stride 1, each with
/// so many taps, those a stride apart. No inserted zero is among them; where the stride does not divide the kernel
/// the taps are those of the fullest.
struct KernelPhases {
    KernelPhases(std::uint64_t kernel, std::uint64_t stride, std::uint64_t dilation)
        : count(std::min(kernel, stride / std::gcd(stride, dilation))), taps(ceil_divide(kernel, count)) {}

    std::uint64_t count;
    std::uint64_t taps;
};

/// Those of a nest's kernel, down and across.
inline KernelPhases row_phases(const LoopNest& nest) {
    return {nest.kernel_height, nest.stride_height, nest.dilation_height};
}
inline KernelPhases column_phases(const LoopNest& nest) {
    return {nest.kernel_width, nest.stride_width, nest.dilation_width};
}

/// A tile as items x length times length x columns (im2col), word by word as the buffer gives them:
///
///     phase     items                            columns          length
///     forward   positions of all samples         output channels  input channels x kernel
///     backward  positions of the features        input channels   output channels x kernel, a stride apart
///     gradient  input channels x kernel          output channels  positions of all samples
///
/// Backward of a stride s is s x s convolutions of stride 1, each with the kernel's rows and columns that lie s
/// apart.
struct MatrixProduct {
    std::uint64_t items;
    std::uint64_t columns;
    std::uint64_t length;
};
MatrixProduct lowered(const LoopNest& nest, const TileShape& tile);
/// Of the whole nest.
MatrixProduct lowered(const LoopNest& nest);

/// Channels that give whole multiples of `size` words of a product's length, or of its items where filters are made.
std::uint64_t channels_of(const LoopNest& nest, std::uint64_t size);

/// Rows of a kernel that may lie on the array at once: all that it has room for, or where that leaves rows of the
/// array idle and the mapping rule allows it, fewer.
std::vector<std::uint64_t> kernel_rows_at_once(const UnitSpec& unit, std::uint64_t kernel_height);

/// The whole of `count` and what is left of it when it is divided by 2, 3, ...: each value once, falling.
std::vector<std::uint64_t> fractions_of(std::uint64_t count);

}  // namespace hypar
