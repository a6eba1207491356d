#pragma once

#include "experiment/experiment.h"
#include "sim/run_report.h"

namespace hypar {

/// Plans and simulates an experiment, with a progress bar. Throws located ConfigErrors.
RunReport run_experiment(const Experiment& experiment);

}  // namespace hypar
