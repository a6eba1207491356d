#include "sim/run_report.h"

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

Bound PhaseReport::bound() const {
    const ArrayCycles& spent = counts.unit_cycles;
    const std::pair<Cycles, Bound> shares[] = {{spent.multiply, Bound::ProcessingElements},
                                               {spent.fill + spent.delivery + spent.drain, Bound::Delivery},
                                               {spent.buffer, Bound::Buffer},
                                               {waiting_cycles(), Bound::Memory}};
    return std::max_element(std::begin(shares), std::end(shares),
                            [](const auto& a, const auto& b) { return a.first < b.first; })
        ->second;
}

Cycles RunReport::compute_cycles() const {
    Cycles sum = 0;
    for (const LayerReport& layer : layers) {
        for (const PhaseReport& phase : layer.phases) sum = checked_add(sum, phase.compute_cycles);
    }
    return sum;
}

Cycles RunReport::communication_cycles() const {
    Cycles sum = 0;
    for (const LayerReport& layer : layers) {
        for (const PhaseReport& phase : layer.phases) sum = checked_add(sum, phase.communication_cycles);
    }
    return sum;
}

EventCounts RunReport::counts() const {
    EventCounts sum;
    for (const LayerReport& layer : layers) {
        for (const PhaseReport& phase : layer.phases) sum += phase.counts;
    }
    return sum;
}

}  // namespace hypar
