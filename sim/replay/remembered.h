#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/unit/mapper.h"
#include "base/words.h"
#include "sim/replay/collapse.h"
#include "sim/replay/segment_result.h"

namespace hypar {

/// What earlier runs of this process have found and later ones need not work out again: mappings, and what drained
/// pieces of work took and did. A mapping depends on nothing but what the mapper is told of the array and on its
/// shard; a piece on nothing but the array's hardware and its own shape.
class Remembered {
public:
    /// The mapper for arrays with what mappings depend on.
    Mapper& mapper(const ArraySpec& array);
    /// Those of an array's kinds of accelerators.
    Mappers mappers(const ArraySpec& array);

    /// What a piece is known by: the hardware, the links and routes of its part, its tiles and bytes.
    using Key = Words;
    static Key key_of(const Words& hardware, const Program& program, const CollapsedProgram& collapsed,
                      const Piece& piece);
    /// What an array brings to that.
    static Words hardware_of(const ArraySpec& array);

    /// Null if it has never been simulated.
    const SegmentResult* find(const Key& key) const;
    void keep(const Key& key, SegmentResult result);

    /// What was found since the last call, for `learn` of another process; empty if nothing was.
    Words take_news();
    void learn(const Words& news);

    /// Words that the results take, about.
    std::uint64_t size() const { return size_; }

private:
    std::map<Key, Mapper> mappers_;
    std::map<Key, std::vector<Words>> untold_;  ///< news for mappers that nobody has asked for here
    std::map<Key, SegmentResult> results_;
    std::vector<std::map<Key, SegmentResult>::const_iterator> news_;
    std::uint64_t size_ = 0;
};

}  // namespace hypar
