#pragma once

#include <vector>

#include "arch/network/interconnect_spec.h"
#include "collective/algorithm.h"
#include "tests/collective/tracked_flows.h"

namespace hypar::tests {

/// What the flows of an algorithm carry, by stage and number: which blocks go where in which order, without saying
/// when. `lowered` says how many trees there are.
std::vector<std::vector<Carried>> carried_by(CollectiveAlgorithm algorithm, const Collective& collective,
                                             const CollectivePlace& place, const TrackedCollective& tracked,
                                             const std::vector<Stage>& lowered);

}  // namespace hypar::tests
