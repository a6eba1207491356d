#include "arch/unit/flexflow.h"

#include <algorithm>
#include <array>

#include "base/checked.h"

namespace hypar {
namespace {

/// Three loops that rows of elements, or the elements of a row, share.
using Three = std::array<std::uint64_t, 3>;

/// The loops of a tile.
struct Loops {
    Three made;             ///< channels, rows, columns; of filters output channels, input channels, kernel
    Three summed;           ///< channels, kernel rows, kernel columns; for filters samples, rows, columns
    std::uint64_t repeats;  ///< of all these, one after the other
};

Loops loops_of(const LoopNest& nest, const TileShape& tile) {
    if (nest.result == NestTensor::Filters) {
        return {{tile.out_channels, tile.in_channels, nest.kernel_height * nest.kernel_width},
                {tile.samples, tile.out_rows, nest.out_width},
                tile.groups};
    }
    const std::uint64_t repeats = checked_multiply(tile.groups, tile.samples);
    if (!nest.is_transposed()) {
        return {{tile.out_channels, tile.out_rows, nest.out_width},
                {tile.in_channels, nest.kernel_height, nest.kernel_width},
                repeats};
    }
    const KernelPhases rows = row_phases(nest);
    const KernelPhases columns = column_phases(nest);
    return {{tile.in_channels, tile.out_rows * rows.count, nest.out_width * columns.count},
            {tile.out_channels, rows.taps, columns.taps},
            repeats};
}

std::uint64_t product_of(const Three& numbers) { return checked_multiply(numbers[0], numbers[1], numbers[2]); }

Three steps_of(const Three& extents, const Three& factors) {
    Three steps{};
    for (std::size_t loop = 0; loop < steps.size(); ++loop) steps[loop] = ceil_divide(extents[loop], factors[loop]);
    return steps;
}

Three made_factors(const PassShape& pass) { return {pass.t, pass.e, pass.i}; }
Three summed_factors(const PassShape& pass) { return {pass.r, pass.k, pass.q}; }

/// Operands of a tile on their networks.
struct Words {
    std::uint64_t features;
    std::uint64_t filters;
};

/// Words of one channel of what streams by that a band of results takes, whole rows of them.
std::uint64_t words_of_band(const LoopNest& nest, std::uint64_t results) {
    if (nest.is_transposed()) {
        const KernelPhases rows = row_phases(nest);
        return std::min(nest.out_height, ceil_divide(results, rows.count) + rows.taps - 1) * nest.out_width;
    }
    return window_rows(nest, std::min(results, nest.out_height), nest.kernel_height) * nest.in_width;
}

Words words_of(const LoopNest& nest, const TileShape& tile, const PassShape& pass) {
    const Loops loops = loops_of(nest, tile);
    const Three steps = steps_of(loops.made, made_factors(pass));
    if (nest.result == NestTensor::Filters) {
        const std::uint64_t maps = checked_multiply(loops.repeats, tile.samples, steps[2]);
        const std::uint64_t rows = window_rows(nest, tile.out_rows, nest.kernel_height);
        return {checked_multiply(maps, steps[0], tile.in_channels, rows * nest.in_width),
                checked_multiply(maps, steps[1], tile.out_channels, tile.out_rows * nest.out_width)};
    }
    return {checked_multiply(loops.repeats, steps[0] * steps[1], loops.summed[0], words_of_band(nest, pass.e)),
            checked_multiply(tile.groups, loops.made[0], product_of(loops.summed))};
}

/// In so many parts elements do what a result of maps sums up: each with no more words than their registers hold.
std::uint64_t rounds_of(const PeArraySpec& pes, const LoopNest& nest, std::uint64_t summed_steps) {
    if (nest.result == NestTensor::Filters) return 1;
    return ceil_divide(summed_steps, std::min(pes.filter_registers, pes.feature_registers));
}

std::uint64_t levels_of_tree(std::uint64_t leaves) {
    std::uint64_t levels = 0;
    for (std::uint64_t reached = 1; reached < leaves; reached *= 2) ++levels;
    return levels;
}

TileTiming time(const UnitSpec& unit, const LoopNest& nest, const TileShape& tile, const PassShape& pass,
                Accumulation accumulation) {
    const PeArraySpec& pes = unit.pe_array;
    const Loops loops = loops_of(nest, tile);
    const Words words = words_of(nest, tile, pass);
    const std::uint64_t summed_steps = product_of(steps_of(loops.summed, summed_factors(pass)));
    const std::uint64_t rounds = rounds_of(pes, nest, summed_steps);
    const std::uint64_t results = checked_multiply(loops.repeats, product_of(loops.made));
    const std::uint64_t rows = product_of(made_factors(pass));
    const std::uint64_t elements = product_of(summed_factors(pass));
    TileTiming timing;
    timing.passes = checked_multiply(loops.repeats, product_of(steps_of(loops.made, made_factors(pass))));
    timing.macs = macs_of(nest, tile);
    timing.active_pes = rows * elements;
    ArrayCycles& cycles = timing.cycles;
    cycles.multiply = unit.cycles_of(Ideal::Multiply, checked_multiply(timing.passes, summed_steps));
    cycles.fill =
        unit.cycles_of(Ideal::Fill, std::max(ceil_divide(pass.t * elements, pes.filter_words_per_cycle),
                                             ceil_divide(pass.e * pass.i * elements, pes.feature_words_per_cycle)));
    cycles.drain =
        unit.cycles_of(Ideal::Drain, levels_of_tree(elements) + ceil_divide(rows, pes.partial_sum_words_per_cycle));
    const Cycles delivered =
        std::max({cycles.multiply, ceil_divide(words.features, pes.feature_words_per_cycle),
                  ceil_divide(words.filters, pes.filter_words_per_cycle),
                  ceil_divide(checked_multiply(rounds, results), pes.partial_sum_words_per_cycle)});
    cycles.delivery = unit.cycles_of(Ideal::Delivery, delivered - cycles.multiply);
    const std::uint64_t exchanges = 2 * rounds - (accumulation.opens ? 1 : 0);
    timing.buffer_words = checked_add(words.features + words.filters, checked_multiply(results, exchanges));
    wait_for_banks(cycles, unit, timing.buffer_words);
    // Filters reach the rows of other positions, features those of other channels.
    timing.array_words =
        checked_add(checked_multiply(words.filters, pass.e * pass.i), checked_multiply(words.features, pass.t));
    return timing;
}

/// What a loop may get of so many elements: the most that leaves others room for 1, 2, 3, ... times as many.
std::vector<std::uint64_t> factors_of(std::uint64_t elements, std::uint64_t extent) {
    std::vector<std::uint64_t> factors;
    for (const std::uint64_t fraction : fractions_of(elements)) {
        const std::uint64_t factor = std::min(fraction, extent);
        if (factors.empty() || factors.back() != factor) factors.push_back(factor);
    }
    return factors;
}

/// Factors of three loops that share so many elements; no others take fewer steps.
std::vector<Three> factors_within(std::uint64_t elements, const Three& extents) {
    std::vector<Three> factors;
    for (const std::uint64_t first : factors_of(elements, extents[0])) {
        const std::uint64_t beside = elements / first;
        for (const std::uint64_t second : factors_of(beside, extents[1])) {
            factors.push_back({first, second, std::min(beside / second, extents[2])});
        }
    }
    return factors;
}

std::vector<PassShape> sets_of(const UnitSpec& unit, const LoopNest& nest) {
    if (nest.is_elementwise()) return {};
    const Loops loops = loops_of(nest, whole_of(nest));
    std::vector<PassShape> sets;
    for (const Three& made : factors_within(unit.pe_array.rows, loops.made)) {
        for (const Three& summed : factors_within(unit.pe_array.columns, loops.summed)) {
            sets.push_back({Dataflow::FlexFlow, made[1], 1, summed[2], summed[0], made[0], made[2], summed[1]});
        }
    }
    return sets;
}

Cycles at_least(const UnitSpec&, const LoopNest& nest, const PassShape& sets) {
    const Loops loops = loops_of(nest, whole_of(nest));
    return checked_multiply(loops.repeats, product_of(steps_of(loops.made, made_factors(sets))),
                            product_of(steps_of(loops.summed, summed_factors(sets))));
}

ByLoop granules(const UnitSpec&, const LoopNest& nest, const PassShape& pass) {
    if (nest.result == NestTensor::Filters) return {1, pass.r, pass.k, pass.e, pass.t};
    if (!nest.is_transposed()) return {1, 1, pass.e, pass.r, pass.t};
    return {1, 1, ceil_divide(pass.e, row_phases(nest).count), pass.t, pass.r};
}

}  // namespace

const DataflowModel kFlexFlow{"flexflow", "flex", sets_of, add_sets_alone, time, at_least, granules};

}  // namespace hypar
