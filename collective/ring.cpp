#include <algorithm>

#include "collective/algorithm.h"
#include "collective/arrangement.h"
#include "collective/ring_flows.h"

namespace hypar {
namespace {

/// Half of each block goes round one way, half the other (Patarasuk and Yuan, JPDC 69(2), 2009); between two members
/// both ways are one.
std::vector<Stage> lower_ring(const Collective& collective, const CollectivePlace& place) {
    FlowList flows;
    for (const auto& members : groups_of(collective.levels, place.levels)) {
        std::vector<std::uint64_t> order =
            ring_through(arrangement_of(members, collective.levels, place.levels, place.topology));
        const std::uint64_t ways = order.size() > 2 ? 2 : 1;
        for (std::uint64_t way = 0; way < ways; ++way) {
            Ring ring{order, {}, collective.scatters(), collective.gathers(), place.packet_bytes};
            for (const std::uint64_t member : order) {
                ring.blocks.push_back(part_of_bytes(collective.blocks[member], way, ways, place.element_bytes));
            }
            add_ring(flows, ring, std::vector<std::vector<std::uint32_t>>(order.size()));
            std::reverse(order.begin(), order.end());
        }
    }
    return {{collective.levels, flows.take()}};
}

}  // namespace

AlgorithmModel ring_model() {
    return {CollectiveAlgorithm::Ring, "two rings through the group, one each way round", groups_of_any_size,
            lower_ring};
}

}  // namespace hypar
