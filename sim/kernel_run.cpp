#include "sim/kernel_run.h"

#include <algorithm>

#include <fmt/format.h>
#include <systemc>

#include "base/checked.h"
#include "base/error.h"
#include "sim/kernel_scope.h"

namespace hypar {
namespace {

/// Simulated time between two looks at the progress, where something happens that often.
constexpr Picoseconds kSlice = kPicosecondsPerSecond / 1000;

/// Within this, sums of times stay within 64 bits: 53 days.
constexpr Picoseconds kLatest = UINT64_MAX / 4;

/// The modules of one run, and who moves them on.
class Simulation {
public:
    Simulation(const Program& program, const ArraySpec& array, const Topology& topology,
               const KernelRunOptions& options, SegmentSink sink)
        : options_(options),
          planned_bytes_(std::max<std::uint64_t>(1, planned_memory_bytes(program))),
          calendar_("calendar"),
          sequencer_("sequencer", calendar_, program, array.clock, std::move(sink)),
          model_("array", calendar_, array, topology, sequencer_, computes(program)),
          fast_forward_(calendar_, array.clock, [this](StateVisitor& visitor) {
              sequencer_.offer_state(visitor);
              options_.offer_state(model_, visitor);
          }) {
        sequencer_.start(model_);
        if (options.jumps) {
            calendar_.observe([this](Picoseconds now) { observe(now); });
        }
    }

    /// Returns whether it ran to the end.
    bool run() {
        while (!sequencer_.is_finished()) {
            check_that_it_goes_on();
            const Picoseconds slice = std::max<Picoseconds>(kSlice, sc_core::sc_time_to_pending_activity().value());
            sc_core::sc_start(sc_core::sc_time::from_value(slice), sc_core::SC_RUN_TO_TIME);
            const double done = static_cast<double>(model_.counts().dram_bytes) / static_cast<double>(planned_bytes_);
            if (options_.progress && !options_.progress(done)) return false;
        }
        return true;
    }

    KernelUse use() const { return {calendar_.wake_ups(), fast_forward_.use(), false}; }

private:
    static bool computes(const Program& program) {
        return std::any_of(program.segments.begin(), program.segments.end(),
                           [](const Segment& segment) { return segment.is_compute(); });
    }

    void check_that_it_goes_on() const {
        if (!sc_core::sc_pending_activity()) {
            throw RunError(fmt::format("the array came to a standstill in segment {} at {}", sequencer_.finished(),
                                       sc_core::sc_time_stamp().to_string()));
        }
        if (sc_core::sc_time_stamp().value() > kLatest) {
            throw RunError(fmt::format("the step takes more simulated time than can be counted; it is at {}",
                                       sc_core::sc_time_stamp().to_string()));
        }
    }

    /// Anchors are the instants at which the lead, who has most work, takes up another tile or packet.
    void observe(Picoseconds now) {
        if (segment_ != sequencer_.finished()) {
            segment_ = sequencer_.finished();
            lead_ = nullptr;
            is_anyone_left_ = true;
            fast_forward_.forget();
        }
        if (lead_ != nullptr && lead_->work_left() != work_left_) {
            fast_forward_.look(now);
            if (lead_->work_left() == 0) find_lead();
        } else if (lead_ == nullptr && is_anyone_left_) {
            find_lead();
        }
        if (lead_ != nullptr) work_left_ = lead_->work_left();
    }

    /// At the start of a segment its workers have not got their work yet; when a lead has done its own, others may
    /// have some left.
    void find_lead() {
        const bool had_lead = lead_ != nullptr;
        lead_ = &model_.busiest();
        if (lead_->work_left() > 0) return;
        lead_ = nullptr;
        is_anyone_left_ = !had_lead;
    }

    const KernelRunOptions& options_;
    std::uint64_t planned_bytes_;
    KernelScope kernel_;
    Calendar calendar_;
    Sequencer sequencer_;
    ArrayModel model_;
    FastForward fast_forward_;
    std::size_t segment_ = 0;
    const Worker* lead_ = nullptr;
    bool is_anyone_left_ = true;
    std::uint64_t work_left_ = 0;
};

}  // namespace

KernelUse run_kernel(const Program& program, const ArraySpec& array, const Topology& topology,
                     const KernelRunOptions& options, const SegmentSink& sink) {
    Simulation simulation(program, array, topology, options, sink);
    const bool ended = simulation.run();
    KernelUse use = simulation.use();
    use.was_stopped = !ended;
    return use;
}

}  // namespace hypar
