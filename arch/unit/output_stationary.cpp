#include "arch/unit/output_stationary.h"

#include <algorithm>

#include "base/checked.h"

namespace hypar {
namespace {

/// A tile as items by columns, each of whose sums runs over `length` steps.
struct Product {
    std::uint64_t items = 0;
    std::uint64_t columns = 0;
    std::uint64_t length = 0;      ///< what replicas can share
    std::uint64_t width = 1;       ///< multiplications of one sum in a step
    std::uint64_t item_words = 1;  ///< of an item and a row of elements in a step
    std::uint64_t rows_per_item = 1;
    std::uint64_t window = 1;  ///< sums of an item and column that lie in one element
};

Product product_of(const LoopNest& nest, const TileShape& tile) {
    const std::uint64_t positions = checked_multiply(tile.samples, tile.out_rows, nest.out_width);
    if (nest.result != NestTensor::Filters) {
        const ChannelRoles channels(nest, tile.in_channels, tile.out_channels);
        return {positions, channels.made, channels.summed};
    }
    return {tile.in_channels, tile.out_channels, checked_multiply(tile.samples, tile.out_rows),
            nest.out_width,   nest.in_width,     nest.kernel_height,
            nest.kernel_width};
}

/// Rows of elements and columns of kernels that are taken at once.
struct WindowFold {
    WindowFold(const PeArraySpec& array, const LoopNest& nest, const Product& product, std::uint64_t most_rows)
        : rows(most_rows),
          columns(std::min(columns_within(nest, array.feature_registers), array.partial_sum_registers)),
          reach(reach_of(nest, columns)),
          folds(ceil_divide(product.rows_per_item, rows) * ceil_divide(product.window, columns)) {}

    std::uint64_t rows;
    std::uint64_t columns;
    std::uint64_t reach;  ///< words of a row of features that an element holds for them
    std::uint64_t folds;
};

Product whole_product(const LoopNest& nest) { return product_of(nest, whole_of(nest)); }

TileTiming time(const UnitSpec& unit, const LoopNest& nest, const TileShape& tile, const PassShape& pass,
                Accumulation accumulation) {
    const PeArraySpec& pes = unit.pe_array;
    const Product product = product_of(nest, tile);
    const WindowFold window(pes, nest, product, pass.k);
    const Division items(product.items, pass.q, pass.r);
    const Division columns(product.columns, pass.p, pass.t);
    const std::uint64_t replicas = std::min(pass.e, product.length);

    const std::uint64_t row_words = items.at_once() * window.rows;  // words of one step and position
    const std::uint64_t item_words = checked_multiply(product.length, row_words, product.item_words);
    const std::uint64_t column_words = checked_multiply(product.length, columns.at_once(), product.width);
    const std::uint64_t sums = checked_multiply(replicas, row_words * window.columns, columns.at_once());

    TileTiming timing;
    timing.passes = checked_multiply(tile.groups, items.steps, columns.steps * window.folds);
    const bool stays = timing.passes == 1;
    const bool loads_sums = !stays && !accumulation.opens;
    const bool drains = !stays || accumulation.completes;
    const Cycles moving_sums = ceil_divide(sums, pes.partial_sum_words_per_cycle);

    ArrayCycles cycles;
    cycles.multiply =
        unit.cycles_of(Ideal::Multiply, checked_multiply(ceil_divide(product.length, replicas) * product.width,
                                                         items.each * columns.each * window.columns));
    const Cycles first_words = std::max(ceil_divide(replicas * row_words * window.reach, pes.feature_words_per_cycle),
                                        ceil_divide(replicas * columns.at_once(), pes.filter_words_per_cycle));
    cycles.fill = unit.cycles_of(Ideal::Fill, first_words + (loads_sums ? moving_sums : 0));
    cycles.drain = unit.cycles_of(Ideal::Drain, drains ? moving_sums : 0);
    const Cycles delivered = std::max({cycles.multiply, ceil_divide(item_words, pes.feature_words_per_cycle),
                                       ceil_divide(column_words, pes.filter_words_per_cycle)});
    cycles.delivery = unit.cycles_of(Ideal::Delivery, delivered - cycles.multiply);
    const std::uint64_t exchanged = checked_multiply(sums, std::uint64_t{loads_sums} + std::uint64_t{drains});
    wait_for_banks(cycles, unit, checked_add(item_words + column_words, exchanged));
    timing.cycles = cycles.times(timing.passes);

    timing.macs = macs_of(nest, tile);
    timing.active_pes = std::min(replicas * items.sets * window.rows * columns.sets, pes.size());
    timing.buffer_words = checked_multiply(timing.passes, checked_add(item_words + column_words, exchanged));
    const std::uint64_t taken = checked_add(checked_multiply(item_words, columns.sets),
                                            checked_multiply(column_words, items.sets * window.rows));
    timing.array_words = checked_multiply(timing.passes, checked_add(taken, exchanged));
    return timing;
}

std::vector<PassShape> sets_of(const UnitSpec& unit, const LoopNest& nest) {
    const bool makes_filters = nest.result == NestTensor::Filters;
    if (nest.is_elementwise() || (nest.kernel_height * nest.kernel_width > 1 && !makes_filters)) return {};
    if (unit.mapping.row_stationary_only && !makes_filters) return {};
    const PeArraySpec& pes = unit.pe_array;
    std::vector<PassShape> sets;
    for (const std::uint64_t k : kernel_rows_at_once(unit, whole_product(nest).rows_per_item)) {
        const std::uint64_t down = std::max<std::uint64_t>(1, pes.rows / k);
        for (const std::uint64_t r : fractions_of(down)) {
            for (const std::uint64_t t : fractions_of(pes.columns)) {
                for (const std::uint64_t e : halves_of((down / r) * (pes.columns / t))) {
                    sets.push_back({Dataflow::OutputStationary, e, 1, 1, r, t, 1, k});
                }
            }
        }
    }
    return sets;
}

/// Of one element.
std::uint64_t most_items(const PeArraySpec& pes, const Product& product, const WindowFold& window) {
    const std::uint64_t registers =
        std::min(pes.feature_registers / window.reach, pes.partial_sum_registers / window.columns);
    return std::clamp<std::uint64_t>(registers, 1, product.items);
}

void add_passes(std::vector<PassShape>& passes, const UnitSpec& unit, const LoopNest& nest, const PassShape& sets) {
    const PeArraySpec& pes = unit.pe_array;
    const Product product = whole_product(nest);
    const WindowFold window(pes, nest, product, sets.k);
    for (const std::uint64_t q : fractions_of(most_items(pes, product, window))) {
        const std::uint64_t most_p = std::clamp<std::uint64_t>(
            std::min(pes.partial_sum_registers / (q * window.columns), pes.filter_registers), 1, product.columns);
        for (const std::uint64_t p : fractions_of(most_p)) {
            PassShape pass = sets;
            pass.q = Division(product.items, q, sets.r).each;
            pass.p = Division(product.columns, p, sets.t).each;
            if (passes.empty() || !(passes.back() == pass)) passes.push_back(pass);
        }
    }
}

/// Items are streamed for every set of columns, columns for every set of items.
Cycles at_least(const UnitSpec& unit, const LoopNest& nest, const PassShape& sets) {
    const PeArraySpec& pes = unit.pe_array;
    const Product product = whole_product(nest);
    const WindowFold window(pes, nest, product, sets.k);
    const std::uint64_t sums = ceil_divide(checked_multiply(product.items, product.columns), sets.r * sets.t);
    const Cycles multiply = checked_multiply(nest.groups, sums, ceil_divide(product.length, sets.e), product.width,
                                             window.columns * window.folds);
    const std::uint64_t most_columns = std::clamp<std::uint64_t>(
        std::min(pes.partial_sum_registers / window.columns, pes.filter_registers), 1, product.columns);
    const std::uint64_t streams = checked_multiply(nest.groups, product.length, window.folds);
    const std::uint64_t item_words = checked_multiply(streams, product.items * product.item_words,
                                                      ceil_divide(product.columns, most_columns * sets.t));
    const std::uint64_t column_words =
        checked_multiply(streams, product.columns * product.width,
                         ceil_divide(product.items, most_items(pes, product, window) * sets.r));
    const Cycles delivered = std::max(ceil_divide(item_words, pes.feature_words_per_cycle),
                                      ceil_divide(column_words, pes.filter_words_per_cycle));
    return std::max(unit.cycles_of(Ideal::Multiply, multiply), unit.cycles_of(Ideal::Delivery, delivered));
}

ByLoop granules(const UnitSpec&, const LoopNest& nest, const PassShape& pass) {
    const std::uint64_t columns = pass.p * pass.t;
    if (nest.result == NestTensor::Filters) return {1, 1, 1, pass.q * pass.r, columns};
    if (nest.is_transposed()) return {1, 1, 1, columns, 1};
    return {1, 1, 1, 1, columns};
}

}  // namespace

const DataflowModel kOutputStationary{"output-stationary", "out", sets_of, add_passes, time, at_least, granules};

}  // namespace hypar
