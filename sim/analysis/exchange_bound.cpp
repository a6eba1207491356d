#include "sim/analysis/exchange_bound.h"

#include <algorithm>

#include "base/checked.h"
#include "sim/analysis/resource.h"

namespace hypar {

const char* name_of(ExchangeBound bound) {
    switch (bound) {
        case ExchangeBound::Bandwidth: return "bandwidth";
        case ExchangeBound::Contention: return "contention";
        case ExchangeBound::Port: return "port";
        case ExchangeBound::Memory: return "memory";
        case ExchangeBound::Dma: return "dma";
        case ExchangeBound::Latency: return "latency";
    }
    return "";
}

Cycles ExchangeCycles::total() const {
    Cycles total = 0;
    for (const FlowResource& resource : flow_resources()) total = checked_add(total, this->*resource.spent);
    return total;
}

std::optional<ExchangeBound> ExchangeCycles::bound() const {
    if (total() == 0) return std::nullopt;
    return std::max_element(
               flow_resources().begin(), flow_resources().end(),
               [&](const FlowResource& a, const FlowResource& b) { return this->*a.spent < this->*b.spent; })
        ->bound;
}

ExchangeCycles& ExchangeCycles::operator+=(const ExchangeCycles& other) {
    for (const FlowResource& resource : flow_resources()) {
        this->*resource.spent = checked_add(this->*resource.spent, other.*resource.spent);
    }
    return *this;
}

ExchangeCycles ExchangeSplitter::split(const Segment& segment, const SegmentTotals& totals) {
    const Picoseconds busiest_link = totals.busiest_link_time;
    ExchangeCycles split;
    Cycles so_far = 0;
    const auto beyond = [&](Picoseconds time) {
        const Cycles cycles = std::min(totals.cycles, array_.clock.cycles_up_to(time));
        const Cycles more = cycles > so_far ? cycles - so_far : 0;
        so_far += more;
        return more;
    };
    split.bandwidth = beyond(std::min(slowest_flow(segment), busiest_link));
    split.contention = beyond(busiest_link);
    split.port = beyond(busiest_port(segment));
    split.memory = beyond(totals.busiest_vault_time);
    split.dma = beyond(busiest_dma(segment));
    split.latency = totals.cycles - so_far;
    return split;
}

/// Ports without a bandwidth of their own keep up with their links.
Picoseconds ExchangeSplitter::busiest_port(const Segment& segment) const {
    const std::optional<std::uint64_t>& bits_per_second = array_.interconnect.port_bits_per_second;
    if (!bits_per_second) return 0;
    std::vector<Picoseconds> out(topology_.accelerator_count());
    std::vector<Picoseconds> in(topology_.accelerator_count());
    for (const Flow& flow : segment.flows) {
        const Picoseconds time = link_time(array_.interconnect, flow, *bits_per_second);
        out[flow.from] = checked_add(out[flow.from], time);
        in[flow.to] = checked_add(in[flow.to], time);
    }
    return std::max(*std::max_element(out.begin(), out.end()), *std::max_element(in.begin(), in.end()));
}

/// What is sent is read, what comes is written, and read before if it is added, in requests of a packet or a block of
/// memory, as many in flight as there may be.
Picoseconds ExchangeSplitter::busiest_dma(const Segment& segment) const {
    std::vector<std::uint64_t> moved(topology_.accelerator_count());
    for (const Flow& flow : segment.flows) {
        moved[flow.from] = checked_add(moved[flow.from], flow.bytes);
        moved[flow.to] = checked_add(moved[flow.to], checked_add(flow.bytes, flow.added_bytes));
    }
    const MemorySpec& memory = array_.memory;
    const std::uint64_t request = std::min(array_.interconnect.packet_bytes, memory.interleave_bytes);
    const Picoseconds answer = checked_add(array_.clock.duration(array_.mapping_target().memory_latency),
                                           transfer_time(request, memory.vault_bits_per_second));
    const std::uint64_t requests = *std::max_element(moved.begin(), moved.end()) / request;
    return checked_multiply(requests / array_.dma.outstanding_requests, answer);
}

Picoseconds ExchangeSplitter::slowest_flow(const Segment& segment) {
    const std::vector<Picoseconds> ends = ends_of_chains(segment.flows, [&](std::size_t index) {
        const Flow& flow = segment.flows[index];
        return link_time(array_.interconnect, flow, least_bits_per_second(flow.from, flow.to));
    });
    return ends.empty() ? 0 : *std::max_element(ends.begin(), ends.end());
}

std::uint64_t ExchangeSplitter::least_bits_per_second(std::uint64_t from, std::uint64_t to) {
    const auto [found, is_new] = least_.try_emplace({from, to}, UINT64_MAX);
    if (is_new) {
        for (const Hop& hop : topology_.route(from, to)) {
            found->second = std::min(found->second, topology_.links()[hop.link].bits_per_second);
        }
    }
    return found->second;
}

}  // namespace hypar
