#include "sim/analysis/run_report.h"

#include "base/checked.h"

namespace hypar {

Cycles RunReport::compute_cycles() const {
    Cycles sum = 0;
    for (const LayerReport& layer : layers) {
        for (const PhaseReport& phase : layer.phases) sum = checked_add(sum, phase.compute_cycles);
    }
    return sum;
}

Cycles RunReport::cycles() const {
    return overlap ? overlap->cycles : checked_add(compute_cycles(), communication_cycles());
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

ExchangeCycles RunReport::exchange() const {
    ExchangeCycles all;
    for (const LayerReport& layer : layers) {
        for (const PhaseReport& phase : layer.phases) all += phase.exchange;
    }
    return all;
}

Picoseconds RunReport::communication_bound() const {
    Picoseconds bound = 0;
    for (const CollectiveReport& report : collectives) bound = checked_add(bound, report.collective.bound);
    return bound;
}

Cycles RunReport::idle_cycles() const { return overlap ? overlap->accelerators[overlap->last].idle() : 0; }

Picoseconds RunReport::bound() const {
    if (overlap) return array.clock.duration(overlap->bound.longest());
    return checked_add(array.clock.duration(compute_cycles()), communication_bound());
}

}  // namespace hypar
