#include "arch/unit/tile_timing.h"

#include <algorithm>

#include "arch/unit/output_stationary.h"
#include "arch/unit/row_stationary.h"
#include "base/checked.h"

namespace hypar {
namespace {

/// Weights come on the filter network, gradients on the feature map network, the optimizer's states and all that is
/// written back on the one of partial sums. Every word that is written is a multiply-accumulate.
TileTiming time_update(const UnitSpec& unit, const LoopNest& nest, const TileShape& tile) {
    const PeArraySpec& pes = unit.pe_array;
    const std::uint64_t weights = tile.out_channels;
    const std::uint64_t written = checked_multiply(weights, 1 + nest.state_words);
    TileTiming timing;
    timing.passes = 1;
    timing.macs = written;
    timing.active_pes = std::min(weights, pes.size());
    timing.buffer_words = checked_add(checked_multiply(weights, 2 + nest.state_words), written);
    timing.array_words = timing.buffer_words;
    timing.cycles.multiply =
        unit.cycles_of(Ideal::Multiply, checked_multiply(ceil_divide(weights, pes.size()), 1 + nest.state_words));
    const Cycles delivered = std::max({timing.cycles.multiply, ceil_divide(weights, pes.filter_words_per_cycle),
                                       ceil_divide(weights, pes.feature_words_per_cycle),
                                       ceil_divide(written, pes.partial_sum_words_per_cycle)});
    timing.cycles.delivery = unit.cycles_of(Ideal::Delivery, delivered - timing.cycles.multiply);
    wait_for_banks(timing.cycles, unit, timing.buffer_words);
    return timing;
}

}  // namespace

TileTiming time_tile(const UnitSpec& unit, const LoopNest& nest, const TileShape& tile, const PassShape& pass,
                     Accumulation accumulation) {
    switch (pass.dataflow) {
        case Dataflow::RowStationary: return time_row_stationary(unit, nest, tile, pass, accumulation);
        case Dataflow::OutputStationary: return time_output_stationary(unit, nest, tile, pass, accumulation);
        case Dataflow::Streaming: return time_update(unit, nest, tile);
    }
    return {};
}

std::vector<PassShape> array_sets(const UnitSpec& unit, const LoopNest& nest) {
    if (nest.phase == Phase::Update) return {{Dataflow::Streaming, 1, 1, 1, 1, 1, 1, 1}};
    if (nest.phase == Phase::Gradient) return output_stationary_sets(unit, nest);
    std::vector<PassShape> sets = row_stationary_sets(unit, nest);
    if (can_keep_sums_still(nest) && !unit.mapping.row_stationary_only) {
        const std::vector<PassShape> still = output_stationary_sets(unit, nest);
        sets.insert(sets.end(), still.begin(), still.end());
    }
    return sets;
}

void add_pass_shapes(std::vector<PassShape>& shapes, const UnitSpec& unit, const LoopNest& nest,
                     const PassShape& sets) {
    switch (sets.dataflow) {
        case Dataflow::RowStationary: add_row_stationary_shapes(shapes, unit, nest, sets); break;
        case Dataflow::OutputStationary: add_output_stationary_shapes(shapes, unit, nest, sets); break;
        case Dataflow::Streaming: shapes.push_back(sets); break;
    }
}

Cycles least_cycles(const UnitSpec& unit, const LoopNest& nest, const PassShape& sets) {
    switch (sets.dataflow) {
        case Dataflow::RowStationary: return least_row_stationary_cycles(unit, nest, sets);
        case Dataflow::OutputStationary: return least_output_stationary_cycles(unit, nest, sets);
        case Dataflow::Streaming: break;
    }
    return ceil_divide(nest.out_channels, unit.pe_array.size());
}

}  // namespace hypar
