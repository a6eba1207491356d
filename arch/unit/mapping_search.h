#pragma once

#include <cstddef>
#include <vector>

#include "arch/kernel/energy_table.h"
#include "arch/kernel/time.h"
#include "arch/unit/tile_schedule.h"
#include "arch/unit/unit_spec.h"

namespace hypar {

/// What mappings are searched for: the processing units of one accelerator, and the memory that they share.
struct MappingTarget {
    UnitSpec unit;
    std::uint64_t units = 1;
    Clock clock;
    std::uint64_t memory_bits_per_second = 1;
    Cycles memory_latency = 0;  ///< until a row that was closed answers
    EnergyTable energy;
};

/// A mapping with what it is expected to take on one processing unit that has its share of the memory's bandwidth.
struct MappingChoice {
    Mapping mapping;
    Cycles cycles = 0;
    double picojoules = 0;
    std::uint64_t tiles = 0;
};

/// What a processing unit may get to do, and how many units do the like and share the memory.
struct UnitWork {
    LoopNest nest;
    std::uint64_t units = 1;
};

/// What a mapping takes and costs, all tiles counted as full ones: the longer one of computing, with the first load
/// before it and the last store after it, and of moving all data. Its largest tile must fit the buffer.
MappingChoice evaluate_mapping(const MappingTarget& target, const UnitWork& work, const Mapping& mapping);

struct BestWork {
    std::size_t work = 0;  ///< its number
    MappingChoice mapping;
};

/// Of several works, any of which will do, the best and its best mapping: the one that fits the buffer, with the
/// operands of the next tile, and takes least of what the unit's mapping rule minimises, cycles or energy; of those
/// within 1 % of the least the ones within 1 % of the least of the other; of these the one of fewest tiles. Throws
/// ConfigError (key "array.buffer.capacity") where not even the smallest tile fits.
BestWork search_mapping(const MappingTarget& target, const std::vector<UnitWork>& works);

}  // namespace hypar
