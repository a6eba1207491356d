#pragma once

#include <functional>
#include <string>

#include "experiment/experiment.h"
#include "sim/analysis/run_report.h"
#include "sim/program/run_input.h"

namespace hypar {

/// What a run finds out only if it is asked for, as it takes longer.
struct RunDetails {
    bool critical_path = false;
    std::size_t timeline_slices = 0;  ///< most slices of a timeline (ReplayOptions); 0: no timeline
};

/// What is run of an experiment, with one of its plans. Both must outlive it.
RunInput input_of(const Experiment& experiment, const Plan& plan);

/// Plans and simulates an experiment; `progress` is told now and then which part is done. Ctrl-C ends it early, with
/// a partial report, or one without the critical path that was asked for. `remembered` is what earlier runs have
/// found. Throws located ConfigErrors.
RunReport run_experiment(const Experiment& experiment, Fidelity fidelity, Remembered& remembered,
                         const std::function<void(double)>& progress, const RunDetails& details = {});

/// Reads the value of --fidelity.
Fidelity read_fidelity(const std::string& value);

}  // namespace hypar
