#include "partition/search/plan_report.h"

#include <algorithm>

#include "base/checked.h"
#include "partition/search/plan_cost.h"
#include "partition/search/plan_edit.h"
#include "partition/search/tables.h"

namespace hypar {

namespace {

std::uint64_t bytes_of(const std::vector<Exchange>& exchanges) {
    std::uint64_t sum = 0;
    for (const Exchange& exchange : exchanges) sum = checked_add(sum, exchange.bytes());
    return sum;
}

std::vector<double> objective_bytes(const Network& network, const Plan& plan, const StepShape& step,
                                    Objective objective) {
    if (objective != Objective::Traffic) return table_bytes(network, plan, step, objective);
    std::vector<double> bytes = PlanCost(network, step, plan.division()).even_by_level(plan);
    for (double& level : bytes) level *= static_cast<double>(step.element_bytes);
    return bytes;
}

}  // namespace

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

bool PlanReport::moves_weights() const {
    return std::any_of(layer_traffic.begin(), layer_traffic.end(),
                       [](const LayerTraffic& layer) { return layer.weights > 0; });
}

std::optional<double> PlanReport::gap() const {
    const std::uint64_t traffic = traffic_bytes();
    if (traffic == bound.bytes) return 0;
    if (bound.bytes == 0) return std::nullopt;
    return static_cast<double>(traffic) / static_cast<double>(bound.bytes) - 1;
}

PlanReport report_plan(const PlanSpace& space, const SearchResult& found, const std::string& strategy,
                       Objective objective) {
    const Network& network = space.network();
    const StepShape& step = space.step();
    const Plan& plan = found.plan;
    PlanReport report;
    report.network = network.name();
    report.strategy = strategy;
    report.batch = step.batch;
    report.plan = plan;
    report.splits = space.splits();
    report.was_cut = found.was_cut;
    report.layers = network.layer_names();
    report.bound = bound_traffic(network, step, plan.division(), space.splits());
    const std::vector<double> bytes = objective_bytes(network, plan, step, objective);
    const std::vector<LayerExchanges> exchanges = plan_exchanges(network, plan, step);
    for (const LayerExchanges& layer : exchanges) {
        report.layer_traffic.push_back(
            {bytes_of(layer.forward), bytes_of(layer.backward), bytes_of(layer.gradient), bytes_of(layer.weights)});
    }
    const std::vector<std::uint64_t> traffic = traffic_bytes(exchanges, plan.levels());
    for (std::size_t level = 0; level < plan.levels(); ++level) {
        report.levels.push_back({plan.division().size(level), bytes[level], traffic[level]});
    }
    // What meets the bound is the best, whoever found it.
    report.is_best = found.is_best || report.traffic_bytes() == report.bound.bytes;
    return report;
}

PlanReport report_plan(const Network& network, const SearchResult& found, const StrategyChoice& choice,
                       const StepShape& step) {
    PlanSpace space(network, step, found.plan.division());
    const SplitSet free = choice.name.empty() ? SplitSet{0} : choice.splits;
    space.restrict_to(static_cast<SplitSet>(free | splits_in(found.plan)));
    return report_plan(space, found, choice.title(), choice.objective());
}

std::vector<CellAlternative> cell_alternatives(const Network& network, const Plan& plan, const StepShape& step) {
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
                const auto elements = narrowed(changed.whole / Int128{plan.accelerators()});
                alternatives.push_back({level,
                                        layer,
                                        chosen,
                                        split.parallelism,
                                        checked_multiply(elements, step.element_bytes),
                                        {},
                                        false});
            }
        }
    }
    return alternatives;
}

}  // namespace hypar
