#include "arch/tile_timing.h"

#include <algorithm>

#include "arch/output_stationary.h"
#include "arch/row_stationary.h"
#include "base/checked.h"

namespace hypar {
namespace {

/// Weights come on the filter network, gradients on the feature map network, the optimizer's states and all that is
/// written back on the one of partial sums. Every word that is written is a multiply-accumulate.
TileTiming time_update(const ArraySpec& array, const LoopNest& nest, const TileShape& tile) {
    const PeArraySpec& pes = array.pe_array;
    const std::uint64_t weights = tile.out_channels;
    const std::uint64_t written = checked_multiply(weights, 1 + nest.state_words);
    TileTiming timing;
    timing.passes = 1;
    timing.macs = written;
    timing.active_pes = std::min(weights, pes.size());
    timing.buffer_words = checked_add(checked_multiply(weights, 2 + nest.state_words), written);
    timing.array_words = timing.buffer_words;
    timing.cycles.multiply =
        array.cycles_of(Ideal::Multiply, checked_multiply(ceil_divide(weights, pes.size()), 1 + nest.state_words));
    const Cycles delivered = std::max({timing.cycles.multiply, ceil_divide(weights, pes.filter_words_per_cycle),
                                       ceil_divide(weights, pes.feature_words_per_cycle),
                                       ceil_divide(written, pes.partial_sum_words_per_cycle)});
    timing.cycles.delivery = array.cycles_of(Ideal::Delivery, delivered - timing.cycles.multiply);
    timing.cycles.wait_for_banks(array, timing.buffer_words);
    return timing;
}

}  // namespace

void ArrayCycles::wait_for_banks(const ArraySpec& array, std::uint64_t words) {
    const Cycles needed = ceil_divide(checked_multiply(words, array.precision.bytes), array.buffer.bytes_per_cycle());
    buffer = array.cycles_of(Ideal::Buffer, std::max(needed, total()) - total());
}

std::uint64_t macs_of(const LoopNest& nest, const TileShape& tile) {
    return checked_multiply(tile.groups, tile.samples, tile.in_channels, tile.out_channels, nest.kernel * nest.kernel,
                            tile.out_rows, nest.out_width);
}

const char* name_of(Dataflow dataflow) {
    switch (dataflow) {
        case Dataflow::RowStationary: return "row-stationary";
        case Dataflow::OutputStationary: return "output-stationary";
        case Dataflow::Streaming: return "streaming";
    }
    return "";
}

std::vector<std::uint64_t> fractions_of(std::uint64_t count) {
    std::vector<std::uint64_t> fractions;
    for (std::uint64_t parts = 1; parts <= count; parts = count / fractions.back() + 1) {
        fractions.push_back(count / parts);
    }
    return fractions;
}

std::vector<std::uint64_t> kernel_rows_at_once(const ArraySpec& array, std::uint64_t kernel) {
    const std::uint64_t whole = std::min(kernel, array.pe_array.rows);
    if (array.mapping.whole_sets || array.pe_array.rows % whole == 0) return {whole};
    return fractions_of(whole);
}

TileTiming time_tile(const ArraySpec& array, const LoopNest& nest, const TileShape& tile, const PassShape& pass,
                     Accumulation accumulation) {
    switch (pass.dataflow) {
        case Dataflow::RowStationary: return time_row_stationary(array, nest, tile, pass, accumulation);
        case Dataflow::OutputStationary: return time_output_stationary(array, nest, tile, pass, accumulation);
        case Dataflow::Streaming: return time_update(array, nest, tile);
    }
    return {};
}

std::vector<PassShape> array_sets(const ArraySpec& array, const LoopNest& nest) {
    if (nest.phase == Phase::Update) return {{Dataflow::Streaming, 1, 1, 1, 1, 1, 1, 1}};
    if (nest.phase == Phase::Gradient) return output_stationary_sets(array, nest);
    std::vector<PassShape> sets = row_stationary_sets(array, nest);
    if (can_keep_sums_still(nest) && !array.mapping.row_stationary_only) {
        const std::vector<PassShape> still = output_stationary_sets(array, nest);
        sets.insert(sets.end(), still.begin(), still.end());
    }
    return sets;
}

void add_pass_shapes(std::vector<PassShape>& shapes, const ArraySpec& array, const LoopNest& nest,
                     const PassShape& sets) {
    switch (sets.dataflow) {
        case Dataflow::RowStationary: add_row_stationary_shapes(shapes, array, nest, sets); break;
        case Dataflow::OutputStationary: add_output_stationary_shapes(shapes, array, nest, sets); break;
        case Dataflow::Streaming: shapes.push_back(sets); break;
    }
}

Cycles least_cycles(const ArraySpec& array, const LoopNest& nest, const PassShape& sets) {
    switch (sets.dataflow) {
        case Dataflow::RowStationary: return least_row_stationary_cycles(array, nest, sets);
        case Dataflow::OutputStationary: return least_output_stationary_cycles(array, nest, sets);
        case Dataflow::Streaming: break;
    }
    return ceil_divide(nest.out_channels, array.pe_array.size());
}

}  // namespace hypar
