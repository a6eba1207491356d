#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "arch/tile_schedule.h"
#include "partition/exchange.h"
#include "workloads/phase.h"

namespace hypar {

/// What all accelerators do together before any goes on: a layer's phase is computed, or one of its collectives
/// runs. One of the two lists is empty.
struct Segment {
    std::size_t layer = 0;
    Phase phase = Phase::Forward;
    /// Numbers of the tile schedules in Program::schedules, by accelerator and processing unit; an accelerator or
    /// unit without work has none.
    std::vector<std::vector<std::uint32_t>> compute;
    std::vector<Exchange> exchanges;

    bool is_compute() const { return !compute.empty(); }
};

/// A plan lowered for one array: segments that follow each other (schedule: sequential).
struct Program {
    std::vector<TileSchedule> schedules;  ///< each shape once
    std::vector<Segment> segments;
};

}  // namespace hypar
