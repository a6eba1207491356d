#include "arch/network/router.h"

#include <algorithm>

namespace hypar {
namespace {

constexpr std::size_t kNone = SIZE_MAX;
constexpr std::size_t kWordBits = 64;

}  // namespace

Router::Router(const sc_core::sc_module_name& name, Calendar& calendar, const InterconnectSpec& spec,
               const Clock& clock, const Topology& topology, std::size_t node)
    : Component(name, calendar),
      spec_(spec),
      clock_(clock),
      topology_(topology),
      node_(node),
      inputs_((1 + topology.graph().links_into(node).size()) * spec.virtual_channels) {
    Lane lane;
    lane.free_flits = spec.buffer_flits;
    lane.requests.assign(ceil_divide(inputs_.size(), kWordBits), 0);
    const auto add_output = [&](Output output) {
        output.lanes.assign(spec.virtual_channels, lane);
        return output;
    };
    for (const std::size_t index : topology.links_from(node)) {
        const LinkSpec& link = topology.links()[index];
        Output output;
        output.link = index;
        output.bits_per_second = link.bits_per_second;
        output.latency = link.latency;
        outputs_.push_back(add_output(std::move(output)));
    }
    outputs_.push_back(add_output({}));
    outputs_.back().link = kLocalPort;
    injection_ = add_output({});
    injection_.next = this;
}

void Router::connect(const std::vector<Router*>& routers) {
    const auto join = [&](Output& output, std::size_t index, std::size_t first_input, Picoseconds flit_time) {
        output.next_input = first_input;
        for (std::size_t channel = 0; channel < spec_.virtual_channels; ++channel) {
            Input& behind = output.next->inputs_[first_input + channel];
            behind.upstream = this;
            behind.credit = {index, channel, 0};
            behind.flit_time = flit_time;
        }
    };
    for (std::size_t index = 0; index + 1 < outputs_.size(); ++index) {
        Output& output = outputs_[index];
        output.next = routers[topology_.links()[output.link].to];
        join(output, index, output.next->first_input(output.link), std::min(clock_.period, serialisation(output, 1)));
    }
    join(injection_, outputs_.size(), 0, clock_.period);
}

void Router::inject(const Packet& packet, Picoseconds arrival) {
    offered_.push_back({packet, arrival});
    if (offered_.size() == 1) wake_by(arrival);
}

std::size_t Router::output_index(std::size_t link) const {
    std::size_t index = 0;
    while (outputs_[index].link != link) ++index;
    return index;
}

/// The buffer of the first virtual channel of a link that ends here.
std::size_t Router::first_input(std::size_t link) const {
    const std::vector<std::size_t>& links = topology_.graph().links_into(node_);
    const auto position = std::find(links.begin(), links.end(), link) - links.begin();
    return (1 + static_cast<std::size_t>(position)) * spec_.virtual_channels;
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
        for (Output& output : outputs_) moved |= serve(output, now, next_wake);
    }
    note_stalls(now);
    if (waits_for_credit_) next_wake = std::min(next_wake, credits_.next_arrival());
    return next_wake;
}

void Router::take_credits(Picoseconds now) {
    while (credits_.next_arrival() <= now) {
        const Credit credit = credits_.take();
        Output& output = credit.output == outputs_.size() ? injection_ : outputs_[credit.output];
        output.lanes[credit.virtual_channel].free_flits += credit.flits;
    }
}

/// Moves the next unit from the terminal into a buffer of the local port.
bool Router::take_from_terminal(Picoseconds now, Picoseconds& next_wake) {
    if (offered_.empty()) return false;
    const Picoseconds possible = std::max(offered_.front().arrival, injection_.free_at);
    if (possible > now) {
        next_wake = std::min(next_wake, possible);
        return false;
    }
    const Packet packet = offered_.front().packet;
    const std::uint64_t flits = spec_.flow_control == FlowControl::Wormhole ? 1 : packet.flits;
    const std::size_t channel = injection_channel(packet);
    if (injection_.lanes[channel].free_flits < flits) {
        waits_for_credit_ = true;
        return false;
    }
    injection_.lanes[channel].free_flits -= flits;
    injected_lane_ = channel;
    queue(channel, next_unit(flits, now));
    if (injected_flits_ == packet.flits) {
        injected_flits_ = 0;
        offered_.pop_front();
        terminal_->packet_taken(now + clock_.period);
    }
    return true;
}

/// The one of the packet's first link, so that packets of a pair stay in order; where that is free to choose, the one
/// with most room, which the packet then keeps.
std::size_t Router::injection_channel(const Packet& packet) const {
    if (topology_.is_adaptive()) {
        if (injected_flits_ > 0) return injected_lane_;
        const auto has_less = [](const Lane& a, const Lane& b) { return a.free_flits < b.free_flits; };
        const auto& lanes = injection_.lanes;
        return static_cast<std::size_t>(std::max_element(lanes.begin(), lanes.end(), has_less) - lanes.begin());
    }
    if (!packet.route->empty()) return packet.route->front().virtual_channel;
    return packet.destination % spec_.virtual_channels;
}

/// Of the packet before the local port, which comes in at a flit a cycle.
FlowUnit Router::next_unit(std::uint64_t flits, Picoseconds now) {
    FlowUnit unit;
    unit.packet = offered_.front().packet;
    unit.flits = flits;
    unit.is_head = injected_flits_ == 0;
    injected_flits_ += flits;
    unit.is_tail = injected_flits_ == unit.packet.flits;
    unit.escapes = !topology_.is_adaptive();
    unit.ready = now + clock_.duration(spec_.router_cycles);
    unit.tail = now + clock_.duration(flits);
    injection_.free_at = unit.tail;
    return unit;
}

/// Adds a unit to an input buffer. Nothing can be done about it before it is first there. Returns whether it is.
bool Router::queue(std::size_t input, const FlowUnit& unit) {
    std::deque<FlowUnit>& units = inputs_[input].units;
    units.push_back(unit);
    if (units.size() > 1) return false;
    request(input);
    return true;
}

/// A unit from another router.
void Router::arrive(std::size_t input, const FlowUnit& unit) {
    if (!queue(input, unit)) return;
    wake_by(is_to_choose(unit) ? unit.ready : ready_for(outputs_[inputs_[input].output], unit));
}

/// When a unit can go on over an output: out of the pipeline, and so far in that its tail will be there in time.
Picoseconds Router::ready_for(Output& output, const FlowUnit& unit) {
    return std::max(unit.ready, unit.tail - std::min(unit.tail, serialisation(output, unit.flits)));
}

/// Lets the first unit of a buffer ask for its output; an adaptive head when it is through the pipeline, see below.
void Router::request(std::size_t index) {
    Input& input = inputs_[index];
    if (is_to_choose(input.units.front())) return;
    if (input.units.front().is_head) choose_way(input);
    set_request(index, true);
}

void Router::set_request(std::size_t index, bool asks) {
    const Input& input = inputs_[index];
    Lane& lane = outputs_[input.output].lanes[input.channel];
    std::uint64_t& word = lane.requests[index / kWordBits];
    const std::uint64_t bit = std::uint64_t{1} << index % kWordBits;
    if (((word & bit) != 0) == asks) return;
    word ^= bit;
    lane.request_count += asks ? 1 : std::size_t{0} - 1;
}

/// The output and virtual channel that the first packet of a buffer asks for.
void Router::choose_way(Input& input) {
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
bool Router::choose_closest(Input& input) {
    const FlowUnit& unit = input.units.front();
    const std::uint64_t needed = spec_.flow_control == FlowControl::Wormhole ? 1 : unit.flits;
    std::uint64_t most = 0;
    for (std::size_t index = 0; index + 1 < outputs_.size(); ++index) {
        const Output& output = outputs_[index];
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
        Input& input = inputs_[index];
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

/// The next input after `after`, round and round, that asks for a lane.
std::size_t Router::next_request(const Lane& lane, std::size_t after) {
    const std::size_t words = lane.requests.size();
    std::size_t word = (after + 1) / kWordBits % words;
    std::uint64_t bits = lane.requests[word];
    if ((after + 1) / kWordBits < words) bits &= ~std::uint64_t{0} << (after + 1) % kWordBits;
    for (std::size_t turn = 0; turn <= words; ++turn) {
        if (bits != 0) return word * kWordBits + static_cast<std::size_t>(__builtin_ctzll(bits));
        word = (word + 1) % words;
        bits = lane.requests[word];
    }
    return kNone;
}

/// Goes round the virtual channels; in each it is one unit's turn.
bool Router::serve(Output& output, Picoseconds now, Picoseconds& next_wake) {
    output.is_blocked = false;
    std::size_t index = output.last_lane;
    for (std::size_t turn = 0; turn < output.lanes.size(); ++turn) {
        if (++index >= output.lanes.size()) index = 0;
        Lane& lane = output.lanes[index];
        if (lane.request_count == 0 || !serve(output, lane, now, next_wake)) continue;
        output.last_lane = index;
        return true;
    }
    return false;
}

/// The first unit in turn that is ready goes, or waits for room, and all others behind it: a large packet would never
/// find room otherwise where small ones come and go.
bool Router::serve(Output& output, Lane& lane, Picoseconds now, Picoseconds& next_wake) {
    const std::size_t first = next_request(lane, lane.last_granted);
    std::size_t index = first;
    bool waits = false;
    do {
        const Input& input = inputs_[index];
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
        index = next_request(lane, index);
    } while (index != first);
    output.is_blocked |= waits;
    waits_for_credit_ |= waits;
    return false;
}

/// Whether there is a place behind the link.
bool Router::has_room(const Output& output, const Lane& lane, const FlowUnit& unit) const {
    return is_ejection(output) || lane.free_flits >= unit.flits;
}

void Router::send(Output& output, std::size_t index, Picoseconds now) {
    Input& input = inputs_[index];
    FlowUnit unit = input.units.front();
    input.units.pop_front();
    set_request(index, false);
    const std::size_t channel = input.channel;
    const Picoseconds duration = serialisation(output, unit.flits);
    Lane& lane = output.lanes[channel];
    lane.last_granted = index;
    output.free_at = now + duration;
    input.free_at = now + checked_multiply(unit.flits, input.flit_time);
    input.is_open = !unit.is_tail;
    free_room(input, unit.flits, output.free_at);
    if (!input.units.empty()) request(index);
    output.use.flits = checked_add(output.use.flits, unit.flits);
    if (is_ejection(output)) {
        if (unit.is_tail) terminal_->receive(unit.packet, output.free_at);
        return;
    }
    lane.free_flits -= unit.flits;
    lane.is_taken = !unit.is_tail;
    output.use.busy_time += duration;
    output.use.peak_flits = std::max(output.use.peak_flits, spec_.buffer_flits - lane.free_flits);
    if (unit.is_tail) {
        output.use.payload_bytes = checked_add(output.use.payload_bytes, unit.packet.payload_bytes);
        ++output.use.packets;
    }
    if (output.track != nullptr) {
        output.track->work(now, output.free_at, duration, unit.is_tail ? unit.packet.payload_bytes : 0,
                           unit.is_tail ? 1 : 0);
    }
    unit.escapes = unit.escapes || channel < topology_.routed_channels();
    ++unit.hop;
    ++unit.packet.links;
    const Picoseconds head = now + output.latency;
    unit.ready = head + clock_.duration(spec_.router_cycles);
    unit.tail = head + duration;
    output.next->arrive(output.next_input + channel, unit);
}

/// Counts the time in which links are free but cannot be used.
void Router::note_stalls(Picoseconds now) {
    for (Output& output : outputs_) {
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
void Router::free_room(const Input& input, std::uint64_t flits, Picoseconds tail_left) {
    Router& upstream = *input.upstream;
    const bool is_local = input.credit.output == upstream.outputs_.size();
    const Picoseconds arrival = tail_left + (is_local ? 0 : upstream.outputs_[input.credit.output].latency);
    upstream.credits_.put(arrival, 0, {input.credit.output, input.credit.virtual_channel, flits});
    upstream.quiet_at_ = std::max(upstream.quiet_at_, arrival);
    if (upstream.waits_for_credit_) upstream.wake_by(arrival);
}

Picoseconds Router::serialisation(Output& output, std::uint64_t flits) {
    if (is_ejection(output)) return clock_.duration(flits);
    if (output.timed_flits != flits) {
        output.timed_flits = flits;
        output.timed = transfer_time(checked_multiply(flits, spec_.flit_bytes), output.bits_per_second);
    }
    return output.timed;
}

void Router::restart() {
    for (Output& output : outputs_) {
        output.last_lane = 0;
        for (Lane& lane : output.lanes) lane.last_granted = 0;
        output.use.peak_flits = 0;
    }
    injected_lane_ = 0;
}

void Router::offer_state(StateVisitor& visitor) {
    offer_due_time(visitor);
    visitor.value(offered_.size());
    for (Offered& offered : offered_) {
        offered.packet.offer_state(visitor);
        visitor.time(offered.arrival);
    }
    visitor.value(injected_flits_);
    visitor.value(injected_lane_);
    for (std::size_t index = 0; index < inputs_.size(); ++index) {
        Input& input = inputs_[index];
        if (input.units.empty() && !input.is_open && input.free_at <= visitor.now()) continue;
        visitor.value(index);
        visitor.value(input.units.size());
        visitor.value(input.is_open ? 1 : 0);
        visitor.value(input.output);
        visitor.value(input.channel);
        visitor.time(input.free_at);
        for (FlowUnit& unit : input.units) unit.offer_state(visitor);
    }
    visitor.value(inputs_.size());
    const auto offer_output = [&](Output& output) {
        visitor.value(output.last_lane);
        visitor.time(output.free_at);
        for (const Lane& lane : output.lanes) {
            visitor.value(lane.free_flits << 1U | (lane.is_taken ? 1U : 0U));
            visitor.value(lane.last_granted);
        }
        visitor.since(output.stalled_since);
        visitor.counter(output.use.payload_bytes);
        visitor.counter(output.use.packets);
        visitor.counter(output.use.flits);
        visitor.counter(output.use.busy_time);
        visitor.counter(output.use.stalled_time);
    };
    for (Output& output : outputs_) offer_output(output);
    offer_output(injection_);
    credits_.offer_state(visitor, [&](std::uint64_t, const Credit& credit) {
        visitor.value(credit.output);
        visitor.value(credit.virtual_channel);
        visitor.value(credit.flits);
    });
    visitor.value(waits_for_credit_ ? 1 : 0);
    visitor.time(quiet_at_);
}

void Router::record(std::vector<ActivityTrack>& tracks) {
    for (std::size_t index = 0; index + 1 < outputs_.size(); ++index) {
        outputs_[index].track = &tracks[outputs_[index].link];
    }
}

std::vector<LinkUse> Router::link_use() const {
    std::vector<LinkUse> use;
    for (std::size_t index = 0; index + 1 < outputs_.size(); ++index) use.push_back(outputs_[index].use);
    return use;
}

std::uint64_t Router::flits_inside() const {
    std::uint64_t flits = 0;
    for (const Offered& offered : offered_) flits += offered.packet.flits;
    flits -= injected_flits_;
    for (const Input& input : inputs_) {
        for (const FlowUnit& unit : input.units) flits += unit.flits;
    }
    return flits;
}

std::vector<Router::Waiting> Router::waiting() const {
    std::vector<Waiting> waiting;
    const std::vector<std::size_t>& links = topology_.graph().links_into(node_);
    for (std::size_t index = 0; index < inputs_.size(); ++index) {
        const Input& input = inputs_[index];
        if (input.units.empty()) continue;
        Waiting entry;
        const std::size_t port = index / spec_.virtual_channels;
        entry.into_link = port == 0 ? kLocalPort : links[port - 1];
        entry.virtual_channel = index % spec_.virtual_channels;
        for (const FlowUnit& unit : input.units) entry.queued_flits += unit.flits;
        entry.packet = input.units.front().packet;
        entry.wanted = {outputs_[input.output].link, input.channel};
        entry.since = input.units.front().ready;
        waiting.push_back(std::move(entry));
    }
    return waiting;
}

}  // namespace hypar
