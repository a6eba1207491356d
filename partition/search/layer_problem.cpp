#include "partition/search/layer_problem.h"

#include <fmt/format.h>

#include "base/error.h"
#include "workloads/alike_layers.h"

namespace hypar {
namespace {

/// Whether some choices at the further levels make a plan of the space of these.
bool has_completion(const PlanSpace& space, std::size_t layer, const LayerPlan& choices) {
    const bool may_share_batch = !space.has_given_cells() && contains(space.splits(), Parallelism::Data);
    return may_share_batch || !layer_plans(space, layer, space.levels().count(), 1, choices).empty();
}

}  // namespace

TermNumbers::TermNumbers(const Network& network, const Candidates& candidates) : alike_(alike_layers(network)) {
    std::map<std::vector<LayerPlan>, std::size_t> known;
    for (const std::vector<LayerPlan>& list : candidates) {
        lists_.push_back(known.try_emplace(list, known.size()).first->second);
    }
}

std::size_t TermNumbers::of(const std::vector<std::size_t>& scope) {
    std::vector<std::size_t> key{alike_[scope.front()]};
    for (const std::size_t layer : scope) key.push_back(lists_[layer]);
    return numbers_.try_emplace(std::move(key), numbers_.size()).first->second;
}

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

SumProblem<Traffic> traffic_problem(const Network& network, const PlanCost& cost, const Candidates& candidates) {
    return sum_over_layers<Traffic>(
        network, candidates,
        [&cost](std::size_t layer, const LayerPlan& own, const LayerPlan& owner) {
            return cost.gradient(layer, own, owner);
        },
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
