#include "arch/unit/vector_unit.h"

#include <algorithm>
#include <cassert>

namespace hypar {

VectorUnit::VectorUnit(const sc_core::sc_module_name& name, Calendar& calendar, const VectorUnitSpec& unit,
                       const Clock& clock, const DmaSpec& dma, Memory& memory, std::uint32_t id, EventCounts& counts,
                       CompletionListener& listener, bool takes_no_time)
    : Component(name, calendar),
      unit_(unit),
      clock_(clock),
      counts_(counts),
      listener_(listener),
      takes_no_time_(takes_no_time),
      dma_("dma", dma, memory, id, 0, *this) {}

void VectorUnit::start(const VectorSchedule& schedule, Picoseconds arrival) {
    started_.put(arrival, 0, &schedule);
    wake_by(arrival);
}

Picoseconds VectorUnit::wake(Picoseconds now) {
    take_streams(now);
    while (started_.next_arrival() <= now) begin(*started_.take());
    if (schedule_ != nullptr) {
        operate(now);
        if (is_done()) {
            schedule_ = nullptr;
            listener_.completed(*this, now + clock_.period);
        }
    }
    dma_.issue(now);
    return std::min({started_.next_arrival(), dma_.next_wake(), tile_end_});
}

void VectorUnit::begin(const VectorSchedule& schedule) {
    assert(schedule_ == nullptr && schedule.size() > 0);
    schedule_ = &schedule;
    spent_ = {};
    loading_ = 0;
    finished_ = 0;
}

/// A stream's tag is the place of its tile; of what is stored, behind those of all loads.
void VectorUnit::take_streams(Picoseconds now) {
    for (const std::uint64_t tag : dma_.finished(now)) {
        if (tag < kTilesInFlight) {
            is_loaded_[tag] = true;
        } else {
            is_storing_[tag - kTilesInFlight] = false;
        }
    }
}

void VectorUnit::load_tiles() {
    for (; loading_ < schedule_->size() && loading_ < finished_ + kTilesInFlight; ++loading_) {
        const std::uint64_t place = loading_ % kTilesInFlight;
        const std::uint64_t bytes = schedule_->tile(loading_).load_bytes;
        is_loaded_[place] = bytes == 0;
        if (bytes > 0) dma_.start(place, bytes, Direction::Read);
    }
}

/// Ends the tile that the lanes work on and begins the next one, which may take no time.
void VectorUnit::operate(Picoseconds now) {
    for (;;) {
        if (tile_end_ <= now) finish_tile();
        load_tiles();
        const std::uint64_t place = finished_ % kTilesInFlight;
        if (tile_end_ != kNever || finished_ == loading_ || !is_loaded_[place] || is_storing_[place]) return;
        begin_tile(now);
    }
}

/// Lanes read what was loaded and write what will be stored once, and so does the engine.
void VectorUnit::begin_tile(Picoseconds now) {
    const VectorTile tile = schedule_->tile(finished_);
    const Cycles cycles = takes_no_time_ ? 0 : ceil_divide(tile.operations, unit_.lanes);
    const std::uint64_t moved_bytes = tile.load_bytes + tile.store_bytes;
    const Picoseconds begin = clock_.edge_at_or_after(now);
    const Picoseconds duration = clock_.duration(cycles);
    tile_end_ = begin + duration;
    counts_.vector_operations = checked_add(counts_.vector_operations, tile.operations);
    counts_.buffer_bytes = checked_add(counts_.buffer_bytes, checked_multiply(2, moved_bytes));
    counts_.unit_cycles.vector = checked_add(counts_.unit_cycles.vector, cycles);
    spent_.vector = checked_add(spent_.vector, cycles);
    if (track_ != nullptr) track_->work(begin, tile_end_, duration, moved_bytes);
}

void VectorUnit::finish_tile() {
    tile_end_ = kNever;
    const std::uint64_t place = finished_ % kTilesInFlight;
    const std::uint64_t bytes = schedule_->tile(finished_).store_bytes;
    ++finished_;
    if (bytes == 0) return;
    is_storing_[place] = true;
    dma_.start(kTilesInFlight + place, bytes, Direction::Write);
}

bool VectorUnit::is_done() const {
    return finished_ == schedule_->size() &&
           std::none_of(is_storing_.begin(), is_storing_.end(), [](bool is_storing) { return is_storing; });
}

void VectorUnit::offer_state(StateVisitor& visitor) {
    offer_due_time(visitor);
    started_.offer_state(visitor, [&](std::uint64_t, const VectorSchedule* schedule) {
        visitor.value(reinterpret_cast<std::uintptr_t>(schedule));
    });
    dma_.offer_state(visitor);
    visitor.value(reinterpret_cast<std::uintptr_t>(schedule_));
    if (schedule_ != nullptr) {
        const std::uint64_t in_flight = loading_ - finished_;
        visitor.value(finished_ % kTilesInFlight);
        for (std::uint64_t tile = finished_; tile < loading_; ++tile) {
            visitor.value(is_loaded_[tile % kTilesInFlight] ? 1 : 0);
        }
        visitor.place(finished_, in_flight, *schedule_);
        loading_ = finished_ + in_flight;
    }
    for (const bool is_storing : is_storing_) visitor.value(is_storing ? 1 : 0);
    visitor.time(tile_end_);
    visitor.counter(spent_.vector);
}

}  // namespace hypar
