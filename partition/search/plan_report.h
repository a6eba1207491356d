#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "partition/exchange.h"
#include "partition/plan.h"
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

/// A plan with its costs.
struct PlanReport {
    std::string network;
    std::string strategy;
    std::uint64_t batch = 0;
    Plan plan;
    std::vector<std::string> layers;
    std::vector<LevelReport> levels;
    SplitSet splits = 0;    ///< that the search may have used
    bool is_best = false;   ///< as of a SearchResult
    bool was_cut = false;

    double objective_bytes() const;
    std::uint64_t traffic_bytes() const;
};

PlanReport report_plan(const Network& network, const Plan& plan, const std::string& strategy, const StepShape& step,
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
    double objective_bytes = 0;
    std::uint64_t traffic_bytes = 0;
};

/// For each cell, level by level, each other choice that its layer can have there.
std::vector<CellAlternative> cell_alternatives(const Network& network, const Plan& plan, const StepShape& step,
                                               Objective objective = Objective::Traffic);

}  // namespace hypar
