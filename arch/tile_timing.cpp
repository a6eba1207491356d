#include "arch/tile_timing.h"

#include <algorithm>

#include "base/checked.h"

namespace hypar {
namespace {

/// Words that cross each of the three delivery networks.
struct Delivery {
    std::uint64_t features = 0;
    std::uint64_t filters = 0;
    std::uint64_t partial_sums = 0;

    std::uint64_t words() const { return features + filters + partial_sums; }

    Cycles cycles(const PeArraySpec& array) const {
        return std::max({ceil_divide(features, array.feature_words_per_cycle),
                         ceil_divide(filters, array.filter_words_per_cycle),
                         ceil_divide(partial_sums, array.partial_sum_words_per_cycle)});
    }
};

std::uint64_t macs_of(const LoopNest& nest, const TileShape& tile) {
    return checked_multiply(tile.samples, tile.in_channels, tile.out_channels, nest.kernel * nest.kernel,
                            tile.out_rows, nest.out_width);
}

/// Rows of the features tensor under `out_rows` rows of outputs.
std::uint64_t feature_rows(const LoopNest& nest, std::uint64_t out_rows) {
    return std::min(nest.in_height, (out_rows - 1) * nest.stride + nest.kernel);
}

/// Convolution rows in the array: e output rows a set, in the number of rounds over all planes.
struct RowFold {
    std::uint64_t rows_per_set = 1;  ///< e
    std::uint64_t sets = 1;
    std::uint64_t rounds = 0;
};

RowFold best_row_fold(const PeArraySpec& array, const LoopNest& nest, const TileShape& tile) {
    const std::uint64_t planes = checked_multiply(tile.samples, tile.in_channels, tile.out_channels);
    const std::uint64_t vertical_sets = std::max<std::uint64_t>(1, array.rows / nest.kernel);
    const std::uint64_t kernel_folds = ceil_divide(nest.kernel, array.rows);
    RowFold best;
    for (std::uint64_t rows = std::min(tile.out_rows, array.columns); rows > 0; --rows) {
        const std::uint64_t sets = vertical_sets * (array.columns / rows);
        const std::uint64_t rounds =
            ceil_divide(checked_multiply(planes, ceil_divide(tile.out_rows, rows)), sets) * kernel_folds;
        if (best.rounds == 0 || rounds < best.rounds) best = {rows, sets, rounds};
    }
    return best;
}

TileTiming time_row_stationary(const PeArraySpec& array, const LoopNest& nest, const TileShape& tile) {
    const bool forward = nest.phase == Phase::Forward;
    const std::uint64_t made = forward ? tile.out_channels : tile.in_channels;    // channels of what is made
    const std::uint64_t summed = forward ? tile.in_channels : tile.out_channels;  // channels that are summed over
    const std::uint64_t kernel = nest.kernel;
    const RowFold fold = best_row_fold(array, nest, tile);

    // q channels and p kernels share a processing element's register files.
    const std::uint64_t q = std::clamp<std::uint64_t>(array.feature_registers / kernel, 1, summed);
    const std::uint64_t p = std::clamp<std::uint64_t>(
        std::min(array.partial_sum_registers, array.filter_registers / (q * kernel)), 1, made);
    const std::uint64_t sets_for_made = std::min(fold.sets, ceil_divide(made, p));
    const std::uint64_t sets_for_summed = std::max<std::uint64_t>(1, fold.sets / sets_for_made);

    const std::uint64_t streamed_plane =
        forward ? feature_rows(nest, tile.out_rows) * nest.in_width : tile.out_rows * nest.out_width;
    const std::uint64_t made_plane =
        forward ? tile.out_rows * nest.out_width
                : ceil_divide(tile.out_rows * nest.in_height, nest.out_height) * nest.in_width;
    const std::uint64_t partial_rounds = ceil_divide(summed, q * sets_for_summed);
    Delivery delivery;
    delivery.filters = checked_multiply(made, summed, kernel * kernel);
    delivery.features = checked_multiply(tile.samples, summed, streamed_plane, ceil_divide(made, p * sets_for_made));
    delivery.partial_sums = checked_multiply(tile.samples, made, made_plane, 2 * partial_rounds - 1);

    const Cycles fill = std::max(ceil_divide(p * q * kernel * kernel, array.filter_words_per_cycle),
                                 ceil_divide(q * kernel * kernel, array.feature_words_per_cycle));
    const Cycles multiply = checked_multiply(fold.rounds, kernel, nest.out_width);
    const Cycles drain = kernel + ceil_divide(p * fold.rows_per_set, array.partial_sum_words_per_cycle);
    const std::uint64_t busy_sets = std::min(
        fold.sets, checked_multiply(tile.samples, made, summed, ceil_divide(tile.out_rows, fold.rows_per_set)));
    return {fill + std::max(multiply, delivery.cycles(array)) + drain, macs_of(nest, tile),
            std::min(kernel, array.rows) * fold.rows_per_set * busy_sets, delivery.words()};
}

/// One set of processing elements, or several that each take a share of the rows of all samples.
TileTiming time_with_sets(const PeArraySpec& array, const LoopNest& nest, const TileShape& tile, std::uint64_t sets) {
    const std::uint64_t kernel = nest.kernel;
    const std::uint64_t kernel_rows = tile.in_channels * kernel;
    const std::uint64_t row_folds = ceil_divide(kernel_rows, array.rows);
    const std::uint64_t column_folds = ceil_divide(tile.out_channels, array.columns);
    const std::uint64_t kernels_per_pe =
        std::clamp<std::uint64_t>(array.partial_sum_registers / kernel, 1, column_folds);
    const std::uint64_t rows = checked_multiply(tile.samples, tile.out_rows);

    Delivery delivery;
    delivery.features = checked_multiply(rows, nest.in_width, kernel_rows, ceil_divide(column_folds, kernels_per_pe));
    delivery.filters = checked_multiply(rows, nest.out_width, tile.out_channels, row_folds);
    delivery.partial_sums = checked_multiply(2 * sets, tile.out_channels, tile.in_channels, kernel * kernel);

    const Cycles fill = ceil_divide(array.rows, array.feature_words_per_cycle);
    const Cycles multiply =
        checked_multiply(row_folds * column_folds, kernel, ceil_divide(rows, sets), nest.out_width);
    const Cycles drain = ceil_divide(array.size(), array.partial_sum_words_per_cycle);
    return {fill + std::max(multiply, delivery.cycles(array)) + drain, macs_of(nest, tile),
            std::min(kernel_rows, array.rows) * std::min(tile.out_channels, array.columns) * sets, delivery.words()};
}

TileTiming time_output_stationary(const PeArraySpec& array, const LoopNest& nest, const TileShape& tile) {
    const std::uint64_t sets_that_fit = std::max<std::uint64_t>(1, array.rows / (tile.in_channels * nest.kernel)) *
                                        std::max<std::uint64_t>(1, array.columns / tile.out_channels);
    TileTiming best = time_with_sets(array, nest, tile, 1);
    for (std::uint64_t sets = 2; sets <= std::min(sets_that_fit, tile.samples * tile.out_rows); ++sets) {
        const TileTiming timing = time_with_sets(array, nest, tile, sets);
        if (timing.cycles < best.cycles) best = timing;
    }
    return best;
}

TileTiming time_update(const PeArraySpec& array, const TileShape& tile) {
    const std::uint64_t weights = tile.out_channels;
    const Delivery delivery{weights, weights, weights};
    return {std::max(ceil_divide(weights, array.size()), delivery.cycles(array)), weights,
            std::min(weights, array.size()), delivery.words()};
}

}  // namespace

TileTiming time_tile(const PeArraySpec& array, const LoopNest& nest, const TileShape& tile) {
    switch (nest.phase) {
        case Phase::Forward:
        case Phase::Backward: return time_row_stationary(array, nest, tile);
        case Phase::Gradient: return time_output_stationary(array, nest, tile);
        case Phase::Update: return time_update(array, tile);
    }
    return {};
}

}  // namespace hypar
