#pragma once

#include <string>

#include "experiment/experiment.h"
#include "sim/run_report.h"

namespace hypar {

/// Plans and simulates an experiment, with a progress bar that begins with `label`. Ctrl-C ends it early, with a
/// partial report, or one without the critical path that it `asks_for_path`. `remembered` is what earlier runs have
/// found. Throws located ConfigErrors.
RunReport run_experiment(const Experiment& experiment, const std::string& label, Fidelity fidelity,
                         Remembered& remembered, bool asks_for_path = false);

/// Reads the value of --fidelity.
Fidelity read_fidelity(const std::string& value);

}  // namespace hypar
