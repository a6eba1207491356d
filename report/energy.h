#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "arch/array/array_spec.h"
#include "arch/kernel/event_counts.h"
#include "report/text_style.h"
#include "sim/analysis/run_report.h"

namespace hypar {

/// One component of the energy: a count of events times the price of one.
struct EnergyEntry {
    std::string component;
    std::uint64_t count = 0;
    std::string unit;       ///< the name of what is counted: bytes, operations
    double picojoules = 0;  ///< price of one

    /// Energy of all of them.
    double joules() const;
};

/// Every component that counts events, in the order of the report.
std::vector<EnergyEntry> energy_entries(const EventCounts& counts, const EnergyTable& table);

/// Those of a step, and after them what its time costs. Of routers and static power only what the table prices.
std::vector<EnergyEntry> energy_entries(const RunReport& report);

/// Those of one phase, in the cycles that it has of the step.
std::vector<EnergyEntry> energy_entries(const RunReport& report, const PhaseReport& phase);

double total_joules(const std::vector<EnergyEntry>& entries);

/// Of a step, in joule seconds.
double energy_delay_product(const RunReport& report);

/// Each component and its share.
std::string energy_table(const RunReport& report, const TextStyle& style);

/// Each component by its name, and what they add up to.
nlohmann::ordered_json energy_json(const RunReport& report);

/// The components of a phase that took any.
nlohmann::ordered_json energy_components_json(const RunReport& report, const PhaseReport& phase);

/// `--explain energy`: what was counted, times the array's table, and where it goes by layer and phase.
std::string explain_energy(const RunReport& report, const TextStyle& style = {});

}  // namespace hypar
