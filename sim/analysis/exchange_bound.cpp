#include "sim/analysis/exchange_bound.h"

#include <algorithm>
#include <cassert>

#include "base/checked.h"
#include "sim/analysis/resource.h"

namespace hypar {

const char* name_of(ExchangeBound bound) {
    switch (bound) {
        case ExchangeBound::Bandwidth: return "bandwidth";
        case ExchangeBound::Contention: return "contention";
        case ExchangeBound::Latency: return "latency";
    }
    return "";
}

Cycles ExchangeCycles::total() const { return checked_add(checked_add(bandwidth, contention), latency); }

std::optional<ExchangeBound> ExchangeCycles::bound() const {
    if (total() == 0) return std::nullopt;
    return std::max_element(
               flow_resources().begin(), flow_resources().end(),
               [&](const FlowResource& a, const FlowResource& b) { return this->*a.spent < this->*b.spent; })
        ->bound;
}

ExchangeCycles& ExchangeCycles::operator+=(const ExchangeCycles& other) {
    bandwidth = checked_add(bandwidth, other.bandwidth);
    contention = checked_add(contention, other.contention);
    latency = checked_add(latency, other.latency);
    return *this;
}

ExchangeCycles ExchangeSplitter::split(const Segment& segment, const SegmentTotals& totals) {
    const Picoseconds busiest = totals.busiest_link_time;
    const Cycles alone = array_.clock.cycles_up_to(std::min(slowest_flow(segment), busiest));
    const Cycles at_work = array_.clock.cycles_up_to(busiest);
    assert(at_work <= totals.cycles);
    return {alone, at_work - alone, totals.cycles - at_work};
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
