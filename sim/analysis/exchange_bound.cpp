#include "sim/analysis/exchange_bound.h"

#include <algorithm>

#include "arch/array/flow_limits.h"
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

ExchangeCycles ExchangeCycles::scaled_to(Cycles cycles) const {
    ExchangeCycles scaled;
    const Cycles all = total();
    Cycles so_far = 0;
    Cycles scaled_so_far = 0;
    for (const FlowResource& resource : flow_resources()) {
        so_far += this->*resource.spent;
        const Cycles up_to_here = all == 0 ? 0 : ceil_multiply_divide(so_far, cycles, all);
        scaled.*resource.spent = up_to_here - scaled_so_far;
        scaled_so_far = up_to_here;
    }
    return scaled;
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
    split.port = beyond(busiest_port(array_, topology_.accelerator_count(), segment.flows));
    split.memory = beyond(totals.busiest_vault_time);
    split.dma = beyond(dma_time(array_, topology_, most_moved_bytes(topology_.accelerator_count(), segment.flows)));
    split.latency = totals.cycles - so_far;
    return split;
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
