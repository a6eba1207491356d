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
      reads_all_(spec.input_reads == InputReads::All),
      is_endpoint_(topology.is_endpoint(node)),
      stages_(spec, clock) {
    for (const std::size_t index : topology.links_from(node)) {
        const LinkSpec& link = topology.links()[index];
        OutputPort output;
        output.link = index;
        output.bits_per_second = link.bits_per_second;
        output.latency = link.latency;
        outputs_.push_back(std::move(output));
    }
    outputs_.emplace_back();
    outputs_.back().link = kLocalPort;
    injection_.next = this;
    add_buffers(0);
}

Picoseconds Router::wake(Picoseconds now) {
    take_credits(now);
    if (entry().due <= now) take_from_terminal(now);
    if (!is_endpoint_) move_units(now);
    Picoseconds next = std::min(entry().due, next_choice_);
    waits_for_credit_ = entry().is_blocked || chooses_;
    for (OutputPort& output : outputs_) {
        note_stall(output, now);
        next = std::min(next, output.due);
        waits_for_credit_ |= output.is_blocked;
    }
    return waits_for_credit_ ? std::min(next, credits_.next_arrival()) : next;
}

/// Lets outputs carry what may go on.
void Router::move_units(Picoseconds now) {
    bool moved = false;
    do {
        if (topology_.is_adaptive()) reconsider(now);
        if (!reads_all_) allocate(now);
        moved = reads_all_ && give_turns(now);
    } while (moved && topology_.is_adaptive());  // what has gone left less room, with which others choose otherwise
}

void Router::take_credits(Picoseconds now) {
    while (credits_.next_arrival() <= now) {
        const Credit credit = credits_.take();
        OutputPort& output = credit.output == outputs_.size() ? injection_ : outputs_[credit.output];
        Lane& lane = output.lanes[credit.lane];
        lane.free_flits += credit.flits;
        if (!reads_all_) lane.leave(credit.flits);
        if (output.is_blocked) output.due = now;
    }
}

/// Where all virtual channels are read: lets each output that is due carry a unit. Returns whether one does.
bool Router::give_turns(Picoseconds now) {
    bool moved = false;
    for (OutputPort& output : outputs_) {
        if (output.due <= now) moved |= give_turn(output, now);
    }
    return moved;
}

/// Goes round the virtual channels; in each it is one unit's turn.
bool Router::give_turn(OutputPort& output, Picoseconds now) {
    output.due = kNever;
    output.is_blocked = false;
    std::size_t index = output.last_lane;
    for (std::size_t turn = 0; turn < output.lanes.size(); ++turn) {
        if (++index >= output.lanes.size()) index = 0;
        Lane& lane = output.lanes[index];
        if (lane.requests.empty() || !give_turn(output, lane, now)) continue;
        output.last_lane = index;
        return true;
    }
    return false;
}

/// The first unit in turn that is ready goes, or waits for room, and all others behind it: a large packet would never
/// find room otherwise where small ones come and go.
bool Router::give_turn(OutputPort& output, Lane& lane, Picoseconds now) {
    const std::size_t first = lane.requests.next(lane.last_granted);
    std::size_t index = first;
    do {
        const InputBuffer& input = inputs_[index];
        const Picoseconds possible =
            std::max({ready_for(output, input), output.free_at, readers_[input.reader].free_at});
        // Between a packet's head and its tail it is the turn of nobody else.
        const bool is_its_turn = !lane.is_taken || !input.units.front().is_head || is_ejection(output);
        if (possible > now) {
            output.due = std::min(output.due, possible);
        } else if (is_its_turn && has_room(output, input)) {
            set_request(index, false);
            lane.last_granted = index;
            send(output, index, now);
            return true;
        } else {
            output.is_blocked = true;
            if (is_its_turn) break;
        }
        index = lane.requests.next(index);
    } while (index != first);
    return false;
}

/// Where one virtual channel of an input is read at a time: each output that is due grants a unit of those that ask
/// for it, and each input port accepts one grant, round-robin: iSLIP (McKeown, IEEE/ACM Trans. Networking 7(2), 1999)
/// with one iteration a cycle. Turns pass on with what is accepted.
void Router::allocate(Picoseconds now) {
    for (OutputPort& output : outputs_) {
        if (output.due <= now) grant(output, now);
    }
    for (OutputPort& output : outputs_) {
        if (output.granted == kNobody) continue;
        const std::size_t input = output.granted;
        Reader& reader = readers_[inputs_[input].reader];
        if (reader.granted_by != index_of(output)) continue;
        output.granted = reader.granted_by = kNobody;
        reader.last_input = input;
        output.last_reader = inputs_[input].reader;
        send(output, input, now);
    }
    for (OutputPort& output : outputs_) {
        if (output.granted != kNobody) wait_for_reader(output, now);
    }
}

/// Of an output whose grant was not accepted: by a cycle later it grants again.
void Router::wait_for_reader(OutputPort& output, Picoseconds now) {
    const Reader& reader = readers_[inputs_[output.granted].reader];
    output.granted = kNobody;
    output.is_blocked = true;
    output.due = std::min({output.due, reader.free_at, now + clock_.period});
}

/// Gives free virtual channels of an output, and chooses among the units whose packets have one: round-robin among
/// input ports, and in each among its buffers.
void Router::grant(OutputPort& output, Picoseconds now) {
    output.due = kNever;
    output.is_blocked = false;
    allocate_channels(output, now);
    for (const Lane& lane : output.lanes) {
        if (!lane.is_taken) continue;
        const std::size_t input = lane.last_granted;
        if (inputs_[input].units.empty() || !may_go(output, inputs_[input], now)) continue;
        if (output.granted == kNobody || is_in_turn_before(output, input, output.granted)) output.granted = input;
    }
    if (output.free_at > now) output.is_blocked = false;
    if (output.granted == kNobody) return;
    Reader& reader = readers_[inputs_[output.granted].reader];
    const std::size_t index = index_of(output);
    const bool is_first = reader.granted_by == kNobody;
    if (is_first || comes_before(index, reader.granted_by, reader.output)) reader.granted_by = index;
}

/// Heads that are through route computation get virtual channels, round-robin, as far as any are free.
void Router::allocate_channels(OutputPort& output, Picoseconds now) {
    std::size_t index = output.last_head;
    for (std::size_t left = output.heads.count(); left > 0; --left) {
        index = output.heads.next(index);
        InputBuffer& input = inputs_[index];
        if (input.ready > now) {
            output.due = std::min(output.due, input.ready);
            continue;
        }
        const std::size_t channel = free_channel(output, input, now);
        if (channel == kNobody) continue;
        output.heads.set(index, false);
        output.last_head = index;
        output.last_lane = channel;
        output.lanes[channel].is_taken = true;
        output.lanes[channel].last_granted = index;
        input.channel = channel;
        input.has_channel = true;
        input.ready = now + stages_.channel;
    }
}

/// Of the virtual channels that a head may have, the next one, round-robin, that no packet has; but behind another
/// packet of its way, as long as that is in the buffer there, so that packets of a pair stay in order.
std::size_t Router::free_channel(OutputPort& output, const InputBuffer& input, Picoseconds now) {
    const auto is_free = [&](std::size_t channel) {
        const Lane& lane = output.lanes[channel];
        if (!lane.is_taken && lane.free_at > now) output.due = std::min(output.due, lane.free_at);
        return !lane.is_taken && lane.free_at <= now;
    };
    const ChannelClasses::Range range = channels_for(output, input);
    std::size_t next = kNobody;
    for (std::size_t channel = range.first; channel < range.end; ++channel) {
        if (!is_free(channel)) continue;
        if (next == kNobody || comes_before(channel, next, output.last_lane)) next = channel;
    }
    if (next != kNobody) {
        const std::size_t followed = channel_of(output, range, input.units.front().packet.route);
        if (followed != kNobody) next = is_free(followed) ? followed : kNobody;
    }
    output.is_blocked |= next == kNobody;
    return next;
}

/// In place of one that its topology's routing gives, any that is as safe; of those that adaptive packets choose from
/// the one chosen.
ChannelClasses::Range Router::channels_for(const OutputPort& output, const InputBuffer& input) const {
    if (is_ejection(output) && leaves_side_by_side_) {
        const auto index = static_cast<std::size_t>(&input - inputs_.data());
        return {index, index + 1};
    }
    if (is_ejection(output)) return {0, output.lanes.size()};
    if (!input.units.front().escapes) return {input.channel, input.channel + 1};
    return topology_.routing().alike(input.channel);
}

/// The one that has a packet of the same way in the buffer behind it, or on its way there; kNobody if none has.
std::size_t Router::channel_of(const OutputPort& output, ChannelClasses::Range range, const Route* route) {
    for (std::size_t channel = range.first; channel < range.end; ++channel) {
        const ReusedQueue<Behind>& behind = output.lanes[channel].behind;
        for (std::size_t place = 0; place < behind.size(); ++place) {
            if (behind[place].route == route) return channel;
        }
    }
    return kNobody;
}

/// Whether the first unit of a buffer, whose packet has a virtual channel, can go on now.
bool Router::may_go(OutputPort& output, const InputBuffer& input, Picoseconds now) {
    const Picoseconds possible = std::max(ready_for(output, input), output.free_at);
    const Reader& reader = readers_[input.reader];
    if (possible > now || reader.free_at > now) {
        output.due = std::min(output.due, std::max(possible, reader.free_at));
        output.is_blocked |= possible <= now && reader.output != index_of(output);
        return false;
    }
    output.is_blocked |= !has_room(output, input);
    return has_room(output, input);
}

bool Router::is_in_turn_before(const OutputPort& output, std::size_t input, std::size_t other) const {
    const std::size_t reader = inputs_[input].reader;
    const std::size_t other_reader = inputs_[other].reader;
    if (reader != other_reader) return comes_before(reader, other_reader, output.last_reader);
    return comes_before(input, other, readers_[reader].last_input);
}

/// Whether any unit asks for the output itself.
bool Router::is_asked(const OutputPort& output) {
    return std::any_of(output.lanes.begin(), output.lanes.end(),
                       [](const Lane& lane) { return lane.is_taken || !lane.requests.empty(); });
}

/// When the first unit of a buffer can go on over an output: out of the pipeline, and so far in that its tail will be
/// there in time.
Picoseconds Router::ready_for(OutputPort& output, const InputBuffer& input) {
    const FlowUnit& unit = input.units.front();
    return std::max(input.ready, unit.tail - std::min(unit.tail, serialisation(output, unit.flits)));
}

/// Whether there is a place behind the link for the first unit of a buffer.
bool Router::has_room(const OutputPort& output, const InputBuffer& input) {
    return is_ejection(output) || output.lanes[input.channel].free_flits >= input.units.front().flits;
}

void Router::send(OutputPort& output, std::size_t index, Picoseconds now) {
    InputBuffer& input = inputs_[index];
    FlowUnit unit = input.units.front();
    input.units.pop_front();
    const std::size_t channel = input.channel;
    Reader& reader = readers_[input.reader];
    reader.free_at = now + unit.read_time;
    reader.output = index_of(output);
    Lane& lane = output.lanes[channel];
    lane.is_taken = !unit.is_tail;
    output.free_at = now + serialisation(output, unit.flits);
    lane.free_at = std::min(reader.free_at, output.free_at);
    if (is_asked(output)) output.due = std::min(output.due, output.free_at);
    if (!output.heads.empty()) output.due = std::min(output.due, lane.free_at);
    output.is_blocked = false;
    input.is_open = input.has_channel = !unit.is_tail;
    free_room(input, unit.flits, output.free_at);
    if (!input.units.empty()) request(index, reader.free_at);
    if (is_ejection(output)) {
        deliver(unit, output.free_at);
    } else {
        cross(output, channel, unit, now);
    }
}

/// Gives the terminal a unit, the last bit of which comes at `arrival`.
void Router::deliver(const FlowUnit& unit, Picoseconds arrival) {
    LinkUse& use = outputs_.back().use;
    use.flits = checked_add(use.flits, unit.flits);
    if (unit.is_tail) terminal_->receive(unit.packet, arrival);
}

/// Puts a unit on a link, whose other end it reaches by the time that the link is free again and its latency.
void Router::cross(OutputPort& output, std::size_t channel, FlowUnit& unit, Picoseconds now) {
    Lane& lane = output.lanes[channel];
    lane.free_flits -= unit.flits;
    if (!reads_all_ && unit.is_head) lane.behind.push_back({unit.packet.route, unit.packet.flits});
    const Picoseconds duration = output.free_at - now;
    const std::uint64_t packets = unit.is_tail ? 1 : 0;
    const std::uint64_t payload_bytes = unit.is_tail ? unit.packet.payload_bytes : 0;
    output.use.busy_time += duration;
    output.use.flits = checked_add(output.use.flits, unit.flits);
    output.use.peak_flits = std::max(output.use.peak_flits, spec_.buffer_flits - lane.free_flits);
    output.use.payload_bytes = checked_add(output.use.payload_bytes, payload_bytes);
    output.use.packets += packets;
    if (output.track != nullptr) output.track->work(now, output.free_at, duration, payload_bytes, packets);
    unit.escapes = unit.escapes || channel < topology_.routed_channels();
    ++unit.hop;
    ++unit.packet.links;
    const Picoseconds head = now + output.latency;
    unit.ready = head + stages_.of(unit);
    unit.tail = head + duration;
    unit.read_time = read_time(unit.flits, duration);
    output.next->arrive(output.next_input + channel, unit);
}

/// Counts the time in which a link is free but cannot be used.
void Router::note_stall(OutputPort& output, Picoseconds now) {
    if (output.is_blocked == (output.stalled_since != kNever)) return;
    if (output.is_blocked) {
        output.stalled_since = now;
    } else {
        output.use.stalled_time += now - output.stalled_since;
        output.stalled_since = kNever;
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

Picoseconds Router::on_link(std::uint64_t flits, std::uint64_t bits_per_second) const {
    return clock_.rounded_up(transfer_time(checked_multiply(flits, spec_.flit_bytes), bits_per_second));
}

/// Rounded down, so that a port that keeps up with its links does not fall behind them.
Picoseconds Router::through_port(std::uint64_t flits, std::uint64_t bits_per_second) const {
    const std::uint64_t bits = checked_multiply(flits, spec_.flit_bytes, 8);
    const Picoseconds time = multiply_divide(bits, kPicosecondsPerSecond, bits_per_second);
    return std::max<Picoseconds>(1, clock_.rounded_down(time));
}

Picoseconds Router::serialisation(OutputPort& output, std::uint64_t flits) {
    if (output.timed_flits == flits) return output.timed;
    output.timed_flits = flits;
    output.timed = output.takes_flit_a_cycle ? clock_.duration(flits) : kNever;
    if (output.bits_per_second > 0) {
        output.timed = std::min(output.timed, output.takes_flit_a_cycle ? through_port(flits, output.bits_per_second)
                                                                        : on_link(flits, output.bits_per_second));
    }
    return output.timed;
}

}  // namespace hypar
