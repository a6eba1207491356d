#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "arch/array/flow.h"
#include "arch/unit/tile_schedule.h"
#include "workloads/phase.h"

namespace hypar {

/// What all accelerators do together before any goes on: a layer's phase is computed, or one level of one of its
/// collectives runs. One of the two lists is empty.
struct Segment {
    std::size_t layer = 0;
    Phase phase = Phase::Forward;
    /// Numbers of the tile schedules in Program::schedules, by accelerator and processing unit; an accelerator or
    /// unit without work has none.
    std::vector<std::vector<std::uint32_t>> compute;
    std::vector<Flow> flows = {};  ///< each behind those that it starts after
    std::size_t level = 0;         ///< of an exchange, from H1 on

    bool is_compute() const { return !compute.empty(); }
};

/// A plan lowered for one array: segments that follow each other (schedule: sequential).
struct Program {
    std::vector<TileSchedule> schedules;  ///< each shape once
    std::vector<Segment> segments;
};

/// Bytes that a program reads from and writes to all memories, as its schedules and exchanges say.
std::uint64_t planned_memory_bytes(const Program& program);

/// Bytes that its network interfaces send.
std::uint64_t planned_traffic_bytes(const Program& program);

}  // namespace hypar
