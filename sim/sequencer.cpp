#include "sim/sequencer.h"

namespace hypar {

Sequencer::Sequencer(const sc_core::sc_module_name& name, Calendar& calendar, const Program& program,
                     const ArraySpec& array)
    : Component(name, calendar), program_(program), array_(array) {}

void Sequencer::start(ArrayModel& model) {
    model_ = &model;
    wake_by(array_.clock.period);
}

void Sequencer::completed(Picoseconds arrival) {
    const Picoseconds edge = array_.clock.edge_at_or_after(arrival);
    completions_.put(edge, 0, true);
    wake_by(edge);
}

Picoseconds Sequencer::wake(Picoseconds now) {
    const bool is_start = segment_start_ == 0;
    while (completions_.next_arrival() <= now) {
        completions_.take();
        --unfinished_;
    }
    if (unfinished_ == 0) {
        if (!is_start) finish_segment(now);
        // A segment in which no accelerator has a share ends as it starts.
        while (!is_finished()) {
            start_segment(program_.segments[results_.size()], now);
            if (unfinished_ > 0) break;
            finish_segment(now);
        }
    }
    return completions_.next_arrival();
}

void Sequencer::finish_segment(Picoseconds now) {
    SegmentResult result{(now - segment_start_) / array_.clock.period, model_->counts()};
    result.counts -= counts_at_start_;
    results_.push_back(result);
}

void Sequencer::start_segment(const Segment& segment, Picoseconds now) {
    segment_start_ = now;
    counts_at_start_ = model_->counts();
    const Picoseconds arrival = now + array_.clock.period;
    if (segment.is_compute()) {
        start_compute(segment, arrival);
    } else {
        start_exchanges(segment, arrival);
    }
}

void Sequencer::start_compute(const Segment& segment, Picoseconds arrival) {
    for (std::size_t i = 0; i < segment.compute.size(); ++i) {
        for (std::size_t unit = 0; unit < segment.compute[i].size(); ++unit) {
            model_->accelerator(i).unit(unit).start(program_.schedules[segment.compute[i][unit]], arrival);
            ++unfinished_;
        }
    }
}

void Sequencer::start_exchanges(const Segment& segment, Picoseconds arrival) {
    const std::size_t accelerators = model_->accelerators().size();
    const std::size_t levels = level_count(accelerators);
    for (std::size_t i = 0; i < accelerators; ++i) {
        std::vector<ExchangeStep> steps;
        for (const Exchange& exchange : segment.exchanges) {
            const std::uint64_t partner = partner_at(i, exchange.level, levels);
            steps.push_back({partner, exchange.sent_bytes[i], exchange.sent_bytes[partner],
                             exchange.pattern == Pattern::ReduceScatter});
        }
        model_->accelerator(i).interface().start(std::move(steps), arrival);
        ++unfinished_;
    }
}

}  // namespace hypar
