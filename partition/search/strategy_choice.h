#pragma once

#include <cstdint>
#include <string>

#include "base/fields.h"
#include "partition/plan.h"
#include "partition/search/strategy.h"
#include "partition/step_shape.h"
#include "workloads/network.h"

namespace hypar {

/// What a search makes least of what a step takes.
enum class Minimise : std::uint8_t { Traffic, Seconds };

/// How the plan of a step is chosen: cells that are given, and the strategy that decides about the others.
struct StrategyChoice {
    std::string name = "hypar";  ///< of the strategy; none where every cell is given
    SplitSet splits = kBatchIn;  ///< that it may use in free cells
    Minimise minimise = Minimise::Traffic;
    PlanCells cells;    ///< none where the strategy decides about all
    std::string label;  ///< what results call it, where it is given

    static constexpr Choice<Minimise> kMinimise[] = {{"traffic", Minimise::Traffic}, {"seconds", Minimise::Seconds}};

    /// All keys of the map that an experiment may have for it.
    template <typename Self, typename Visit>
    static void for_each_field(Self& self, Visit&& visit) {
        visit(Key("name", "the strategy (`hypar list strategies`)").optional(), self.name,
              Apart{"required; `optimal` where a plan has free cells"});
        visit(
            Key("splits",
                "what a strategy that searches (`hypar`, `optimal`, `exhaustive`) may choose among in free cells, a "
                "list of `batch`, `in`, `out`, `rows`, `heads`; the strategy's own have heads wherever a network has "
                "products")
                .optional(),
            self.splits, Apart{"the strategy's own"});
        visit(
            Key("minimise",
                "what is least: `traffic`, the bytes that are moved, or `seconds`, the replayed step (of `optimal`)")
                .optional(),
            self.minimise, one_of(kMinimise, ""));
        visit(
            Key("plan",
                "a string for each level, H1 first, with a character for each layer: a digit, or `?` for a free cell")
                .optional(),
            self.cells, Apart{"every cell is free"});
        visit(Key("label", "what results call it").optional(), self.label,
              Text{"the strategy's name, with what differs from its own in brackets; `explicit` for a plan, "
                   "`partly-explicit` for one with free cells"});
    }

    /// A strategy with its own splits. Throws ConfigError (key "strategy") for an unknown name.
    static StrategyChoice named(const std::string& name);
    /// Every cell as in `plan`.
    static StrategyChoice of(const Plan& plan);

    /// What results call it.
    std::string title() const;
    /// What the strategy makes least; traffic where every cell is given.
    Objective objective() const;
};

/// The plans that may be chosen; network, step and levels must outlive it.
PlanSpace space_of(const StrategyChoice& choice, const Network& network, const StepShape& step, const Levels& levels);

/// Throws ConfigError where no plan can be chosen: key "plan.1" of a cell that leaves none, "splits" where they leave
/// none.
void check_possible(const StrategyChoice& choice, const Network& network, const Levels& levels);

/// The plan that is chosen. Throws ConfigError (key "strategy") where the strategy refuses.
SearchResult choose_plan(const StrategyChoice& choice, const Network& network, const StepShape& step,
                         const Levels& levels);

}  // namespace hypar
