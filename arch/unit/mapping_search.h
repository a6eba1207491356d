#pragma once

#include <cstddef>
#include <vector>

#include "arch/unit/tiling_costs.h"

namespace hypar {

struct BestWork {
    std::size_t work = 0;  ///< its number
    MappingChoice mapping;
};

/// Of several works, any of which will do, the best and its best mapping: the one that fits the buffer, with the
/// operands of the next tile, and takes least of what the unit's mapping rule minimises; of those within 1 % of the
/// least the ones within 1 % of the least energy, if cycles are minimised, else of the least cycles; of these the one
/// of fewest tiles. Throws ConfigError (key "array.buffer.capacity") where not even the smallest tile fits. With a
/// pin only mappings that are as it says are looked at; throws ConfigError (key "array.mapping.pin") where nothing
/// can be.
BestWork search_mapping(const MappingTarget& target, const std::vector<UnitWork>& works,
                        const MappingPin* pin = nullptr);

}  // namespace hypar
