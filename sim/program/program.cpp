#include "sim/program/program.h"

#include "base/checked.h"

namespace hypar {

std::uint64_t planned_memory_bytes(const Program& program) {
    std::vector<std::uint64_t> schedule_bytes;
    for (const TileSchedule& schedule : program.schedules) schedule_bytes.push_back(schedule.memory_bytes());
    std::uint64_t sum = 0;
    for (const Segment& segment : program.segments) {
        for (const auto& units : segment.compute) {
            for (const std::uint32_t schedule : units) sum = checked_add(sum, schedule_bytes[schedule]);
        }
        for (const ExchangeShare& share : segment.shares) {
            // Read by the sender and written by the receiver, who first reads what it adds to.
            const std::uint64_t receiving = checked_multiply(share.reduces ? 2 : 1, share.receive_bytes);
            sum = checked_add(sum, checked_add(share.send_bytes, receiving));
        }
    }
    return sum;
}

std::uint64_t planned_traffic_bytes(const Program& program) {
    std::uint64_t sum = 0;
    for (const Segment& segment : program.segments) {
        for (const ExchangeShare& share : segment.shares) sum = checked_add(sum, share.send_bytes);
    }
    return sum;
}

}  // namespace hypar
