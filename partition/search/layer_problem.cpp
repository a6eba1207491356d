#include "partition/search/layer_problem.h"

namespace hypar {

SumProblem<Traffic> traffic_problem(const Network& network, const PlanCost& cost,
                                    const std::vector<std::vector<LayerPlan>>& candidates) {
    SumProblem<Traffic> problem;
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        problem.options.push_back(candidates[layer].size());
        problem.terms.push_back({{layer}, [&cost, &candidates, layer](const std::vector<std::size_t>& options) {
                                     return cost.gradient(layer, candidates[layer][options[0]]);
                                 }});
        Term<Traffic> boundary{{layer}, {}};
        const std::vector<std::size_t> consumers = network.consumers(layer);
        boundary.scope.insert(boundary.scope.end(), consumers.begin(), consumers.end());
        boundary.cost = [&cost, &candidates, layer, consumers](const std::vector<std::size_t>& options) {
            std::vector<LayerPlan> readers;
            for (std::size_t number = 0; number < consumers.size(); ++number) {
                readers.push_back(candidates[consumers[number]][options[number + 1]]);
            }
            return cost.boundary(layer, candidates[layer][options[0]], readers);
        };
        problem.terms.push_back(std::move(boundary));
    }
    return problem;
}

std::vector<LayerPlan> chosen(const std::vector<std::vector<LayerPlan>>& candidates,
                              const std::vector<std::size_t>& options) {
    std::vector<LayerPlan> layers;
    for (std::size_t layer = 0; layer < candidates.size(); ++layer) {
        layers.push_back(candidates[layer][options[layer]]);
    }
    return layers;
}

}  // namespace hypar
