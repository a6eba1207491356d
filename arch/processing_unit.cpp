#include "arch/processing_unit.h"

#include <algorithm>
#include <cassert>

#include "arch/tile_timing.h"

namespace hypar {
namespace {

// A stream's tag: operands that are loaded, by their tile's place in flight; or a result that is stored, by its bytes
// in the buffer.
constexpr std::uint64_t kStore = std::uint64_t{1} << 63;

}  // namespace

ProcessingUnit::ProcessingUnit(const sc_core::sc_module_name& name, Calendar& calendar, const ArraySpec& array,
                               Memory& memory, std::uint32_t id, EventCounts& counts, CompletionListener& listener)
    : Component(name, calendar),
      array_(array),
      counts_(counts),
      listener_(listener),
      buffer_("buffer", array.buffer),
      dma_("dma", array, memory, id, id * memory.vaults() / array.processing_units, *this) {}

void ProcessingUnit::start(const TileSchedule& schedule, Picoseconds arrival) {
    started_.put(arrival, 0, &schedule);
    wake_by(arrival);
}

Picoseconds ProcessingUnit::wake(Picoseconds now) {
    take_streams(now);
    if (compute_end_ <= now) finish_tile();
    while (started_.next_arrival() <= now) begin(*started_.take());
    if (schedule_ != nullptr) {
        load_tiles();
        compute_tile(now);
        if (is_done()) {
            schedule_ = nullptr;
            listener_.completed(now + array_.clock.period);
        }
    }
    dma_.issue(now);
    return std::min({started_.next_arrival(), dma_.next_wake(), compute_end_});
}

void ProcessingUnit::begin(const TileSchedule& schedule) {
    assert(schedule_ == nullptr && buffer_.taken() == 0);
    schedule_ = &schedule;
    timed_shape_ = {};
    loading_ = 0;
    computed_ = 0;
}

void ProcessingUnit::take_streams(Picoseconds now) {
    for (const std::uint64_t tag : dma_.finished(now)) {
        if ((tag & kStore) != 0) {
            --unfinished_stores_;
            buffer_.give_back(tag & ~kStore);
        } else {
            is_loaded_[tag] = true;
        }
    }
}

void ProcessingUnit::load_tiles() {
    while (loading_ < schedule_->size() && loading_ < computed_ + kTilesInFlight) {
        const Tile tile = schedule_->tile(loading_);
        if (!buffer_.try_take(tile.load_bytes() + (tile.opens_result ? tile.result_bytes : 0))) return;
        const std::uint64_t place = loading_ % kTilesInFlight;
        is_loaded_[place] = tile.load_bytes() == 0;
        if (!is_loaded_[place]) dma_.start(place, tile.load_bytes(), Direction::Read);
        counts_.buffer_bytes = checked_add(counts_.buffer_bytes, tile.load_bytes());
        tiles_[place] = tile;
        ++loading_;
    }
}

void ProcessingUnit::compute_tile(Picoseconds now) {
    const std::uint64_t place = computed_ % kTilesInFlight;
    if (compute_end_ != kNever || computed_ == loading_ || !is_loaded_[place]) return;
    const TileTiming& timing = timing_of(tiles_[place]);
    compute_end_ = array_.clock.edge_at_or_after(now) + array_.clock.duration(timing.cycles);
    counts_.macs = checked_add(counts_.macs, timing.macs);
    counts_.buffer_bytes =
        checked_add(counts_.buffer_bytes, checked_multiply(timing.buffer_words, array_.precision.bytes));
}

/// Almost all tiles of a schedule are alike.
const TileTiming& ProcessingUnit::timing_of(const Tile& tile) {
    if (!(tile.shape == timed_shape_) || !(tile.pace == timed_pace_)) {
        timed_shape_ = tile.shape;
        timed_pace_ = tile.pace;
        timing_ = time_tile(array_.pe_array, schedule_->nest(), tile.shape);
        if (!(tile.pace == tile.shape)) {
            timing_.cycles = time_tile(array_.pe_array, schedule_->leader(), tile.pace).cycles;
        }
    }
    return timing_;
}

/// The tile to be computed next; an empty one after the last.
Tile ProcessingUnit::next_tile() const {
    if (computed_ < loading_) return tiles_[computed_ % kTilesInFlight];
    return computed_ == schedule_->size() ? Tile{} : schedule_->tile(computed_);
}

void ProcessingUnit::finish_tile() {
    compute_end_ = kNever;
    const Tile& tile = tiles_[computed_ % kTilesInFlight];
    ++computed_;
    const bool is_last = computed_ == schedule_->size();
    const Tile next = next_tile();
    for (std::size_t operand = 0; operand < tile.loads.size(); ++operand) {
        if (is_last || next.loads[operand]) buffer_.give_back(tile.operand_bytes[operand]);
    }
    if (tile.stores_result && tile.store_bytes == 0) {
        buffer_.give_back(tile.result_bytes);  // rows that pooling leaves nothing of
    } else if (tile.stores_result) {
        ++unfinished_stores_;
        dma_.start(kStore | tile.result_bytes, tile.store_bytes, Direction::Write);
        counts_.buffer_bytes = checked_add(counts_.buffer_bytes, tile.store_bytes);
    }
}

bool ProcessingUnit::is_done() const { return computed_ == schedule_->size() && unfinished_stores_ == 0; }

void ProcessingUnit::offer_state(StateVisitor& visitor) {
    offer_due_time(visitor);
    started_.offer_state(visitor, [&](std::uint64_t, const TileSchedule* schedule) {
        visitor.value(reinterpret_cast<std::uintptr_t>(schedule));
    });
    dma_.offer_state(visitor);
    visitor.value(buffer_.taken());
    visitor.value(reinterpret_cast<std::uintptr_t>(schedule_));
    if (schedule_ != nullptr) offer_tiles(visitor);
    visitor.value(unfinished_stores_);
    visitor.time(compute_end_);
}

/// Where it is in its schedule, and what that does not say of the tiles in flight.
void ProcessingUnit::offer_tiles(StateVisitor& visitor) {
    const std::uint64_t in_flight = loading_ - computed_;
    visitor.value(computed_ % kTilesInFlight);
    for (std::uint64_t tile = computed_; tile < loading_; ++tile) {
        visitor.value(is_loaded_[tile % kTilesInFlight] ? 1 : 0);
    }
    visitor.place(computed_, in_flight, *schedule_);
    loading_ = computed_ + in_flight;
}

}  // namespace hypar
