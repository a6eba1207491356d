#include "tests/arch/mapping_oracle.h"
#include "tests/arch/phases.h"

#include <algorithm>
#include <initializer_list>
#include <set>

namespace hypar::tests {
namespace {

/// The smallest number from 1 on that is enough.
template <typename Enough>
std::uint64_t least(Enough enough) {
    std::uint64_t number = 1;
    while (!enough(number)) ++number;
    return number;
}

/// An extent in as few steps as `sets` of elements with up to `most` each allow, then spread evenly.
struct Spread {
    Spread(std::uint64_t extent, std::uint64_t most, std::uint64_t most_sets)
        : steps(least([&](std::uint64_t n) { return n * most * most_sets >= extent; })),
          each(least([&](std::uint64_t n) { return steps * n * most_sets >= extent; })),
          sets(least([&](std::uint64_t n) { return steps * each * n >= extent; })) {}

    std::uint64_t steps;
    std::uint64_t each;
    std::uint64_t sets;
};

/// Words that come at so many a cycle.
struct Stream {
    std::uint64_t words;
    std::uint64_t per_cycle;
};

/// Cycles until all streams, which go on side by side, have ended, and `multiplications` beside them.
Cycles cycles_of(std::initializer_list<Stream> streams, std::uint64_t multiplications = 0) {
    Cycles longest = multiplications;
    for (const Stream& stream : streams) {
        Cycles cycles = 0;
        for (std::uint64_t done = 0; done < stream.words; done += stream.per_cycle) ++cycles;
        longest = std::max(longest, cycles);
    }
    return longest;
}

/// A pass takes no less than its bytes over all banks of the buffer.
Cycles with_banks(const ArraySpec& array, Cycles cycles, std::uint64_t words) {
    return std::max(
        cycles, cycles_of({{words * array.precision.bytes, array.buffer.banks * array.buffer.bank_bytes_per_cycle}}));
}

/// Pieces of a kernel, rows by columns, each of which takes a pass of its own.
std::uint64_t pieces(std::uint64_t kernel_rows, std::uint64_t kernel_columns, std::uint64_t rows,
                     std::uint64_t columns) {
    std::uint64_t count = 0;
    for (std::uint64_t row = 0; row < kernel_rows; row += rows) {
        for (std::uint64_t column = 0; column < kernel_columns; column += columns) ++count;
    }
    return count;
}

/// A row-stationary pass: a set of k x e elements for each of r summed, t made and i sample shares.
struct RowStationaryPass {
    RowStationaryPass(const ArraySpec& array_spec, const LoopNest& loop_nest, const TileShape& tile,
                      const PassShape& pass)
        : array(array_spec),
          nest(loop_nest),
          forward(phase_of(nest) == Phase::Forward),
          kernel_rows(pass.k),
          kernel_columns(nest, array.pe_array.feature_registers, array.pe_array.filter_registers),
          made(forward ? tile.out_channels : tile.in_channels, pass.p, pass.t),
          summed(forward ? tile.in_channels : tile.out_channels, pass.q, pass.r),
          strips(tile.out_rows, pass.e, 1),
          samples(tile.samples),
          images(tile.samples, tile.samples, pass.i) {
        count_network_words();
        count_elements();
    }

    Cycles cycles() const {
        const PeArraySpec& pes = array.pe_array;
        Cycles cycles = cycles_of({{filters, pes.filter_words_per_cycle}});
        cycles += cycles_of({{first, pes.feature_words_per_cycle}});
        cycles += cycles_of(
            {{streamed - first, pes.feature_words_per_cycle}, {sums - last, pes.partial_sum_words_per_cycle}},
            multiplications);
        cycles += kernel_rows;  // hops up a set's column
        cycles += cycles_of({{last, pes.partial_sum_words_per_cycle}});
        return with_banks(array, cycles, filters + streamed + 2 * sums);
    }

    void count_network_words() {
        const std::uint64_t window_rows = count_window_rows(nest, strips.each, kernel_rows);
        const std::uint64_t streamed_rows = forward ? window_rows : strips.each;
        const std::uint64_t made_rows = forward ? strips.each : window_rows;
        for (std::uint64_t channel = 0; channel < made.sets * made.each; ++channel) {
            filters += summed.sets * summed.each * kernel_rows * kernel_columns.count;
            for (std::uint64_t strip = 0; strip < strips.steps; ++strip) sums += samples * made_rows * made_width();
            last += images.sets * strips.each;
        }
        for (std::uint64_t channel = 0; channel < summed.sets * summed.each; ++channel) {
            for (std::uint64_t strip = 0; strip < strips.steps; ++strip) {
                streamed += samples * streamed_rows * streamed_width();
            }
            first += images.sets * streamed_rows * std::min(kernel_columns.words, streamed_width());
        }
        last = std::min(last, sums);
    }

    void count_elements() {
        std::uint64_t received = made.each * summed.each * kernel_columns.count;  // by an element
        for (std::uint64_t image = 0; image < images.each; ++image) {
            for (std::uint64_t strip = 0; strip < strips.steps; ++strip) {
                multiplications += made.each * summed.each * kernel_columns.count * nest.out_width;
                received += summed.each * streamed_width() + made.each * made_width();
            }
        }
        const std::uint64_t sets = summed.sets * made.sets * images.sets;
        for (std::uint64_t element = 0; element < sets * kernel_rows * strips.each; ++element) {
            array_words += received;
        }
    }

    std::uint64_t streamed_width() const { return forward ? nest.in_width : nest.out_width; }
    std::uint64_t made_width() const { return forward ? nest.out_width : nest.in_width; }

    const ArraySpec& array;
    const LoopNest& nest;
    bool forward;
    std::uint64_t kernel_rows;
    KernelColumns kernel_columns;
    Spread made;
    Spread summed;
    Spread strips;  ///< of e rows of outputs
    std::uint64_t samples;
    Spread images;  ///< of a group of sets
    std::uint64_t filters = 0;
    std::uint64_t first = 0;  ///< features before the first multiplication
    std::uint64_t streamed = 0;
    std::uint64_t sums = 0;
    std::uint64_t last = 0;             ///< sums after the last multiplication
    std::uint64_t multiplications = 0;  ///< of an element
    std::uint64_t array_words = 0;
};

CountedTile count_row_stationary(const ArraySpec& array, const LoopNest& nest, const TileShape& tile,
                                 const PassShape& pass, Accumulation accumulation) {
    const RowStationaryPass one(array, nest, tile, pass);
    const Cycles cycles = one.cycles();
    const std::uint64_t folds = pieces(nest.kernel_height, nest.kernel_width, pass.k, one.kernel_columns.count);
    CountedTile counted;
    for (std::uint64_t group = 0; group < tile.groups; ++group) {
        for (std::uint64_t made = 0; made < one.made.steps; ++made) {
            for (std::uint64_t addend = 0; addend < one.summed.steps * folds; ++addend) {
                const bool are_new = addend == 0 && accumulation.opens;
                ++counted.passes;
                counted.cycles += cycles;
                counted.buffer_words += one.filters + one.streamed + (are_new ? 1 : 2) * one.sums;
                counted.array_words += one.array_words;
            }
        }
    }
    return counted;
}

/// The sums that one tile adds to and what they run over.
struct Sums {
    std::uint64_t items;
    std::uint64_t columns;
    std::uint64_t steps;
    std::uint64_t multiplications;  ///< of one sum in a step
    std::uint64_t item_words;       ///< in a step
    std::uint64_t kernel_rows;      ///< 1 where there is no window
    std::uint64_t kernel_columns;   ///< the same
};

Sums sums_of(const LoopNest& nest, const TileShape& tile) {
    const std::uint64_t rows = tile.samples * tile.out_rows;
    if (phase_of(nest) == Phase::Gradient) {
        return {tile.in_channels,   tile.out_channels, rows, nest.out_width, nest.in_width,
                nest.kernel_height, nest.kernel_width};
    }
    const bool forward = phase_of(nest) == Phase::Forward;
    return {rows * nest.out_width,
            forward ? tile.out_channels : tile.in_channels,
            forward ? tile.in_channels : tile.out_channels,
            1,
            1,
            1,
            1};
}

CountedTile count_output_stationary(const ArraySpec& array, const LoopNest& nest, const TileShape& tile,
                                    const PassShape& pass, Accumulation accumulation) {
    const PeArraySpec& pes = array.pe_array;
    const Sums sums = sums_of(nest, tile);
    const KernelColumns window(nest, pes.feature_registers, pes.partial_sum_registers);
    const Spread items(sums.items, pass.q, pass.r);
    const Spread columns(sums.columns, pass.p, pass.t);
    const std::uint64_t replicas = std::min(pass.e, sums.steps);
    const std::uint64_t passes = tile.groups * items.steps * columns.steps *
                                 pieces(sums.kernel_rows, sums.kernel_columns, pass.k, window.count);
    const bool loads = passes > 1 && !accumulation.opens;
    const bool drains = passes > 1 || accumulation.completes;

    // Each of k rows of elements has a row of the window to itself.
    const std::uint64_t element_rows = items.sets * pass.k;
    const std::uint64_t rows = items.each * element_rows;
    const std::uint64_t kept = replicas * rows * window.count * columns.each * columns.sets;
    std::uint64_t item_words = 0;
    std::uint64_t column_words = 0;
    std::uint64_t received = 0;
    for (std::uint64_t step = 0; step < sums.steps; ++step) {
        item_words += rows * sums.item_words;
        column_words += columns.each * columns.sets * sums.multiplications;
        for (std::uint64_t element = 0; element < element_rows * columns.sets; ++element) {
            received += items.each * sums.item_words + columns.each * sums.multiplications;
        }
    }
    const std::uint64_t exchanged = (loads ? kept : 0) + (drains ? kept : 0);
    CountedTile counted;
    counted.passes = passes;
    counted.buffer_words = passes * (item_words + column_words + exchanged);
    counted.array_words = passes * (received + exchanged);

    const Stream sums_moved{kept, pes.partial_sum_words_per_cycle};
    Cycles cycles = cycles_of({{replicas * rows * window.words, pes.feature_words_per_cycle},
                               {replicas * columns.each * columns.sets, pes.filter_words_per_cycle}});
    if (loads) cycles += cycles_of({sums_moved});
    std::uint64_t multiplications = 0;  // of the element that has most steps
    for (std::uint64_t step = 0; step < sums.steps; step += replicas) {
        multiplications += sums.multiplications * items.each * columns.each * window.count;
    }
    cycles += cycles_of({{item_words, pes.feature_words_per_cycle}, {column_words, pes.filter_words_per_cycle}},
                        multiplications);
    if (drains) cycles += cycles_of({sums_moved});
    counted.cycles = passes * with_banks(array, cycles, item_words + column_words + exchanged);
    return counted;
}

/// Weights and the optimizer's words of each, all read and written, and gradients, read.
CountedTile count_update(const ArraySpec& array, const LoopNest& nest, const TileShape& tile) {
    const PeArraySpec& pes = array.pe_array;
    const std::uint64_t weights = tile.out_channels;
    const std::uint64_t written = weights * (1 + nest.state_words);
    CountedTile counted;
    counted.passes = 1;
    counted.buffer_words = counted.array_words = 2 * written + weights;
    std::uint64_t multiplications = 0;
    for (std::uint64_t weight = 0; weight < weights; weight += pes.size()) multiplications += 1 + nest.state_words;
    counted.cycles = with_banks(array,
                                cycles_of({{weights, pes.filter_words_per_cycle},
                                           {weights, pes.feature_words_per_cycle},
                                           {written, pes.partial_sum_words_per_cycle}},
                                          multiplications),
                                counted.buffer_words);
    return counted;
}

std::uint64_t macs_of_tile(const LoopNest& nest, const TileShape& tile) {
    if (phase_of(nest) == Phase::Update) return tile.out_channels * (1 + nest.state_words);
    return tile.groups * tile.samples * tile.in_channels * tile.out_channels * nest.kernel_height *
           nest.kernel_width * tile.out_rows * nest.out_width;
}

}  // namespace

std::uint64_t count_window_rows(const LoopNest& nest, std::uint64_t out_rows, std::uint64_t kernel_rows) {
    std::set<std::uint64_t> rows;
    for (std::uint64_t y = 0; y < kernel_rows; ++y) {
        const std::uint64_t first = y * nest.dilation_height;
        const std::uint64_t last = first + (out_rows - 1) * nest.stride_height;
        for (std::uint64_t row = first; row <= last; ++row) rows.insert(row);
    }
    return std::min<std::uint64_t>(nest.in_height, rows.size());
}

KernelColumns::KernelColumns(const LoopNest& nest, std::uint64_t feature_registers, std::uint64_t others) {
    while (count < nest.kernel_width && count < others && words + nest.dilation_width <= feature_registers) {
        ++count;
        words += nest.dilation_width;
    }
}

CountedTile count_tile(const ArraySpec& array, const LoopNest& nest, const TileShape& tile, const PassShape& pass,
                       Accumulation accumulation) {
    CountedTile counted;
    switch (pass.dataflow) {
        case Dataflow::RowStationary: counted = count_row_stationary(array, nest, tile, pass, accumulation); break;
        case Dataflow::OutputStationary:
            counted = count_output_stationary(array, nest, tile, pass, accumulation);
            break;
        default: counted = count_update(array, nest, tile);
    }
    counted.macs = macs_of_tile(nest, tile);
    return counted;
}

}  // namespace hypar::tests
