#include "arch/memory/dma.h"

#include <algorithm>

namespace hypar {

Dma::Dma(const sc_core::sc_module_name& name, const DmaSpec& spec, Memory& memory, std::uint32_t id,
         std::size_t first_vault, Component& owner)
    : sc_module(name),
      spec_(spec),
      memory_(memory),
      id_(id),
      owner_(owner),
      first_place_(first_vault % memory.vaults()),
      next_place_(first_place_) {}

void Dma::start(std::uint64_t tag, std::uint64_t bytes, Direction direction) {
    const std::uint64_t requests = ceil_divide(bytes, memory_.interleave_bytes());
    streams_.push_back({tag, direction, bytes, 0, requests, requests, 0});
    turn(1);
    was_used_ = true;
}

void Dma::memory_done(std::uint64_t stream_number, std::uint64_t blocks, Picoseconds arrival) {
    // Streams that end in one instant end in their own order, whichever vault answers first.
    answers_.put(arrival, stream_number, {stream_number, blocks});
    Stream& stream = streams_[stream_number - first_number_];
    stream.last_answer = std::max(stream.last_answer, arrival);
    stream.unscheduled -= blocks;
    if (stream.unscheduled == 0) {
        last_answers_.put(stream.last_answer, 0, true);
        owner_.wake_by(stream.last_answer);
    }
    if (waits_for_answer_) owner_.wake_by(arrival);
}

const std::vector<std::uint64_t>& Dma::finished(Picoseconds now) {
    finished_.clear();
    while (last_answers_.next_arrival() <= now) last_answers_.take();
    while (answers_.next_arrival() <= now) {
        const Answer answer = answers_.take();
        Stream& stream = streams_[answer.stream_number - first_number_];
        in_flight_ -= answer.blocks;
        stream.unanswered -= answer.blocks;
        if (stream.unanswered == 0) finished_.push_back(stream.tag);
    }
    while (!streams_.empty() && streams_.front().unanswered == 0) {
        streams_.pop_front();
        ++first_number_;
        --next_to_request_;
    }
    return finished_;
}

void Dma::issue(Picoseconds now) {
    const Picoseconds arrival = now + memory_.crossbar_delay();
    const std::uint64_t block_bytes = memory_.interleave_bytes();
    while (next_to_request_ < streams_.size() && in_flight_ < spec_.outstanding_requests) {
        Stream& stream = streams_[next_to_request_];
        const std::uint64_t blocks =
            std::min(ceil_divide(stream.unrequested, block_bytes), spec_.outstanding_requests - in_flight_);
        const std::uint64_t bytes = std::min(stream.unrequested, blocks * block_bytes);
        memory_.request({place_of(next_to_request_), bytes, stream.direction, stream.requested, id_, this,
                         first_number_ + next_to_request_},
                        arrival);
        stream.requested += blocks;
        in_flight_ += blocks;
        stream.unrequested -= bytes;
        if (stream.unrequested == 0) ++next_to_request_;
    }
    waits_for_answer_ = next_to_request_ < streams_.size();
}

/// Where the next block of a stream goes: streams begin at consecutive places.
std::uint64_t Dma::place_of(std::size_t stream) const {
    const std::uint64_t places = memory_.ring_size();
    const std::uint64_t later = (streams_.size() - stream) % places;
    return (next_place_ + places - later + streams_[stream].requested) % places;
}

Picoseconds Dma::next_wake() const {
    return waits_for_answer_ ? std::min(answers_.next_arrival(), last_answers_.next_arrival())
                             : last_answers_.next_arrival();
}

void Dma::offer_state(StateVisitor& visitor) {
    visitor.value(streams_.size());
    for (Stream& stream : streams_) {
        visitor.value(stream.tag);
        visitor.value(static_cast<std::uint64_t>(stream.direction));
        visitor.value(stream.unrequested);
        visitor.value(stream.requested);
        visitor.value(stream.unanswered);
        visitor.value(stream.unscheduled);
        visitor.time(stream.last_answer);
    }
    visitor.value(next_to_request_);
    visitor.value(in_flight_);
    visitor.value(waits_for_answer_ ? 1 : 0);
    answers_.offer_state(visitor, [&](std::uint64_t, const Answer& answer) {
        visitor.value(answer.stream_number - first_number_);
        visitor.value(answer.blocks);
    });
    last_answers_.offer_state(visitor, [](std::uint64_t, bool) {});
}

}  // namespace hypar
