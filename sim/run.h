#pragma once

#include <string>
#include <vector>

#include "arch/array/array_spec.h"
#include "partition/exchange.h"
#include "partition/plan.h"
#include "sim/analysis/run_report.h"
#include "sim/program/memory_layout.h"
#include "sim/replay/replay.h"
#include "workloads/network.h"
#include "workloads/phase.h"

namespace hypar {

/// What is run.
struct RunInput {
    const Network& network;
    const ArraySpec& array;
    const Plan& plan;
    std::string strategy;  ///< the plan's origin, for the report
    StepShape step;
    std::vector<Phase> phases;
    CapacityRule capacity = CapacityRule::Refuse;
    bool asks_for_path = false;  ///< the critical path, which takes several replays more
};

/// Lowers the plan, replays it and reports; every run that ends is checked by `check_conservation`. Throws
/// ConfigError for what does not fit the memories or cannot be lowered, RunError for what fails.
RunReport run_step(const RunInput& input, const ReplayOptions& options = {});

}  // namespace hypar
