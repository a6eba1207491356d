#include "sim/analysis/step_segments.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/checked.h"

namespace hypar {

const char* name_of(Bound bound) {
    switch (bound) {
        case Bound::ProcessingElements: return "pe";
        case Bound::Delivery: return "delivery";
        case Bound::Buffer: return "buffer";
        case Bound::Memory: return "memory";
    }
    return "";
}

Bound bound_of(const ArrayCycles& spent, Cycles waiting) {
    const std::pair<Cycles, Bound> shares[] = {{spent.multiply, Bound::ProcessingElements},
                                               {spent.fill + spent.delivery + spent.drain, Bound::Delivery},
                                               {spent.buffer, Bound::Buffer},
                                               {waiting, Bound::Memory}};
    return std::max_element(std::begin(shares), std::end(shares),
                            [](const auto& a, const auto& b) { return a.first < b.first; })
        ->second;
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
        if (!segment.is_compute()) entry.level = segment.level;
        if (totals.last) {
            const LastWorker& last = *totals.last;
            if (segment.is_compute()) {
                entry.unit = CriticalUnit{last.accelerator, last.unit, totals.busiest_vault, last.spent,
                                          totals.cycles - last.spent.total()};
            } else {
                entry.flow = CriticalFlow{segment.shares[last.accelerator].partner, last.accelerator,
                                          totals.busiest_link, splitter.split(segment, totals)};
            }
        }
        start = checked_add(start, entry.cycles);
        timeline.push_back(std::move(entry));
    }
    return timeline;
}

}  // namespace hypar
