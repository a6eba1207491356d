#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "arch/array.h"
#include "arch/event_counts.h"

namespace hypar {

/// Joules by component.
struct Energy {
    double multiply_accumulate = 0;
    double reduction = 0;  ///< additions of arriving partial sums and gradients
    double buffer = 0;
    double dram = 0;
    double link = 0;

    double total() const { return multiply_accumulate + reduction + buffer + dram + link; }
    /// In the order of the report.
    std::vector<std::pair<std::string, double>> components() const;
};

/// Counts times the array's table.
Energy energy_of(const EventCounts& counts, const EnergyTable& table);

}  // namespace hypar
