#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "partition/plan.h"
#include "report/text_style.h"
#include "sim/analysis/run_report.h"

namespace hypar {

/// What a step takes.
struct StepCost {
    std::uint64_t traffic_bytes = 0;
    double seconds = 0;
    double joules = 0;
};

StepCost cost_of(const RunReport& report);

/// A plan as a file gives it.
struct NamedPlan {
    std::string reference;
    std::string strategy;
    Plan plan;
    std::optional<StepCost> cost;  ///< none where it was not run
};

/// A cell in which the second plan differs from the first.
struct CellChange {
    std::size_t level = 0;
    std::size_t layer = 0;
    std::optional<StepCost> cost;  ///< of the first plan with the second one's choice here; none where it was not run
    std::string problem;           ///< why it cannot be
};

/// Two plans for the same layers and levels, on the first one's array.
struct PlanDiff {
    std::string network;
    std::uint64_t batch = 0;
    std::vector<std::string> layers;
    NamedPlan first;
    NamedPlan second;
    std::vector<CellChange> cells;

    /// Steps that have to be simulated: both, and one for each cell that can be.
    std::size_t runs() const;
    std::size_t runs_done() const;
};

/// Where the plans differ, level by level; no costs yet.
PlanDiff diff_of(const std::string& network, std::uint64_t batch, std::vector<std::string> layers, NamedPlan first,
                 NamedPlan second);

/// docs/report-format.md, "hypar diff".
std::string plan_diff_text(const PlanDiff& diff, const TextStyle& style = {});
std::string plan_diff_json(const PlanDiff& diff);

}  // namespace hypar
