#include "collective/flow_time.h"

#include <algorithm>

#include "arch/array/flow_limits.h"
#include "base/checked.h"

namespace hypar {
namespace {

/// A ring's flows follow each other round. By flow, how many blocks of the ring's mean size it carries; none in other
/// flows.
std::vector<std::uint64_t> blocks_in_rings(const std::vector<Flow>& flows) {
    std::vector<std::uint64_t> blocks(flows.size());
    std::vector<bool> is_seen(flows.size());
    for (std::size_t first = 0; first < flows.size(); ++first) {
        std::vector<std::size_t> row;
        std::size_t at = first;
        for (; !is_seen[at] && flows[at].follows.size() == 1; at = flows[at].follows.front()) {
            is_seen[at] = true;
            row.push_back(at);
        }
        const auto ring = std::find(row.begin(), row.end(), at);
        std::uint64_t own = 0;
        std::for_each(ring, row.end(), [&](std::size_t flow) { own = checked_add(own, flows[flow].own_bytes); });
        const auto members = static_cast<std::uint64_t>(row.end() - ring);
        std::for_each(ring, row.end(), [&](std::size_t flow) {
            blocks[flow] = ceil_multiply_divide(flows[flow].bytes, members, own);
        });
    }
    return blocks;
}

}  // namespace

FlowTime::FlowTime(const ArraySpec& array, const Topology& topology)
    : array_(array),
      topology_(topology),
      link_times_(topology.links().size()),
      channel_times_(topology.links().size() * array.interconnect.virtual_channels) {
    const MappingTarget target = array.mapping_target();
    memory_bits_per_second_ = target.memory_bits_per_second;
    memory_latency_ = array.clock.duration(target.memory_latency);
}

Picoseconds FlowTime::of(const std::vector<Flow>& flows) {
    if (flows.empty()) return 0;
    return std::max(busiest(flows), longest_row(flows));
}

bool FlowTime::share_links(const std::vector<Flow>& flows, const std::function<std::uint64_t(std::uint64_t)>& owner) {
    constexpr std::uint64_t kNobody = UINT64_MAX;
    std::vector<std::uint64_t> owners(topology_.links().size(), kNobody);
    for (const Flow& flow : flows) {
        const std::uint64_t own = owner(flow.from);
        for (const Crossing& crossing : way(flow.from, flow.to).hops) {
            std::uint64_t& other = owners[crossing.link];
            if (other != kNobody && other != own) return true;
            other = own;
        }
    }
    return false;
}

FlowTime::Way& FlowTime::way(std::uint64_t from, std::uint64_t to) {
    const auto [found, is_new] = ways_.try_emplace({from, to});
    Way& way = found->second;
    if (!is_new) return way;
    const Picoseconds router = array_.clock.duration(array_.interconnect.router_cycles);
    for (const Hop& hop : topology_.route(from, to)) {
        const Crossing crossing = crossing_of(hop);
        way.hops.push_back(crossing);
        way.least_bits_per_second =
            std::min({way.least_bits_per_second, crossing.bits_per_second, crossing.channel_bits_per_second});
        const LinkSpec& link = topology_.links()[hop.link];
        way.latency = checked_add(way.latency, checked_add(link.from_endpoint ? 0 : router, link.latency));
    }
    return way;
}

/// Packets have the channel of their way where all are read, and otherwise any that is as safe from deadlock.
FlowTime::Crossing FlowTime::crossing_of(const Hop& hop) const {
    const InterconnectSpec& spec = array_.interconnect;
    const ChannelClasses::Range channels = spec.input_reads == InputReads::All
                                               ? ChannelClasses::Range{hop.virtual_channel, hop.virtual_channel + 1}
                                               : topology_.routing().alike(hop.virtual_channel);
    const LinkSpec& link = topology_.links()[hop.link];
    return {hop.link, hop.link * spec.virtual_channels + channels.first, channels.end - channels.first,
            link.bits_per_second,
            std::min(allocated_bits_per_second(array_, link), credited_bits_per_second(array_, link))};
}

void FlowTime::add_to_ways(const Flow& flow) {
    const auto add = [](Picoseconds& time, Picoseconds more) { time = checked_add(time, more); };
    Way& own = way(flow.from, flow.to);
    add(own.time, link_time(array_.interconnect, flow, own.least_bits_per_second));
    for (const Crossing& crossing : own.hops) {
        add(link_times_[crossing.link], link_time(array_.interconnect, flow, crossing.bits_per_second));
        const Picoseconds on_channels = link_time(array_.interconnect, flow, crossing.channel_bits_per_second);
        for (std::size_t channel = 0; channel < crossing.channels; ++channel) {
            add(channel_times_[crossing.first_channel + channel], ceil_divide(on_channels, crossing.channels));
        }
    }
}

/// The longest that all flows from one accelerator to another, a link, or a channel of it takes.
Picoseconds FlowTime::busiest_way(const std::vector<Flow>& flows) {
    std::fill(link_times_.begin(), link_times_.end(), 0);
    std::fill(channel_times_.begin(), channel_times_.end(), 0);
    for (const Flow& flow : flows) way(flow.from, flow.to).time = 0;
    for (const Flow& flow : flows) add_to_ways(flow);
    Picoseconds longest = std::max(*std::max_element(link_times_.begin(), link_times_.end()),
                                   *std::max_element(channel_times_.begin(), channel_times_.end()));
    for (const Flow& flow : flows) longest = std::max(longest, way(flow.from, flow.to).time);
    return longest;
}

Picoseconds FlowTime::busiest(const std::vector<Flow>& flows) {
    Picoseconds shortest = kNever;
    for (const Flow& flow : flows) shortest = std::min(shortest, latency(flow));
    const std::uint64_t moved = most_moved_bytes(topology_.accelerator_count(), flows);
    const Picoseconds memory = transfer_time(moved, memory_bits_per_second_);
    const Picoseconds port = busiest_port(array_, topology_.accelerator_count(), flows);
    return checked_add(std::max({busiest_way(flows), memory, port, dma_time(array_, topology_, moved)}), shortest);
}

/// Of the way from one memory to the other, for what takes no time on links.
Picoseconds FlowTime::latency(const Flow& flow) {
    const Picoseconds memories = checked_multiply(flow.added_bytes > 0 ? 3 : 2, memory_latency_);
    return checked_add(way(flow.from, flow.to).latency, memories);
}

/// From when a packet of a flow, of so many bytes or full, is read until it lies in the other memory, and can be
/// passed on.
Picoseconds FlowTime::until_passed_on(const Flow& flow, std::uint64_t bytes) {
    const std::uint64_t packet = std::min(bytes, array_.interconnect.packet_bytes);
    return checked_add(latency(flow),
                       array_.interconnect.link_time(packet, way(flow.from, flow.to).least_bits_per_second));
}

/// Without other flows. One that passes blocks on round a ring sends each no earlier than that before has come round.
Picoseconds FlowTime::alone(const Flow& flow, std::uint64_t blocks) {
    const Picoseconds sending = link_time(array_.interconnect, flow, way(flow.from, flow.to).least_bits_per_second);
    if (blocks == 0) return sending;
    return std::max(sending, checked_multiply(blocks, until_passed_on(flow, flow.bytes / blocks)));
}

Picoseconds FlowTime::longest_row(const std::vector<Flow>& flows) {
    std::vector<Picoseconds> starts(flows.size());
    std::vector<Picoseconds> ends(flows.size());
    const std::vector<std::uint64_t> blocks = blocks_in_rings(flows);
    Picoseconds longest = 0;
    for (std::size_t index = 0; index < flows.size(); ++index) {
        const Flow& flow = flows[index];
        Picoseconds& start = starts[index];
        for (const std::uint32_t other : flow.after) start = std::max(start, ends[other]);
        for (const std::uint32_t other : flow.follows) {
            if (flow.own_bytes > 0 || blocks[index] > 0 || other >= index) continue;
            start = std::max(start, checked_add(starts[other], until_passed_on(flows[other], flows[other].bytes)));
        }
        ends[index] = checked_add(checked_add(start, alone(flow, blocks[index])), latency(flow));
        longest = std::max(longest, ends[index]);
    }
    return longest;
}

}  // namespace hypar
