#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/kernel/event_counts.h"
#include "arch/network/topology.h"
#include "arch/unit/pass.h"
#include "base/checked.h"
#include "partition/plan.h"
#include "sim/analysis/critical_path.h"
#include "sim/analysis/exchange_bound.h"
#include "sim/analysis/memory_use.h"
#include "sim/analysis/overlap_report.h"
#include "sim/analysis/step_segments.h"
#include "sim/program/memory_layout.h"
#include "sim/replay/replay.h"
#include "sim/replay/timeline.h"
#include "workloads/phase.h"

namespace hypar {

/// How a phase is laid on the processing units: the mapping of the first accelerator's largest part.
struct MappingReport {
    PassShape pass;
    std::uint64_t samples = 0;       ///< n: samples of a tile
    std::uint64_t made = 0;          ///< m: channels of a tile's result
    std::uint64_t passes = 0;        ///< passes of a full tile
    std::uint64_t tiles = 0;         ///< tiles of the unit
    std::uint64_t active_pes = 0;    ///< processing elements at work in a full pass
    std::uint64_t buffer_bytes = 0;  ///< that a full tile and the next one's operands take, in whole banks
    std::uint64_t units = 0;         ///< processing units with work, of all accelerators
    std::uint64_t tensor_bytes = 0;  ///< of all that is read and made, on each accelerator once
    std::uint64_t least_bytes = 0;   ///< that any mapping moves between memories and buffers, those at least
};

/// One phase of one layer, over all accelerators. Of an overlapped schedule the cycles are those of the accelerator
/// that ends last.
struct PhaseReport {
    Cycles compute_cycles = 0;             ///< until the slowest accelerator has computed
    Cycles communication_cycles = 0;       ///< in which nothing is computed
    ExchangeCycles exchange;               ///< what the communication cycles go to
    std::optional<MappingReport> mapping;  ///< none where processing units compute nothing
    Cycles unit_cycles = 0;                ///< of all processing and vector units that have work
    EventCounts counts;

    Cycles cycles() const { return compute_cycles + communication_cycles; }
    /// Of those of units, the ones in which a unit has no tile: it waits for operands, for room for a result, for the
    /// last store, or for another unit.
    Cycles waiting_cycles() const { return unit_cycles - counts.unit_cycles.total(); }
    /// Of the compute cycles, those in which units compute tiles, on an average of units with work, in whole cycles.
    Cycles processing_cycles() const {
        if (unit_cycles == 0) return 0;
        const double share = static_cast<double>(counts.unit_cycles.total()) / static_cast<double>(unit_cycles);
        return static_cast<Cycles>(std::llround(static_cast<double>(compute_cycles) * share));
    }
    Bound bound() const { return bound_of(counts.unit_cycles, waiting_cycles()); }
};

struct LayerReport {
    std::string name;
    std::array<PhaseReport, kPhases.size()> phases;  ///< by Phase
};

/// A collective with what it took.
struct CollectiveReport {
    ProgramCollective collective;
    Cycles cycles = 0;
};

/// What accelerators of one kind did.
struct KindReport {
    std::string name;
    std::uint64_t accelerators = 0;
    std::uint64_t processing_units = 0;     ///< of one of them
    std::uint64_t processing_elements = 0;  ///< of all
    std::uint64_t macs = 0;
};

/// One direction of a link.
struct LinkReport {
    std::string from;
    std::string to;
    std::uint64_t bits_per_second = 1;
    LinkUse use;
};

/// How the result was found; the only part that may differ from run to run.
struct SimulationReport {
    double wall_seconds = 0;
    Fidelity fidelity = Fidelity::Fast;
    ReplayUse use;
};

/// What one training step did, in integers: seconds, joules and ratios are made of them where they are shown.
struct RunReport {
    std::string network;
    std::string strategy;
    bool plan_was_cut = false;  ///< the search for the plan could not look at all that it would
    ArraySpec array;
    std::uint64_t batch = 0;
    Plan plan;
    std::vector<LayerReport> layers;
    std::vector<KindReport> kinds;  ///< none where all accelerators are alike
    std::vector<InterfaceUse> accelerators;
    Topology topology;
    std::vector<LinkReport> links;
    std::uint64_t traffic_bytes = 0;            ///< that the plan moves, or as much of it as was done
    MemoryLayout memory;                        ///< of the accelerator that keeps most
    std::vector<CollectiveReport> collectives;  ///< those that were done
    /// Those that were done; of an overlapped schedule those that the step ran through, one after the other.
    std::vector<StepSegment> step_segments;
    std::vector<MemoryUse> memory_use;  ///< of the accelerator of `memory`, by segment
    std::optional<CriticalPath> critical_path;
    std::optional<OverlapReport> overlap;  ///< of an overlapped schedule
    Picoseconds busiest_vault_time = 0;    ///< time in which the busiest vault's data bus moved data
    std::uint64_t peak_buffer_bytes = 0;   ///< the most that a global buffer held
    std::size_t segments = 0;              ///< number of segments that the whole step has
    std::size_t untimed_layers = 0;        ///< that a vector unit would compute, and the array has none
    std::optional<Timeline> timeline;      ///< only where one was asked for
    SimulationReport simulation;

    /// Fewer than the step has where the run was stopped: all numbers are of these alone.
    std::size_t segments_done() const { return step_segments.size(); }
    bool is_partial() const { return segments_done() < segments; }

    Cycles compute_cycles() const;
    Cycles communication_cycles() const;
    /// Of an overlapped schedule with the idle ones.
    Cycles cycles() const;
    EventCounts counts() const;
    /// What the communication cycles go to.
    ExchangeCycles exchange() const;
    /// What the collectives cannot take less than, however they are carried out.
    Picoseconds communication_bound() const;
    /// Of the accelerator that ends last, in an overlapped schedule: neither computing nor exposed communication.
    Cycles idle_cycles() const;
    /// What the step cannot take less than in its order; of a sequential one the sum of what it computes and of its
    /// collectives' bounds.
    Picoseconds bound() const;
};

}  // namespace hypar
