#pragma once

#include <optional>
#include <vector>

#include "partition/search/layer_problem.h"
#include "partition/search/plan_cost.h"
#include "partition/search/plan_space.h"

namespace hypar {

/// The least even traffic of a chain of layers.
struct ChainResult {
    std::vector<LayerPlan> layers;
    Int128 even = 0;  ///< no plan of the space has less, where borders are least with rows split at the first levels
};

/// Levels of one size can change places between layers at no cost, so that the traffic depends on how many of them
/// split each dimension: C(levels + splits - 1, splits - 1) states a layer in place of splits^levels. None where the
/// network is not a chain or cells are given.
std::optional<ChainResult> least_of_chain(const PlanSpace& space, const PlanCost& cost);

/// The plans of a layer that have rows, batch, input and output channels split in this order at the levels of each
/// size: one for each number of levels that split each dimension.
std::vector<LayerPlan> ordered_plans(const PlanSpace& space, std::size_t layer);
/// The same of every layer; none where given cells leave a layer none.
std::optional<Candidates> ordered_plans(const PlanSpace& space);

}  // namespace hypar
