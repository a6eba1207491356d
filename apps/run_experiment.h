#pragma once

#include <functional>
#include <string>

#include "experiment/experiment.h"
#include "sim/run_report.h"

namespace hypar {

/// Plans and simulates an experiment; `progress` is told now and then which part is done. Ctrl-C ends it early, with
/// a partial report. `remembered` is what earlier runs have found. Throws located ConfigErrors.
RunReport run_experiment(const Experiment& experiment, Fidelity fidelity, Remembered& remembered,
                         const std::function<void(double)>& progress);

/// Reads the value of --fidelity.
Fidelity read_fidelity(const std::string& value);

}  // namespace hypar
