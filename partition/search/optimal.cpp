#include <algorithm>
#include <vector>

#include "base/error.h"
#include "partition/search/chain.h"
#include "partition/search/layer_problem.h"
#include "partition/search/plan_edit.h"
#include "partition/search/strategy.h"

namespace hypar {
namespace {

class OptimalSearch {
public:
    explicit OptimalSearch(const PlanSpace& space)
        : space_(space), cost_(space.network(), space.step(), space.levels()) {}

    SearchResult best() {
        const auto chain = least_of_chain(space_, cost_);
        if (chain) {
            Plan plan = plan_of(chain->layers, space_.levels());
            const bool is_best = cost_.of(plan).whole == chain->even && cost_.has_even_plans(space_.splits());
            if (is_best) return {std::move(plan), true, false};
            offer(plan);
        }
        if (auto all = best_of_all()) return {plan_of(*all, space_.levels()), true, false};
        offer_first();
        if (!chain) offer_ordered();
        offer_strategies();
        improve();
        return {best_, false, true};
    }

private:
    void offer(const Plan& plan) {
        if (!space_.contains(plan)) return;
        const Traffic cost = cost_.of(plan);
        if (has_best_ && !(cost < least_)) return;
        best_ = plan;
        least_ = cost;
        has_best_ = true;
    }

    std::optional<std::vector<LayerPlan>> least(const Candidates& candidates) const {
        const SumProblem<Traffic> problem = traffic_problem(space_.network(), cost_, candidates);
        const auto options = least_sum(problem, kSearchLimits);
        if (!options) return std::nullopt;
        return chosen(candidates, *options);
    }

    std::optional<std::vector<LayerPlan>> best_of_all() const {
        Candidates candidates;
        for (std::size_t layer = 0; layer < space_.network().size(); ++layer) {
            candidates.push_back(layer_plans(space_, layer, space_.levels().count(), kSearchLimits.terms));
            if (candidates.back().size() >= kSearchLimits.terms) return std::nullopt;
        }
        return least(candidates);
    }

    /// Of every layer the first that it may do.
    void offer_first() {
        std::vector<LayerPlan> layers;
        for (std::size_t layer = 0; layer < space_.network().size(); ++layer) {
            layers.push_back(layer_plans(space_, layer, space_.levels().count(), 1).front());
        }
        offer(plan_of(layers, space_.levels()));
    }

    /// The best with dimensions in one order at all layers, which keeps their levels side by side.
    void offer_ordered() {
        Candidates candidates;
        for (std::size_t layer = 0; layer < space_.network().size(); ++layer) {
            candidates.push_back(ordered_plans(space_, layer));
            if (candidates.back().empty()) return;  // given cells leave none
        }
        if (const auto layers = least(candidates)) {
            offer(plan_of(*layers, space_.levels()));
            return;
        }
        const SumProblem<Traffic> problem = traffic_problem(space_.network(), cost_, candidates);
        const auto options = descend(problem, std::vector<std::size_t>(candidates.size()));
        offer(plan_of(chosen(candidates, options), space_.levels()));
    }

    void offer_strategies() {
        for (const StrategyEntry& strategy : strategies()) {
            if (strategy.search == plan_optimal || strategy.search == plan_exhaustive) continue;
            try {
                offer(strategy.search(space_).plan);
            } catch (const ConfigError&) {
                continue;  // it makes a layer impossible
            }
        }
    }

    void improve() {
        PlanEdit edit(space_.network(), cost_, best_);
        edit.descend(space_);
        best_ = plan_of(edit.layers(), space_.levels());
    }

    const PlanSpace& space_;
    PlanCost cost_;
    Plan best_;
    Traffic least_;
    bool has_best_ = false;
};

}  // namespace

SearchResult plan_optimal(const PlanSpace& space) { return OptimalSearch(space).best(); }

}  // namespace hypar
