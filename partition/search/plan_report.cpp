#include "partition/search/plan_report.h"

#include <numeric>

#include "base/checked.h"
#include "partition/search/plan_cost.h"
#include "partition/search/plan_edit.h"
#include "partition/search/tables.h"

namespace hypar {

double PlanReport::objective_bytes() const {
    double sum = 0;
    for (const LevelReport& level : levels) sum += level.objective_bytes;
    return sum;
}

std::uint64_t PlanReport::traffic_bytes() const {
    std::uint64_t sum = 0;
    for (const LevelReport& level : levels) sum = checked_add(sum, level.traffic_bytes);
    return sum;
}

namespace {

std::vector<double> objective_bytes(const Network& network, const Plan& plan, const StepShape& step,
                                    Objective objective) {
    if (objective != Objective::Traffic) return table_bytes(network, plan, step, objective);
    std::vector<double> bytes = PlanCost(network, step, plan.division()).even_by_level(plan);
    for (double& level : bytes) level *= static_cast<double>(step.element_bytes);
    return bytes;
}

}  // namespace

PlanReport report_plan(const Network& network, const Plan& plan, const std::string& strategy, const StepShape& step,
                       Objective objective) {
    PlanReport report;
    report.network = network.name();
    report.strategy = strategy;
    report.batch = step.batch;
    report.plan = plan;
    for (const Layer& layer : network.layers()) report.layers.push_back(layer.name);
    const std::vector<double> bytes = objective_bytes(network, plan, step, objective);
    const std::vector<std::uint64_t> traffic = traffic_bytes(plan_exchanges(network, plan, step), plan.levels());
    for (std::size_t level = 0; level < plan.levels(); ++level) {
        report.levels.push_back({plan.division().size(level), bytes[level], traffic[level]});
    }
    return report;
}

PlanReport report_plan(const Network& network, const SearchResult& found, const StrategyChoice& choice,
                       const StepShape& step) {
    PlanReport report = report_plan(network, found.plan, choice.title(), step, choice.objective());
    if (!choice.name.empty()) report.splits = choice.splits;
    report.is_best = found.is_best;
    report.was_cut = found.was_cut;
    return report;
}

std::vector<CellAlternative> cell_alternatives(const Network& network, const Plan& plan, const StepShape& step,
                                               Objective objective) {
    const PlanCost cost(network, step, plan.division());
    PlanEdit edit(network, cost, plan);
    std::vector<CellAlternative> alternatives;
    for (std::size_t level = 0; level < plan.levels(); ++level) {
        for (std::size_t layer = 0; layer < network.size(); ++layer) {
            for (const SplitEntry& split : kSplits) {
                LayerPlan choices = plan.layer(layer);
                const Parallelism chosen = choices[level];
                choices[level] = split.parallelism;
                if (chosen == split.parallelism || why_impossible(network, layer, choices, plan.division())) continue;
                const Traffic changed = edit.with(level, layer, split.parallelism);
                const auto elements = static_cast<std::uint64_t>(changed.whole / Int128{plan.accelerators()});
                double least = cost.elements(changed.even) * static_cast<double>(step.element_bytes);
                if (objective != Objective::Traffic) {
                    const Plan other = plan.with(level, layer, split.parallelism);
                    const std::vector<double> bytes = table_bytes(network, other, step, objective);
                    least = std::accumulate(bytes.begin(), bytes.end(), 0.0);
                }
                alternatives.push_back({level, layer, chosen, split.parallelism, least,
                                        checked_multiply(elements, step.element_bytes)});
            }
        }
    }
    return alternatives;
}

}  // namespace hypar
