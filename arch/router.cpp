#include "arch/router.h"

#include <algorithm>

#include "arch/network_interface.h"

namespace hypar {

Router::Router(const sc_core::sc_module_name& name, Calendar& calendar, const ArraySpec& array,
               const Topology& topology, std::size_t node, EventCounts& counts)
    : Component(name, calendar),
      array_(array),
      counts_(counts),
      inputs_(1 + topology.links_from(node).size() * array.interconnect.virtual_channels) {
    const InterconnectSpec& spec = array.interconnect;
    for (const std::size_t link : topology.links_from(node)) {
        Output output;
        output.link = link;
        output.bits_per_second = topology.links()[link].bits_per_second;
        output.next_input = topology.links()[link].to;  // its node, until connect()
        output.free_slots.assign(spec.virtual_channels, spec.buffer_packets);
        output.ready.assign(spec.virtual_channels, 0);
        outputs_.push_back(std::move(output));
    }
}

void Router::connect(const std::vector<Router*>& routers) {
    for (std::size_t index = 0; index < outputs_.size(); ++index) {
        Output& output = outputs_[index];
        output.next = routers[output.next_input];
        output.next_input = output.next->first_input(output.link);
        for (std::size_t channel = 0; channel < output.free_slots.size(); ++channel) {
            Input& behind = output.next->inputs_[output.next_input + channel];
            behind.upstream = this;
            behind.credit = {index, channel};
        }
    }
}

void Router::inject(Packet packet, Picoseconds arrival) {
    packet.tail = arrival;
    queue(kInjection, packet, arrival);
}

/// Adds a packet to an input buffer, where it appears at `ready`, ahead of now. Nothing can be done about it before
/// it is first in its buffer and its link is free.
void Router::queue(std::size_t input, const Packet& packet, Picoseconds ready) {
    std::deque<Queued>& packets = inputs_[input].packets;
    Output* output = next_output(packet);
    packets.push_back({packet, ready, output});
    if (packets.size() > 1) return;
    wake_by(output == nullptr ? ready : std::max(ready, output->free_at));
}

/// Where a packet goes on to; null where it leaves the network.
Router::Output* Router::next_output(const Packet& packet) {
    if (packet.hop == packet.route->size()) return nullptr;
    return &outputs_[output_index((*packet.route)[packet.hop].link)];
}

std::size_t Router::output_index(std::size_t link) const {
    std::size_t index = 0;
    while (outputs_[index].link != link) ++index;
    return index;
}

/// The buffer of the first virtual channel of a link that ends here. Wires have two directions, numbered side by
/// side, and the buffers behind the one lie in the order of the links that leave on the other.
std::size_t Router::first_input(std::size_t link) const {
    return 1 + output_index(link ^ 1U) * array_.interconnect.virtual_channels;
}

Picoseconds Router::wake(Picoseconds now) {
    take_credits(now);
    Picoseconds next_wake = kNever;
    bool moved = true;
    while (moved) {
        next_wake = kNever;
        waits_for_credit_ = false;
        moved = eject_packets(now, next_wake);
        for (Output& output : outputs_) moved |= serve(output, now, next_wake);
    }
    if (waits_for_credit_) next_wake = std::min(next_wake, credits_.next_arrival());
    return next_wake;
}

void Router::take_credits(Picoseconds now) {
    while (credits_.next_arrival() <= now) {
        const Credit credit = credits_.take();
        ++outputs_[credit.output].free_slots[credit.virtual_channel];
    }
}

bool Router::eject_packets(Picoseconds now, Picoseconds& next_wake) {
    bool moved = false;
    for (Input& input : inputs_) {
        while (!input.packets.empty() && input.packets.front().output == nullptr) {
            const Queued& first = input.packets.front();
            if (first.ready > now) {
                next_wake = std::min(next_wake, first.ready);
                break;
            }
            interface_->receive(first.packet, now + array_.clock.period);
            free_slot(input, now);
            input.packets.pop_front();
            moved = true;
        }
    }
    return moved;
}

bool Router::serve(Output& output, Picoseconds now, Picoseconds& next_wake) {
    std::size_t index = output.last_granted;
    for (std::size_t turn = 0; turn < inputs_.size(); ++turn) {
        if (++index == inputs_.size()) index = 0;
        Input& input = inputs_[index];
        if (input.packets.empty() || input.packets.front().output != &output) continue;
        const auto& [packet, ready, wanted] = input.packets.front();
        const Picoseconds possible = std::max(ready, output.free_at);
        if (possible > now) {
            next_wake = std::min(next_wake, possible);
        } else if (output.free_slots[(*packet.route)[packet.hop].virtual_channel] == 0) {
            waits_for_credit_ = true;
        } else {
            output.last_granted = index;
            send(output, input, now);
            return true;
        }
    }
    return false;
}

void Router::send(Output& output, Input& input, Picoseconds now) {
    Packet packet = input.packets.front().packet;
    input.packets.pop_front();
    const std::size_t channel = (*packet.route)[packet.hop].virtual_channel;
    const Picoseconds duration = serialisation(output, packet);
    const std::uint64_t wire_bytes = packet.payload_bytes + array_.interconnect.header_bytes;
    --output.free_slots[channel];
    output.free_at = now + duration;
    output.use.busy_time += duration;
    output.use.payload_bytes = checked_add(output.use.payload_bytes, packet.payload_bytes);
    ++output.use.packets;
    counts_.link_bytes = checked_add(counts_.link_bytes, wire_bytes);
    free_slot(input, output.free_at);

    const Picoseconds head = now + array_.interconnect.link_latency;
    packet.tail = head + duration;
    ++packet.hop;
    Picoseconds& ready = output.ready[channel];
    ready = std::max(ready, output.next->ready_at(packet, head));
    output.next->queue(output.next_input + channel, packet, ready);
}

/// When a packet whose head arrives at `head` can go on from here: out of the pipeline, and so far in that its tail
/// will be there in time; whole, where it leaves the network.
Picoseconds Router::ready_at(const Packet& packet, Picoseconds head) {
    const Picoseconds piped = head + array_.clock.duration(array_.interconnect.router_cycles);
    Output* output = next_output(packet);
    if (output == nullptr) return std::max(piped, packet.tail);
    return std::max(piped, packet.tail - std::min(packet.tail, serialisation(*output, packet)));
}

/// Tells whoever fills `input` that a packet's tail leaves it at `tail_left`.
void Router::free_slot(const Input& input, Picoseconds tail_left) {
    const Picoseconds arrival = tail_left + array_.interconnect.link_latency;
    if (input.upstream == nullptr) {
        interface_->slot_freed(arrival);
        return;
    }
    Router& upstream = *input.upstream;
    upstream.credits_.put(arrival, 0, input.credit);
    upstream.quiet_at_ = std::max(upstream.quiet_at_, arrival);
    if (upstream.waits_for_credit_) upstream.wake_by(arrival);
}

Picoseconds Router::serialisation(Output& output, const Packet& packet) {
    const std::uint64_t bytes = packet.payload_bytes + array_.interconnect.header_bytes;
    if (output.timed_bytes != bytes) {
        output.timed_bytes = bytes;
        output.timed = transfer_time(bytes, output.bits_per_second);
    }
    return output.timed;
}

void Router::restart() {
    for (Output& output : outputs_) output.last_granted = 0;
}

void Router::offer_state(StateVisitor& visitor) {
    offer_due_time(visitor);
    for (std::size_t index = 0; index < inputs_.size(); ++index) {
        if (inputs_[index].packets.empty()) continue;
        visitor.value(index);
        visitor.value(inputs_[index].packets.size());
        for (Queued& queued : inputs_[index].packets) {
            queued.packet.offer_state(visitor);
            visitor.time(queued.ready);
        }
    }
    visitor.value(inputs_.size());
    for (Output& output : outputs_) {
        visitor.value(output.last_granted);
        for (std::size_t channel = 0; channel < output.free_slots.size(); ++channel) {
            visitor.value(output.free_slots[channel]);
            visitor.time(output.ready[channel]);
        }
        visitor.time(output.free_at);
        visitor.counter(output.use.payload_bytes);
        visitor.counter(output.use.packets);
        visitor.counter(output.use.busy_time);
    }
    credits_.offer_state(visitor, [&](std::uint64_t, const Credit& credit) {
        visitor.value(credit.output);
        visitor.value(credit.virtual_channel);
    });
    visitor.value(waits_for_credit_ ? 1 : 0);
    visitor.time(quiet_at_);
}

std::vector<LinkUse> Router::link_use() const {
    std::vector<LinkUse> use;
    for (const Output& output : outputs_) use.push_back(output.use);
    return use;
}

}  // namespace hypar
