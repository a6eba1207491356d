#include "sim/fastest_plan.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "partition/search/chain.h"
#include "partition/search/layer_problem.h"
#include "sim/plan_time.h"
#include "sim/run.h"

namespace hypar {
namespace {

constexpr std::size_t kRefined = 4;   ///< of the plans that seem the fastest
constexpr std::size_t kReplayed = 5;  ///< of these and what became of them

/// In which a prediction takes about as long as an element of an exchange of one accelerator.
constexpr std::size_t kMostPredictions = std::size_t{1} << 20;

bool seems_faster(const std::pair<Picoseconds, Plan>& a, const std::pair<Picoseconds, Plan>& b) {
    return a.first < b.first;
}

class FastestSearch {
public:
    FastestSearch(const PlanSpace& space, const PlanTarget& target)
        : space_(space),
          target_(target),
          time_(space.network(), space.step(), target.phases, target.array, space.levels(),
                remembered_.mappers(target.array)) {}

    SearchResult least() {
        for (const StrategyEntry& strategy : strategies()) {
            if (strategy.search == plan_exhaustive) continue;
            offer_strategy(strategy, strategy.splits);
            if (strategy.chooses && strategy.splits != space_.splits()) offer_strategy(strategy, space_.splits());
        }
        offer_ordered();
        std::stable_sort(seeming_.begin(), seeming_.end(), seems_faster);
        const std::vector<std::pair<Picoseconds, Plan>> starts = seeming_;
        for (std::size_t number = 0; number < std::min(kRefined, starts.size()); ++number) refine(starts[number]);
        std::stable_sort(seeming_.begin(), seeming_.end(), seems_faster);
        for (std::size_t number = 0; number < std::min(kReplayed, seeming_.size()); ++number) {
            replay_plan(seeming_[number].second);
        }
        for (const Plan& plan : always_) replay_plan(plan);
        if (!best_) throw refusal_of_run_ ? *refusal_of_run_ : *refusal_;
        return {best_->plan, false, false};
    }

private:
    void offer(const Plan& plan) {
        if (!space_.contains(plan)) return;
        const auto is_same = [&](const auto& other) { return other.second == plan; };
        if (std::none_of(seeming_.begin(), seeming_.end(), is_same)) seeming_.emplace_back(time_.of(plan), plan);
    }

    void offer_strategy(const StrategyEntry& strategy, SplitSet splits) {
        PlanSpace space = space_;
        space.restrict_to(splits);
        try {
            const Plan plan = strategy.search(space).plan;
            offer(plan);
            const bool is_compared = strategy.search == plan_hypar || strategy.search == plan_optimal ||
                                     strategy.search == plan_by_accpar_tables;
            if (is_compared && space_.contains(plan)) always_.push_back(plan);
        } catch (const ConfigError& error) {
            if (!refusal_) refusal_ = error;  // it makes a layer impossible, or one that the unit cannot compute
        }
    }

    /// The least expected with dimensions in one order at all layers.
    void offer_ordered() {
        const auto candidates = ordered_plans(space_);
        if (!candidates) return;
        const auto problem = sum_over_layers<Picoseconds>(
            space_.network(), *candidates,
            [this](std::size_t layer, const LayerPlan& own, const LayerPlan& owner) {
                return time_.layer(layer, own, owner);
            },
            [this](std::size_t layer, const LayerPlan& own, const std::vector<LayerPlan>& consumers) {
                return time_.boundary(layer, own, consumers);
            });
        const SearchLimits limits{kMostPredictions / space_.levels().accelerators(), kMostPredictions};
        const auto options = least_sum(problem, limits);
        if (!options) return;
        offer(plan_of(chosen(*candidates, *options), space_.levels()));
    }

    /// Changes cells, and the order of levels of one size for one layer or from one on, as long as that seems faster.
    void refine(std::pair<Picoseconds, Plan> best) {
        std::size_t left = kMostPredictions / kRefined / space_.levels().accelerators() / space_.network().size();
        const auto try_plan = [&](const Plan& plan) {
            if (left == 0 || plan == best.second || !space_.contains(plan)) return;
            --left;
            const Picoseconds time = time_.of(plan);
            if (time < best.first) best = {time, plan};
        };
        for (Picoseconds before = 0; before != best.first;) {
            before = best.first;
            for (std::size_t layer = 0; layer < space_.network().size(); ++layer) {
                for (std::size_t level = 0; level < space_.levels().count(); ++level) {
                    for (const SplitEntry& split : kSplits)
                        try_plan(best.second.with(level, layer, split.parallelism));
                    for (std::size_t other = 0; other < level; ++other) {
                        if (space_.levels().size(level) != space_.levels().size(other)) continue;
                        try_plan(with_swapped(best.second, level, other, layer, layer + 1));
                        try_plan(with_swapped(best.second, level, other, layer, space_.network().size()));
                    }
                }
            }
        }
        offer(best.second);
    }

    /// The same plan but that two levels change places for some layers.
    static Plan with_swapped(Plan plan, std::size_t a, std::size_t b, std::size_t first, std::size_t end) {
        for (std::size_t layer = first; layer < end; ++layer) {
            const Parallelism at_a = plan.at(a, layer);
            plan = plan.with(a, layer, plan.at(b, layer)).with(b, layer, at_a);
        }
        return plan;
    }

    void replay_plan(const Plan& plan) {
        if (std::find(replayed_.begin(), replayed_.end(), plan) != replayed_.end()) return;
        replayed_.push_back(plan);
        ReplayOptions options;
        options.remembered = &remembered_;
        try {
            const RunReport report = run_step({space_.network(), target_.array, plan, "", space_.step(),
                                               target_.phases, target_.capacity, false, target_.schedule},
                                              options);
            if (!best_ || report.cycles() < best_->cycles) best_ = Replayed{plan, report.cycles()};
        } catch (const ConfigError& error) {
            if (!refusal_of_run_) refusal_of_run_ = error;
        }
    }

    struct Replayed {
        Plan plan;
        Cycles cycles = 0;
    };

    const PlanSpace& space_;
    const PlanTarget& target_;
    Remembered remembered_;
    PlanTime time_;
    std::vector<std::pair<Picoseconds, Plan>> seeming_;
    std::vector<Plan> always_;
    std::vector<Plan> replayed_;
    std::optional<Replayed> best_;
    std::optional<ConfigError> refusal_;
    std::optional<ConfigError> refusal_of_run_;
};

}  // namespace

SearchResult fastest_plan(const PlanSpace& space, const PlanTarget& target) {
    return FastestSearch(space, target).least();
}

}  // namespace hypar
