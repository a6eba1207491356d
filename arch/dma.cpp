#include "arch/dma.h"

#include <algorithm>

namespace hypar {

Dma::Dma(const sc_core::sc_module_name& name, const ArraySpec& array, std::vector<Vault*> vaults, std::uint32_t id,
         std::size_t first_vault, DmaClient& client)
    : Component(name),
      array_(array),
      vaults_(std::move(vaults)),
      id_(id),
      client_(client),
      next_vault_(first_vault % vaults_.size()) {}

void Dma::start(std::uint64_t tag, std::uint64_t bytes, Picoseconds arrival) {
    const std::uint64_t requests = ceil_divide(bytes, array_.memory.interleave_bytes);
    started_.put(arrival, 0, {tag, bytes, requests});
    wake_by(arrival);
}

void Dma::memory_done(std::uint64_t tag, Picoseconds arrival) {
    answers_.put(arrival, 0, tag);
    wake_by(arrival);
}

Picoseconds Dma::wake(Picoseconds now) {
    take_answers(now);
    while (started_.next_arrival() <= now) streams_.push_back(started_.take());
    issue_requests(now);
    return std::min(started_.next_arrival(), answers_.next_arrival());
}

void Dma::take_answers(Picoseconds now) {
    while (answers_.next_arrival() <= now) {
        Stream& stream = streams_[answers_.take() - first_number_];
        --in_flight_;
        if (--stream.unanswered == 0) client_.stream_done(stream.tag, now + array_.clock.period);
    }
    while (!streams_.empty() && streams_.front().unanswered == 0) {
        streams_.pop_front();
        ++first_number_;
        --next_to_request_;
    }
}

void Dma::issue_requests(Picoseconds now) {
    const Picoseconds arrival = now + array_.clock.duration(array_.memory.crossbar_cycles);
    while (next_to_request_ < streams_.size() && in_flight_ < array_.dma.outstanding_requests) {
        Stream& stream = streams_[next_to_request_];
        const std::uint64_t bytes = std::min(stream.unrequested, array_.memory.interleave_bytes);
        vaults_[next_vault_]->request({bytes, this, first_number_ + next_to_request_}, arrival, id_);
        next_vault_ = (next_vault_ + 1) % vaults_.size();
        ++in_flight_;
        stream.unrequested -= bytes;
        if (stream.unrequested == 0) ++next_to_request_;
    }
}

}  // namespace hypar
