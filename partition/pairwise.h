#pragma once

#include <vector>

#include "partition/exchange.h"
#include "partition/redistribution.h"
#include "workloads/network.h"

namespace hypar {

/// How a redistribution is carried out level by level between partners, in levels of two: recursive halving and
/// doubling. Feature maps take one sweep from the leaves up, errors one from the root down; a gradient is
/// reduce-scattered up and gathered down. Throws std::overflow_error beyond 64 bits.
std::vector<Exchange> pairwise_exchanges(const Redistribution& redistribution, const Network& network,
                                         const Plan& plan, const StepShape& step);

}  // namespace hypar
