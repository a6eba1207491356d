#include "arch/array/network_interface.h"

#include <algorithm>
#include <cassert>

#include "arch/array/flow_limits.h"

namespace hypar {
namespace {

/// What a stream of the DMA engine is for, in its tag.
struct Tag {
    std::uint8_t purpose = 0;
    bool adds = false;
    std::uint64_t bytes = 0;
    std::size_t flow = 0;

    static constexpr unsigned kBytesShift = 3;
    static constexpr unsigned kFlowShift = 34;  // packets have at most 2^30 bytes

    std::uint64_t packed() const {
        return std::uint64_t{flow} << kFlowShift | bytes << kBytesShift | (adds ? 4U : 0U) | purpose;
    }
    static Tag of(std::uint64_t packed) {
        constexpr std::uint64_t kBytes = (std::uint64_t{1} << (kFlowShift - kBytesShift)) - 1;
        return {static_cast<std::uint8_t>(packed & 3U), (packed & 4U) != 0, packed >> kBytesShift & kBytes,
                static_cast<std::size_t>(packed >> kFlowShift)};
    }
};

/// Packets that are read ahead for a link: as many as a buffer of the router takes, or as it sends while memory
/// answers, but one while another is sent.
std::uint64_t packets_ahead(const ArraySpec& array, std::uint64_t bits_per_second) {
    const InterconnectSpec& spec = array.interconnect;
    const Picoseconds packet = spec.link_time(spec.packet_bytes, bits_per_second);
    const Picoseconds answer = checked_add(array.clock.duration(array.mapping_target().memory_latency + 2),
                                           transfer_time(spec.packet_bytes, array.memory.vault_bits_per_second));
    return std::max<std::uint64_t>(
        {2, spec.buffer_flits / spec.flits_of(spec.packet_bytes), 1 + ceil_divide(answer, packet)});
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
      dma_("dma", DmaSpec{interface_requests(array, topology)}, memory, id, 0, *this) {
    const std::vector<std::size_t>& links = topology.links_from(accelerator);
    if (topology.is_adaptive() && !links.empty()) {
        queues_.resize(1);
        queues_.front().free_slots = packets_ahead(array, topology.link_sums(accelerator).leaving);
    } else {
        for (const std::size_t link : links) {
            queues_.emplace_back();
            queues_.back().free_slots = packets_ahead(array, topology.links()[link].bits_per_second);
        }
    }
    router.attach(*this, std::max<std::size_t>(1, queues_.size()));
}

void NetworkInterface::start(const std::vector<Flow>& flows, const FlowEnds& own, Picoseconds arrival) {
    assert(!running_);
    last_ended_ = 0;
    sending_.clear();
    receiving_.clear();
    for (Queue& queue : queues_) {
        queue.flows.clear();
        queue.turn = 0;
    }
    for (const std::uint32_t number : own.entering) {
        const Flow& flow = flows[number];
        receiving_.push_back({number, flow.bytes, flow.added_bytes, flow.bytes, flow.added_bytes, flow.added_bytes});
        missing_ += flow.bytes;
    }
    for (Receiving& entering_flow : receiving_) {
        const Flow& flow = flows[entering_flow.flow];
        for (const std::uint32_t other : flow.adds_behind) entering_flow.adds_behind.push_back({entering(other)});
        for (const std::uint32_t other : flow.adds_after) entering_flow.adds_after.push_back(entering(other));
    }
    for (const std::uint32_t number : own.leaving) {
        const Flow& flow = flows[number];
        const Route& route = route_to(flow.to);
        const std::size_t queue = queue_of(route);
        if (flow.bytes > 0) queues_[queue].flows.push_back(sending_.size());
        Sending sending{number,           flow.to,        &route, queue, flow.bytes,
                        flow.added_bytes, flow.own_bytes, {},     {},    flow.bytes};
        for (const std::uint32_t other : flow.follows) sending.follows.push_back({entering(other)});
        for (const std::uint32_t other : flow.after) sending.after.push_back(entering(other));
        for_each_piece(flow, [&](std::uint64_t piece) {
            if (piece > 0) sending.pieces.push_back(piece);
        });
        if (!sending.pieces.empty()) sending.unread_piece = sending.pieces.front();
        sending_.push_back(std::move(sending));
        unread_ += flow.bytes;
    }
    started_.put(arrival, 0, true);
    wake_by(arrival);
}

void NetworkInterface::receive(const Packet& packet, Picoseconds arrival) {
    packets_.put(arrival, 0, packet);
    wake_by(arrival);
}

void NetworkInterface::packet_taken(std::size_t queue, Picoseconds arrival) {
    freed_.put(arrival, 0, queue);
    if (unread_ > 0) wake_by(arrival);
}

Picoseconds NetworkInterface::wake(Picoseconds now) {
    while (freed_.next_arrival() <= now) ++queues_[freed_.take()].free_slots;
    while (started_.next_arrival() <= now) {
        started_.take();
        running_ = true;
        if (times_ != nullptr) times_->start(now, sending_.size(), receiving_.size());
    }
    take_streams(now);
    if (held_ > 0) add_held();
    take_packets(now);
    if (running_) {
        if (unread_ == 0 && reading_ == 0 && missing_ == 0) finish(now);
        read_packets(now);
    }
    dma_.issue(now);
    Picoseconds next = std::min({started_.next_arrival(), dma_.next_wake(), packets_.next_arrival()});
    if (unread_ > 0) next = std::min(next, freed_.next_arrival());
    return next;
}

void NetworkInterface::take_streams(Picoseconds now) {
    for (const std::uint64_t packed : dma_.finished(now)) {
        const Tag tag = Tag::of(packed);
        switch (static_cast<Purpose>(tag.purpose)) {
            case Purpose::Send: inject(sending_[tag.flow], tag.bytes, tag.adds, now); break;
            case Purpose::ReadSum: start_stream(Purpose::Write, tag.flow, tag.bytes, true); break;
            case Purpose::Write:
                receiving_[tag.flow].missing -= tag.bytes;
                if (tag.adds) receiving_[tag.flow].unadded -= tag.bytes;
                missing_ -= tag.bytes;
                if (receiving_[tag.flow].missing == 0) last_ended_ = tag.flow;
                break;
        }
    }
}

void NetworkInterface::take_packets(Picoseconds now) {
    while (packets_.next_arrival() <= now) {
        const Packet packet = packets_.take();
        use_.received_bytes = checked_add(use_.received_bytes, packet.payload_bytes);
        const std::size_t flow = entering(packet.flow);
        if (times_ != nullptr) times_->last_received[flow] = now;
        if (!packet.adds) {
            start_stream(Purpose::Write, flow, packet.payload_bytes, false);
        } else if (receiving_[flow].held.empty() && may_add(receiving_[flow], packet.payload_bytes)) {
            add(flow, packet.payload_bytes);
        } else {
            receiving_[flow].held.push_back(packet.payload_bytes);
            ++held_;
        }
    }
}

/// Adds what waited for the sums of other flows, as far as those have been added by now.
void NetworkInterface::add_held() {
    for (std::size_t index = 0; held_ > 0 && index < receiving_.size(); ++index) {
        Receiving& flow = receiving_[index];
        while (!flow.held.empty() && may_add(flow, flow.held.front())) {
            add(index, flow.held.front());
            flow.held.pop_front();
            --held_;
        }
    }
}

void NetworkInterface::add(std::size_t index, std::uint64_t bytes) {
    receiving_[index].unsummed -= bytes;
    start_stream(Purpose::ReadSum, index, bytes, true);
}

bool NetworkInterface::may_add(Receiving& flow, std::uint64_t bytes) const {
    bool has_turn = std::all_of(flow.adds_after.begin(), flow.adds_after.end(),
                                [&](std::size_t other) { return receiving_[other].unadded == 0; });
    for (Followed& other : flow.adds_behind) {
        if (receiving_[other.flow].unadded == 0 || lead_in_sums(other, flow) >= bytes) continue;
        ++other.waits;
        has_turn = false;
    }
    return has_turn;
}

/// How many bytes more of the other flow, which has some left, have been added than this one's are being.
std::uint64_t NetworkInterface::lead_in_sums(const Followed& other, const Receiving& flow) const {
    const Receiving& before = receiving_[other.flow];
    return (before.added_bytes - before.unadded) - (flow.added_bytes - flow.unsummed);
}

void NetworkInterface::inject(const Sending& flow, std::uint64_t bytes, bool adds, Picoseconds now) {
    Packet packet;
    packet.payload_bytes = bytes;
    packet.flits = array_.interconnect.flits_of(bytes);
    packet.source = accelerator_;
    packet.destination = flow.destination;
    packet.flow = flow.flow;
    packet.adds = adds;
    packet.route = flow.route;
    router_.inject(packet, now + array_.clock.period, flow.queue);
    --reading_;
    use_.sent_bytes = checked_add(use_.sent_bytes, bytes);
    counts_.sent_bytes = checked_add(counts_.sent_bytes, bytes);
    counts_.injected_flits = checked_add(counts_.injected_flits, packet.flits);
}

/// All has been sent and has arrived.
void NetworkInterface::finish(Picoseconds now) {
    for (const Receiving& flow : receiving_) {
        counts_.adds = checked_add(counts_.adds, flow.added_bytes / array_.precision.bytes);
    }
    running_ = false;
    if (times_ != nullptr) times_->end = now;
    listener_.completed(*this, now + array_.clock.period);
}

void NetworkInterface::read_packets(Picoseconds now) {
    for (Queue& queue : queues_) {
        while (queue.free_slots > 0) {
            const std::size_t next = next_of(queue);
            if (next == queue.flows.size()) break;
            --queue.free_slots;
            const std::size_t flow = queue.flows[next];
            read_packet(flow, now);
            queue.turn = next + 1;
            if (sending_[flow].unread == 0) {  // it has no more turns
                queue.flows.erase(queue.flows.begin() + static_cast<std::ptrdiff_t>(next));
                queue.turn = next;
            }
            if (queue.turn >= queue.flows.size()) queue.turn = 0;
        }
    }
}

/// The place of the first flow, from the one whose turn it is, that has a packet to read; the number of flows if none
/// has.
std::size_t NetworkInterface::next_of(const Queue& queue) {
    for (std::size_t step = 0; step < queue.flows.size(); ++step) {
        const std::size_t place = (queue.turn + step) % queue.flows.size();
        Sending& flow = sending_[queue.flows[place]];
        if (may_read(flow)) return place;
    }
    return queue.flows.size();
}

/// Whether all has come that a flow starts after.
bool NetworkInterface::may_start(Sending& flow) const {
    while (!flow.after.empty() && receiving_[flow.after.back()].missing == 0) flow.after.pop_back();
    return flow.after.empty();
}

bool NetworkInterface::may_read(Sending& flow) const {
    if (!may_start(flow)) return false;
    bool has_come = true;
    for (Followed& other : flow.follows) {
        if (lead_of(other, flow) >= next_bytes(flow)) continue;
        ++other.waits;
        has_come = false;
    }
    return has_come;
}

std::uint64_t NetworkInterface::next_bytes(const Sending& flow) const {
    return std::min(flow.unread_piece, array_.interconnect.packet_bytes);
}

/// How many bytes beyond those that have been read may be, as far as the other flow has come.
std::uint64_t NetworkInterface::lead_of(const Followed& other, const Sending& flow) const {
    const Receiving& entering = receiving_[other.flow];
    return flow.own_bytes + (entering.bytes - entering.missing) - flow.read();
}

void NetworkInterface::read_packet(std::size_t index, Picoseconds now) {
    Sending& flow = sending_[index];
    if (times_ != nullptr && flow.read() == 0) times_->first_read[index] = now;
    const std::uint64_t bytes = next_bytes(flow);
    const bool adds = flow.read() < flow.added_bytes;
    flow.unread -= bytes;
    unread_ -= bytes;
    flow.unread_piece -= bytes;
    if (flow.unread_piece == 0 && flow.unread > 0) flow.unread_piece = flow.pieces[++flow.piece];
    ++reading_;
    start_stream(Purpose::Send, index, bytes, adds);
}

void NetworkInterface::start_stream(Purpose purpose, std::size_t flow, std::uint64_t bytes, bool adds) {
    const Direction direction = purpose == Purpose::Write ? Direction::Write : Direction::Read;
    dma_.start(Tag{static_cast<std::uint8_t>(purpose), adds, bytes, flow}.packed(), bytes, direction);
}

void NetworkInterface::offer_state(StateVisitor& visitor) {
    offer_due_time(visitor);
    started_.offer_state(visitor, [](std::uint64_t, bool) {});
    packets_.offer_state(visitor, [&](std::uint64_t, Packet& packet) { packet.offer_state(visitor); });
    freed_.offer_state(visitor, [&](std::uint64_t, std::size_t queue) { visitor.value(queue); });
    dma_.offer_state(visitor);
    visitor.value(running_ ? 1 : 0);
    for (Sending& flow : sending_) offer_leaving(visitor, flow);
    for (Receiving& flow : receiving_) offer_entering(visitor, flow);
    for (const Queue& queue : queues_) {
        visitor.value(queue.turn);
        visitor.value(queue.free_slots);
    }
    visitor.remaining(unread_);
    visitor.remaining(missing_);
    visitor.value(reading_);
    visitor.counter(use_.sent_bytes);
    visitor.counter(use_.received_bytes);
}

/// A flow that has left, or that waits for others to end, says no more than that.
void NetworkInterface::offer_leaving(StateVisitor& visitor, Sending& flow) const {
    const bool has_left = flow.unread == 0;
    const bool waits = !has_left && !may_start(flow);
    visitor.value((has_left ? 2U : 0U) | (waits ? 1U : 0U));
    if (has_left || waits) return;
    visitor.remaining(flow.unread);
    visitor.value(flow.piece);
    visitor.remaining(flow.unread_piece);
    if (flow.follows.empty()) return;
    // The last packet of a piece may be smaller and wait for less.
    visitor.lead(flow.unread_piece, array_.interconnect.packet_bytes, flow.read(), 0);
    for (const Followed& other : flow.follows) {
        visitor.lead(lead_of(other, flow), array_.interconnect.packet_bytes, flow.read(), other.waits);
    }
}

/// A flow that has come says no more than that.
void NetworkInterface::offer_entering(StateVisitor& visitor, Receiving& flow) const {
    visitor.value(flow.missing > 0 ? 1 : 0);
    if (flow.missing == 0) return;
    visitor.remaining(flow.missing);
    if (flow.added_bytes == 0) return;
    visitor.remaining(flow.unadded);
    visitor.remaining(flow.unsummed);
    visitor.value(flow.held.size());
    for (const std::uint64_t bytes : flow.held) visitor.value(bytes);
    const std::uint64_t packet_bytes = array_.interconnect.packet_bytes;
    for (const Followed& other : flow.adds_behind) {
        const std::uint64_t lead = receiving_[other.flow].unadded == 0 ? packet_bytes : lead_in_sums(other, flow);
        visitor.lead(lead, packet_bytes, flow.added_bytes - flow.unsummed, other.waits);
    }
}

std::size_t NetworkInterface::entering(std::uint32_t flow) const {
    const auto found =
        std::lower_bound(receiving_.begin(), receiving_.end(), flow,
                         [](const Receiving& receiving, std::uint32_t number) { return receiving.flow < number; });
    assert(found != receiving_.end() && found->flow == flow);
    return static_cast<std::size_t>(found - receiving_.begin());
}

const Route& NetworkInterface::route_to(std::uint64_t destination) {
    auto found = routes_.find(destination);
    if (found == routes_.end()) {
        found = routes_.emplace(destination, topology_.route(accelerator_, destination)).first;
    }
    return found->second;
}

/// Of the link that a way leaves over; packets that choose their way share the first one.
std::size_t NetworkInterface::queue_of(const Route& route) const {
    if (topology_.is_adaptive()) return 0;
    const std::vector<std::size_t>& links = topology_.links_from(accelerator_);
    return static_cast<std::size_t>(std::find(links.begin(), links.end(), route.front().link) - links.begin());
}

}  // namespace hypar
