#pragma once

#include "partition/search/strategy.h"
#include "sim/program/run_input.h"

namespace hypar {

/// What a plan is run on.
struct PlanTarget {
    const ArraySpec& array;
    std::vector<Phase> phases;
    CapacityRule capacity = CapacityRule::Refuse;
    ScheduleSpec schedule = {};
};

/// The plan of the fastest step, in the target's schedule, among those that seem the fastest by PlanTime, and those
/// of hypar, accpar and optimal by traffic, all replayed. Throws ConfigError where none fits into the memories.
SearchResult fastest_plan(const PlanSpace& space, const PlanTarget& target);

}  // namespace hypar
