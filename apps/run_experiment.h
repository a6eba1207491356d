#pragma once

#include <string>

#include "experiment/experiment.h"
#include "sim/run_report.h"

namespace hypar {

/// Plans and simulates an experiment, with a progress bar that begins with `label`. Throws located ConfigErrors.
RunReport run_experiment(const Experiment& experiment, const std::string& label);

}  // namespace hypar
