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
        if (auto plan = best_of_all()) return {std::move(*plan), true, false};
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

    std::optional<Plan> best_of_all() const {
        Candidates candidates;
        std::size_t terms = 0;  // at least: a layer's gradient and its output depend on what it does
        for (std::size_t layer = 0; layer < space_.network().size() && terms <= kSearchLimits.terms; ++layer) {
            candidates.push_back(layer_plans(space_, layer, space_.levels().count(), kSearchLimits.terms));
            terms += 2 * candidates.back().size();
        }
        if (terms > kSearchLimits.terms) return std::nullopt;
        const auto options = least_sum(traffic_problem(space_.network(), cost_, candidates), kSearchLimits);
        if (!options) return std::nullopt;
        return plan_of(chosen(candidates, *options), space_.levels());
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
        const auto candidates = ordered_plans(space_);
        if (!candidates) return;
        const SumProblem<Traffic> problem = traffic_problem(space_.network(), cost_, *candidates);
        offer(plan_of(chosen(*candidates, nearly_least_sum(problem, kSearchLimits).choice), space_.levels()));
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
