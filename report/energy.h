#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/kernel/event_counts.h"

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

/// Every component, in the order of the report.
std::vector<EnergyEntry> energy_entries(const EventCounts& counts, const EnergyTable& table);

double total_joules(const std::vector<EnergyEntry>& entries);

}  // namespace hypar
