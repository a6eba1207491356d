#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "arch/unit/mapping_search.h"
#include "arch/unit/tile_schedule.h"
#include "base/words.h"

namespace hypar {

/// A shard's nest divided among the processing units of one accelerator: an entry a unit, the largest first, empty
/// nests left out.
using UnitNests = std::vector<LoopNest>;

/// A shard's parts, and the mapping of the first one, which all keep to.
struct DividedShard {
    UnitNests nests;
    Mapping mapping;
};

/// Finds mappings for the units of one kind of accelerator. Remembers what it found, shard by shard; what it finds
/// does not depend on what it was asked before.
class Mapper {
public:
    explicit Mapper(MappingTarget target) : target_(std::move(target)) {}

    /// Divides a shard by what makes up its result, groups or samples and channels or both kinds of channels,
    /// whichever ends first (see search_mapping); with rows for columns where rows are too long for the buffer.
    /// Throws ConfigError (key "array.buffer.capacity") where not even the smallest tile fits. With a pin the mapping
    /// is as it says (key "array.mapping.pin" where it cannot be). The division lives as long as the mapper.
    const DividedShard& divide(const LoopNest& shard, const MappingPin* pin = nullptr);

    /// Null where the array has none for this phase.
    const MappingPin* pin_of(const std::string& layer, Phase phase) const;

    /// Of one part of a division: blocks of the same sizes as the first part's, each tile as long.
    TileSchedule schedule(const LoopNest& nest, const DividedShard& division) const;

    /// Of a nest that is not divided, if all units do the like.
    TileSchedule schedule(const LoopNest& nest) const;

    /// What was found since the last call, for `learn` of a mapper for like arrays in another process.
    Words take_news();
    void learn(const Words& news);

private:
    /// A shard and the pin of its mapping, all zeros where it has none.
    using Key = std::pair<LoopNest, std::array<std::uint64_t, 7>>;

    DividedShard find_division(const LoopNest& shard, const MappingPin* pin) const;

    MappingTarget target_;
    std::map<Key, DividedShard> divided_;
    std::vector<std::map<Key, DividedShard>::const_iterator> news_;
};

/// Those for an array's kinds of accelerators.
using Mappers = std::vector<Mapper*>;

}  // namespace hypar
