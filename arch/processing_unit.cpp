#include "arch/processing_unit.h"

#include <algorithm>
#include <cassert>

#include "arch/tile_timing.h"

namespace hypar {
namespace {

// A stream's tag: an operand of a tile that is loaded, by the tile's place in flight; or a result that is stored,
// by its bytes in the buffer.
constexpr std::uint64_t kStore = std::uint64_t{1} << 63;

}  // namespace

ProcessingUnit::ProcessingUnit(const sc_core::sc_module_name& name, const ArraySpec& array,
                               const std::vector<Vault*>& vaults, std::uint32_t id, EventCounts& counts,
                               CompletionListener& listener)
    : Component(name),
      array_(array),
      counts_(counts),
      listener_(listener),
      buffer_("buffer", array.buffer),
      dma_("dma", array, vaults, id, id * vaults.size() / array.processing_units, *this) {}

void ProcessingUnit::start(const TileSchedule& schedule, Picoseconds arrival) {
    started_.put(arrival, 0, &schedule);
    wake_by(arrival);
}

void ProcessingUnit::stream_done(std::uint64_t tag, Picoseconds arrival) {
    answers_.put(arrival, 0, tag);
    wake_by(arrival);
}

Picoseconds ProcessingUnit::wake(Picoseconds now) {
    take_answers(now);
    if (compute_end_ <= now) finish_tile(now);
    while (started_.next_arrival() <= now) begin(*started_.take());
    if (schedule_ != nullptr) {
        load_tiles(now);
        compute_tile(now);
        if (is_done()) {
            schedule_ = nullptr;
            listener_.completed(now + array_.clock.period);
        }
    }
    return std::min({started_.next_arrival(), answers_.next_arrival(), compute_end_});
}

void ProcessingUnit::begin(const TileSchedule& schedule) {
    assert(schedule_ == nullptr && buffer_.taken() == 0);
    schedule_ = &schedule;
    loading_ = 0;
    computed_ = 0;
}

void ProcessingUnit::take_answers(Picoseconds now) {
    while (answers_.next_arrival() <= now) {
        const std::uint64_t tag = answers_.take();
        if ((tag & kStore) != 0) {
            --unfinished_stores_;
            buffer_.give_back(tag & ~kStore);
        } else {
            --missing_loads_[tag];
        }
    }
}

void ProcessingUnit::load_tiles(Picoseconds now) {
    const Picoseconds arrival = now + array_.clock.period;
    while (loading_ < schedule_->size() && loading_ < computed_ + kTilesInFlight) {
        const Tile tile = schedule_->tile(loading_);
        if (!buffer_.try_take(tile.load_bytes() + (tile.opens_result ? tile.result_bytes : 0))) return;
        const std::uint64_t place = loading_ % kTilesInFlight;
        for (std::size_t operand = 0; operand < tile.loads.size(); ++operand) {
            if (!tile.loads[operand]) continue;
            ++missing_loads_[place];
            dma_.start(place, tile.operand_bytes[operand], arrival);
        }
        counts_.buffer_bytes = checked_add(counts_.buffer_bytes, tile.load_bytes());
        tiles_[place] = tile;
        ++loading_;
    }
}

void ProcessingUnit::compute_tile(Picoseconds now) {
    const std::uint64_t place = computed_ % kTilesInFlight;
    if (compute_end_ != kNever || computed_ == loading_ || missing_loads_[place] != 0) return;
    const TileTiming timing = time_tile(array_.pe_array, schedule_->nest(), tiles_[place].shape);
    compute_end_ = array_.clock.edge_at_or_after(now) + array_.clock.duration(timing.cycles);
    counts_.macs = checked_add(counts_.macs, timing.macs);
    counts_.buffer_bytes =
        checked_add(counts_.buffer_bytes, checked_multiply(timing.buffer_words, array_.precision.bytes));
}

void ProcessingUnit::finish_tile(Picoseconds now) {
    compute_end_ = kNever;
    const Tile& tile = tiles_[computed_ % kTilesInFlight];
    ++computed_;
    const bool is_last = computed_ == schedule_->size();
    const Tile next = is_last ? Tile{} : schedule_->tile(computed_);
    for (std::size_t operand = 0; operand < tile.loads.size(); ++operand) {
        if (is_last || next.loads[operand]) buffer_.give_back(tile.operand_bytes[operand]);
    }
    if (tile.stores_result) {
        ++unfinished_stores_;
        dma_.start(kStore | tile.result_bytes, tile.store_bytes, now + array_.clock.period);
        counts_.buffer_bytes = checked_add(counts_.buffer_bytes, tile.store_bytes);
    }
}

bool ProcessingUnit::is_done() const { return computed_ == schedule_->size() && unfinished_stores_ == 0; }

}  // namespace hypar
