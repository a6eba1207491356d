#include "sim/analysis/overlap_exchange.h"

#include <map>

#include "base/checked.h"

namespace hypar {

GroupExchange exchange_of_group(const OverlappedProgram& input, ExchangeSplitter& splitter,
                                const ExchangeGroup& group, Cycles cycles) {
    GroupExchange exchange;
    Segment of_group;
    of_group.flows = flows_of(group, input.program);
    std::map<std::size_t, Picoseconds> busy;
    for (const Flow& flow : of_group.flows) {
        exchange.bytes = checked_add(exchange.bytes, flow.bytes);
        for (const Hop& hop : input.topology.route(flow.from, flow.to)) {
            Picoseconds& time = busy[hop.link];
            time = checked_add(time, link_time(input.memory.exchanging.interconnect, flow,
                                               input.topology.links()[hop.link].bits_per_second));
        }
    }
    SegmentTotals totals;
    totals.cycles = cycles;
    for (const auto& [link, time] : busy) {
        if (time <= totals.busiest_link_time) continue;
        totals.busiest_link_time = time;
        exchange.busiest_link = link;
    }
    exchange.cycles = splitter.split(of_group, totals);
    return exchange;
}

}  // namespace hypar
