#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "arch/array/array_model.h"
#include "arch/kernel/component.h"
#include "sim/program/program.h"
#include "sim/replay/segment_result.h"
#include "sim/replay/workers.h"

namespace hypar {

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
    Workers workers_;
    Inbox<bool> completions_;  ///< each worker's by its number
    std::uint64_t unfinished_ = 0;
    Picoseconds segment_start_ = 0;
    HardwareUse use_at_start_;
    std::optional<LastWorker> last_;
    std::vector<Cycles> ends_;  ///< by accelerator
    std::size_t finished_ = 0;
};

}  // namespace hypar
