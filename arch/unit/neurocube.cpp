#include "arch/unit/neurocube.h"

#include <algorithm>

#include "base/checked.h"

namespace hypar {
namespace {

TileTiming time(const UnitSpec& unit, const LoopNest& nest, const TileShape& tile, const PassShape& pass,
                Accumulation accumulation) {
    const PeArraySpec& pes = unit.pe_array;
    const MatrixProduct product = lowered(nest, tile);
    const Division items(product.items, 1, pass.i);
    TileTiming timing;
    timing.passes = checked_multiply(tile.groups, items.steps, product.columns);
    timing.macs = macs_of(nest, tile);
    timing.active_pes = items.sets;
    const std::uint64_t steps = checked_multiply(timing.passes, product.length);
    const std::uint64_t item_words = checked_multiply(steps, items.sets);
    const std::uint64_t results = checked_multiply(timing.passes, items.sets);
    ArrayCycles& cycles = timing.cycles;
    cycles.multiply = unit.cycles_of(Ideal::Multiply, steps);
    cycles.fill = unit.cycles_of(Ideal::Fill, ceil_divide(items.sets, pes.feature_words_per_cycle));
    cycles.drain = unit.cycles_of(Ideal::Drain, ceil_divide(items.sets, pes.partial_sum_words_per_cycle));
    const Cycles delivered = std::max({cycles.multiply, ceil_divide(item_words, pes.feature_words_per_cycle),
                                       ceil_divide(steps, pes.filter_words_per_cycle),
                                       ceil_divide(results, pes.partial_sum_words_per_cycle)});
    cycles.delivery = unit.cycles_of(Ideal::Delivery, delivered - cycles.multiply);
    timing.buffer_words = checked_add(item_words + steps, checked_multiply(results, accumulation.opens ? 1 : 2));
    wait_for_banks(cycles, unit, timing.buffer_words);
    timing.array_words = checked_multiply(2, item_words);
    return timing;
}

std::vector<PassShape> sets_of(const UnitSpec& unit, const LoopNest& nest) {
    if (nest.is_elementwise()) return {};
    return {{Dataflow::Neurocube, 1, 1, 1, 1, 1, std::min(unit.pe_array.size(), lowered(nest).items), 1}};
}

Cycles at_least(const UnitSpec&, const LoopNest& nest, const PassShape& sets) {
    const MatrixProduct product = lowered(nest);
    return checked_multiply(nest.groups, ceil_divide(product.items, sets.i), product.columns, product.length);
}

ByLoop granules(const UnitSpec&, const LoopNest& nest, const PassShape& pass) {
    if (nest.result == NestTensor::Filters) return {1, 1, 1, channels_of(nest, pass.i), 1};
    return {1, 1, 1, 1, 1};
}

}  // namespace

const DataflowModel kNeurocube{"neurocube", "cube", sets_of, add_sets_alone, time, at_least, granules};

}  // namespace hypar
