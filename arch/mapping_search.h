#pragma once

#include <cstddef>
#include <vector>

#include "arch/array.h"
#include "arch/tile_schedule.h"

namespace hypar {

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
MappingChoice evaluate_mapping(const ArraySpec& array, const UnitWork& work, const Mapping& mapping);

struct BestWork {
    std::size_t work = 0;  ///< its number
    MappingChoice mapping;
};

/// Of several works, any of which will do, the best and its best mapping: the one that fits the buffer, with the
/// operands of the next tile, and takes least of what the array's mapping rule minimises, cycles or energy; of those
/// within 1 % of the least the ones within 1 % of the least of the other; of these the one of fewest tiles. Throws
/// ConfigError (key "array.buffer.capacity") where not even the smallest tile fits.
BestWork search_mapping(const ArraySpec& array, const std::vector<UnitWork>& works);

}  // namespace hypar
