#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "partition/exchange.h"
#include "partition/plan.h"
#include "partition/search/bound.h"
#include "partition/search/strategy.h"
#include "partition/search/strategy_choice.h"
#include "workloads/network.h"

namespace hypar {

/// What a plan costs at one level, summed over the level's groups.
struct LevelReport {
    std::uint32_t size = 2;
    double objective_bytes = 0;       ///< what the search minimises; even shares may leave a fraction
    std::uint64_t traffic_bytes = 0;  ///< what the transfers move
};

/// Bytes that a layer's tensors move.
struct LayerTraffic {
    std::uint64_t outputs = 0;  ///< to those that read them, borders included
    std::uint64_t errors = 0;   ///< back from there
    std::uint64_t gradient = 0;
    std::uint64_t weights = 0;  ///< that others have updated

    std::uint64_t all() const { return outputs + errors + gradient + weights; }
};

/// A plan with its costs.
struct PlanReport {
    std::string network;
    std::string strategy;
    std::uint64_t batch = 0;
    Plan plan;
    std::vector<std::string> layers;
    std::vector<LevelReport> levels;
    std::vector<LayerTraffic> layer_traffic;
    TrafficBound bound;
    SplitSet splits = 0;   ///< that the search may have used
    bool is_best = false;  ///< no plan of them and of the given cells moves less, as the search or the bound proves
    bool was_cut = false;  ///< its search was not a whole one

    double objective_bytes() const;
    std::uint64_t traffic_bytes() const;
    bool moves_weights() const;
    /// By what part of the bound it moves more; none where the bound is 0 and the traffic is not.
    std::optional<double> gap() const;
};

/// Of a plan from `space`.
PlanReport report_plan(const PlanSpace& space, const SearchResult& found, const std::string& strategy,
                       Objective objective = Objective::Traffic);
/// The same of a plan that was chosen.
PlanReport report_plan(const Network& network, const SearchResult& found, const StrategyChoice& choice,
                       const StepShape& step);

/// What the plan would cost in all with another parallelism in one cell.
struct CellAlternative {
    std::size_t level = 0;
    std::size_t layer = 0;
    Parallelism chosen = Parallelism::Data;
    Parallelism other = Parallelism::Data;
    std::uint64_t traffic_bytes = 0;
    std::optional<double> more_seconds;  ///< that the whole step is expected to take, less if negative
    bool is_at_pace = false;             ///< without a mapping of its own, as fast as the layer computes in the plan
};

/// For each cell, level by level, each other choice that its layer can have there.
std::vector<CellAlternative> cell_alternatives(const Network& network, const Plan& plan, const StepShape& step);

}  // namespace hypar
