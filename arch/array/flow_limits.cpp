#include "arch/array/flow_limits.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "arch/network/router_ports.h"
#include "base/checked.h"

namespace hypar {
namespace {

std::uint64_t request_bytes(const ArraySpec& array) {
    return std::min(array.interconnect.packet_bytes, array.memory.interleave_bytes);
}

/// From when a request is sent until all of it has come.
Picoseconds answer_time(const ArraySpec& array) {
    return checked_add(array.clock.duration(array.mapping_target().memory_latency),
                       transfer_time(request_bytes(array), array.memory.vault_bits_per_second));
}

/// Of the link that falls farthest behind for want of credit; null if none does.
const LinkSpec* least_credited(const ArraySpec& array, const Topology& topology) {
    const LinkSpec* least = nullptr;
    double least_share = 1;
    for (const LinkSpec& link : topology.links()) {
        const double share =
            static_cast<double>(credited_bits_per_second(array, link)) / static_cast<double>(link.bits_per_second);
        if (share >= least_share) continue;
        least_share = share;
        least = &link;
    }
    return least;
}

/// Flits that move as one, of full packets.
std::uint64_t flits_as_one(const InterconnectSpec& spec) {
    return spec.flow_control == FlowControl::Wormhole ? 1 : spec.flits_of(spec.packet_bytes);
}

std::uint64_t bytes_of(const InterconnectSpec& spec, std::uint64_t flits) {
    return checked_multiply(flits, spec.flit_bytes);
}

std::uint64_t bits_per_second(const InterconnectSpec& spec, std::uint64_t flits, Picoseconds time) {
    return ceil_multiply_divide(checked_multiply(bytes_of(spec, flits), 8U), kPicosecondsPerSecond, time);
}

double gigabytes(double bits_per_second) { return bits_per_second / 8e9; }

}  // namespace

std::uint64_t credited_bits_per_second(const ArraySpec& array, const LinkSpec& link) {
    const InterconnectSpec& spec = array.interconnect;
    const std::uint64_t unit = flits_as_one(spec);
    const Stages stages(spec, array.clock);
    const Picoseconds router = spec.flow_control == FlowControl::Wormhole ? stages.body : stages.head;
    const Picoseconds pipeline = link.to_endpoint ? 0 : router;
    const Picoseconds round_trip = checked_add(checked_add(checked_multiply(2, link.latency), pipeline),
                                               transfer_time(bytes_of(spec, unit), link.bits_per_second));
    return bits_per_second(spec, spec.buffer_flits / unit * unit, round_trip);
}

std::uint64_t allocated_bits_per_second(const ArraySpec& array, const LinkSpec& link) {
    if (link.from_endpoint) return link.bits_per_second;
    const InterconnectSpec& spec = array.interconnect;
    const std::uint64_t unit = flits_as_one(spec);
    const Stages stages(spec, array.clock);
    const Picoseconds on_link = transfer_time(bytes_of(spec, unit), link.bits_per_second);
    const Picoseconds read = std::min(array.clock.duration(unit), on_link);
    const Picoseconds last = checked_add(read, checked_add(stages.route, stages.channel));
    if (last <= on_link) return link.bits_per_second;
    const std::uint64_t packet = spec.flits_of(spec.packet_bytes);
    return bits_per_second(spec, packet, checked_add(checked_multiply(packet / unit - 1, on_link), last));
}

Picoseconds busiest_port(const ArraySpec& array, std::size_t accelerators, const std::vector<Flow>& flows) {
    const std::optional<std::uint64_t>& bits_per_second = array.interconnect.port_bits_per_second;
    if (!bits_per_second) return 0;
    std::vector<Picoseconds> times(2 * accelerators);  // out, then in
    for (const Flow& flow : flows) {
        const Picoseconds time = link_time(array.interconnect, flow, *bits_per_second);
        for (const std::size_t port : {std::size_t{flow.from}, accelerators + flow.to}) {
            times[port] = checked_add(times[port], time);
        }
    }
    return times.empty() ? 0 : *std::max_element(times.begin(), times.end());
}

std::uint64_t most_moved_bytes(std::size_t accelerators, const std::vector<Flow>& flows) {
    std::vector<std::uint64_t> moved(accelerators);
    for (const Flow& flow : flows) {
        moved[flow.from] = checked_add(moved[flow.from], flow.bytes);
        moved[flow.to] = checked_add(moved[flow.to], checked_add(flow.bytes, flow.added_bytes));
    }
    return moved.empty() ? 0 : *std::max_element(moved.begin(), moved.end());
}

std::uint64_t interface_requests(const ArraySpec& array, const Topology& topology) {
    if (array.interconnect.outstanding_requests) return *array.interconnect.outstanding_requests;
    const LinkSums& links = topology.largest_link_sums();
    const double bytes_per_second =
        (static_cast<double>(links.leaving) + 2 * static_cast<double>(links.entering)) / 8;
    const double bytes = bytes_per_second * static_cast<double>(answer_time(array)) / kPicosecondsPerSecond;
    const double requests = std::ceil(bytes / static_cast<double>(request_bytes(array)));
    return std::max(array.dma.outstanding_requests,
                    static_cast<std::uint64_t>(std::min<double>(requests, kMostQueued)));
}

Picoseconds dma_time(const ArraySpec& array, const Topology& topology, std::uint64_t moved_bytes) {
    return checked_multiply(moved_bytes / request_bytes(array) / interface_requests(array, topology),
                            answer_time(array));
}

std::vector<std::string> notes_on_feeding(const ArraySpec& array, const Topology& topology) {
    const std::uint64_t most = topology.largest_link_sums().leaving;
    const auto links = static_cast<double>(most);
    std::vector<std::string> notes;
    const auto note = [&](double bits_per_second, const std::string& what) {
        notes.push_back(
            fmt::format("links carry {:.4g} GB/s from an accelerator and as much to it, which is more than {}: "
                        "{:.4g} GB/s",
                        gigabytes(links), what, gigabytes(bits_per_second)));
    };
    if (const LinkSpec* link = least_credited(array, topology)) {
        notes.push_back(
            fmt::format("a virtual channel of the link {} -> {} carries {:.4g} of its {:.4g} GB/s: credit for "
                        "the buffer of {} flits behind it does not come back sooner",
                        topology.node_name(link->from), topology.node_name(link->to),
                        gigabytes(static_cast<double>(credited_bits_per_second(array, *link))),
                        gigabytes(static_cast<double>(link->bits_per_second)), array.interconnect.buffer_flits));
    }
    const std::optional<std::uint64_t>& port = array.interconnect.port_bits_per_second;
    if (port && *port < most) note(static_cast<double>(*port), "its local port takes each way");
    const auto memory = static_cast<double>(array.mapping_target().memory_bits_per_second);
    if (memory < 2 * links) note(memory, "its memory moves for both");
    const std::uint64_t requests = interface_requests(array, topology);
    const double in_flight = 8.0 * static_cast<double>(requests * request_bytes(array)) *
                             static_cast<double>(kPicosecondsPerSecond) / static_cast<double>(answer_time(array));
    if (in_flight < 2 * links) {
        note(in_flight, fmt::format("its interface moves for both with {} requests of {} B in flight", requests,
                                    request_bytes(array)));
    }
    return notes;
}

}  // namespace hypar
