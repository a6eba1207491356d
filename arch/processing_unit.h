#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "arch/buffer.h"
#include "arch/component.h"
#include "arch/dma.h"
#include "arch/tile_schedule.h"

namespace hypar {

/// Told when a processing unit or a network interface has finished what it was started with.
class CompletionListener {
public:
    virtual void completed(Picoseconds arrival) = 0;

protected:
    ~CompletionListener() = default;
};

/// A PE array with its buffer and DMA engine: works through a schedule of tiles, loading one tile and storing
/// results while it computes another.
class ProcessingUnit : public Component {
public:
    /// `id` orders it among the engines of its accelerator.
    ProcessingUnit(const sc_core::sc_module_name& name, Calendar& calendar, const ArraySpec& array,
                   const std::vector<Vault*>& vaults, std::uint32_t id, EventCounts& counts,
                   CompletionListener& listener);

    /// Starts a schedule, which must outlive the work, at `arrival`.
    void start(const TileSchedule& schedule, Picoseconds arrival);

    const Buffer& buffer() const { return buffer_; }

private:
    /// Tiles whose operands may be in the buffer at once.
    static constexpr std::uint64_t kTilesInFlight = 2;

    Picoseconds wake(Picoseconds now) override;
    void begin(const TileSchedule& schedule);
    void take_streams(Picoseconds now);
    void finish_tile();
    const TileTiming& timing_of(const TileShape& shape);
    void load_tiles();
    void compute_tile(Picoseconds now);
    bool is_done() const;

    const ArraySpec& array_;
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
    TileShape timed_shape_;  ///< that timing_ is of
    TileTiming timing_;
    std::uint64_t unfinished_stores_ = 0;
    Picoseconds compute_end_ = kNever;
};

}  // namespace hypar
