#pragma once

#include <map>
#include <utility>
#include <vector>

#include "partition/search/plan_cost.h"
#include "partition/search/plan_space.h"

namespace hypar {

/// A plan whose cells are changed one at a time, with its traffic.
class PlanEdit {
public:
    /// All must outlive it.
    PlanEdit(const Network& network, const PlanCost& cost, const Plan& plan);

    /// What the whole plan would cost with another choice in one cell.
    Traffic with(std::size_t level, std::size_t layer, Parallelism parallelism);
    void set(std::size_t level, std::size_t layer, Parallelism parallelism);

    const Traffic& cost() const { return sum_; }
    const std::vector<LayerPlan>& layers() const { return layers_; }

    /// Changes cells, each to the best choice that the space allows there, until no change of one is better.
    void descend(const PlanSpace& space);

private:
    Traffic gradient(std::size_t layer) const;
    Traffic boundary(std::size_t layer) const;
    /// Of a layer's gradient, those of layers that use its weights, and the tensors around it.
    Traffic around(std::size_t layer) const;

    const Network& network_;
    const PlanCost& cost_;
    std::vector<LayerPlan> layers_;
    Traffic sum_;
    std::vector<std::size_t> alike_;  ///< by layer
    /// Boundaries of like layers, by what these do and what their consumers do.
    mutable std::map<std::pair<std::size_t, std::vector<LayerPlan>>, Traffic> boundaries_;
};

}  // namespace hypar
