#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/text_style.h"
#include "sweep/results/results_store.h"

namespace hypar {

/// What one number of an array does to the results when it alone is changed.
struct Sensitivity {
    /// d ln(column) / d ln(number) on the way to another value of the number.
    struct Change {
        bool is_larger = false;
        double seconds_elasticity = 0;
        double joules_elasticity = 0;
    };

    std::string key;
    std::vector<Change> changes;

    /// The largest of all changes, of either sign.
    double seconds_elasticity() const;
    double joules_elasticity() const;
};

/// From the results of `sweep_around`, the number that matters most first: by the step's seconds, then by energy.
/// Points that failed are left out; empty if the experiment itself did.
std::vector<Sensitivity> sensitivities(const ResultsStore& store);

std::string sensitivity_text(const std::vector<Sensitivity>& ranked, const TextStyle& style = {});

}  // namespace hypar
