#include "partition/search/strategy_choice.h"

#include <fmt/format.h>

namespace hypar {
namespace {

/// "batch+in"
std::string names_of(SplitSet splits) {
    std::string names;
    for (const SplitEntry& split : kSplits) {
        if (contains(splits, split.parallelism)) names += (names.empty() ? "" : "+") + std::string(split.split_name);
    }
    return names;
}

}  // namespace

PlanSpace space_of(const StrategyChoice& choice, const Network& network, const StepShape& step,
                   const Levels& levels) {
    PlanSpace space(network, step, levels);
    const bool is_usual = choice.name.empty() || choice.splits == find_strategy(choice.name).splits;
    space.restrict_to(is_usual ? with_heads(choice.splits, network) : choice.splits);
    for (std::size_t level = 0; level < choice.cells.size(); ++level) {
        for (std::size_t layer = 0; layer < network.size(); ++layer) {
            if (const auto& cell = choice.cells[level][layer]) space.give(level, layer, *cell);
        }
    }
    return space;
}

StrategyChoice StrategyChoice::named(const std::string& name) {
    StrategyChoice choice;
    choice.name = name;
    choice.splits = find_strategy(name).splits;
    return choice;
}

StrategyChoice StrategyChoice::of(const Plan& plan) {
    StrategyChoice choice;
    choice.name.clear();
    for (std::size_t level = 0; level < plan.levels(); ++level) {
        choice.cells.emplace_back(plan.level(level).begin(), plan.level(level).end());
    }
    return choice;
}

std::string StrategyChoice::title() const {
    if (!label.empty()) return label;
    if (name.empty()) return "explicit";
    if (!cells.empty()) return "partly-explicit";
    std::string differing = splits == find_strategy(name).splits ? "" : names_of(splits);
    if (minimise != Minimise::Traffic) {
        differing += (differing.empty() ? "" : ", ") + std::string(name_in(kMinimise, minimise));
    }
    return differing.empty() ? name : fmt::format("{}({})", name, differing);
}

Objective StrategyChoice::objective() const {
    return name.empty() ? Objective::Traffic : find_strategy(name).objective;
}

void check_possible(const StrategyChoice& choice, const Network& network, const Levels& levels) {
    const bool is_usual = choice.name.empty() || choice.splits == find_strategy(choice.name).splits;
    if (choice.cells.empty() && is_usual) return;
    const StepShape any_step;
    check_possible(space_of(choice, network, any_step, levels));
}

SearchResult choose_plan(const StrategyChoice& choice, const Network& network, const StepShape& step,
                         const Levels& levels) {
    if (choice.name.empty()) return {Plan::from_cells(choice.cells, levels)};
    return find_strategy(choice.name).search(space_of(choice, network, step, levels));
}

}  // namespace hypar
