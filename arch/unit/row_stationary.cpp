#include "arch/unit/row_stationary.h"

#include <algorithm>
#include <functional>
#include <set>
#include <string>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"

namespace hypar {
namespace {

/// How a kernel is cut where it exceeds the array's height or the register files.
struct KernelFold {
    KernelFold(const PeArraySpec& array, const LoopNest& nest, std::uint64_t most_rows)
        : rows(most_rows),
          columns(std::min(columns_within(nest, array.feature_registers), array.filter_registers)),
          reach(reach_of(nest, columns)),
          folds(ceil_divide(nest.kernel_height, rows) * ceil_divide(nest.kernel_width, columns)) {}

    std::uint64_t rows;
    std::uint64_t columns;
    std::uint64_t reach;  ///< words of a row of features that an element holds for them
    std::uint64_t folds;
};

/// Pieces that a set of e columns lies in.
std::uint64_t pieces_of(const PeArraySpec& array, std::uint64_t e) { return ceil_divide(e, array.columns); }

/// Words of one pass.
struct PassWords {
    std::uint64_t filters = 0;
    std::uint64_t first = 0;  ///< streamed words before the first multiplication
    std::uint64_t streamed = 0;
    std::uint64_t sums = 0;  ///< each way
    std::uint64_t last = 0;  ///< sums after the last multiplication
};

ArrayCycles cycles_of_pass(const UnitSpec& unit, const PassWords& words, Cycles multiply, std::uint64_t hops) {
    const PeArraySpec& pes = unit.pe_array;
    ArrayCycles cycles;
    cycles.multiply = unit.cycles_of(Ideal::Multiply, multiply);
    cycles.fill = unit.cycles_of(Ideal::Fill, ceil_divide(words.filters, pes.filter_words_per_cycle) +
                                                  ceil_divide(words.first, pes.feature_words_per_cycle));
    cycles.drain = unit.cycles_of(Ideal::Drain, hops + ceil_divide(words.last, pes.partial_sum_words_per_cycle));
    const Cycles delivered =
        std::max({cycles.multiply, ceil_divide(words.streamed - words.first, pes.feature_words_per_cycle),
                  ceil_divide(words.sums - words.last, pes.partial_sum_words_per_cycle)});
    cycles.delivery = unit.cycles_of(Ideal::Delivery, delivered - cycles.multiply);
    wait_for_banks(cycles, unit, checked_add(words.filters, words.streamed + 2 * words.sums));
    return cycles;
}

TileTiming time(const UnitSpec& unit, const LoopNest& nest, const TileShape& tile, const PassShape& pass,
                Accumulation accumulation) {
    const bool transposed = nest.is_transposed();
    const KernelFold kernel(unit.pe_array, nest, pass.k);
    const ChannelRoles channels(nest, tile.in_channels, tile.out_channels);
    const Division made(channels.made, pass.p, pass.t);
    const Division summed(channels.summed, pass.q, pass.r);
    const Division rows(tile.out_rows, pass.e, 1);
    const Division images(tile.samples, tile.samples, pass.i);  // all in one step

    const std::uint64_t wide_rows = window_rows(nest, rows.each, kernel.rows);
    const std::uint64_t streamed_rows = transposed ? rows.each : wide_rows;
    const std::uint64_t streamed_width = transposed ? nest.out_width : nest.in_width;
    const std::uint64_t made_elements = transposed ? wide_rows * nest.in_width : rows.each * nest.out_width;
    PassWords words;
    words.filters = made.at_once() * summed.at_once() * kernel.rows * kernel.columns;
    words.streamed = checked_multiply(tile.samples, summed.at_once(), streamed_rows * streamed_width, rows.steps);
    words.first = images.sets * summed.at_once() * streamed_rows * std::min(kernel.reach, streamed_width);
    words.sums = checked_multiply(tile.samples, made.at_once(), made_elements, rows.steps);
    words.last = std::min(words.sums, images.sets * made.at_once() * rows.each);

    const Cycles multiply =
        checked_multiply(images.each * rows.steps, summed.each * made.each * kernel.columns, nest.out_width);
    const std::uint64_t elements = kernel.rows * rows.each * summed.sets * made.sets * images.sets;
    const std::uint64_t opening_passes = accumulation.opens ? checked_multiply(tile.groups, made.steps) : 0;
    TileTiming timing;
    timing.passes = checked_multiply(tile.groups, made.steps, summed.steps * kernel.folds);
    timing.cycles = cycles_of_pass(unit, words, multiply, kernel.rows).times(timing.passes);
    timing.macs = macs_of(nest, tile);
    timing.active_pes = std::min(elements, unit.pe_array.size());
    // Only sums that are there already are read back.
    timing.buffer_words = checked_add(checked_multiply(timing.passes, words.filters + words.streamed + words.sums),
                                      checked_multiply(timing.passes - opening_passes, words.sums));
    // Filters reach a row of the set; every element takes its streamed rows and passes its sums on.
    const std::uint64_t taken =
        checked_multiply(images.each * rows.steps, elements,
                         summed.each * streamed_width + made.each * (transposed ? nest.in_width : nest.out_width));
    timing.array_words = checked_multiply(timing.passes, words.filters * rows.each * images.sets + taken);
    return timing;
}

/// The chip's sets are as wide as the output is high, in two pieces if need be (Chen et al., JSSC 2017, Table III),
/// and where that does not fit as the array.
std::vector<std::uint64_t> set_widths(const UnitSpec& unit, const LoopNest& nest, std::uint64_t kernel_rows) {
    const std::uint64_t columns = unit.pe_array.columns;
    const std::uint64_t height = nest.out_height;
    if (unit.mapping.whole_sets) {
        const std::uint64_t pieces = pieces_of(unit.pe_array, height);
        const bool whole_fits = pieces <= 2 && pieces * kernel_rows <= unit.pe_array.rows;
        return {whole_fits ? height : std::min(height, columns)};
    }
    std::vector<std::uint64_t> widths{ceil_divide(height, ceil_divide(height, columns))};
    const auto add = [&](std::uint64_t width) {
        if (width > std::min(height, columns)) return;
        if (std::find(widths.begin(), widths.end(), width) == widths.end()) widths.push_back(width);
    };
    for (const std::uint64_t width : fractions_of(columns)) add(width);
    for (const std::uint64_t width : even_pieces_of(height)) add(width);
    return widths;
}

std::vector<PassShape> sets_of(const UnitSpec& unit, const LoopNest& nest) {
    if (nest.is_elementwise() || nest.result == NestTensor::Filters) return {};
    const PeArraySpec& pes = unit.pe_array;
    std::vector<PassShape> sets;
    for (const std::uint64_t k : kernel_rows_at_once(unit, nest.kernel_height)) {
        for (const std::uint64_t e : set_widths(unit, nest, k)) {
            const std::uint64_t down = std::max<std::uint64_t>(1, pes.rows / (k * pieces_of(pes, e)));
            const std::uint64_t across = std::max<std::uint64_t>(1, pes.columns / e);
            for (const std::uint64_t r : fractions_of(down)) {
                const std::uint64_t beside = across * (down / r);
                for (const std::uint64_t t : fractions_of(beside)) {
                    for (const std::uint64_t i : halves_of(beside / t)) {
                        sets.push_back({Dataflow::RowStationary, e, 1, 1, r, t, i, k});
                    }
                    if (unit.mapping.whole_sets) break;
                }
            }
        }
    }
    return sets;
}

/// Channels that a pass may sum. The chip's streams to each piece of a set the rows of as many as lie in one bank of
/// the buffer, or of a single one; where sets are searched, as many as there are.
std::uint64_t most_summed_in_a_bank(const UnitSpec& unit, const LoopNest& nest, const PassShape& sets) {
    if (!unit.mapping.whole_sets) return UINT64_MAX;
    const std::uint64_t rows = std::min(sets.e, unit.pe_array.columns);
    const std::uint64_t words =
        nest.is_transposed() ? rows * nest.out_width : window_rows(nest, rows, sets.k) * nest.in_width;
    const std::uint64_t bank = unit.buffer.capacity_bytes / unit.buffer.banks;
    return std::max<std::uint64_t>(1, bank / checked_multiply(words, unit.element_bytes));
}

/// Of summed channels an element takes even parts of what its registers hold, or half of them, a quarter, ...: so
/// what fewer registers can do more can do as well.
void add_passes(std::vector<PassShape>& passes, const UnitSpec& unit, const LoopNest& nest, const PassShape& sets) {
    const PeArraySpec& pes = unit.pe_array;
    const ChannelRoles channels(nest, nest.in_channels, nest.out_channels);
    const KernelFold kernel(pes, nest, sets.k);
    const std::uint64_t most_q =
        std::min(pes.feature_registers / kernel.reach, pes.filter_registers / kernel.columns);
    const std::uint64_t most_of_a_bank = most_summed_in_a_bank(unit, nest, sets) / sets.r;
    std::set<std::uint64_t, std::greater<>> at_once;
    for (const std::uint64_t registers : halves_of(most_q)) {
        std::uint64_t q = std::min(Division(channels.summed, registers, sets.r).each, most_of_a_bank);
        for (; q > 0; q = q == 1 ? 0 : ceil_divide(q, 2)) at_once.insert(q);
    }
    for (const std::uint64_t q : at_once) {
        const std::uint64_t most_p = std::min(pes.partial_sum_registers, pes.filter_registers / (q * kernel.columns));
        for (const std::uint64_t p : even_pieces_of(ceil_divide(channels.made, sets.t))) {
            if (p > most_p) continue;
            passes.push_back(sets);
            passes.back().q = q;
            passes.back().p = p;
        }
    }
}

/// Every filter is loaded once, and every pass streams the features of its channels and samples.
Cycles at_least(const UnitSpec& unit, const LoopNest& nest, const PassShape& sets) {
    const PeArraySpec& pes = unit.pe_array;
    const ChannelRoles channels(nest, nest.in_channels, nest.out_channels);
    const KernelFold kernel(pes, nest, sets.k);
    const std::uint64_t planes = checked_multiply(channels.made, channels.summed);
    const Cycles multiply =
        checked_multiply(nest.groups, ceil_divide(nest.samples, sets.i), ceil_divide(planes, sets.r * sets.t),
                         ceil_divide(nest.out_height, sets.e), nest.out_width, kernel.columns * kernel.folds);
    const std::uint64_t most_made =
        sets.t * std::min(pes.partial_sum_registers, pes.filter_registers / kernel.columns);
    const std::uint64_t streams = checked_multiply(ceil_divide(channels.made, most_made), kernel.folds);
    const std::uint64_t row_words = nest.is_transposed() ? nest.out_width : nest.in_width;
    const std::uint64_t rows = nest.is_transposed() ? nest.out_height : std::min(nest.in_height, nest.out_height);
    const std::uint64_t streamed =
        checked_multiply(nest.groups, nest.samples, channels.summed, rows * row_words, streams);
    const std::uint64_t filters = checked_multiply(nest.groups, planes, nest.kernel_height * nest.kernel_width);
    return checked_add(
        std::max(unit.cycles_of(Ideal::Multiply, multiply),
                 unit.cycles_of(Ideal::Delivery,
                                unit.cycles_of(Ideal::Fill, ceil_divide(streamed, pes.feature_words_per_cycle)))),
        unit.cycles_of(Ideal::Fill, ceil_divide(filters, pes.filter_words_per_cycle)));
}

ByLoop granules(const UnitSpec&, const LoopNest& nest, const PassShape& pass) {
    const std::uint64_t made = pass.p * pass.t;
    const std::uint64_t summed = pass.q * pass.r;
    if (nest.is_transposed()) return {1, 1, pass.e, made, summed};
    return {1, 1, pass.e, summed, made};
}

/// `have` must be at least `need` of `what`.
void expect_room(std::uint64_t need, std::uint64_t have, const std::string& what) {
    if (need <= have) return;
    throw ConfigError("array.mapping.pin", fmt::format("{} needs {}, and there are {}", what, need, have));
}

}  // namespace

PassShape pinned_pass(const UnitSpec& unit, const LoopNest& nest, const MappingPin& pin) {
    const PeArraySpec& pes = unit.pe_array;
    const ChannelRoles channels(nest, nest.in_channels, nest.out_channels);
    expect_room(pin.n, nest.samples, "n: a tile of these samples");
    expect_room(pin.m, channels.made, "m: a tile of these channels");
    expect_room(pin.e, nest.out_height, "e: a set of these rows");
    const std::uint64_t set_rows = nest.kernel_height * pieces_of(pes, pin.e);
    expect_room(set_rows * pin.r, pes.rows, "r: sets above each other, of rows of elements,");
    const std::uint64_t across = std::max<std::uint64_t>(1, pes.columns / pin.e);
    expect_room(pin.r * pin.t, pes.rows / set_rows * across, "r t: of sets on the array");
    const std::uint64_t row = reach_of(nest, nest.kernel_width);
    expect_room(pin.q * row, pes.feature_registers, "q: of feature map registers");
    expect_room(pin.p * pin.q * nest.kernel_width, pes.filter_registers, "p q: of filter registers");
    expect_room(pin.p, pes.partial_sum_registers, "p: of partial sum registers");
    return {Dataflow::RowStationary, pin.e, pin.p, pin.q, pin.r, pin.t, 1, nest.kernel_height};
}

const DataflowModel kRowStationary{"row-stationary", "row", sets_of, add_passes, time, at_least, granules};

}  // namespace hypar
