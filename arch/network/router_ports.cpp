// What comes into a router, from its links and from its terminal, and where it wants to go.

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
    if (is_endpoint_) return;
    leaves_side_by_side_ = port == PortDefault::Links;
    add_buffers(queues);
    injection_.lanes.assign(queues * spec_.virtual_channels, Lane(spec_.buffer_flits, 0));
    join(injection_, outputs_.size(), first_local_input());
    const LinkSums sums = port == PortDefault::Links ? topology_.link_sums(node_) : LinkSums();
    injection_.bits_per_second = spec_.port_bits_per_second.value_or(sums.leaving);
    outputs_.back().bits_per_second = spec_.port_bits_per_second.value_or(sums.entering);
    injection_.takes_flit_a_cycle = outputs_.back().takes_flit_a_cycle = !spec_.port_bits_per_second;
    enters_side_by_side_ = port == PortDefault::Links && !spec_.port_bits_per_second && queues == outputs_.size() - 1;
    for (std::size_t queue = 0; enters_side_by_side_ && queue < queues; ++queue) {
        queues_[queue].bits_per_second = outputs_[queue].bits_per_second;
    }
}

/// Buffers of all links and of a number of queues before the local port, and what reads them and is asked by them.
void Router::add_buffers(std::size_t queues) {
    inputs_.resize(first_local_input() + queues * spec_.virtual_channels);
    for (std::size_t index = 0; index < inputs_.size(); ++index) {
        inputs_[index].reader = reads_all_ ? index : index / spec_.virtual_channels;
    }
    readers_.resize(inputs_.empty() ? 0 : inputs_.back().reader + 1);
    for (OutputPort& output : outputs_) {
        output.lanes.assign(lanes_of(output), Lane(spec_.buffer_flits, reads_all_ ? inputs_.size() : 0));
        output.heads = Requests(inputs_.size());
    }
    reset_turns();
}

std::size_t Router::lanes_of(const OutputPort& output) const {
    if (!is_ejection(output)) return spec_.virtual_channels;
    if (reads_all_) return 1;
    return leaves_side_by_side_ ? inputs_.size() : spec_.virtual_channels;
}

void Router::inject(const Packet& packet, Picoseconds arrival, std::size_t queue) {
    std::deque<Offered>& offered = queues_[queue].offered;
    offered.push_back({packet, arrival});
    if (offered.size() > 1) return;
    entry().due = std::min(entry().due, arrival);
    wake_by(arrival);
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

/// Moves units from the terminal into buffers of the local port, or onto an endpoint's link: one of the next queue,
/// round-robin, that may go, or of every queue where they enter side by side.
void Router::take_from_terminal(Picoseconds now) {
    entry().due = kNever;
    entry().is_blocked = false;
    std::size_t index = last_queue_;
    for (std::size_t turn = 0; turn < queues_.size(); ++turn) {
        if (++index == queues_.size()) index = 0;
        if (queues_[index].offered.empty() || !take_from_queue(index, now)) continue;
        last_queue_ = index;
        entry().due = std::min(entry().due, free_at(queues_[index]));
        if (!enters_side_by_side_) return;
    }
}

bool Router::take_from_queue(std::size_t index, Picoseconds now) {
    InjectionQueue& queue = queues_[index];
    const Picoseconds possible = std::max(queue.offered.front().arrival, free_at(queue));
    if (possible > now) {
        entry().due = std::min(entry().due, possible);
        return false;
    }
    const Packet& packet = queue.offered.front().packet;
    const std::uint64_t flits = spec_.flow_control == FlowControl::Wormhole ? 1 : packet.flits;
    const std::size_t number = injection_lane(index, flits);
    Lane& lane = entry().lanes[number];
    if (lane.free_flits < flits) {
        entry().is_blocked = true;
        return false;
    }
    queue.lane = number;
    FlowUnit unit = next_unit(queue, flits, now);
    if (is_endpoint_) {
        cross(entry(), number, unit, now);
    } else {
        lane.free_flits -= flits;
        if (!reads_all_ && unit.is_head) lane.behind.push_back({packet.route, packet.flits});
        append(injection_.next_input + number, unit);
    }
    if (!unit.is_tail) return true;
    queue.injected_flits = 0;
    queue.offered.pop_front();
    terminal_->packet_taken(index, now + clock_.period);
    return true;
}

/// The one that the packet's head has entered; of its way's first link where all are read, so that packets of a pair
/// stay in order; the next one with room, but behind another packet of its way, where one is read; and the one with
/// most room where packets choose their ways.
std::size_t Router::injection_lane(std::size_t index, std::uint64_t flits) const {
    const InjectionQueue& queue = queues_[index];
    if (queue.injected_flits > 0) return queue.lane;
    const Packet& packet = queue.offered.front().packet;
    const std::vector<Lane>& lanes = entry().lanes;
    const ChannelClasses::Range range = injection_lanes(index, packet);
    if (range.end == range.first + 1) return range.first;
    const std::size_t followed = topology_.is_adaptive() ? kNobody : channel_of(entry(), range, packet.route);
    if (followed != kNobody) return followed;
    const auto is_better = [&](std::size_t lane, std::size_t other) {
        if (topology_.is_adaptive()) return lanes[lane].free_flits > lanes[other].free_flits;
        const bool has_room = lanes[lane].free_flits >= flits;
        if (has_room != (lanes[other].free_flits >= flits)) return has_room;
        return comes_before(lane, other, queue.lane);
    };
    std::size_t best = range.first;
    for (std::size_t lane = range.first + 1; lane < range.end; ++lane) {
        if (is_better(lane, best)) best = lane;
    }
    return best;
}

/// Those that the head of a packet may enter: of its queue's buffers any; of an endpoint's link those that are as
/// safe from deadlock as its way's, or that adaptive packets choose from.
ChannelClasses::Range Router::injection_lanes(std::size_t index, const Packet& packet) const {
    const std::size_t first = is_endpoint_ ? 0 : index * spec_.virtual_channels;
    if (topology_.is_adaptive()) {
        return {first + (is_endpoint_ ? topology_.routed_channels() : 0), first + spec_.virtual_channels};
    }
    const std::size_t channel =
        packet.route->empty() ? packet.destination % spec_.virtual_channels : packet.route->front().virtual_channel;
    if (reads_all_) return {first + channel, first + channel + 1};
    return is_endpoint_ ? topology_.routing().alike(channel)
                        : ChannelClasses::Range{first, first + spec_.virtual_channels};
}

/// When a unit of a queue can enter after those before it.
Picoseconds Router::free_at(const InjectionQueue& queue) const {
    return enters_side_by_side_ ? queue.free_at : entry().free_at;
}

/// Queues side by side are as fast as their links: then one never gains on the other, however long they run.
Picoseconds Router::injection_time(const InjectionQueue& queue, std::uint64_t flits) {
    if (!enters_side_by_side_) return serialisation(entry(), flits);
    return std::min(clock_.duration(flits), on_link(flits, queue.bits_per_second));
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
    unit.ready = now + stages_.of(unit);
    unit.tail = now + injection_time(queue, flits);
    (enters_side_by_side_ ? queue.free_at : entry().free_at) = unit.tail;
    unit.read_time = read_time(flits, unit.tail - now);
    return unit;
}

/// A unit from another router.
void Router::arrive(std::size_t input, const FlowUnit& unit) {
    if (is_endpoint_) {
        free_room(inputs_[input], unit.flits, unit.tail);
        deliver(unit, unit.tail);
        return;
    }
    const Picoseconds due = append(input, unit);
    if (due != kNever) wake_by(due);
}

/// Adds a unit to an input buffer. Nothing can be done about it before it is first there. Returns when something may.
Picoseconds Router::append(std::size_t input, const FlowUnit& unit) {
    ReusedQueue<FlowUnit>& units = inputs_[input].units;
    units.push_back(unit);
    return units.size() == 1 ? request(input, 0) : kNever;
}

/// Lets the first unit of a buffer, which is read until then, ask for what it needs next; an adaptive head when it is
/// through the pipeline, see below. Returns when to look at it.
Picoseconds Router::request(std::size_t index, Picoseconds read_until) {
    InputBuffer& input = inputs_[index];
    const FlowUnit& unit = input.units.front();
    input.ready = unit.is_head ? std::max(unit.ready - stages_.channel, read_until + stages_.route) : unit.ready;
    if (is_to_choose(input)) {
        next_choice_ = std::min(next_choice_, input.ready);
        return input.ready;
    }
    if (unit.is_head) choose_way(input);
    if (unit.is_head || reads_all_) set_request(index, true);
    OutputPort& output = outputs_[input.output];
    const bool asks_for_channel = unit.is_head && !reads_all_;
    const Picoseconds due =
        asks_for_channel ? input.ready : std::max(ready_for(output, input), readers_[input.reader].free_at);
    output.due = std::min(output.due, due);
    return due;
}

void Router::set_request(std::size_t index, bool asks) {
    const InputBuffer& input = inputs_[index];
    OutputPort& output = outputs_[input.output];
    (reads_all_ ? output.lanes[input.channel].requests : output.heads).set(index, asks);
}

std::size_t Router::output_index(std::size_t link) const {
    std::size_t index = 0;
    while (outputs_[index].link != link) ++index;
    return index;
}

/// The output and virtual channel that the first packet of a buffer asks for.
void Router::choose_way(InputBuffer& input) {
    FlowUnit& unit = input.units.front();
    if (node_ == unit.packet.destination) {
        input.output = outputs_.size() - 1;
        input.channel = 0;
        return;
    }
    if (!unit.escapes) {
        if (choose_closest(input)) return;
        escape(unit);
    }
    const Hop& hop = (*unit.packet.route)[unit.hop];
    input.output = output_index(hop.link);
    input.channel = hop.virtual_channel;
}

/// The link nearer to the destination with most room in a virtual channel that no other packet holds. Returns false
/// if there is none.
bool Router::choose_closest(InputBuffer& input) {
    const FlowUnit& unit = input.units.front();
    const std::uint64_t needed = spec_.flow_control == FlowControl::Wormhole ? 1 : unit.flits;
    std::uint64_t most = 0;
    for (std::size_t index = 0; index + 1 < outputs_.size(); ++index) {
        const OutputPort& output = outputs_[index];
        if (!topology_.is_closer(output.link, unit.packet.destination)) continue;
        for (std::size_t channel = topology_.routed_channels(); channel < spec_.virtual_channels; ++channel) {
            const std::uint64_t room = output.lanes[channel].free_flits;
            if (output.lanes[channel].is_taken || room < needed || room <= most) continue;
            most = room;
            input.output = index;
            input.channel = channel;
        }
    }
    return most > 0;
}

/// From here on the packet asks for its deterministic way; it keeps to it once it has taken a link of it.
void Router::escape(FlowUnit& unit) {
    const std::size_t destination = unit.packet.destination;
    auto found = ways_out_.find(destination);
    if (found == ways_out_.end()) found = ways_out_.emplace(destination, topology_.route(node_, destination)).first;
    unit.packet.route = &found->second;
    unit.hop = 0;
}

/// Lets adaptive packets that have not gone yet choose, and choose again, by the room that there is now.
///
/// They do so whenever there is more of it, so that their choice follows from what there is and not from when the
/// router happens to wake.
void Router::reconsider(Picoseconds now) {
    chooses_ = false;
    next_choice_ = kNever;
    for (std::size_t index = 0; index < inputs_.size(); ++index) {
        InputBuffer& input = inputs_[index];
        if (input.units.empty() || !is_to_choose(input)) continue;
        if (input.ready > now) {
            next_choice_ = std::min(next_choice_, input.ready);
            continue;
        }
        set_request(index, false);
        choose_way(input);
        set_request(index, true);
        chooses_ = true;
    }
    for (OutputPort& output : outputs_) output.due = now;
}

}  // namespace hypar
