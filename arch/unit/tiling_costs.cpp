#include "arch/unit/tiling_costs.h"

#include <algorithm>

#include "arch/kernel/event_prices.h"
#include "arch/unit/dataflow_model.h"
#include "base/checked.h"

namespace hypar {

TiledNest::TiledNest(const MappingTarget& target, const UnitWork& work, const ByLoop& block, const PassShape& pass,
                     const RowBlocks& row_blocks, Cycles most_cycles)
    : target_(target),
      nest_(work.nest),
      units_(work.units),
      block_(block),
      pass_(pass),
      trips_(trips_of(work.nest, block)),
      tiles_(checked_multiply(trips_[0], trips_[1], trips_[2], trips_[3], trips_[4])) {
    compute_tiles(most_cycles);
    if (cycles_ <= most_cycles) move_tiles(row_blocks);
}

/// The full ones first.
template <typename Visit>
void TiledNest::for_each_shape(Visit visit) const {
    const LoopSet summed = summed_loops(nest_);
    const ByLoop extents = extents_of(nest_);
    unsigned uneven = 0;  // a bit for each loop that ends with a smaller block
    for (std::size_t loop = 0; loop < kLoops; ++loop) {
        if (extents[loop] % block_[loop] > 0) uneven |= 1U << loop;
    }
    unsigned at_end = 0;
    do {
        AlikeTiles tiles{block_};
        for (std::size_t loop = 0; loop < kLoops; ++loop) {
            const bool is_end = (at_end >> loop & 1U) != 0;
            const std::uint64_t times = is_end ? 1 : extents[loop] / block_[loop];
            if (is_end) tiles.sizes[loop] = extents[loop] % block_[loop];
            if (!contains(summed, static_cast<Loop>(loop))) {
                tiles.results *= times;
                continue;
            }
            tiles.of_a_result *= times;
            tiles.opens = tiles.opens && !is_end;
            tiles.completes = tiles.completes && is_end == ((uneven >> loop & 1U) != 0);
        }
        visit(tiles);
        at_end = (at_end - uneven) & uneven;  // the next one of their sets
    } while (at_end != 0);
}

void TiledNest::compute_tiles(Cycles most_cycles) {
    for_each_shape([&](const AlikeTiles& tiles) {
        if (cycles_ <= most_cycles) compute(tiles, most_cycles);
    });
}

void TiledNest::compute(const AlikeTiles& tiles, Cycles most_cycles) {
    const std::uint64_t ends = std::uint64_t{tiles.opens} + std::uint64_t{tiles.completes};
    if (ends == 2 && tiles.of_a_result == 1) return add(tiles.results, tiles.sizes, {true, true});
    if (tiles.opens) {
        const Cycles before = cycles_;
        add(tiles.results, tiles.sizes, {true, false});
        // No tile takes less than one that opens a result and leaves it.
        const Cycles at_least = checked_add(before, checked_multiply(cycles_ - before, tiles.of_a_result));
        if (at_least > most_cycles) {
            cycles_ = at_least;
            return;
        }
    }
    if (tiles.completes) add(tiles.results, tiles.sizes, {false, true});
    add(checked_multiply(tiles.results, tiles.of_a_result - ends), tiles.sizes, {false, false});
}

void TiledNest::add(std::uint64_t times, const ByLoop& sizes, Accumulation accumulation) {
    if (times == 0) return;
    const TileTiming timing = time_tile(target_.unit, nest_, shape_of(sizes), pass_, accumulation);
    cycles_ = checked_add(cycles_, checked_multiply(times, timing.cycles.total()));
    buffer_words_ = checked_add(buffer_words_, checked_multiply(times, timing.buffer_words));
    array_words_ = checked_add(array_words_, checked_multiply(times, timing.array_words));
    macs_ = checked_add(macs_, checked_multiply(times, timing.macs));
    register_words_ = checked_add(register_words_, checked_multiply(times, timing.register_words()));
}

void TiledNest::move_tiles(const RowBlocks& row_blocks) {
    const Tile largest = tile_of(nest_, shape_of(block_), row_blocks.largest, target_.unit.element_bytes);
    whole_ = whole_tile(nest_, row_blocks, target_.unit.element_bytes);
    const Cycles store = target_.cycles_to_move(largest.store_bytes, units_);
    const Cycles first_load = target_.cycles_to_move(largest.operand_bytes[0] + largest.operand_bytes[1], units_);
    // A tile ends when the result of the one before has been stored: no sooner than memory answers.
    const Cycles waiting = checked_multiply(tiles_, target_.memory_latency);
    in_turn_ = checked_add(std::max(cycles_, waiting), checked_add(first_load, store));
}

/// Where memory is the bound, the last tile is still to be computed when its operands are there.
MappingChoice TiledNest::in_order(const std::array<Loop, kLoops>& order) const {
    const std::uint64_t memory_bytes = moved_bytes(nest_, whole_, order, trips_);
    const Cycles moving = checked_add(target_.cycles_to_move(memory_bytes, units_), cycles_ / tiles_);
    return {{block_, order, pass_}, std::max(in_turn_, moving), picojoules(memory_bytes), tiles_};
}

double TiledNest::picojoules(std::uint64_t memory_bytes) const {
    const EventPrices prices(target_.energy);
    const double bytes = static_cast<double>(target_.unit.element_bytes);
    return static_cast<double>(macs_) * prices.multiply_accumulate +
           static_cast<double>(register_words_) * bytes * prices.register_byte +
           static_cast<double>(array_words_) * bytes * prices.array_byte +
           static_cast<double>(buffer_words_) * bytes * prices.buffer_byte +
           static_cast<double>(memory_bytes) * (prices.dram_byte + prices.buffer_byte + prices.tsv_byte);
}

MappingChoice evaluate_mapping(const MappingTarget& target, const UnitWork& work, const Mapping& mapping) {
    const RowBlocks row_blocks(work.nest, mapping.block[at(Loop::Rows)]);
    return TiledNest(target, work, mapping.block, mapping.pass, row_blocks).in_order(mapping.order);
}

}  // namespace hypar
