#include <algorithm>
#include <functional>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "arch/array/array_model.h"
#include "arch/kernel/kernel_scope.h"
#include "base/error.h"
#include "sim/overlap/computed_tasks.h"
#include "sim/overlap/overlapped_run.h"
#include "sim/overlap/result_builder.h"
#include "sim/overlap/task_scheduler.h"
#include "sim/replay/collapse.h"
#include "sim/replay/kernel_loop.h"
#include "sim/replay/lead_watch.h"
#include "sim/replay/workers.h"

namespace hypar {
namespace {

/// Starts on the array what the scheduler says, and tells it what has ended. What was computed by itself before only
/// takes its time.
class Dispatcher : public Component, public CompletionListener {
public:
    /// `computed`: null where units compute.
    Dispatcher(const sc_core::sc_module_name& name, Calendar& calendar, const OverlappedProgram& input,
               const ComputedTasks* computed, ResultBuilder& result)
        : Component(name, calendar),
          input_(input),
          computed_(computed),
          clock_(input.memory.computing.clock),
          result_(result),
          scheduler_(input.program, input.graph, input.groups, input.topology, input.schedule,
                     [this](std::size_t cluster) { return rests_at(cluster); }),
          computing_(input.topology.accelerator_count()),
          exchanging_(input.topology.accelerator_count()),
          peaks_(input.topology.links().size()) {}

    void start(ArrayModel& model) {
        model_ = &model;
        workers_.number(model);
        wake_by(clock_.period);
    }

    /// Grows whenever something starts or ends.
    std::size_t epoch() const { return epoch_; }

    /// What is computed ends when it ends: a period that is jumped over must be over before.
    void offer_state(StateVisitor& visitor) override {
        completions_.offer_state(visitor, [](std::uint64_t, bool) {});
        for (const Running& running : exchanging_) visitor.value(running.unfinished);
        std::uint64_t left = next_end() == kNever ? 0 : next_end() - visitor.now();
        visitor.remaining(left);
    }

    double done() const { return scheduler_.done(); }
    bool is_finished() const { return scheduler_.is_finished() && !scheduler_.next_rest(); }
    /// All that the array did, with the peaks of all exchanges and tasks.
    HardwareUse use() const {
        HardwareUse use = model_->use();
        for (std::size_t link = 0; link < use.links.size(); ++link) {
            use.links[link].peak_flits = std::max(use.links[link].peak_flits, peaks_[link]);
        }
        use.peak_buffer_bytes = peak_buffer_bytes_;
        return use;
    }

private:
    /// What an accelerator computes, or exchanges.
    struct Running {
        std::size_t task = 0;  ///< its place in the result
        std::uint64_t unfinished = 0;
        std::optional<std::uint64_t> last;  ///< the first of those workers that end at `last_at`
        Cycles last_at = 0;
        EventCounts counts_at_start;
        std::vector<std::uint64_t> bursts_at_start = {};  ///< of vaults, where it computes
    };

    Cycles cycles(Picoseconds time) const { return (time - clock_.period) / clock_.period; }

    Cycles rests_at(std::size_t cluster) const {
        Picoseconds latest = clock_.period;
        for (const std::uint32_t node : scheduler_.nodes_of(cluster)) {
            latest = std::max(latest, model_->interconnect().routers()[node]->quiet_at());
        }
        return cycles(clock_.edge_at_or_after(latest));
    }

    void completed(const Worker& worker, Picoseconds arrival) override {
        const Picoseconds edge = clock_.edge_at_or_after(arrival);
        completions_.put(edge, workers_.number_of(worker), true);
        wake_by(edge);
    }

    /// Of what was computed before, or until a cluster rests.
    Picoseconds next_end() const {
        const Picoseconds end = computed_ends_.empty() ? kNever : computed_ends_.top().first;
        const std::optional<Cycles> rest = scheduler_.next_rest();
        return rest ? std::min(end, clock_.period + clock_.duration(*rest)) : end;
    }

    Picoseconds wake(Picoseconds now) override {
        take_completions(now);
        for (; !computed_ends_.empty() && computed_ends_.top().first <= now; computed_ends_.pop()) {
            const std::size_t accelerator = computed_ends_.top().second;
            result_.task(computing_[accelerator].task).end = cycles(now);
            scheduler_.computed(accelerator);
            ++epoch_;
        }
        const std::vector<TaskStart> starts = scheduler_.start(cycles(now));
        for (const std::uint32_t node : scheduler_.fresh_nodes()) {
            note_peaks_of(node);
            model_->interconnect().routers()[node]->restart();
        }
        epoch_ += starts.size();
        for (const TaskStart& start : starts) {
            if (start.group) {
                exchange(start, now);
            } else {
                compute(start, now);
            }
        }
        return std::min(completions_.next_arrival(), next_end());
    }

    void take_completions(Picoseconds now) {
        while (completions_.next_arrival() <= now) {
            const std::uint64_t number = completions_.next_sender();
            completions_.take();
            const std::size_t accelerator = workers_.accelerator_of(number);
            const bool exchanged = workers_.is_interface(number);
            Running& running = (exchanged ? exchanging_ : computing_)[accelerator];
            if (!running.last || running.last_at != cycles(now)) running.last = number;
            running.last_at = cycles(now);
            if (--running.unfinished > 0) continue;
            ++epoch_;
            end(running, accelerator, exchanged);
            if (exchanged) {
                scheduler_.exchanged(accelerator, cycles(now));
            } else {
                scheduler_.computed(accelerator);
            }
        }
    }

    void end(const Running& running, std::size_t accelerator, bool exchanged) {
        TaskTime& time = result_.task(running.task);
        time.end = running.last_at;
        EventCounts done = counts_of(accelerator, exchanged);
        done -= running.counts_at_start;
        result_.count(time.task, done);
        if (exchanged) return;
        time.unit = workers_.unit_of(*running.last);
        time.spent = workers_.spent_by(*running.last);
        std::vector<std::uint64_t> bursts = model_->accelerator(accelerator).memory().bursts();
        for (std::size_t vault = 0; vault < bursts.size(); ++vault) bursts[vault] -= running.bursts_at_start[vault];
        time.busiest_vault =
            static_cast<std::size_t>(std::max_element(bursts.begin(), bursts.end()) - bursts.begin());
        for (const auto& unit : model_->accelerator(accelerator).units()) {
            peak_buffer_bytes_ = std::max(peak_buffer_bytes_, unit->buffer().peak());
        }
    }

    /// Of the interface and its memory, or of the units and theirs.
    EventCounts counts_of(std::size_t accelerator, bool exchanged) {
        const AcceleratorCounts counts = model_->counts_of(accelerator);
        EventCounts own = exchanged ? counts.interface : counts.units;
        if (computed_ != nullptr) own += counts.units;  // one memory, which the interface has to itself
        return own;
    }

    Running begin(const TaskStart& start, std::size_t accelerator, bool exchanges, Picoseconds now) {
        const std::size_t place =
            result_.add(TaskTime{static_cast<std::uint32_t>(accelerator), start.task, start.step, cycles(now)});
        return {place, 0, std::nullopt, 0, counts_of(accelerator, exchanges), {}};
    }

    void compute(const TaskStart& start, Picoseconds now) {
        if (computed_ != nullptr) {
            computing_[start.accelerator].task = computed_->start(start, cycles(now), result_);
            computed_ends_.emplace(now + clock_.duration(computed_->cycles(start.task, start.accelerator)),
                                   start.accelerator);
            return;
        }
        const Segment& segment = input_.program.segments[start.task];
        Accelerator& accelerator = model_->accelerator(start.accelerator);
        accelerator.restart_units(now);
        Running& running = computing_[start.accelerator];
        running = begin(start, start.accelerator, false, now);
        running.bursts_at_start = accelerator.memory().bursts();
        running.unfinished =
            start_computing(*model_, input_.program, segment, start.accelerator, now + clock_.period);
    }

    void exchange(const TaskStart& start, Picoseconds now) {
        const ExchangeGroup& group = input_.groups[*start.group];
        const std::vector<Flow> flows = flows_of(group, input_.program);
        const std::vector<FlowEnds> ends = flow_ends(flows, input_.topology.accelerator_count());
        for (const std::uint32_t member : group.members) {
            Accelerator& accelerator = model_->accelerator(member);
            accelerator.restart_interface(now);
            exchanging_[member] = begin(start, member, true, now);
            exchanging_[member].unfinished = 1;
            accelerator.interface().start(flows, ends[member], now + clock_.period);
        }
    }

    void note_peaks_of(std::size_t node) {
        const std::vector<LinkUse> leaving = model_->interconnect().routers()[node]->link_use();
        for (std::size_t index = 0; index < leaving.size(); ++index) {
            std::uint64_t& peak = peaks_[input_.topology.links_from(node)[index]];
            peak = std::max(peak, leaving[index].peak_flits);
        }
    }

    using End = std::pair<Picoseconds, std::size_t>;  ///< and the accelerator

    const OverlappedProgram& input_;
    const ComputedTasks* computed_;
    Clock clock_;
    ResultBuilder& result_;
    TaskScheduler scheduler_;
    ArrayModel* model_ = nullptr;
    Workers workers_;
    Inbox<bool> completions_;
    std::vector<Running> computing_;   ///< by accelerator
    std::vector<Running> exchanging_;  ///< by accelerator
    std::priority_queue<End, std::vector<End>, std::greater<>> computed_ends_;
    std::vector<std::uint64_t> peaks_;  ///< by link
    std::uint64_t peak_buffer_bytes_ = 0;
    std::size_t epoch_ = 0;
};

/// One kernel with the whole array, or with its network alone.
OverlappedResult simulate(const OverlappedProgram& input, const ComputedTasks* computed,
                          const ReplayOptions& options) {
    ResultBuilder result(input);
    const KernelScope kernel;
    Calendar calendar("calendar");
    Dispatcher dispatcher("dispatcher", calendar, input, computed, result);
    const ArraySpec& array = computed == nullptr ? input.memory.computing : input.memory.exchanging;
    const ArrayBuild build{computed == nullptr && computes(input.program),
                           computed == nullptr ? &input.memory.exchanging.memory : nullptr, true,
                           array.kinds_by_accelerator()};
    ArrayModel model("array", calendar, array, input.topology, dispatcher, build);
    FastForward fast_forward(calendar, array.clock, [&](StateVisitor& visitor) {
        dispatcher.offer_state(visitor);
        model.offer_state(visitor);
    });
    LeadWatch lead(model, calendar, fast_forward, input.topology.node_count());
    if (computed != nullptr) calendar.observe([&](Picoseconds now) { lead.observe(now, dispatcher.epoch()); });
    dispatcher.start(model);
    const bool has_ended = run_kernel_loop({[&] { return dispatcher.is_finished(); },
                                            [&] { return !options.progress || options.progress(dispatcher.done()); },
                                            [] { return "the overlapped step"; }},
                                           calendar, model.interconnect());
    if (!has_ended) throw RunError("stopped; of an overlapped schedule there are no results before its end");
    ReplayUse use;
    use.events = calendar.wake_ups();
    use.jumps = fast_forward.use().jumps;
    result.add(whole_part(input.topology), dispatcher.use());
    result.add(use);
    if (computed != nullptr) result.add(computed->use());
    return result.finish();
}

}  // namespace

OverlappedResult simulate_whole(const OverlappedProgram& input, const ReplayOptions& options) {
    return simulate(input, nullptr, options);
}

OverlappedResult simulate_network(const OverlappedProgram& input, const ComputedTasks& computed,
                                  const ReplayOptions& options) {
    return simulate(input, &computed, options);
}

}  // namespace hypar
