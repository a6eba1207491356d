#pragma once

#include <cstddef>
#include <vector>

#include "partition/search/least_sum.h"
#include "partition/search/plan_cost.h"
#include "partition/search/plan_space.h"

namespace hypar {

/// A few tenths of a second.
constexpr SearchLimits kSearchLimits{std::size_t{1} << 20, std::size_t{1} << 22};

/// The choice among plans of single layers as a sum over layers and tensors. `cost` must outlive it.
SumProblem<Traffic> traffic_problem(const Network& network, const PlanCost& cost,
                                    const std::vector<std::vector<LayerPlan>>& candidates);

/// The plans of single layers that were chosen.
std::vector<LayerPlan> chosen(const std::vector<std::vector<LayerPlan>>& candidates,
                              const std::vector<std::size_t>& options);

}  // namespace hypar
