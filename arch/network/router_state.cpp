// What others see of a router, and what a restart sets back.

#include <algorithm>

#include "arch/network/router.h"

namespace hypar {

void Router::restart() {
    reset_turns();
    for (OutputPort& output : outputs_) output.use.peak_flits = 0;
    for (InjectionQueue& queue : queues_) queue.lane = kNobody;
}

/// Turns are counted from the local port's queue for an output on, so that they do not depend on how many others
/// there are: of a part of an array a router has fewer.
void Router::reset_turns() {
    const std::size_t last_queue = std::max<std::size_t>(queues_.size(), 1) - 1;
    last_queue_ = last_queue;
    for (Reader& reader : readers_) reader.last_input = reader.output = kNobody;
    for (std::size_t index = 0; index < outputs_.size(); ++index) {
        OutputPort& output = outputs_[index];
        output.last_lane = 0;
        output.last_head = output.last_reader = kNobody;
        const std::size_t queue = std::min(index, last_queue);
        for (Lane& lane : output.lanes) lane.last_granted = first_local_input() + queue * spec_.virtual_channels;
    }
}

void Router::offer_state(StateVisitor& visitor) {
    offer_due_time(visitor);
    offer_queues(visitor);
    offer_inputs(visitor);
    for (OutputPort& output : outputs_) offer_output(visitor, output);
    offer_output(visitor, injection_);
    credits_.offer_state(visitor, [&](std::uint64_t, const Credit& credit) {
        visitor.value(credit.output);
        visitor.value(credit.lane);
        visitor.value(credit.flits);
    });
    visitor.value((waits_for_credit_ ? 2U : 0U) | (chooses_ ? 1U : 0U));
    visitor.time(next_choice_);
    visitor.time(quiet_at_);
}

void Router::offer_queues(StateVisitor& visitor) {
    for (InjectionQueue& queue : queues_) {
        visitor.value(queue.offered.size());
        for (Offered& offered : queue.offered) {
            offered.packet.offer_state(visitor);
            visitor.time(offered.arrival);
        }
        visitor.value(queue.injected_flits);
        visitor.value(queue.lane);
        visitor.time(queue.free_at);
    }
    visitor.value(last_queue_);
}

void Router::offer_inputs(StateVisitor& visitor) {
    for (std::size_t index = 0; index < inputs_.size(); ++index) {
        InputBuffer& input = inputs_[index];
        if (input.units.empty() && !input.is_open) continue;
        visitor.value(index);
        visitor.value(input.units.size());
        visitor.value((input.is_open ? 2U : 0U) | (input.has_channel ? 1U : 0U));
        visitor.value(input.output);
        visitor.value(input.channel);
        visitor.time(input.ready);
        for (std::size_t unit = 0; unit < input.units.size(); ++unit) input.units[unit].offer_state(visitor);
    }
    visitor.value(inputs_.size());
    for (std::size_t index = 0; index < readers_.size(); ++index) {
        Reader& reader = readers_[index];
        if (reads_all_ && reader.free_at <= visitor.now()) continue;
        visitor.value(index);
        visitor.time(reader.free_at);
        visitor.value(reader.output);
        visitor.value(reader.last_input);
    }
    visitor.value(readers_.size());
}

void Router::offer_output(StateVisitor& visitor, OutputPort& output) {
    visitor.value(output.last_lane);
    visitor.value(output.last_head);
    visitor.value(output.last_reader);
    visitor.time(output.free_at);
    visitor.time(output.due);
    visitor.value(output.is_blocked ? 1 : 0);
    for (Lane& lane : output.lanes) {
        visitor.value(lane.free_flits << 1U | (lane.is_taken ? 1U : 0U));
        visitor.value(lane.last_granted);
        if (reads_all_) continue;
        visitor.time(lane.free_at);
        visitor.value(lane.behind.size());
        for (std::size_t place = 0; place < lane.behind.size(); ++place) {
            visitor.value(reinterpret_cast<std::uintptr_t>(lane.behind[place].route));
            visitor.value(lane.behind[place].flits);
        }
    }
    visitor.since(output.stalled_since);
    visitor.counter(output.use.payload_bytes);
    visitor.counter(output.use.packets);
    visitor.counter(output.use.flits);
    visitor.counter(output.use.busy_time);
    visitor.counter(output.use.stalled_time);
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
    for (const InjectionQueue& queue : queues_) {
        for (const Offered& offered : queue.offered) flits += offered.packet.flits;
        flits -= queue.injected_flits;
    }
    for (const InputBuffer& input : inputs_) {
        for (std::size_t unit = 0; unit < input.units.size(); ++unit) flits += input.units[unit].flits;
    }
    return flits;
}

std::vector<Router::Waiting> Router::waiting() const {
    std::vector<Waiting> waiting;
    const std::vector<std::size_t>& links = topology_.graph().links_into(node_);
    for (std::size_t index = 0; index < inputs_.size(); ++index) {
        const InputBuffer& input = inputs_[index];
        if (input.units.empty()) continue;
        Waiting entry;
        const std::size_t port = index / spec_.virtual_channels;
        entry.into_link = port < links.size() ? links[port] : kLocalPort;
        entry.queue = port < links.size() ? 0 : port - links.size();
        entry.virtual_channel = index % spec_.virtual_channels;
        for (std::size_t unit = 0; unit < input.units.size(); ++unit) {
            entry.queued_flits += input.units[unit].flits;
        }
        entry.packet = input.units.front().packet;
        entry.wanted = {outputs_[input.output].link, input.channel};
        entry.since = input.units.front().ready;
        waiting.push_back(entry);
    }
    return waiting;
}

}  // namespace hypar
