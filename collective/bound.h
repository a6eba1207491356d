#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/kernel/time.h"
#include "arch/network/topology.h"
#include "collective/collective.h"
#include "partition/levels.h"

namespace hypar {

/// What no algorithm can beat where switches add nothing up, and headers take no room. Of all groups at once:
///
/// - all that must be sent leaves accelerators: an all-reduce of S bytes in a group of n sends 2 (n - 1) S, a
///   reduce-scatter or an all-gather half of that (Patarasuk and Yuan, JPDC 69(2), 2009);
/// - over any cut goes what one side needs of the other, in both directions: S for an all-reduce, the blocks of the
///   other side for the two halves of it. Cuts are those around each accelerator, those between the parts that levels
///   make, and the narrowest between members of a group;
/// - what is sent is read from memory, what comes is written there, and read before if it is added.
class CollectiveBound {
public:
    /// All must outlive it.
    CollectiveBound(const ArraySpec& array, const Topology& topology, const Levels& levels);

    Picoseconds of(const Collective& collective);

private:
    using Side = std::vector<bool>;  ///< which accelerators are on it

    /// One side of the accelerators, and what can cross to the other and back, in bits a second.
    struct Cut {
        Side side;
        std::uint64_t out = 0;
        std::uint64_t in = 0;
    };

    Picoseconds sent(const Collective& collective, std::uint64_t bytes) const;
    Picoseconds over(const Cut& cut, const Collective& collective,
                     const std::vector<std::vector<std::uint64_t>>& groups) const;
    void add_cut(const Side& side);
    Side side_of(std::uint64_t first, std::uint64_t count) const;
    void add_narrowest_cuts(const std::vector<std::uint64_t>& members);

    const ArraySpec& array_;
    const Topology& topology_;
    const Levels& levels_;
    std::vector<Cut> cuts_;
    std::set<Side> sides_;
    std::set<LevelSet> searched_;
    std::uint64_t leaving_ = 0;  ///< of all accelerators, bits a second
};

}  // namespace hypar
