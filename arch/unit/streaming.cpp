#include "arch/unit/streaming.h"

#include <algorithm>

#include "base/checked.h"

namespace hypar {
namespace {

TileTiming time(const UnitSpec& unit, const LoopNest& nest, const TileShape& tile, const PassShape&, Accumulation) {
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

std::vector<PassShape> sets_of(const UnitSpec&, const LoopNest& nest) {
    if (!nest.is_elementwise()) return {};
    return {{Dataflow::Streaming, 1, 1, 1, 1, 1, 1, 1}};
}

Cycles at_least(const UnitSpec& unit, const LoopNest& nest, const PassShape&) {
    return ceil_divide(nest.out_channels, unit.pe_array.size());
}

ByLoop granules(const UnitSpec& unit, const LoopNest&, const PassShape&) {
    return {1, 1, 1, 1, unit.pe_array.slowest_words_per_cycle()};
}

}  // namespace

const DataflowModel kStreaming{"streaming", "-", sets_of, add_sets_alone, time, at_least, granules};

}  // namespace hypar
