#pragma once

#include <cstdint>

#include "sim/overlap/overlapped_run.h"
#include "sim/program/lowering.h"
#include "sim/program/schedule_spec.h"
#include "sim/program/task_graph.h"
#include "tests/sim/random_operator_step.h"

namespace hypar::tests {

inline ScheduleSpec random_schedule(Random& random) {
    ScheduleSpec schedule;
    schedule.kind = ScheduleKind::Overlapped;
    schedule.bucket_bytes = draw(random, 0, 1) == 0 ? draw(random, 1, 20'000) : 25'000'000;
    schedule.order = draw(random, 0, 1) == 0 ? CommunicationOrder::ErrorsFirst : CommunicationOrder::FirstCome;
    schedule.steps = draw(random, 1, 3);
    return schedule;
}

inline ScheduleSpec overlapped(std::uint64_t steps = 1, std::uint64_t bucket = 25'000'000) {
    ScheduleSpec schedule;
    schedule.kind = ScheduleKind::Overlapped;
    schedule.steps = steps;
    schedule.bucket_bytes = bucket;
    return schedule;
}

/// A step that is lowered for an overlapped schedule.
class OverlappedStep {
public:
    /// Throws ConfigError as lowering does.
    OverlappedStep(const Network& network, const Plan& plan, const StepShape& step, const ArraySpec& array,
                   const ScheduleSpec& schedule)
        : program_(lower(network, plan, step, kAllPhases, array, schedule)),
          topology_(Topology::make(array.interconnect, array.accelerators)),
          input(program_,
                task_graph(network, derive_step(network, kAllPhases, step.batch, step.optimizer_words), program_),
                share_memory(array, topology_), topology_, schedule) {}

private:
    Program program_;
    Topology topology_;

public:
    const OverlappedProgram input;
};

}  // namespace hypar::tests
