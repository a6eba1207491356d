#include "arch/network/router.h"

#include <algorithm>

namespace hypar {
Router::Router(const sc_core::sc_module_name& name, Calendar& calendar, const InterconnectSpec& spec,
               const Clock& clock, const Topology& topology, std::size_t node)
    : Component(name, calendar),
      spec_(spec),
      clock_(clock),
      topology_(topology),
      node_(node),
      inputs_(topology.graph().links_into(node).size() * spec.virtual_channels) {
    const Lane lane{spec.buffer_flits, false, 0, Requests(inputs_.size())};
    for (const std::size_t index : topology.links_from(node)) {
        const LinkSpec& link = topology.links()[index];
        OutputPort output;
        output.link = index;
        output.bits_per_second = link.bits_per_second;
        output.latency = link.latency;
        output.lanes.assign(spec.virtual_channels, lane);
        outputs_.push_back(std::move(output));
    }
    outputs_.emplace_back();
    outputs_.back().link = kLocalPort;
    outputs_.back().lanes.assign(1, lane);
    injection_.next = this;
    reset_turns();
}

std::size_t Router::output_index(std::size_t link) const {
    std::size_t index = 0;
    while (outputs_[index].link != link) ++index;
    return index;
}

Picoseconds Router::wake(Picoseconds now) {
    take_credits(now);
    Picoseconds next_wake = kNever;
    bool moved = true;
    while (moved) {
        next_wake = kNever;
        waits_for_credit_ = false;
        moved = take_from_terminal(now, next_wake);
        if (topology_.is_adaptive()) reconsider(now, next_wake);
        for (OutputPort& output : outputs_) moved |= serve(output, now, next_wake);
    }
    note_stalls(now);
    if (waits_for_credit_) next_wake = std::min(next_wake, credits_.next_arrival());
    return next_wake;
}

void Router::take_credits(Picoseconds now) {
    while (credits_.next_arrival() <= now) {
        const Credit credit = credits_.take();
        OutputPort& output = credit.output == outputs_.size() ? injection_ : outputs_[credit.output];
        output.lanes[credit.lane].free_flits += credit.flits;
    }
}

/// Adds a unit to an input buffer. Nothing can be done about it before it is first there. Returns whether it is.
bool Router::append(std::size_t input, const FlowUnit& unit) {
    std::deque<FlowUnit>& units = inputs_[input].units;
    units.push_back(unit);
    if (units.size() > 1) return false;
    request(input);
    return true;
}

/// A unit from another router.
void Router::arrive(std::size_t input, const FlowUnit& unit) {
    if (!append(input, unit)) return;
    wake_by(is_to_choose(unit) ? unit.ready : ready_for(outputs_[inputs_[input].output], unit));
}

/// When a unit can go on over an output: out of the pipeline, and so far in that its tail will be there in time.
Picoseconds Router::ready_for(OutputPort& output, const FlowUnit& unit) {
    return std::max(unit.ready, unit.tail - std::min(unit.tail, serialisation(output, unit.flits)));
}

/// Lets the first unit of a buffer ask for its output; an adaptive head when it is through the pipeline, see below.
void Router::request(std::size_t index) {
    InputBuffer& input = inputs_[index];
    if (is_to_choose(input.units.front())) return;
    if (input.units.front().is_head) choose_way(input);
    set_request(index, true);
}

void Router::set_request(std::size_t index, bool asks) {
    const InputBuffer& input = inputs_[index];
    outputs_[input.output].lanes[input.channel].requests.set(index, asks);
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
void Router::reconsider(Picoseconds now, Picoseconds& next_wake) {
    for (std::size_t index = 0; index < inputs_.size(); ++index) {
        InputBuffer& input = inputs_[index];
        if (input.units.empty() || !is_to_choose(input.units.front())) continue;
        if (input.units.front().ready > now) {
            next_wake = std::min(next_wake, input.units.front().ready);
            continue;
        }
        set_request(index, false);
        choose_way(input);
        set_request(index, true);
        waits_for_credit_ = true;
    }
}

/// Goes round the virtual channels; in each it is one unit's turn.
bool Router::serve(OutputPort& output, Picoseconds now, Picoseconds& next_wake) {
    output.is_blocked = false;
    std::size_t index = output.last_lane;
    for (std::size_t turn = 0; turn < output.lanes.size(); ++turn) {
        if (++index >= output.lanes.size()) index = 0;
        Lane& lane = output.lanes[index];
        if (lane.requests.empty() || !serve(output, lane, now, next_wake)) continue;
        output.last_lane = index;
        return true;
    }
    return false;
}

/// The first unit in turn that is ready goes, or waits for room, and all others behind it: a large packet would never
/// find room otherwise where small ones come and go.
bool Router::serve(OutputPort& output, Lane& lane, Picoseconds now, Picoseconds& next_wake) {
    const std::size_t first = lane.requests.next(lane.last_granted);
    std::size_t index = first;
    bool waits = false;
    do {
        const InputBuffer& input = inputs_[index];
        const FlowUnit& unit = input.units.front();
        const Picoseconds possible = std::max({ready_for(output, unit), output.free_at, input.free_at});
        // Between a packet's head and its tail it is the turn of nobody else.
        const bool is_its_turn = !lane.is_taken || !unit.is_head || is_ejection(output);
        if (possible > now) {
            next_wake = std::min(next_wake, possible);
        } else if (is_its_turn && has_room(output, lane, unit)) {
            send(output, index, now);
            return true;
        } else {
            waits = true;
            if (is_its_turn) break;
        }
        index = lane.requests.next(index);
    } while (index != first);
    output.is_blocked |= waits;
    waits_for_credit_ |= waits;
    return false;
}

/// Whether there is a place behind the link.
bool Router::has_room(const OutputPort& output, const Lane& lane, const FlowUnit& unit) const {
    return is_ejection(output) || lane.free_flits >= unit.flits;
}

void Router::send(OutputPort& output, std::size_t index, Picoseconds now) {
    InputBuffer& input = inputs_[index];
    FlowUnit unit = input.units.front();
    input.units.pop_front();
    set_request(index, false);
    const std::size_t channel = input.channel;
    output.lanes[channel].last_granted = index;
    output.free_at = now + serialisation(output, unit.flits);
    input.free_at = now + unit.read_time;
    input.is_open = !unit.is_tail;
    free_room(input, unit.flits, output.free_at);
    if (!input.units.empty()) request(index);
    output.use.flits = checked_add(output.use.flits, unit.flits);
    if (!is_ejection(output)) {
        cross(output, channel, unit, now);
    } else if (unit.is_tail) {
        terminal_->receive(unit.packet, output.free_at);
    }
}

/// Puts a unit on a link, whose other end it reaches by the time that the link is free again and its latency.
void Router::cross(OutputPort& output, std::size_t channel, FlowUnit& unit, Picoseconds now) {
    Lane& lane = output.lanes[channel];
    lane.free_flits -= unit.flits;
    lane.is_taken = !unit.is_tail;
    const Picoseconds duration = output.free_at - now;
    const std::uint64_t packets = unit.is_tail ? 1 : 0;
    const std::uint64_t payload_bytes = unit.is_tail ? unit.packet.payload_bytes : 0;
    output.use.busy_time += duration;
    output.use.peak_flits = std::max(output.use.peak_flits, spec_.buffer_flits - lane.free_flits);
    output.use.payload_bytes = checked_add(output.use.payload_bytes, payload_bytes);
    output.use.packets += packets;
    if (output.track != nullptr) output.track->work(now, output.free_at, duration, payload_bytes, packets);
    unit.escapes = unit.escapes || channel < topology_.routed_channels();
    ++unit.hop;
    ++unit.packet.links;
    const Picoseconds head = now + output.latency;
    unit.ready = head + clock_.duration(spec_.router_cycles);
    unit.tail = head + duration;
    unit.read_time = read_time(unit.flits, duration);
    output.next->arrive(output.next_input + channel, unit);
}

/// Counts the time in which links are free but cannot be used.
void Router::note_stalls(Picoseconds now) {
    for (OutputPort& output : outputs_) {
        if (output.is_blocked == (output.stalled_since != kNever)) continue;
        if (output.is_blocked) {
            output.stalled_since = now;
        } else {
            output.use.stalled_time += now - output.stalled_since;
            output.stalled_since = kNever;
        }
    }
}

/// Tells whoever fills `input` that the last bit of `flits` leaves it at `tail_left`.
void Router::free_room(const InputBuffer& input, std::uint64_t flits, Picoseconds tail_left) {
    Router& upstream = *input.upstream;
    const bool is_local = input.credit.output == upstream.outputs_.size();
    const Picoseconds arrival = tail_left + (is_local ? 0 : upstream.outputs_[input.credit.output].latency);
    upstream.credits_.put(arrival, 0, {input.credit.output, input.credit.lane, flits});
    upstream.quiet_at_ = std::max(upstream.quiet_at_, arrival);
    if (upstream.waits_for_credit_) upstream.wake_by(arrival);
}

/// A buffer is read as fast as it is filled, and at least at a flit a cycle.
Picoseconds Router::read_time(std::uint64_t flits, Picoseconds filled_in) const {
    return std::min(clock_.duration(flits), filled_in);
}

Picoseconds Router::serialisation(OutputPort& output, std::uint64_t flits) {
    if (output.timed_flits == flits) return output.timed;
    output.timed_flits = flits;
    output.timed = output.takes_flit_a_cycle ? clock_.duration(flits) : kNever;
    if (output.bits_per_second > 0) {
        const std::uint64_t bytes = checked_multiply(flits, spec_.flit_bytes);
        const Picoseconds time = transfer_time(bytes, output.bits_per_second);
        // A port that keeps up with its links must not fall behind them by rounding.
        output.timed = std::min(output.timed, output.takes_flit_a_cycle ? std::max<Picoseconds>(1, time - 1) : time);
    }
    return output.timed;
}

}  // namespace hypar
