#pragma once

#include <string>

#include "experiment/experiment.h"
#include "sim/run_report.h"

namespace hypar {

/// Plans and simulates an experiment, with a progress bar that begins with `label`. Ctrl-C ends it early, with a
/// partial report. `remembered` is what earlier runs have found; `timeline_slices` is that of ReplayOptions. Throws
/// located ConfigErrors.
RunReport run_experiment(const Experiment& experiment, const std::string& label, Fidelity fidelity,
                         Remembered& remembered, std::size_t timeline_slices = 0);

/// Reads the value of --fidelity.
Fidelity read_fidelity(const std::string& value);

}  // namespace hypar
