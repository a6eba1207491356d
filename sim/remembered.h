#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "arch/array.h"
#include "arch/mapper.h"
#include "sim/collapse.h"
#include "sim/sequencer.h"

namespace hypar {

/// What earlier runs of this process have found and later ones need not work out again: mappings, and what drained
/// pieces of work took and did. Both depend on nothing but the array's hardware and their own shape.
class Remembered {
public:
    /// The mapper for arrays with this hardware.
    Mapper& mapper(const ArraySpec& array);

    /// What a piece is known by: the hardware, the links and routes of its part, its tiles and bytes.
    using Key = std::vector<std::uint64_t>;
    static Key key_of(const ArraySpec& array, const Program& program, const CollapsedProgram& collapsed,
                      const Piece& piece);

    /// Null if it has never been simulated.
    const SegmentResult* find(const Key& key) const;
    void keep(const Key& key, SegmentResult result) { results_.emplace(key, std::move(result)); }

private:
    std::map<Key, Mapper> mappers_;
    std::map<Key, SegmentResult> results_;
};

}  // namespace hypar
