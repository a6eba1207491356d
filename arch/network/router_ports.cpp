// How a router is joined to its links and its terminal, and how packets come from there.

#include <algorithm>

#include "arch/network/router.h"

namespace hypar {

void Router::connect(const std::vector<Router*>& routers) {
    for (std::size_t index = 0; index + 1 < outputs_.size(); ++index) {
        OutputPort& output = outputs_[index];
        output.next = routers[topology_.links()[output.link].to];
        join(output, index, output.next->first_input(output.link));
    }
}

/// Tells the buffers behind an output, with a lane for each, who fills them.
void Router::join(OutputPort& output, std::size_t index, std::size_t first_input) {
    output.next_input = first_input;
    for (std::size_t lane = 0; lane < output.lanes.size(); ++lane) {
        InputBuffer& behind = output.next->inputs_[first_input + lane];
        behind.upstream = this;
        behind.credit = {index, lane, 0};
    }
}

void Router::attach(Terminal& terminal, std::size_t queues, PortDefault port) {
    terminal_ = &terminal;
    queues_.resize(queues);
    const std::size_t lanes = queues * spec_.virtual_channels;
    inputs_.resize(first_local_input() + lanes);
    injection_.lanes.assign(lanes, {spec_.buffer_flits, false, 0, Requests(0)});
    join(injection_, outputs_.size(), first_local_input());
    for (OutputPort& output : outputs_) {
        for (Lane& lane : output.lanes) lane.requests = Requests(inputs_.size());
    }
    const LinkSums sums = port == PortDefault::Links ? topology_.link_sums(node_) : LinkSums();
    injection_.bits_per_second = spec_.port_bits_per_second.value_or(sums.leaving);
    outputs_.back().bits_per_second = spec_.port_bits_per_second.value_or(sums.entering);
    injection_.takes_flit_a_cycle = outputs_.back().takes_flit_a_cycle = !spec_.port_bits_per_second;
    enters_side_by_side_ = port == PortDefault::Links && !spec_.port_bits_per_second && queues == outputs_.size() - 1;
    for (std::size_t queue = 0; enters_side_by_side_ && queue < queues; ++queue) {
        queues_[queue].bits_per_second = outputs_[queue].bits_per_second;
    }
    reset_turns();
}

void Router::inject(const Packet& packet, Picoseconds arrival, std::size_t queue) {
    std::deque<Offered>& offered = queues_[queue].offered;
    offered.push_back({packet, arrival});
    if (offered.size() == 1) wake_by(arrival);
}

/// The buffer of the first virtual channel of a link that ends here.
std::size_t Router::first_input(std::size_t link) const {
    const std::vector<std::size_t>& links = topology_.graph().links_into(node_);
    const auto position = std::find(links.begin(), links.end(), link) - links.begin();
    return static_cast<std::size_t>(position) * spec_.virtual_channels;
}

std::size_t Router::first_local_input() const {
    return topology_.graph().links_into(node_).size() * spec_.virtual_channels;
}

/// Moves the next unit from the terminal into a buffer of the local port, round-robin among those that may go.
bool Router::take_from_terminal(Picoseconds now, Picoseconds& next_wake) {
    std::size_t index = last_queue_;
    for (std::size_t turn = 0; turn < queues_.size(); ++turn) {
        if (++index == queues_.size()) index = 0;
        if (queues_[index].offered.empty() || !take_from_queue(index, now, next_wake)) continue;
        last_queue_ = index;
        return true;
    }
    return false;
}

bool Router::take_from_queue(std::size_t index, Picoseconds now, Picoseconds& next_wake) {
    InjectionQueue& queue = queues_[index];
    const Picoseconds free_at = enters_side_by_side_ ? queue.free_at : injection_.free_at;
    const Picoseconds possible = std::max(queue.offered.front().arrival, free_at);
    if (possible > now) {
        next_wake = std::min(next_wake, possible);
        return false;
    }
    const std::uint64_t packet_flits = queue.offered.front().packet.flits;
    const std::uint64_t flits = spec_.flow_control == FlowControl::Wormhole ? 1 : packet_flits;
    const std::size_t lane = injection_lane(index);
    if (injection_.lanes[lane].free_flits < flits) {
        waits_for_credit_ = true;
        return false;
    }
    injection_.lanes[lane].free_flits -= flits;
    queue.lane = lane;
    append(injection_.next_input + lane, next_unit(queue, flits, now));
    if (queue.injected_flits == packet_flits) {
        queue.injected_flits = 0;
        queue.offered.pop_front();
        terminal_->packet_taken(index, now + clock_.period);
    }
    return true;
}

/// The one of the packet's first link, so that packets of a pair stay in order; where that is free to choose, the one
/// with most room, which the packet then keeps.
std::size_t Router::injection_lane(std::size_t index) const {
    const InjectionQueue& queue = queues_[index];
    const std::size_t first = index * spec_.virtual_channels;
    if (topology_.is_adaptive()) {
        if (queue.injected_flits > 0) return queue.lane;
        const auto has_less = [](const Lane& a, const Lane& b) { return a.free_flits < b.free_flits; };
        const auto lanes = injection_.lanes.begin() + static_cast<std::ptrdiff_t>(first);
        const auto end = lanes + static_cast<std::ptrdiff_t>(spec_.virtual_channels);
        return first + static_cast<std::size_t>(std::max_element(lanes, end, has_less) - lanes);
    }
    const Packet& packet = queue.offered.front().packet;
    const bool is_to_itself = packet.route->empty();
    return first +
           (is_to_itself ? packet.destination % spec_.virtual_channels : packet.route->front().virtual_channel);
}

/// Queues side by side are as fast as their links: then one never gains on the other, however long they run.
Picoseconds Router::injection_time(const InjectionQueue& queue, std::uint64_t flits) {
    if (!enters_side_by_side_) return serialisation(injection_, flits);
    return std::min(clock_.duration(flits),
                    transfer_time(checked_multiply(flits, spec_.flit_bytes), queue.bits_per_second));
}

/// Of the first packet of a queue, which comes in at the local port's pace.
FlowUnit Router::next_unit(InjectionQueue& queue, std::uint64_t flits, Picoseconds now) {
    FlowUnit unit;
    unit.packet = queue.offered.front().packet;
    unit.flits = flits;
    unit.is_head = queue.injected_flits == 0;
    queue.injected_flits += flits;
    unit.is_tail = queue.injected_flits == unit.packet.flits;
    unit.escapes = !topology_.is_adaptive();
    unit.ready = now + clock_.duration(spec_.router_cycles);
    unit.tail = now + injection_time(queue, flits);
    (enters_side_by_side_ ? queue.free_at : injection_.free_at) = unit.tail;
    unit.read_time = read_time(flits, unit.tail - now);
    return unit;
}

}  // namespace hypar
