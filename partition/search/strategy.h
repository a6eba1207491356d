#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "partition/plan.h"
#include "partition/search/plan_space.h"

namespace hypar {

/// What a search has found.
struct SearchResult {
    Plan plan;
    bool is_best = false;  ///< no plan of the space moves fewer bytes
    bool was_cut = false;  ///< there are too many plans to look at all of them
};

/// Makes a plan of those that a space has.
using Strategy = SearchResult (*)(const PlanSpace& space);

/// What a strategy makes least.
enum class Objective {
    Traffic,      ///< bytes that the transfers move
    HyparTables,  ///< Song et al., HPCA 2019, Tables 1 and 2
    AccparTables  ///< Song et al., HPCA 2020, Tables 4 to 6
};

struct StrategyEntry {
    const char* name;
    Strategy search;
    SplitSet splits;  ///< that it uses if it is not told
    bool chooses;     ///< among them, so that it can be told, and cells be given
    Objective objective;
    const char* description;
};

/// Every strategy that a name selects.
const std::vector<StrategyEntry>& strategies();
std::vector<std::string> strategy_names();

/// Throws ConfigError (key "strategy") for an unknown name.
const StrategyEntry& find_strategy(const std::string& name);

/// One choice for every layer at every level, or one for convolutions and one for fully connected layers: Krizhevsky,
/// "One weird trick for parallelizing convolutional neural networks", 2014. Throw ConfigError (key "strategy") where
/// a layer cannot be divided so.
SearchResult plan_data(const PlanSpace& space);
SearchResult plan_model(const PlanSpace& space);
SearchResult plan_trick(const PlanSpace& space);

/// Level by level from the root, each the least traffic of the array that the levels so far make, given those above.
/// Song et al., HPCA 2019, Algorithms 1 (over the layers; here of any graph) and 2 (over the levels).
SearchResult plan_hypar(const PlanSpace& space);

/// The same by the paper's own tables, and by those of AccPar (Song et al., HPCA 2020). A tie is data parallel.
SearchResult plan_by_hypar_tables(const PlanSpace& space);
SearchResult plan_by_accpar_tables(const PlanSpace& space);

/// The least traffic over all levels and layers at once, proved where `is_best`: see docs/models/partition.md.
SearchResult plan_optimal(const PlanSpace& space);

/// The same by trying all plans. Throws ConfigError (key "strategy") beyond 2^26.
SearchResult plan_exhaustive(const PlanSpace& space);

}  // namespace hypar
