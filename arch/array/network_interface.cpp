#include "arch/array/network_interface.h"

#include <algorithm>
#include <cassert>

namespace hypar {
namespace {

// A stream's tag says what it is for (2 bits) and its bytes.
constexpr unsigned kBytesShift = 2;

/// Packets that are read ahead: as many as a buffer of the router takes, but one while another is sent.
std::uint64_t packets_ahead(const InterconnectSpec& spec) {
    return std::max<std::uint64_t>(2, spec.buffer_flits / spec.flits_of(spec.packet_bytes));
}

}  // namespace

NetworkInterface::NetworkInterface(const sc_core::sc_module_name& name, Calendar& calendar, const ArraySpec& array,
                                   const Topology& topology, std::uint64_t accelerator, Memory& memory,
                                   std::uint32_t id, Router& router, EventCounts& counts,
                                   CompletionListener& listener)
    : Component(name, calendar),
      array_(array),
      topology_(topology),
      accelerator_(accelerator),
      router_(router),
      counts_(counts),
      listener_(listener),
      dma_("dma", array.dma, memory, id, 0, *this),
      free_slots_(packets_ahead(array.interconnect)) {
    router.attach(*this);
}

void NetworkInterface::start(const ExchangeShare& share, Picoseconds arrival) {
    started_.put(arrival, 0, share);
    wake_by(arrival);
}

void NetworkInterface::receive(const Packet& packet, Picoseconds arrival) {
    packets_.put(arrival, 0, packet);
    wake_by(arrival);
}

void NetworkInterface::packet_taken(std::size_t, Picoseconds arrival) {
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
        share_ = started_.take();
        unread_ = share_.send_bytes;
        missing_ = share_.receive_bytes;
        running_ = true;
        if (times_ != nullptr) times_->begin = now;
    }
    take_streams(now);
    take_packets(now);
    if (running_) {
        if (unread_ == 0 && reading_ == 0 && missing_ == 0) finish(now);
        read_packets();
    }
    dma_.issue(now);
    Picoseconds next = std::min({started_.next_arrival(), dma_.next_wake(), packets_.next_arrival()});
    if (unread_ > 0) next = std::min(next, freed_.next_arrival());
    return next;
}

void NetworkInterface::take_streams(Picoseconds now) {
    for (const std::uint64_t tag : dma_.finished(now)) {
        const std::uint64_t bytes = tag >> kBytesShift;
        switch (static_cast<Purpose>(tag & 3U)) {
            case Purpose::Send: inject(bytes, now); break;
            case Purpose::ReadSum: start_stream(Purpose::Write, bytes); break;
            case Purpose::Write: missing_ -= bytes; break;
        }
    }
}

void NetworkInterface::take_packets(Picoseconds now) {
    while (packets_.next_arrival() <= now) {
        const Packet packet = packets_.take();
        use_.received_bytes = checked_add(use_.received_bytes, packet.payload_bytes);
        if (times_ != nullptr) times_->last_received = now;
        start_stream(share_.reduces ? Purpose::ReadSum : Purpose::Write, packet.payload_bytes);
    }
}

void NetworkInterface::inject(std::uint64_t bytes, Picoseconds now) {
    Packet packet;
    packet.payload_bytes = bytes;
    packet.flits = array_.interconnect.flits_of(bytes);
    packet.source = accelerator_;
    packet.destination = share_.to;
    packet.route = &route_to(share_.to);
    router_.inject(packet, now + array_.clock.period);
    --reading_;
    use_.sent_bytes = checked_add(use_.sent_bytes, bytes);
    counts_.sent_bytes = checked_add(counts_.sent_bytes, bytes);
}

/// All has been sent and has arrived.
void NetworkInterface::finish(Picoseconds now) {
    if (share_.reduces) {
        counts_.adds = checked_add(counts_.adds, share_.receive_bytes / array_.precision.bytes);
    }
    running_ = false;
    if (times_ != nullptr) times_->end = now;
    listener_.completed(*this, now + array_.clock.period);
}

void NetworkInterface::read_packets() {
    while (unread_ > 0 && free_slots_ > 0) {
        const std::uint64_t bytes = std::min(unread_, array_.interconnect.packet_bytes);
        unread_ -= bytes;
        --free_slots_;
        ++reading_;
        start_stream(Purpose::Send, bytes);
    }
}

void NetworkInterface::start_stream(Purpose purpose, std::uint64_t bytes) {
    const Direction direction = purpose == Purpose::Write ? Direction::Write : Direction::Read;
    dma_.start(bytes << kBytesShift | static_cast<std::uint64_t>(purpose), bytes, direction);
}

void NetworkInterface::offer_state(StateVisitor& visitor) {
    offer_due_time(visitor);
    started_.offer_state(visitor, [&](std::uint64_t, const ExchangeShare& share) {
        visitor.value(share.to);
        visitor.value(share.from);
        visitor.value(share.send_bytes);
        visitor.value(share.receive_bytes);
        visitor.value(share.reduces ? 1 : 0);
    });
    packets_.offer_state(visitor, [&](std::uint64_t, Packet& packet) { packet.offer_state(visitor); });
    freed_.offer_state(visitor, [](std::uint64_t, bool) {});
    dma_.offer_state(visitor);
    visitor.value(running_ ? 1 : 0);
    visitor.value(share_.to);
    visitor.value(share_.from);
    visitor.value(share_.reduces ? 1 : 0);
    visitor.remaining(unread_);
    visitor.remaining(missing_);
    visitor.value(reading_);
    visitor.value(free_slots_);
    visitor.counter(use_.sent_bytes);
    visitor.counter(use_.received_bytes);
}

const Route& NetworkInterface::route_to(std::uint64_t destination) {
    auto found = routes_.find(destination);
    if (found == routes_.end()) {
        found = routes_.emplace(destination, topology_.route(accelerator_, destination)).first;
    }
    return found->second;
}

}  // namespace hypar
