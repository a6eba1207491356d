#pragma once

#include <array>
#include <cstdint>

#include "arch/kernel/activity.h"
#include "arch/kernel/array_cycles.h"
#include "arch/kernel/component.h"
#include "arch/kernel/worker.h"
#include "arch/memory/dma.h"
#include "arch/unit/vector_work.h"

namespace hypar {

/// Lanes that operate on elements, with a buffer of two tiles and a DMA engine: works through a schedule, loading the
/// next tile and storing the last one while it operates on a third. The operands of tile i + 2 take the place of
/// those of tile i, and so do the results.
class VectorUnit : public Component, public Worker {
public:
    /// `id` orders its engine among those of its accelerator; streams start at the first vault. Of `takes_no_time`
    /// lanes have finished a tile as soon as they begin it.
    VectorUnit(const sc_core::sc_module_name& name, Calendar& calendar, const VectorUnitSpec& unit,
               const Clock& clock, const DmaSpec& dma, Memory& memory, std::uint32_t id, EventCounts& counts,
               CompletionListener& listener, bool takes_no_time = false);

    /// Starts a schedule of a tile or more, which must outlive the work, at `arrival`.
    void start(const VectorSchedule& schedule, Picoseconds arrival);

    /// Writes down from now on when its lanes are at work.
    void record(ActivityTrack& track) { track_ = &track; }

    Dma& dma() { return dma_; }
    /// Cycles of its lanes in the schedule that it was started with last.
    const ArrayCycles& spent() const { return spent_; }
    /// Rounds of tiles in flight whose loads have not all started: places come back only in whole rounds.
    std::uint64_t work_left() const override {
        return schedule_ == nullptr ? 0 : ceil_divide(schedule_->size() - loading_, kTilesInFlight);
    }

    void offer_state(StateVisitor& visitor) override;

private:
    /// Tiles that have a place in the buffer.
    static constexpr std::uint64_t kTilesInFlight = 2;

    Picoseconds wake(Picoseconds now) override;
    void begin(const VectorSchedule& schedule);
    void take_streams(Picoseconds now);
    void load_tiles();
    void operate(Picoseconds now);
    void begin_tile(Picoseconds now);
    void finish_tile();
    bool is_done() const;

    VectorUnitSpec unit_;
    Clock clock_;
    EventCounts& counts_;
    CompletionListener& listener_;
    bool takes_no_time_;
    Dma dma_;
    Inbox<const VectorSchedule*> started_;

    const VectorSchedule* schedule_ = nullptr;
    std::uint64_t loading_ = 0;   ///< the next tile whose load starts
    std::uint64_t finished_ = 0;  ///< tiles that the lanes have finished
    // By a tile's number modulo the tiles in flight.
    std::array<bool, kTilesInFlight> is_loaded_{};
    std::array<bool, kTilesInFlight> is_storing_{};
    ArrayCycles spent_;  ///< since the schedule began
    Picoseconds tile_end_ = kNever;
    ActivityTrack* track_ = nullptr;  ///< null unless somebody wants to know
};

}  // namespace hypar
