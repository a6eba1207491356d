#pragma once

#include <string>
#include <vector>

#include "arch/array/array_spec.h"
#include "partition/exchange.h"
#include "partition/plan.h"
#include "sim/program/memory_layout.h"
#include "sim/program/schedule_spec.h"
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
    ScheduleSpec schedule = {};
};

}  // namespace hypar
