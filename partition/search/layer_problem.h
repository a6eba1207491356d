#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "partition/search/least_sum.h"
#include "partition/search/plan_cost.h"
#include "partition/search/plan_space.h"

namespace hypar {

/// A few tenths of a second.
constexpr SearchLimits kSearchLimits{std::size_t{1} << 20, std::size_t{1} << 22};

/// What layers may do, of which one each is chosen.
using Candidates = std::vector<std::vector<LayerPlan>>;

/// Numbers for the tensors of like layers that have the same candidates, and so the same costs.
class TermNumbers {
public:
    TermNumbers(const Network& network, const Candidates& candidates);

    std::size_t of(const std::vector<std::size_t>& scope);

private:
    std::vector<std::size_t> alike_;  ///< by layer
    std::vector<std::size_t> lists_;  ///< by layer: which candidates it has
    std::map<std::vector<std::size_t>, std::size_t> numbers_;
};

/// A sum over layers, `of_layer(layer, own, owner)` with what the layer does whose weights it uses, and over the
/// tensors between them, `of_boundary(layer, own, consumers)`, which return costs. `candidates` and what these two
/// refer to must outlive it.
template <typename Cost, typename OfLayer, typename OfBoundary>
SumProblem<Cost> sum_over_layers(const Network& network, const Candidates& candidates, const OfLayer& of_layer,
                                 const OfBoundary& of_boundary) {
    SumProblem<Cost> problem;
    TermNumbers numbers(network, candidates);
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        problem.options.push_back(candidates[layer].size());
        std::vector<std::size_t> owners{layer};
        if (const auto& owner = network.weights_of(layer)) owners.push_back(*owner);
        problem.terms.push_back({owners, [&candidates, of_layer, owners](const auto& options) -> Cost {
                                     return of_layer(owners[0], candidates[owners[0]][options[0]],
                                                     candidates[owners.back()][options.back()]);
                                 }});
        Term<Cost> boundary{{layer}, {}};
        boundary.scope.insert(boundary.scope.end(), network.consumers(layer).begin(), network.consumers(layer).end());
        boundary.cost = [&candidates, of_boundary, scope = boundary.scope](const auto& options) -> Cost {
            std::vector<LayerPlan> readers;
            readers.reserve(options.size() - 1);
            for (std::size_t number = 1; number < options.size(); ++number) {
                readers.push_back(candidates[scope[number]][options[number]]);
            }
            return of_boundary(scope[0], candidates[scope[0]][options[0]], readers);
        };
        boundary.like = numbers.of(boundary.scope);
        problem.terms.push_back(std::move(boundary));
    }
    return problem;
}

/// Of the traffic of plans; both must outlive it.
SumProblem<Traffic> traffic_problem(const Network& network, const PlanCost& cost, const Candidates& candidates);

/// What layers do at the levels above, with every choice of the next one, the last of `so_far`, that further levels
/// can complete. Throws ConfigError (key "strategy") where there is none.
Candidates extended(const PlanSpace& space, const std::vector<LayerPlan>& above, const Levels& so_far);

/// The plans of single layers that were chosen.
std::vector<LayerPlan> chosen(const Candidates& candidates, const std::vector<std::size_t>& options);

}  // namespace hypar
