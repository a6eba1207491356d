#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <tuple>
#include <unordered_map>

#include "arch/array_model.h"
#include "arch/component.h"
#include "sim/program.h"

namespace hypar {

/// The unit or network interface that a segment waited for last; of several on one clock edge the lowest.
struct LastWorker {
    std::size_t accelerator = 0;
    std::size_t unit = 0;  ///< 0 for the interface
    Cycles at = 0;         ///< from the segment's start until it told that it was done
    ArrayCycles spent;     ///< of the unit's array

    /// All that it is.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.accelerator, self.unit, self.at, self.spent);
    }
};

/// What one segment took and did.
struct SegmentResult {
    Cycles cycles = 0;
    HardwareUse use;
    std::optional<LastWorker> last;           ///< none where there was nothing to do
    std::optional<SegmentActivity> activity;  ///< where it was written down

    /// What is remembered: all but activities.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.cycles, self.use, self.last);
    }
};

/// Is handed the results of the segments in their order.
using SegmentSink = std::function<void(SegmentResult)>;

/// Starts each segment on the array when the one before has ended everywhere, on a clock edge, and nothing of it is
/// on its way any more. Arbiters and engines start from their first turn, so what a segment does depends on nothing
/// that was before it.
class Sequencer : public Component, public CompletionListener {
public:
    Sequencer(const sc_core::sc_module_name& name, Calendar& calendar, const Program& program, const Clock& clock,
              SegmentSink sink);

    /// Starts the program on `model` one cycle after the kernel starts. Must be called before that.
    void start(ArrayModel& model);

    bool is_finished() const { return finished_ == program_.segments.size(); }
    /// Segments that have ended.
    std::size_t finished() const { return finished_; }

    void offer_state(StateVisitor& visitor) override;

private:
    Picoseconds wake(Picoseconds now) override;
    void completed(const Worker& worker, Picoseconds arrival) override;
    void take_completions(Picoseconds now);
    LastWorker worker_with(std::uint64_t number, Picoseconds now) const;
    void finish_segment(Picoseconds now);
    void start_segment(const Segment& segment, Picoseconds now);

    const Program& program_;
    Clock clock_;
    SegmentSink sink_;
    ArrayModel* model_ = nullptr;
    std::unordered_map<const Worker*, std::uint64_t>
        numbers_;              ///< by accelerator, in each units before the interface
    Inbox<bool> completions_;  ///< each worker's by its number
    std::uint64_t unfinished_ = 0;
    Picoseconds segment_start_ = 0;
    HardwareUse use_at_start_;
    std::optional<LastWorker> last_;
    std::size_t finished_ = 0;
};

}  // namespace hypar
