#include <vector>

#include <fmt/format.h>

#include "base/error.h"
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
            {term.scope, [cost = term.cost](const std::vector<std::size_t>& options) { return cost(options).even; }});
    }
    return even;
}

/// Whether some choices at the further levels make a plan of the space of these.
bool has_completion(const PlanSpace& space, std::size_t layer, const LayerPlan& choices) {
    const bool may_share_batch = !space.has_given_cells() && contains(space.splits(), Parallelism::Data);
    return may_share_batch || !layer_plans(space, layer, space.levels().count(), 1, choices).empty();
}

/// What layers do at the levels so far, with every choice of the next.
Candidates extended(const PlanSpace& space, const std::vector<LayerPlan>& above, const Levels& so_far) {
    const std::size_t level = so_far.count() - 1;
    Candidates candidates;
    for (std::size_t layer = 0; layer < above.size(); ++layer) {
        candidates.emplace_back();
        for (const SplitEntry& split : kSplits) {
            if (!contains(space.cell(level, layer), split.parallelism)) continue;
            LayerPlan choices = above[layer];
            choices.push_back(split.parallelism);
            if (why_impossible(space.network(), layer, choices, so_far)) continue;
            if (has_completion(space, layer, choices)) candidates.back().push_back(choices);
        }
        if (candidates.back().empty()) {
            throw ConfigError("strategy",
                              fmt::format("hypar, which goes level by level, finds no way to divide {} at H{}",
                                          space.network().layer(layer).name, level + 1));
        }
    }
    return candidates;
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
        const auto best = least_sum(problem, kLevelLimits);
        if (!best) result.was_cut = true;
        layers = chosen(candidates, best ? *best : descend(problem, std::vector<std::size_t>(layers.size())));
    }
    result.plan = plan_of(layers, space.levels());
    return result;
}

}  // namespace hypar
