#include "sim/overlap/cluster_run.h"

#include <algorithm>

#include "arch/array/array_model.h"
#include "arch/kernel/kernel_scope.h"
#include "sim/replay/kernel_loop.h"
#include "sim/replay/lead_watch.h"
#include "sim/replay/workers.h"

namespace hypar {
namespace {

/// Starts exchanges when it is time.
class ClusterSequencer : public Component, public CompletionListener {
public:
    ClusterSequencer(const sc_core::sc_module_name& name, Calendar& calendar,
                     const std::vector<ClusterExchange>& exchanges, const Clock& clock, ClusterResult& result)
        : Component(name, calendar), exchanges_(exchanges), clock_(clock), result_(result) {
        for (const ClusterExchange& exchange : exchanges) {
            result_.ends.emplace_back(exchange.members.size());
            result_.counts.emplace_back(exchange.members.size());
        }
    }

    void start(ArrayModel& model) {
        model_ = &model;
        running_.resize(model.accelerators().size());
        workers_.number(model);
        wake_by(clock_.period);
    }

    bool is_finished() const { return is_finished_; }
    /// Grows whenever something starts or ends.
    std::size_t epoch() const { return started_ + ended_; }

    /// The next start comes when it comes: a period that is jumped over must end before it.
    void offer_state(StateVisitor& visitor) override {
        completions_.offer_state(visitor, [](std::uint64_t, bool) {});
        visitor.value(unfinished_);
        std::uint64_t left = started_ < exchanges_.size() ? next_start() - visitor.now() : 0;
        visitor.remaining(left);
    }

private:
    struct Running {
        std::size_t exchange = 0;
        std::size_t member = 0;
        EventCounts counts_at_start;
    };

    Cycles cycles(Picoseconds time) const { return (time - clock_.period) / clock_.period; }
    Picoseconds next_start() const { return clock_.period + clock_.duration(exchanges_[started_].start); }

    void completed(const Worker& worker, Picoseconds arrival) override {
        const Picoseconds edge = clock_.edge_at_or_after(arrival);
        completions_.put(edge, workers_.number_of(worker), true);
        wake_by(edge);
    }

    Picoseconds wake(Picoseconds now) override {
        while (completions_.next_arrival() <= now) {
            end(workers_.accelerator_of(completions_.next_sender()), now);
            completions_.take();
        }
        while (started_ < exchanges_.size() && next_start() <= now) begin(started_++, now);
        const Picoseconds next =
            std::min(completions_.next_arrival(), started_ < exchanges_.size() ? next_start() : kNever);
        if (unfinished_ > 0 || started_ < exchanges_.size()) return next;
        const Picoseconds quiet = clock_.edge_at_or_after(model_->quiet_at());
        if (quiet > now) return quiet;
        result_.rests_at = cycles(now);
        is_finished_ = true;
        return kNever;
    }

    /// Of its interface and its memory.
    EventCounts counts_of(std::size_t accelerator) {
        const AcceleratorCounts counts = model_->counts_of(accelerator);
        EventCounts sum = counts.units;
        sum += counts.interface;
        return sum;
    }

    void begin(std::size_t number, Picoseconds now) {
        const ClusterExchange& exchange = exchanges_[number];
        const std::vector<FlowEnds> ends = flow_ends(exchange.flows, running_.size());
        for (std::size_t member = 0; member < exchange.members.size(); ++member) {
            const std::uint32_t accelerator = exchange.members[member];
            Accelerator& of = model_->accelerator(accelerator);
            of.restart_interface(now);
            running_[accelerator] = {number, member, counts_of(accelerator)};
            of.interface().start(exchange.flows, ends[accelerator], now + clock_.period);
            ++unfinished_;
        }
    }

    void end(std::uint64_t accelerator, Picoseconds now) {
        const Running& running = running_[accelerator];
        result_.ends[running.exchange][running.member] = cycles(now);
        EventCounts counts = counts_of(accelerator);
        counts -= running.counts_at_start;
        result_.counts[running.exchange][running.member] = counts;
        --unfinished_;
        ++ended_;
    }

    const std::vector<ClusterExchange>& exchanges_;
    Clock clock_;
    ClusterResult& result_;
    ArrayModel* model_ = nullptr;
    Workers workers_;               ///< interfaces alone
    std::vector<Running> running_;  ///< by accelerator
    Inbox<bool> completions_;
    std::uint64_t unfinished_ = 0;
    std::size_t started_ = 0;
    std::size_t ended_ = 0;
    bool is_finished_ = false;
};

}  // namespace

ClusterResult run_cluster(const std::vector<ClusterExchange>& exchanges, const ArraySpec& array,
                          const Topology& topology, bool jumps) {
    ClusterResult result;
    const KernelScope kernel;
    Calendar calendar("calendar");
    ClusterSequencer sequencer("sequencer", calendar, exchanges, array.clock, result);
    ArrayModel model("array", calendar, array, topology, sequencer, {false, nullptr, true});
    FastForward fast_forward(calendar, array.clock, [&](StateVisitor& visitor) {
        sequencer.offer_state(visitor);
        model.offer_state(visitor);
    });
    LeadWatch lead(model, fast_forward);
    if (jumps) calendar.observe([&](Picoseconds now) { lead.observe(now, sequencer.epoch()); });
    sequencer.start(model);
    run_kernel_loop(
        {[&] { return sequencer.is_finished(); }, [] { return true; }, [] { return "exchanges that met"; }},
        model.interconnect());
    result.use = model.use();
    result.events = calendar.wake_ups();
    result.jumps = fast_forward.use().jumps;
    return result;
}

}  // namespace hypar
