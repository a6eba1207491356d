#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "arch/array_model.h"
#include "arch/component.h"
#include "sim/program.h"

namespace hypar {

/// What one segment took and did.
struct SegmentResult {
    Cycles cycles = 0;
    EventCounts counts;
};

/// Starts each segment on the array when the one before has ended everywhere, on a clock edge.
class Sequencer : public Component, public CompletionListener {
public:
    Sequencer(const sc_core::sc_module_name& name, Calendar& calendar, const Program& program,
              const ArraySpec& array);

    /// Starts the program on `model` one cycle after the kernel starts. Must be called before that.
    void start(ArrayModel& model);

    bool is_finished() const { return results_.size() == program_.segments.size(); }
    const std::vector<SegmentResult>& results() const { return results_; }

private:
    Picoseconds wake(Picoseconds now) override;
    void completed(Picoseconds arrival) override;
    void finish_segment(Picoseconds now);
    void start_segment(const Segment& segment, Picoseconds now);
    void start_compute(const Segment& segment, Picoseconds arrival);
    void start_exchanges(const Segment& segment, Picoseconds arrival);

    const Program& program_;
    const ArraySpec& array_;
    ArrayModel* model_ = nullptr;
    Inbox<bool> completions_;
    std::uint64_t unfinished_ = 0;
    Picoseconds segment_start_ = 0;
    EventCounts counts_at_start_;
    std::vector<SegmentResult> results_;
};

}  // namespace hypar
