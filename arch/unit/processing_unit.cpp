#include "arch/unit/processing_unit.h"

#include <algorithm>
#include <cassert>

namespace hypar {
namespace {

// A stream's tag: operands that are loaded, by their tile's place in flight; or a result that is stored.
constexpr std::uint64_t kStore = UINT64_MAX;

}  // namespace

ProcessingUnit::ProcessingUnit(const sc_core::sc_module_name& name, Calendar& calendar, const UnitSpec& unit,
                               const Clock& clock, const DmaSpec& dma, Memory& memory, std::uint32_t id,
                               std::size_t first_vault, EventCounts& counts, CompletionListener& listener)
    : Component(name, calendar),
      unit_(unit),
      clock_(clock),
      counts_(counts),
      listener_(listener),
      buffer_("buffer", unit_.buffer),
      dma_("dma", dma, memory, id, first_vault, *this) {}

void ProcessingUnit::start(const TileSchedule& schedule, Picoseconds arrival) {
    started_.put(arrival, 0, &schedule);
    wake_by(arrival);
}

Picoseconds ProcessingUnit::wake(Picoseconds now) {
    take_streams(now);
    // A tile takes the place of the result before it, which must have left by its end.
    if (compute_end_ <= now && unfinished_stores_ == 0) finish_tile();
    while (started_.next_arrival() <= now) begin(*started_.take());
    if (schedule_ != nullptr) {
        load_tiles();
        compute_tile(now);
        if (is_done()) {
            schedule_ = nullptr;
            buffer_.give_back(result_space_);
            result_space_ = 0;
            listener_.completed(*this, now + clock_.period);
        }
    }
    dma_.issue(now);
    const Picoseconds compute_end = compute_end_ > now ? compute_end_ : kNever;
    return std::min({started_.next_arrival(), dma_.next_wake(), compute_end});
}

void ProcessingUnit::begin(const TileSchedule& schedule) {
    assert(schedule_ == nullptr && buffer_.taken() == 0);
    schedule_ = &schedule;
    timed_ = {};
    spent_ = {};
    loading_ = 0;
    computed_ = 0;
}

void ProcessingUnit::take_streams(Picoseconds now) {
    for (const std::uint64_t tag : dma_.finished(now)) {
        if (tag == kStore) {
            --unfinished_stores_;
        } else {
            is_loaded_[tag] = true;
        }
    }
}

void ProcessingUnit::load_tiles() {
    while (loading_ < schedule_->size() && loading_ < computed_ + kTilesInFlight) {
        const Tile tile = schedule_->tile(loading_);
        if (!buffer_.try_take(loaded_space(tile))) return;
        const std::uint64_t place = loading_ % kTilesInFlight;
        is_loaded_[place] = tile.load_bytes() == 0;
        if (!is_loaded_[place]) dma_.start(place, tile.load_bytes(), Direction::Read);
        counts_.buffer_bytes = checked_add(counts_.buffer_bytes, tile.load_bytes());
        tiles_[place] = tile;
        ++loading_;
    }
}

std::uint64_t ProcessingUnit::loaded_space(const Tile& tile) const {
    std::uint64_t space = 0;
    for (std::size_t operand = 0; operand < tile.loads.size(); ++operand) {
        if (tile.loads[operand]) space += unit_.buffer.allocated(tile.operand_bytes[operand]);
    }
    return space;
}

/// Begins the next tile once its operands are there and there is room for its result.
void ProcessingUnit::compute_tile(Picoseconds now) {
    const std::uint64_t place = computed_ % kTilesInFlight;
    if (compute_end_ != kNever || computed_ == loading_ || !is_loaded_[place]) return;
    const Tile& tile = tiles_[place];
    if (!take_result_space(unit_.buffer.allocated(tile.result_bytes))) return;
    const TileTiming& timing = timing_of(tile);
    const Picoseconds begin = clock_.edge_at_or_after(now);
    const Picoseconds duration = clock_.duration(timing.cycles.total());
    compute_end_ = begin + duration;
    count(timing);
    if (track_ != nullptr) {
        track_->work(begin, compute_end_, duration, tile.load_bytes() + (tile.stores_result ? tile.store_bytes : 0));
    }
}

/// One result at a time lies in the buffer, in the place of the one before.
bool ProcessingUnit::take_result_space(std::uint64_t bytes) {
    if (bytes <= result_space_) return true;
    if (!buffer_.try_take(bytes - result_space_)) return false;
    result_space_ = bytes;
    return true;
}

/// Almost all tiles of a schedule are alike. In step with a leader, a tile takes as long as the leader's.
const TileTiming& ProcessingUnit::timing_of(const Tile& tile) {
    if (!(tile == timed_)) {
        timed_ = tile;
        const PassShape& pass = schedule_->mapping().pass;
        timing_ = time_tile(unit_, schedule_->nest(), tile.shape, pass, tile.accumulation());
        if (!(tile.pace == tile.shape)) {
            timing_.cycles = time_tile(unit_, schedule_->leader(), tile.pace, pass, tile.accumulation()).cycles;
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
        if (is_last || next.loads[operand]) {
            buffer_.give_back(unit_.buffer.allocated(tile.operand_bytes[operand]));
        }
    }
    if (!tile.stores_result || tile.store_bytes == 0) return;  // pooling may leave nothing of a few rows
    ++unfinished_stores_;
    dma_.start(kStore, tile.store_bytes, Direction::Write);
    counts_.buffer_bytes = checked_add(counts_.buffer_bytes, tile.store_bytes);
}

void ProcessingUnit::count(const TileTiming& timing) {
    const auto add = [](std::uint64_t& counter, std::uint64_t more) { counter = checked_add(counter, more); };
    add(counts_.macs, timing.macs);
    add(counts_.buffer_bytes, checked_multiply(timing.buffer_words, unit_.element_bytes));
    add(counts_.array_bytes, checked_multiply(timing.array_words, unit_.element_bytes));
    add(counts_.register_bytes, checked_multiply(timing.register_words(), unit_.element_bytes));
    counts_.unit_cycles += timing.cycles;
    spent_ += timing.cycles;
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
    visitor.value(result_space_);
    visitor.time(compute_end_);
    std::apply([&](auto&... cycles) { (visitor.counter(cycles), ...); }, ArrayCycles::numbers(spent_));
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
