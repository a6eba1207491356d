#include "arch/array/flow_limits.h"

#include <algorithm>

#include <fmt/format.h>

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

double gigabytes(double bits_per_second) { return bits_per_second / 8e9; }

}  // namespace

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

Picoseconds busiest_dma(const ArraySpec& array, std::size_t accelerators, const std::vector<Flow>& flows) {
    std::vector<std::uint64_t> moved(accelerators);
    for (const Flow& flow : flows) {
        moved[flow.from] = checked_add(moved[flow.from], flow.bytes);
        moved[flow.to] = checked_add(moved[flow.to], checked_add(flow.bytes, flow.added_bytes));
    }
    const std::uint64_t most = moved.empty() ? 0 : *std::max_element(moved.begin(), moved.end());
    return checked_multiply(most / request_bytes(array) / array.dma.outstanding_requests, answer_time(array));
}

std::vector<std::string> notes_on_feeding(const ArraySpec& array, const Topology& topology) {
    std::uint64_t most = 0;
    for (std::size_t i = 0; i < topology.accelerator_count(); ++i) {
        most = std::max(most, topology.link_sums(i).leaving);
    }
    const auto links = static_cast<double>(most);
    std::vector<std::string> notes;
    const auto note = [&](double bits_per_second, const std::string& what) {
        notes.push_back(
            fmt::format("links carry {:.4g} GB/s from an accelerator and as much to it, which is more than {}: "
                        "{:.4g} GB/s",
                        gigabytes(links), what, gigabytes(bits_per_second)));
    };
    const std::optional<std::uint64_t>& port = array.interconnect.port_bits_per_second;
    if (port && *port < most) note(static_cast<double>(*port), "its local port takes each way");
    const auto memory = static_cast<double>(array.mapping_target().memory_bits_per_second);
    if (memory < 2 * links) note(memory, "its memory moves for both");
    const double in_flight = 8.0 * static_cast<double>(array.dma.outstanding_requests * request_bytes(array)) *
                             static_cast<double>(kPicosecondsPerSecond) / static_cast<double>(answer_time(array));
    if (in_flight < 2 * links) {
        note(in_flight, fmt::format("its interface moves for both with {} requests of {} B in flight",
                                    array.dma.outstanding_requests, request_bytes(array)));
    }
    return notes;
}

}  // namespace hypar
