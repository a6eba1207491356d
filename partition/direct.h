#pragma once

#include <vector>

#include "partition/exchange.h"
#include "partition/redistribution.h"
#include "workloads/network.h"

namespace hypar {

/// How a redistribution is carried out: level by level, sums scattered from the leaves up, then shares swapped, then
/// shares gathered from the root down. In a group of n each sends to the n - 1 others, in as many rounds. A gradient
/// is reduce-scattered and gathered; a border goes from each accelerator to those that need rows of it. Throws
/// std::overflow_error beyond 64 bits.
std::vector<Exchange> direct_exchanges(const Redistribution& redistribution, const Network& network, const Plan& plan,
                                       const StepShape& step);

}  // namespace hypar
