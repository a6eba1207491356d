#include "sim/analysis/step_segments.h"

#include <algorithm>
#include <map>

#include "base/checked.h"
#include "sim/analysis/resource.h"

namespace hypar {

const char* name_of(Bound bound) {
    switch (bound) {
        case Bound::ProcessingElements: return "pe";
        case Bound::Delivery: return "delivery";
        case Bound::Buffer: return "buffer";
        case Bound::Vector: return "vector";
        case Bound::Memory: return "memory";
    }
    return "";
}

Bound bound_of(const ArrayCycles& spent, Cycles waiting) {
    std::map<Bound, Cycles> shares;
    for (const UnitResource& resource : unit_resources()) {
        shares[resource.bound] += resource.cycles_of(spent, waiting);
    }
    return std::max_element(shares.begin(), shares.end(),
                            [](const auto& a, const auto& b) { return a.second < b.second; })
        ->first;
}

std::vector<StepSegment> step_segments(const Program& program, const ArraySpec& array, const Topology& topology,
                                       const ReplayResult& result) {
    std::vector<StepSegment> timeline;
    ExchangeSplitter splitter(array, topology);
    Cycles start = 0;
    for (std::size_t index = 0; index < result.segments.size(); ++index) {
        const Segment& segment = program.segments[index];
        const SegmentTotals& totals = result.segments[index];
        StepSegment entry;
        entry.layer = segment.layer;
        entry.phase = segment.phase;
        entry.start = start;
        entry.cycles = totals.cycles;
        entry.sent_bytes = totals.counts.sent_bytes;
        entry.levels = segment.levels;
        if (totals.last) {
            const LastWorker& last = *totals.last;
            if (segment.is_compute()) {
                entry.unit = CriticalUnit{last.accelerator, last.unit, totals.busiest_vault, last.spent,
                                          totals.cycles - last.spent.total()};
            } else {
                entry.flow = CriticalFlow{last_flow(segment, last).from, last.accelerator, totals.busiest_link,
                                          splitter.split(segment, totals)};
            }
        }
        start = checked_add(start, entry.cycles);
        timeline.push_back(entry);
    }
    return timeline;
}

}  // namespace hypar
