#pragma once

#include "sim/analysis/run_report.h"
#include "sim/program/run_input.h"
#include "sim/replay/replay.h"

namespace hypar {

/// Lowers the plan, replays it and reports; every run that ends is checked by `check_conservation`. Throws
/// ConfigError for what does not fit the memories or cannot be lowered, RunError for what fails.
RunReport run_step(const RunInput& input, const ReplayOptions& options = {});

}  // namespace hypar
