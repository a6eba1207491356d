#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "arch/array_model.h"
#include "arch/component.h"
#include "sim/program.h"

namespace hypar {

/// What one segment took and did.
struct SegmentResult {
    Cycles cycles = 0;
    HardwareUse use;
    std::optional<SegmentActivity> activity;  ///< where it was written down
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
    void completed(Picoseconds arrival) override;
    void finish_segment(Picoseconds now);
    void start_segment(const Segment& segment, Picoseconds now);

    const Program& program_;
    Clock clock_;
    SegmentSink sink_;
    ArrayModel* model_ = nullptr;
    Inbox<bool> completions_;
    std::uint64_t unfinished_ = 0;
    Picoseconds segment_start_ = 0;
    HardwareUse use_at_start_;
    std::size_t finished_ = 0;
};

}  // namespace hypar
