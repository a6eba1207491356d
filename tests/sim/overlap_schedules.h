#pragma once

#include <cstdint>

#include "sim/program/schedule_spec.h"
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

}  // namespace hypar::tests
