#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "arch/kernel/activity.h"
#include "arch/kernel/component.h"
#include "arch/kernel/worker.h"
#include "arch/memory/dma.h"
#include "arch/unit/buffer.h"
#include "arch/unit/dataflow_model.h"
#include "arch/unit/tile_schedule.h"

namespace hypar {

/// A PE array with its buffer and DMA engine: works through a schedule of tiles, loading one tile and storing
/// results while it computes another.
class ProcessingUnit : public Component, public Worker {
public:
    /// `id` orders it among the engines of its accelerator; its first stream starts at `first_vault`.
    ProcessingUnit(const sc_core::sc_module_name& name, Calendar& calendar, const UnitSpec& unit, const Clock& clock,
                   const DmaSpec& dma, Memory& memory, std::uint32_t id, std::size_t first_vault, EventCounts& counts,
                   CompletionListener& listener);

    /// Starts a schedule, which must outlive the work, at `arrival`.
    void start(const TileSchedule& schedule, Picoseconds arrival);

    /// Writes down from now on when it computes.
    void record(ActivityTrack& track) { track_ = &track; }

    Buffer& buffer() { return buffer_; }
    Dma& dma() { return dma_; }
    /// Cycles of its array in the schedule that it was started with last.
    const ArrayCycles& spent() const { return spent_; }
    /// Rounds of tiles in flight whose loads have not all started: places come back only in whole rounds.
    std::uint64_t work_left() const override {
        return schedule_ == nullptr ? 0 : ceil_divide(schedule_->size() - loading_, kTilesInFlight);
    }

    void offer_state(StateVisitor& visitor) override;

private:
    /// Tiles whose operands may be in the buffer at once.
    static constexpr std::uint64_t kTilesInFlight = 2;

    Picoseconds wake(Picoseconds now) override;
    void begin(const TileSchedule& schedule);
    void take_streams(Picoseconds now);
    Tile next_tile() const;
    void finish_tile();
    const TileTiming& timing_of(const Tile& tile);
    void load_tiles();
    std::uint64_t loaded_space(const Tile& tile) const;
    bool take_result_space(std::uint64_t bytes);
    void compute_tile(Picoseconds now);
    void count(const TileTiming& timing);
    bool is_done() const;
    void offer_tiles(StateVisitor& visitor);

    UnitSpec unit_;
    Clock clock_;
    EventCounts& counts_;
    CompletionListener& listener_;
    Buffer buffer_;
    Dma dma_;
    Inbox<const TileSchedule*> started_;

    const TileSchedule* schedule_ = nullptr;
    std::uint64_t loading_ = 0;               ///< the next tile whose loads start
    std::uint64_t computed_ = 0;              ///< tiles that the array has finished
    std::array<Tile, kTilesInFlight> tiles_;  ///< by number modulo their count
    std::array<bool, kTilesInFlight> is_loaded_{};
    std::uint64_t result_space_ = 0;  ///< bytes of the buffer that results take
    Tile timed_;                      ///< that timing_ is of
    TileTiming timing_;
    ArrayCycles spent_;  ///< since the schedule began
    std::uint64_t unfinished_stores_ = 0;
    Picoseconds compute_end_ = kNever;
    ActivityTrack* track_ = nullptr;  ///< null unless somebody wants to know
};

}  // namespace hypar
