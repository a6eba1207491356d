#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "arch/array.h"
#include "arch/mapping_search.h"
#include "arch/tile_schedule.h"
#include "base/words.h"

namespace hypar {

/// A shard's nest divided among the processing units of one accelerator: an entry a unit, the largest first, empty
/// nests left out.
using UnitNests = std::vector<LoopNest>;

/// Finds mappings for the arrays of one kind. Remembers what it found, shape by shape.
class Mapper {
public:
    explicit Mapper(const ArraySpec& array) : array_(array) {}

    /// Divides a shard by groups or samples and by outputs (the gradient: by both kinds of channels; the update: by
    /// weights), whichever ends first.
    UnitNests divide(const LoopNest& shard);

    /// With the best mapping (see search_mapping). Throws ConfigError (key "array.buffer.capacity") where not even
    /// the smallest tile fits.
    TileSchedule schedule(const LoopNest& nest) { return schedule(nest, nest); }

    /// For a unit in step with the one that computes `leader`, the first of its division: blocks of the same sizes,
    /// each tile as long.
    TileSchedule schedule(const LoopNest& nest, const LoopNest& leader);

    /// What was found since the last call, for `learn` of a mapper for the same hardware in another process.
    Words take_news();
    void learn(const Words& news);

private:
    const MappingChoice& best(const LoopNest& nest);
    const MappingChoice& keep(const LoopNest& nest, const MappingChoice& choice);
    const UnitNests& keep(const LoopNest& shard, UnitNests nests);

    ArraySpec array_;
    std::map<LoopNest, MappingChoice> found_;
    std::map<LoopNest, UnitNests> divided_;
    std::vector<std::map<LoopNest, MappingChoice>::const_iterator> news_of_found_;
    std::vector<std::map<LoopNest, UnitNests>::const_iterator> news_of_divided_;
};

}  // namespace hypar
