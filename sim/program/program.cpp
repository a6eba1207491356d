#include "sim/program/program.h"

#include <algorithm>

#include "base/checked.h"

namespace hypar {

std::uint32_t vector_schedule_of(Program& program, const VectorWork& work, const ArraySpec& array) {
    std::vector<VectorSchedule>& schedules = program.vector_schedules;
    const auto found = std::find_if(schedules.rbegin(), schedules.rend(),
                                    [&](const VectorSchedule& schedule) { return schedule.work() == work; });
    if (found != schedules.rend()) return static_cast<std::uint32_t>(schedules.rend() - found - 1);
    schedules.emplace_back(work, array.vector_unit, array.precision.bytes);
    return static_cast<std::uint32_t>(schedules.size() - 1);
}

bool has_vector_work(const Program& program, const Segment& segment, std::size_t accelerator) {
    return !segment.vector_work.empty() && program.vector_schedules[segment.vector_work[accelerator]].size() > 0;
}

std::uint64_t units_at_work(const Program& program, const Segment& segment, std::size_t accelerator) {
    const std::uint64_t units = segment.compute.empty() ? 0 : segment.compute[accelerator].size();
    return units + (has_vector_work(program, segment, accelerator) ? 1 : 0);
}

bool computes(const Program& program) {
    return std::any_of(program.segments.begin(), program.segments.end(),
                       [](const Segment& segment) { return segment.is_compute(); });
}

std::uint64_t planned_memory_bytes(const Program& program) {
    std::vector<std::uint64_t> schedule_bytes;
    for (const TileSchedule& schedule : program.schedules) schedule_bytes.push_back(schedule.memory_bytes());
    std::uint64_t sum = 0;
    for (const Segment& segment : program.segments) {
        for (const std::uint32_t schedule : segment.vector_work) {
            sum = checked_add(sum, program.vector_schedules[schedule].memory_bytes());
        }
        for (const auto& units : segment.compute) {
            for (const std::uint32_t schedule : units) sum = checked_add(sum, schedule_bytes[schedule]);
        }
        for (const Flow& flow : segment.flows) {
            // Read by the sender and written by the receiver, who first reads what it adds to.
            sum = checked_add(sum, checked_add(checked_multiply(2, flow.bytes), flow.added_bytes));
        }
    }
    return sum;
}

std::uint64_t planned_traffic_bytes(const Program& program) {
    std::uint64_t sum = 0;
    for (const Segment& segment : program.segments) {
        for (const Flow& flow : segment.flows) sum = checked_add(sum, flow.bytes);
    }
    return sum;
}

}  // namespace hypar
