#include "collective/ring_flows.h"

#include <algorithm>

#include "base/checked.h"

namespace hypar {

/// A member's own block comes to it last when sums are scattered, so the first one that it sends is that of the one
/// before it; where blocks are gathered alone it is its own.
std::vector<std::uint32_t> add_ring(FlowList& flows, const Ring& ring,
                                    const std::vector<std::vector<std::uint32_t>>& after) {
    const std::size_t size = ring.members.size();
    const std::size_t scattered = ring.scatters ? size - 1 : 0;
    const std::size_t steps = scattered + (ring.gathers ? size - 1 : 0);
    const bool are_short = *std::min_element(ring.blocks.begin(), ring.blocks.end()) < ring.packet_bytes;
    std::vector<std::uint32_t> leaving(size);
    std::vector<std::uint32_t> entering(size);
    for (std::size_t place = 0; place < size; ++place) {
        const std::size_t next = (place + 1) % size;
        Flow flow{ring.members[place], ring.members[next], 0, 0, 0, {}, after[place]};
        const std::size_t first = ring.scatters ? place + size - 1 : place + size;
        flow.own_bytes = ring.blocks[first % size];
        for (std::size_t step = 0; step < steps; ++step) {
            const std::uint64_t block = ring.blocks[(first + size - step % size) % size];
            flow.bytes = checked_add(flow.bytes, block);
            if (are_short && block > 0) flow.pieces.push_back(block);
            if (step < scattered) flow.added_bytes = checked_add(flow.added_bytes, block);
        }
        if (flow.added_bytes > 0) flow.adds_after = after[next];
        leaving[place] = entering[next] = flows.add(std::move(flow));
    }
    for (std::size_t place = 0; place < size; ++place) {
        if (steps > 1) flows.follow(leaving[place], entering[place]);
    }
    return entering;
}

}  // namespace hypar
