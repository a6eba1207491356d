#include "arch/network_interface.h"

#include <algorithm>
#include <cassert>

namespace hypar {
namespace {

// A stream's tag says what it is for: purpose (2 bits), step (22), bytes (40).
constexpr unsigned kStepShift = 2;
constexpr unsigned kBytesShift = 24;
constexpr std::uint64_t kStepMask = (std::uint64_t{1} << (kBytesShift - kStepShift)) - 1;

}  // namespace

NetworkInterface::NetworkInterface(const sc_core::sc_module_name& name, Calendar& calendar, const ArraySpec& array,
                                   const Topology& topology, std::uint64_t accelerator,
                                   const std::vector<Vault*>& vaults, std::uint32_t id, Router& router,
                                   EventCounts& counts, CompletionListener& listener)
    : Component(name, calendar),
      array_(array),
      topology_(topology),
      accelerator_(accelerator),
      router_(router),
      counts_(counts),
      listener_(listener),
      dma_("dma", array, vaults, id, 0, *this),
      free_slots_(array.interconnect.buffer_packets) {
    router.attach(*this);
}

void NetworkInterface::start(std::vector<ExchangeStep> steps, Picoseconds arrival) {
    started_.put(arrival, 0, std::move(steps));
    wake_by(arrival);
}

void NetworkInterface::receive(const Packet& packet, Picoseconds arrival) {
    packets_.put(arrival, 0, packet);
    wake_by(arrival);
}

void NetworkInterface::slot_freed(Picoseconds arrival) {
    freed_.put(arrival, 0, true);
    if (unread_ > 0) wake_by(arrival);
}

Picoseconds NetworkInterface::wake(Picoseconds now) {
    while (freed_.next_arrival() <= now) {
        freed_.take();
        ++free_slots_;
    }
    while (started_.next_arrival() <= now) {
        assert(!running_);
        steps_ = started_.take();
        arrived_.assign(steps_.size(), 0);
        step_ = 0;
        unread_ = steps_.front().send_bytes;
        running_ = true;
    }
    take_streams(now);
    take_packets(now);
    if (running_) {
        advance(now);
        read_packets();
    }
    dma_.issue(now);
    Picoseconds next = std::min({started_.next_arrival(), dma_.next_wake(), packets_.next_arrival()});
    if (unread_ > 0) next = std::min(next, freed_.next_arrival());
    return next;
}

void NetworkInterface::take_streams(Picoseconds now) {
    for (const std::uint64_t tag : dma_.finished(now)) {
        const auto step = static_cast<std::uint32_t>((tag >> kStepShift) & kStepMask);
        const std::uint64_t bytes = tag >> kBytesShift;
        switch (static_cast<Purpose>(tag & 3U)) {
            case Purpose::Send: inject(step, bytes, now); break;
            case Purpose::ReadSum: start_stream(Purpose::Write, step, bytes); break;
            case Purpose::Write: arrived_[step] += bytes; break;
        }
    }
}

void NetworkInterface::take_packets(Picoseconds now) {
    while (packets_.next_arrival() <= now) {
        const Packet packet = packets_.take();
        received_bytes_ = checked_add(received_bytes_, packet.payload_bytes);
        const Purpose purpose = steps_[packet.step].reduces ? Purpose::ReadSum : Purpose::Write;
        start_stream(purpose, packet.step, packet.payload_bytes);
    }
}

void NetworkInterface::inject(std::uint32_t step, std::uint64_t bytes, Picoseconds now) {
    Packet packet;
    packet.payload_bytes = bytes;
    packet.route = &route_to(steps_[step].partner);
    packet.step = step;
    router_.inject(packet, now + array_.clock.period);
    --reading_;
    sent_bytes_ = checked_add(sent_bytes_, bytes);
    counts_.sent_bytes = checked_add(counts_.sent_bytes, bytes);
}

/// Goes to the next step as long as all of this one has been sent and has arrived.
void NetworkInterface::advance(Picoseconds now) {
    while (unread_ == 0 && reading_ == 0 && arrived_[step_] == steps_[step_].receive_bytes) {
        if (steps_[step_].reduces) {
            counts_.adds = checked_add(counts_.adds, steps_[step_].receive_bytes / array_.precision.bytes);
        }
        if (++step_ == steps_.size()) {
            running_ = false;
            listener_.completed(now + array_.clock.period);
            return;
        }
        unread_ = steps_[step_].send_bytes;
    }
}

void NetworkInterface::read_packets() {
    while (unread_ > 0 && free_slots_ > 0) {
        const std::uint64_t bytes = std::min(unread_, array_.interconnect.packet_bytes);
        unread_ -= bytes;
        --free_slots_;
        ++reading_;
        start_stream(Purpose::Send, step_, bytes);
    }
}

void NetworkInterface::start_stream(Purpose purpose, std::uint32_t step, std::uint64_t bytes) {
    const std::uint64_t tag =
        bytes << kBytesShift | std::uint64_t{step} << kStepShift | static_cast<std::uint64_t>(purpose);
    dma_.start(tag, bytes);
}

const Route& NetworkInterface::route_to(std::uint64_t destination) {
    auto found = routes_.find(destination);
    if (found == routes_.end()) {
        found = routes_.emplace(destination, topology_.route(accelerator_, destination)).first;
    }
    return found->second;
}

}  // namespace hypar
