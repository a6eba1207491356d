#include "sim/replay/kernel_run.h"

#include <algorithm>

#include <fmt/format.h>

#include "arch/kernel/kernel_scope.h"
#include "sim/replay/kernel_loop.h"
#include "sim/replay/lead_watch.h"

namespace hypar {
namespace {

/// The work of a program, in events that its segments may take: about four a tile, two a packet for each link on its
/// way and ten at its ends.
class Work {
public:
    Work(const Program& program, const ArraySpec& array, const Topology& topology) {
        double sum = 0;
        for (const Segment& segment : program.segments) {
            for (const auto& units : segment.compute) {
                for (const std::uint32_t unit : units)
                    sum += 4.0 * static_cast<double>(program.schedules[unit].size());
            }
            for (const std::uint32_t schedule : segment.vector_work) {
                sum += 4.0 * static_cast<double>(program.vector_schedules[schedule].size());
            }
            if (!segment.flows.empty()) {
                const Flow& first = segment.flows.front();
                const auto hops = static_cast<double>(topology.route(first.from, first.to).size());
                for (const Flow& flow : segment.flows) {
                    sum += (10 + 2 * hops) * static_cast<double>(flow.bytes) /
                           static_cast<double>(array.interconnect.packet_bytes);
                }
            }
            planned_.push_back(sum);
        }
    }

    /// The part of the work that is done when `finished` segments have ended and there were `events` in all.
    double done(std::size_t finished, std::uint64_t events) {
        if (finished != finished_) {
            finished_ = finished;
            events_at_start_ = events;
        }
        if (finished == planned_.size() || planned_.back() == 0) return 1;
        const double before = finished == 0 ? 0 : planned_[finished - 1];
        const double since = static_cast<double>(events - events_at_start_);
        return std::min(before + since, planned_[finished]) / planned_.back();
    }

private:
    std::vector<double> planned_;  ///< up to the end of each segment
    std::size_t finished_ = 0;
    std::uint64_t events_at_start_ = 0;
};

/// The modules of one run, and who moves them on.
class Simulation {
public:
    Simulation(const Program& program, const ArraySpec& array, const Topology& topology,
               const KernelRunOptions& options, SegmentSink sink)
        : options_(options),
          work_(program, array, topology),
          calendar_("calendar"),
          sequencer_("sequencer", calendar_, program, array.clock, std::move(sink)),
          model_("array", calendar_, array, topology, sequencer_, {computes(program), nullptr, false, options.kinds}),
          fast_forward_(
              calendar_, array.clock,
              [this](StateVisitor& visitor) {
                  sequencer_.offer_state(visitor);
                  if (options_.offer_state) {
                      options_.offer_state(model_, visitor);
                  } else {
                      model_.offer_state(visitor);
                  }
              },
              [this](Picoseconds now, Picoseconds duration, std::uint64_t periods) {
                  if (ArrayActivity* activity = model_.activity()) activity->jumped(now, duration, periods);
              }),
          lead_(model_, calendar_, fast_forward_) {
        if (options.most_slices > 0) model_.record(options.most_slices);
        sequencer_.start(model_);
        if (options.jumps) {
            calendar_.observe([this](Picoseconds now) { lead_.observe(now, sequencer_.finished()); });
        }
    }

    /// Returns whether it ran to the end.
    bool run() {
        return run_kernel_loop(
            {[this] { return sequencer_.is_finished(); },
             [this] {
                 return !options_.progress ||
                        options_.progress(work_.done(sequencer_.finished(), calendar_.wake_ups()));
             },
             [this] { return fmt::format("segment {} of the array's program", sequencer_.finished()); }},
            calendar_, model_.interconnect());
    }

    KernelUse use() const { return {calendar_.wake_ups(), fast_forward_.use(), false}; }

private:
    const KernelRunOptions& options_;
    Work work_;
    KernelScope kernel_;
    Calendar calendar_;
    Sequencer sequencer_;
    ArrayModel model_;
    FastForward fast_forward_;
    LeadWatch lead_;
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
