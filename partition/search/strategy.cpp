#include "partition/search/strategy.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"

namespace hypar {
namespace {

/// What a layer does that is to share its channels, if it can at all: a product shares its heads, and what can share
/// neither shares the batch.
Parallelism by_channels(const PlanSpace& space, std::size_t layer) {
    const Levels one = space.levels().first(std::min<std::size_t>(1, space.levels().count()));
    for (const Parallelism choice : {Parallelism::Model, Parallelism::Heads}) {
        if (!why_impossible(space.network(), layer, LayerPlan(one.count(), choice), one)) return choice;
    }
    return Parallelism::Data;
}

/// Whether it is of rows of features, no maps: one weird trick's other half.
bool is_like_fully_connected(const Layer& layer) {
    return layer.is_weighted() ? layer.type == LayerType::FullyConnected : layer.output.plane() == 1;
}

SearchResult uniform_plan(const PlanSpace& space, bool convolutions_share_channels, bool others_share_channels) {
    LevelPlan level;
    for (std::size_t layer = 0; layer < space.network().size(); ++layer) {
        const bool is_like_others = is_like_fully_connected(space.network().layer(layer));
        const bool shares_channels = is_like_others ? others_share_channels : convolutions_share_channels;
        level.push_back(shares_channels ? by_channels(space, layer) : Parallelism::Data);
    }
    Plan plan(std::vector<LevelPlan>(space.levels().count(), level), space.levels());
    check_possible(space.network(), plan, "strategy");
    return {std::move(plan)};
}

}  // namespace

const std::vector<StrategyEntry>& strategies() {
    static const std::vector<StrategyEntry> kStrategies = {
        {"data", plan_data, kBatchIn, false, Objective::Traffic, "data parallelism for every layer"},
        {"model", plan_model, kBatchIn, false, Objective::Traffic, "model parallelism for every layer"},
        {"trick", plan_trick, kBatchIn, false, Objective::Traffic,
         "one weird trick: convolutions data, the others model parallel"},
        {"hypar", plan_hypar, kBatchIn, true, Objective::Traffic,
         "least bytes level by level (Song et al., HPCA 2019)"},
        {"hypar-tables", plan_by_hypar_tables, kBatchIn, false, Objective::HyparTables,
         "the same by the paper's Tables 1 and 2"},
        {"accpar", plan_by_accpar_tables, kBatchInOut, false, Objective::AccparTables,
         "level by level by AccPar's tables (Song et al., HPCA 2020)"},
        {"optimal", plan_optimal, kBatchInOut, true, Objective::Traffic,
         "least bytes over all levels at once, proved where it can be"},
        {"exhaustive", plan_exhaustive, kBatchInOut, true, Objective::Traffic,
         "the same by trying all plans, up to 2^26"},
    };
    return kStrategies;
}

std::vector<std::string> strategy_names() {
    std::vector<std::string> names;
    for (const StrategyEntry& entry : strategies()) names.emplace_back(entry.name);
    return names;
}

const StrategyEntry& find_strategy(const std::string& name) {
    for (const StrategyEntry& entry : strategies()) {
        if (name == entry.name) return entry;
    }
    throw ConfigError("strategy", unknown_name("strategy", name, strategy_names()));
}

SearchResult plan_data(const PlanSpace& space) { return uniform_plan(space, false, false); }

SearchResult plan_model(const PlanSpace& space) { return uniform_plan(space, true, true); }

SearchResult plan_trick(const PlanSpace& space) { return uniform_plan(space, false, true); }

}  // namespace hypar
