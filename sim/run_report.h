#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "arch/array.h"
#include "arch/event_counts.h"
#include "partition/plan.h"
#include "sim/replay.h"
#include "workloads/phase.h"

namespace hypar {

/// One phase of one layer, over all accelerators.
struct PhaseReport {
    Cycles compute_cycles = 0;        ///< until the slowest accelerator has computed
    Cycles communication_cycles = 0;  ///< in which nothing is computed
    std::uint64_t active_pes = 0;     ///< of one processing unit in a full pass; 0 where nothing is computed
    EventCounts counts;

    Cycles cycles() const { return compute_cycles + communication_cycles; }
};

struct LayerReport {
    std::string name;
    std::array<PhaseReport, kPhases.size()> phases;  ///< by Phase
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

/// What one training step did, in integers: seconds, joules and ratios are made when it is rendered.
struct RunReport {
    std::string network;
    std::string strategy;
    ArraySpec array;
    std::uint64_t batch = 0;
    Plan plan;
    std::vector<LayerReport> layers;
    std::vector<InterfaceUse> accelerators;
    std::vector<LinkReport> links;
    std::uint64_t traffic_bytes = 0;      ///< of the plan, or of what was done of it
    std::uint64_t memory_bytes = 0;       ///< kept by the accelerator that keeps most
    Picoseconds busiest_vault_time = 0;   ///< in which the busiest vault's data bus moved data
    std::uint64_t peak_buffer_bytes = 0;  ///< of the fullest buffer
    std::size_t segments = 0;             ///< that the step has
    std::size_t segments_done = 0;        ///< fewer where the run was stopped: all numbers are of these alone
    SimulationReport simulation;

    bool is_partial() const { return segments_done < segments; }

    Cycles compute_cycles() const;
    Cycles communication_cycles() const;
    Cycles cycles() const { return compute_cycles() + communication_cycles(); }
    EventCounts counts() const;
};

}  // namespace hypar
