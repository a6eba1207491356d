#pragma once

#include "sim/analysis/run_report.h"

namespace hypar {

/// What a planner's closed form makes of a step, in seconds: no waiting, no memory, no vector units, no overlap, no
/// topology.
struct Estimate {
    double compute_seconds = 0;        ///< multiply-accumulates over the peak of all elements at a fixed utilisation
    double communication_seconds = 0;  ///< each accelerator's share of the traffic over all links that it has

    double seconds() const { return compute_seconds + communication_seconds; }
};

/// Chosen: what the bars of Song et al. (HPCA 2019, Figure 6) imply for the VGGs on sixteen units, 12.85 of them. It
/// is the same for every network and array.
constexpr double kEstimatedUtilisation = 0.8;

Estimate estimate_of(const RunReport& report);

}  // namespace hypar
