#include "partition/search/layer_problem.h"

namespace hypar {

SumProblem<Traffic> traffic_problem(const Network& network, const PlanCost& cost, const Candidates& candidates) {
    return sum_over_layers<Traffic>(
        network, candidates, [&cost](std::size_t layer, const LayerPlan& own) { return cost.gradient(layer, own); },
        [&cost](std::size_t layer, const LayerPlan& own, const std::vector<LayerPlan>& consumers) {
            return cost.boundary(layer, own, consumers);
        });
}

std::vector<LayerPlan> chosen(const Candidates& candidates, const std::vector<std::size_t>& options) {
    std::vector<LayerPlan> layers;
    for (std::size_t layer = 0; layer < candidates.size(); ++layer) {
        layers.push_back(candidates[layer][options[layer]]);
    }
    return layers;
}

}  // namespace hypar
