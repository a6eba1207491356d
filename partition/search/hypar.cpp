#include <vector>

#include "partition/search/layer_problem.h"
#include "partition/search/strategy.h"

namespace hypar {
namespace {

/// Of the search of one level: as many levels as there can be take a second or two.
constexpr SearchLimits kLevelLimits{std::size_t{1} << 15, std::size_t{1} << 20};

/// The same sum of even traffic alone.
SumProblem<Int128> even_problem(const SumProblem<Traffic>& problem) {
    SumProblem<Int128> even{problem.options, {}};
    for (const Term<Traffic>& term : problem.terms) {
        even.terms.push_back(
            {term.scope, [cost = term.cost](const std::vector<std::size_t>& options) { return cost(options).even; },
             term.like});
    }
    return even;
}

}  // namespace

SearchResult plan_hypar(const PlanSpace& space) {
    std::vector<LayerPlan> layers(space.network().size());
    SearchResult result;
    for (std::size_t count = 1; count <= space.levels().count(); ++count) {
        const Levels so_far = space.levels().first(count);
        const PlanCost cost(space.network(), space.step(), so_far);
        const auto candidates = extended(space, layers, so_far);
        const SumProblem<Int128> problem = even_problem(traffic_problem(space.network(), cost, candidates));
        const NearlyLeast best = nearly_least_sum(problem, kLevelLimits);
        if (!best.is_least) result.was_cut = true;
        layers = chosen(candidates, best.choice);
    }
    result.plan = plan_of(layers, space.levels());
    return result;
}

}  // namespace hypar
