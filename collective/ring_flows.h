#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "collective/flow_list.h"

namespace hypar {

/// Accelerators that pass blocks round a ring, from each to the next; by position in it.
struct Ring {
    std::vector<std::uint64_t> members;
    std::vector<std::uint64_t> blocks;  ///< bytes of the block that is each one's own
    bool scatters = false;              ///< sums are scattered over it
    bool gathers = false;               ///< blocks are gathered over it
    std::uint64_t packet_bytes = 1;     ///< where blocks are shorter, packets end with them
};

/// Adds the flows of a ring, one from each member: it sends a block, then those that come, as they come, in n - 1
/// steps for a reduce-scatter, as many for an all-gather. Each starts when all that `after` says, by member, has
/// come. Returns the flow into each member.
std::vector<std::uint32_t> add_ring(FlowList& flows, const Ring& ring,
                                    const std::vector<std::vector<std::uint32_t>>& after);

}  // namespace hypar
