#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/network/topology.h"
#include "sim/analysis/exchange_bound.h"
#include "sim/program/program.h"
#include "sim/replay/replay.h"

namespace hypar {

/// What holds the computing of a phase back: the largest share of the cycles of the units at work.
enum class Bound { ProcessingElements, Delivery, Buffer, Vector, Memory };

const char* name_of(Bound bound);

/// The largest share of a unit's cycles, or of many units', the first of these where some are equal. `waiting`: those
/// in which it has no tile.
Bound bound_of(const ArrayCycles& spent, Cycles waiting);

/// The processing unit that a segment waited for last, or the vector unit; of several on one clock edge the lowest.
struct CriticalUnit {
    std::size_t accelerator = 0;
    std::size_t unit = 0;           ///< of the vector unit: the number of processing units
    std::size_t busiest_vault = 0;  ///< of its accelerator
    ArrayCycles spent;
    Cycles waiting = 0;  ///< with `spent` it adds up to the segment

    Bound bound() const { return bound_of(spent, waiting); }
};

/// The flow of an exchange that ended last; of several on one clock edge that with the lowest receiver.
struct CriticalFlow {
    std::size_t sender = 0;
    std::size_t receiver = 0;
    std::optional<std::size_t> link;  ///< that was busy or stalled longest, of the topology; none if none was
    ExchangeCycles cycles;            ///< they add up to the segment
};

/// A segment of the step, and what it waited for last: a unit or a flow, or neither where there was nothing to do.
struct StepSegment {
    std::size_t layer = 0;
    Phase phase = Phase::Forward;
    LevelSet levels = 0;  ///< of an exchange
    Cycles start = 0;
    Cycles cycles = 0;
    std::uint64_t sent_bytes = 0;
    std::optional<CriticalUnit> unit;
    std::optional<CriticalFlow> flow;

    bool is_compute() const { return levels == 0; }
};

/// The segments that were replayed, in their order. Each starts when the one before has ended.
std::vector<StepSegment> step_segments(const Program& program, const ArraySpec& array, const Topology& topology,
                                       const ReplayResult& result);

}  // namespace hypar
