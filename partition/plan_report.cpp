#include "partition/plan_report.h"

#include "base/checked.h"
#include "partition/communication.h"

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

PlanReport report_plan(const Network& network, const Plan& plan, const std::string& strategy, const StepShape& step) {
    PlanReport report{network.name(), strategy, step.batch, plan, {}, {}};
    for (const Layer& layer : network.layers()) report.layers.push_back(layer.name);
    const std::vector<double> objective = objective_bytes(network, step.batch, plan, step.element_bytes);
    const std::vector<std::uint64_t> traffic = traffic_bytes(plan_exchanges(network, plan, step), plan.levels());
    for (std::size_t level = 0; level < plan.levels(); ++level) {
        report.levels.push_back({objective[level], traffic[level]});
    }
    return report;
}

std::vector<CellAlternative> cell_alternatives(const Network& network, const Plan& plan, const StepShape& step) {
    std::vector<CellAlternative> alternatives;
    for (std::size_t level = 0; level < plan.levels(); ++level) {
        for (std::size_t layer = 0; layer < network.size(); ++layer) {
            const PlanReport flipped = report_plan(network, plan.with_flipped(level, layer), "", step);
            alternatives.push_back(
                {level, layer, plan.at(level, layer), flipped.objective_bytes(), flipped.traffic_bytes()});
        }
    }
    return alternatives;
}

}  // namespace hypar
