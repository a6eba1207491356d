#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/array/flow.h"
#include "arch/array/hardware_use.h"
#include "arch/network/topology.h"

namespace hypar {

/// An exchange that starts some time after the first of its cluster.
struct ClusterExchange {
    std::vector<Flow> flows;
    std::vector<std::uint32_t> members;
    Cycles start = 0;
};

/// What exchanges took that met on their way.
struct ClusterResult {
    std::vector<std::vector<Cycles>> ends;  ///< by exchange and member, from the first start on
    Cycles rests_at = 0;                    ///< when the last credit was back
    HardwareUse use;
    std::vector<std::vector<EventCounts>> counts;  ///< by exchange and member, without those of links
    std::uint64_t events = 0;
    std::uint64_t jumps = 0;
};

/// Simulates exchanges on a topology that is theirs alone, of which `array` is. They are in the order in which they
/// start. `jumps`: over what repeats itself.
ClusterResult run_cluster(const std::vector<ClusterExchange>& exchanges, const ArraySpec& array,
                          const Topology& topology, bool jumps);

}  // namespace hypar
