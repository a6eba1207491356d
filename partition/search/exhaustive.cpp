#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "partition/search/layer_problem.h"
#include "partition/search/strategy.h"

namespace hypar {
namespace {

constexpr std::size_t kMostPlans = std::size_t{1} << 26;
constexpr std::size_t kMostOfLayer = std::size_t{1} << 20;  ///< which are listed

constexpr std::size_t kMostRemembered = std::size_t{1} << 20;  ///< values of a term

/// A term whose values are found once each, if there are not too many.
class RememberedTerm {
public:
    RememberedTerm(const Term<Traffic>& term, const std::vector<std::size_t>& options)
        : term_(term), options_(options) {
        std::size_t entries = 1;
        for (const std::size_t variable : term.scope) {
            entries = std::min(kMostRemembered + 1, entries * options[variable]);
        }
        if (entries <= kMostRemembered) known_.resize(entries);
    }

    Traffic cost(const std::vector<std::size_t>& choice) {
        if (known_.empty()) return SumProblem<Traffic>::term_cost(term_, choice);
        std::size_t index = 0;
        for (const std::size_t variable : term_.scope) index = index * options_[variable] + choice[variable];
        if (!known_[index]) known_[index] = SumProblem<Traffic>::term_cost(term_, choice);
        return *known_[index];
    }

private:
    const Term<Traffic>& term_;
    const std::vector<std::size_t>& options_;
    std::vector<std::optional<Traffic>> known_;
};

/// Depth-first over the layers; a branch that already costs as much as the best whole plan is left.
class ExhaustiveSearch {
public:
    explicit ExhaustiveSearch(const SumProblem<Traffic>& problem)
        : problem_(problem), ending_(problem.options.size()), choice_(problem.options.size()) {
        for (const Term<Traffic>& term : problem.terms) {
            ending_[*std::max_element(term.scope.begin(), term.scope.end())].emplace_back(term, problem.options);
        }
    }

    std::vector<std::size_t> least() {
        best_ = choice_;
        least_ = problem_.of(best_);
        decide(0, {});
        return best_;
    }

private:
    // Traffic is never negative, so a part of the sum bounds the whole.
    void decide(std::size_t layer, const Traffic& before) {
        if (layer == choice_.size()) {
            least_ = before;
            best_ = choice_;
            return;
        }
        for (choice_[layer] = 0; choice_[layer] < problem_.options[layer]; ++choice_[layer]) {
            Traffic cost = before;
            for (RememberedTerm& term : ending_[layer]) cost = cost + term.cost(choice_);
            if (cost < least_) decide(layer + 1, cost);
        }
    }

    const SumProblem<Traffic>& problem_;
    std::vector<std::vector<RememberedTerm>> ending_;  ///< by the last layer that they depend on
    std::vector<std::size_t> choice_;
    std::vector<std::size_t> best_;
    Traffic least_;
};

}  // namespace

SearchResult plan_exhaustive(const PlanSpace& space) {
    const std::size_t levels = space.levels().count();
    Candidates candidates;
    std::size_t plans = 1;
    for (std::size_t layer = 0; layer < space.network().size(); ++layer) {
        candidates.push_back(layer_plans(space, layer, levels, std::min(kMostPlans / plans, kMostOfLayer) + 1));
        if (candidates.back().size() > kMostPlans / plans) {
            throw ConfigError("strategy",
                              fmt::format("exhaustive would try more than 2^26 plans ({} layers x {} levels)",
                                          space.network().size(), levels));
        }
        if (candidates.back().size() > kMostOfLayer) {
            throw ConfigError(
                "strategy",
                fmt::format("exhaustive would list more than 2^20 plans of one layer ({} levels)", levels));
        }
        plans *= candidates.back().size();
    }
    const PlanCost cost(space.network(), space.step(), space.levels());
    const SumProblem<Traffic> problem = traffic_problem(space.network(), cost, candidates);
    return {plan_of(chosen(candidates, ExhaustiveSearch(problem).least()), space.levels()), true, false};
}

}  // namespace hypar
