#include "collective/algorithm.h"

namespace hypar {
namespace {

/// The rounds of its exchanges, level by level, each when the one before has ended everywhere: recursive halving,
/// then doubling, where levels halve (Thakur et al., IJHPCA 19(1), 2005).
std::vector<Stage> lower_pairwise(const Collective& collective, const CollectivePlace& place) {
    std::vector<Stage> stages;
    for (const Exchange& exchange : collective.exchanges) {
        for (const Round& round : exchange.rounds) {
            Stage stage{exchange.group, {}};
            for_each_transfer(exchange, round, place.levels, [&](auto from, auto to, std::uint64_t bytes) {
                stage.flows.push_back(plain_flow(from, to, bytes, exchange.adds));
            });
            if (!stage.flows.empty()) stages.push_back(std::move(stage));
        }
    }
    return stages;
}

}  // namespace

AlgorithmModel pairwise_model() {
    return {CollectiveAlgorithm::Pairwise,
            "level by level, each with one other at a time: recursive halving and doubling", groups_of_any_size,
            lower_pairwise};
}

}  // namespace hypar
