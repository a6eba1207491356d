#include "arch/unit/systolic.h"

#include <algorithm>

#include "base/checked.h"

namespace hypar {
namespace {

/// What of a product lies along the rows of the array, along its columns, and streams by.
struct Laid {
    std::uint64_t down;
    std::uint64_t across;
    std::uint64_t stream;
};

Laid laid(const MatrixProduct& product, Dataflow dataflow) {
    switch (dataflow) {
        case Dataflow::SystolicWeights: return {product.length, product.columns, product.items};
        case Dataflow::SystolicInputs: return {product.length, product.items, product.columns};
        default: return {product.items, product.columns, product.length};
    }
}

/// What a fold takes, by itself.
struct Fold {
    Cycles load = 0;      ///< of what stays, or of sums that are added to
    Cycles multiply = 0;  ///< a word of each stream a cycle
    Cycles stream = 0;    ///< the same at the width of the networks
    Cycles skew = 0;      ///< from the first element to the last
    Cycles drain = 0;     ///< of sums that stay

    Cycles whole() const { return load + stream + skew + drain; }
    /// From the begin of one fold to that of the next.
    Cycles period(SystolicSpec::Folds folds) const {
        if (folds == SystolicSpec::Folds::Apart) return whole();
        const Cycles streaming = folds == SystolicSpec::Folds::Overlapped ? stream + skew : stream;
        return std::max({streaming, load, drain});
    }
};

/// Of `count` folds one after the other. Streams that wait for what stays count as filling or draining.
ArrayCycles cycles_of(const Fold& fold, SystolicSpec::Folds folds, std::uint64_t count) {
    const Cycles total = checked_add(checked_multiply(fold.period(folds), count - 1), fold.whole());
    ArrayCycles cycles;
    cycles.multiply = checked_multiply(fold.multiply, count);
    cycles.delivery = checked_multiply(fold.stream, count) - cycles.multiply;
    cycles.drain = checked_multiply(fold.drain, folds == SystolicSpec::Folds::Apart ? count : 1);
    cycles.fill = total - cycles.multiply - cycles.delivery - cycles.drain;
    return cycles;
}

/// Words and sums of a tile, all of whose folds are as full as the fullest.
struct FoldedTile {
    FoldedTile(const UnitSpec& unit, const LoopNest& nest, const TileShape& tile, const PassShape& pass,
               Accumulation accumulation)
        : of(laid(lowered(nest, tile), pass.dataflow)),
          sums_stay_in_elements(pass.dataflow == Dataflow::SystolicOutputs),
          down(of.down, 1, pass.r),
          across(of.across, 1, pass.t),
          chunks(of.stream, most_streamed(unit.pe_array, pass), 1),
          on_rows(down.at_once()),
          on_columns(across.at_once()),
          streamed(chunks.each),
          folds(checked_multiply(tile.groups, down.steps, across.steps, chunks.steps)) {
        const bool adds_in_buffer = !sums_stay_in_elements && unit.pe_array.systolic.accumulators == 0;
        // Sums of a single fold, or of those below one set of columns, wait for the next tile where they are.
        const bool stays = !adds_in_buffer && folds == (sums_stay_in_elements ? 1 : down.steps);
        sums = checked_multiply(on_columns, sums_stay_in_elements ? on_rows : streamed);
        results = adds_in_buffer ? folds : folds / (sums_stay_in_elements ? 1 : down.steps);
        const std::uint64_t opened = accumulation.opens ? (adds_in_buffer ? folds / down.steps : results) : 0;
        sums_in = stays ? 0 : results - opened;
        sums_out = !stays || accumulation.completes ? results : 0;
    }

    /// Accumulators limit what streams past weights and inputs that stay.
    static std::uint64_t most_streamed(const PeArraySpec& pes, const PassShape& pass) {
        const bool is_limited = pass.dataflow != Dataflow::SystolicOutputs && pes.systolic.accumulators > 0;
        return is_limited ? pes.systolic.accumulators : UINT64_MAX;
    }

    Laid of;
    bool sums_stay_in_elements;
    Division down, across, chunks;
    std::uint64_t on_rows, on_columns;
    std::uint64_t streamed;  ///< T of a fold
    std::uint64_t folds;
    std::uint64_t sums = 0;      ///< of a fold
    std::uint64_t results = 0;   ///< so often sums are made
    std::uint64_t sums_in = 0;   ///< so often they come from the buffer
    std::uint64_t sums_out = 0;  ///< so often they go there
};

Fold fold_of(const UnitSpec& unit, const FoldedTile& tile, Dataflow dataflow) {
    const PeArraySpec& pes = unit.pe_array;
    const std::uint64_t row_words = checked_multiply(tile.on_rows, tile.streamed);
    Fold fold;
    fold.multiply = unit.cycles_of(Ideal::Multiply, tile.streamed);
    fold.skew = unit.cycles_of(Ideal::Fill, pes.rows + pes.columns - 2);
    Cycles delivered = fold.multiply;
    if (tile.sums_stay_in_elements) {
        const Cycles moving = std::max(pes.rows, ceil_divide(tile.sums, pes.partial_sum_words_per_cycle));
        fold.load = unit.cycles_of(Ideal::Fill, tile.sums_in > 0 ? moving : 0);
        fold.drain = unit.cycles_of(Ideal::Drain, tile.sums_out > 0 ? moving : 0);
        delivered = std::max({delivered, ceil_divide(row_words, pes.feature_words_per_cycle),
                              ceil_divide(tile.on_columns * tile.streamed, pes.filter_words_per_cycle)});
    } else {
        const bool weights_stay = dataflow == Dataflow::SystolicWeights;
        const std::uint64_t staying_width = weights_stay ? pes.filter_words_per_cycle : pes.feature_words_per_cycle;
        const std::uint64_t streaming_width = weights_stay ? pes.feature_words_per_cycle : pes.filter_words_per_cycle;
        const Cycles loading = std::max(pes.rows, ceil_divide(tile.on_rows * tile.on_columns, staying_width));
        fold.load = unit.cycles_of(Ideal::Fill, loading);
        delivered = std::max(delivered, ceil_divide(row_words, streaming_width));
    }
    fold.stream = fold.multiply + unit.cycles_of(Ideal::Delivery, delivered - fold.multiply);
    return fold;
}

TileTiming time(const UnitSpec& unit, const LoopNest& nest, const TileShape& tile, const PassShape& pass,
                Accumulation accumulation) {
    const PeArraySpec& pes = unit.pe_array;
    const FoldedTile folded(unit, nest, tile, pass, accumulation);
    const std::uint64_t elements = folded.on_rows * folded.on_columns;
    const std::uint64_t moved_sums = checked_multiply(folded.sums, folded.sums_in + folded.sums_out);
    TileTiming timing;
    timing.passes = folded.folds;
    timing.macs = macs_of(nest, tile);
    timing.active_pes = elements;
    timing.cycles = cycles_of(fold_of(unit, folded, pass.dataflow), pes.systolic.folds, folded.folds);
    if (!folded.sums_stay_in_elements) {  // they come and go while folds stream
        const Cycles moving = ceil_divide(checked_multiply(folded.sums, std::max(folded.sums_in, folded.sums_out)),
                                          pes.partial_sum_words_per_cycle);
        timing.cycles.delivery +=
            unit.cycles_of(Ideal::Delivery, std::max(moving, timing.cycles.total()) - timing.cycles.total());
    }
    // Streams of rows and of columns, or what stays in place of the second.
    const std::uint64_t second = folded.sums_stay_in_elements ? folded.streamed : folded.on_rows;
    const std::uint64_t operand_words =
        checked_add(checked_multiply(folded.on_rows, folded.streamed), checked_multiply(folded.on_columns, second));
    timing.buffer_words = checked_add(checked_multiply(folded.folds, operand_words), moved_sums);
    wait_for_banks(timing.cycles, unit, timing.buffer_words);
    // Two words pass each element in a cycle. What stays has come, or goes, over all the rows to one end of it.
    const std::uint64_t shifted = checked_multiply(folded.on_columns, folded.on_rows * (folded.on_rows + 1) / 2);
    const std::uint64_t shifts = folded.sums_stay_in_elements ? folded.sums_in + folded.sums_out : folded.folds;
    timing.array_words = checked_add(checked_multiply(2, folded.folds, checked_multiply(elements, folded.streamed)),
                                     checked_multiply(shifts, shifted));
    return timing;
}

bool can_do(const SystolicSpec& array, Dataflow dataflow) {
    switch (array.dataflow) {
        case SystolicSpec::Dataflow::OutputStationary: return dataflow == Dataflow::SystolicOutputs;
        case SystolicSpec::Dataflow::WeightStationary: return dataflow == Dataflow::SystolicWeights;
        case SystolicSpec::Dataflow::InputStationary: return dataflow == Dataflow::SystolicInputs;
        case SystolicSpec::Dataflow::Searched: break;
    }
    return true;
}

template <Dataflow dataflow>
std::vector<PassShape> sets_of(const UnitSpec& unit, const LoopNest& nest) {
    const PeArraySpec& pes = unit.pe_array;
    if (nest.is_elementwise() || !can_do(pes.systolic, dataflow)) return {};
    const Laid whole = laid(lowered(nest), dataflow);
    return {{dataflow, 1, 1, 1, std::min(pes.rows, whole.down), std::min(pes.columns, whole.across), 1, 1}};
}

Cycles at_least(const UnitSpec&, const LoopNest& nest, const PassShape& sets) {
    const Laid whole = laid(lowered(nest), sets.dataflow);
    return checked_multiply(nest.groups, ceil_divide(whole.down, sets.r), ceil_divide(whole.across, sets.t),
                            whole.stream);
}

ByLoop granules(const UnitSpec&, const LoopNest& nest, const PassShape& pass) {
    // A fold's items, columns and length; 1 of what streams.
    MatrixProduct fold{1, 1, 1};
    switch (pass.dataflow) {
        case Dataflow::SystolicWeights: fold = {1, pass.t, pass.r}; break;
        case Dataflow::SystolicInputs: fold = {pass.t, 1, pass.r}; break;
        default: fold = {pass.r, pass.t, 1};
    }
    if (nest.result == NestTensor::Filters) return {1, 1, 1, channels_of(nest, fold.items), fold.columns};
    const std::uint64_t summed = channels_of(nest, fold.length);
    if (nest.is_transposed()) return {1, 1, 1, fold.columns, summed};
    return {1, 1, 1, summed, fold.columns};
}

}  // namespace

const DataflowModel kSystolicOutputs{"systolic output-stationary",
                                     "sys-o",
                                     sets_of<Dataflow::SystolicOutputs>,
                                     add_sets_alone,
                                     time,
                                     at_least,
                                     granules};
const DataflowModel kSystolicWeights{"systolic weight-stationary",
                                     "sys-w",
                                     sets_of<Dataflow::SystolicWeights>,
                                     add_sets_alone,
                                     time,
                                     at_least,
                                     granules};
const DataflowModel kSystolicInputs{"systolic input-stationary",
                                    "sys-i",
                                    sets_of<Dataflow::SystolicInputs>,
                                    add_sets_alone,
                                    time,
                                    at_least,
                                    granules};

}  // namespace hypar
