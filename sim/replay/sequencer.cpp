#include "sim/replay/sequencer.h"

namespace hypar {

Sequencer::Sequencer(const sc_core::sc_module_name& name, Calendar& calendar, const Program& program,
                     const Clock& clock, SegmentSink sink)
    : Component(name, calendar), program_(program), clock_(clock), sink_(std::move(sink)) {}

void Sequencer::start(ArrayModel& model) {
    model_ = &model;
    use_at_start_ = model.use();
    workers_.number(model);
    wake_by(clock_.period);
}

void Sequencer::completed(const Worker& worker, Picoseconds arrival) {
    const Picoseconds edge = clock_.edge_at_or_after(arrival);
    completions_.put(edge, workers_.number_of(worker), true);
    wake_by(edge);
}

Picoseconds Sequencer::wake(Picoseconds now) {
    const bool is_start = segment_start_ == 0;
    take_completions(now);
    if (unfinished_ > 0) return completions_.next_arrival();
    const Picoseconds quiet = clock_.edge_at_or_after(model_->quiet_at());
    if (quiet > now) return quiet;
    if (!is_start) finish_segment(now);
    // A segment in which no accelerator has a share ends as it starts.
    while (!is_finished()) {
        start_segment(program_.segments[finished_], now);
        if (unfinished_ > 0) break;
        finish_segment(now);
    }
    return completions_.next_arrival();
}

void Sequencer::take_completions(Picoseconds now) {
    if (completions_.next_arrival() > now) return;
    last_ = worker_with(completions_.next_sender(), now);
    for (; completions_.next_arrival() <= now; --unfinished_) {
        ends_[workers_.accelerator_of(completions_.next_sender())] = (now - segment_start_) / clock_.period;
        completions_.take();
    }
}

LastWorker Sequencer::worker_with(std::uint64_t number, Picoseconds now) const {
    const std::size_t accelerator = workers_.accelerator_of(number);
    const Cycles at = (now - segment_start_) / clock_.period;
    if (workers_.is_interface(number)) {
        return {accelerator, model_->accelerator(accelerator).interface().last_ended(), at, {}};
    }
    return {accelerator, workers_.unit_of(number), at, workers_.spent_by(number)};
}

void Sequencer::finish_segment(Picoseconds now) {
    HardwareUse use = model_->use();
    SegmentResult result{(now - segment_start_) / clock_.period, use, last_, std::move(ends_), std::nullopt};
    result.use -= use_at_start_;
    use_at_start_ = std::move(use);
    if (ArrayActivity* activity = model_->activity()) result.activity = activity->take(segment_start_);
    ++finished_;
    sink_(std::move(result));
}

void Sequencer::start_segment(const Segment& segment, Picoseconds now) {
    segment_start_ = now;
    last_.reset();
    ends_.assign(model_->accelerators().size(), 0);
    model_->restart(now);
    const Picoseconds arrival = now + clock_.period;
    for (std::size_t i = 0; segment.is_compute() && i < model_->accelerators().size(); ++i) {
        unfinished_ += start_computing(*model_, program_, segment, i, arrival);
    }
    if (segment.flows.empty()) return;
    const std::vector<FlowEnds> ends = flow_ends(segment.flows, model_->accelerators().size());
    for (std::size_t i = 0; i < ends.size(); ++i) {
        model_->accelerator(i).interface().start(segment.flows, ends[i], arrival);
        ++unfinished_;
    }
}

void Sequencer::offer_state(StateVisitor& visitor) {
    offer_due_time(visitor);
    completions_.offer_state(visitor, [](std::uint64_t, bool) {});
    visitor.value(unfinished_);
}

}  // namespace hypar
