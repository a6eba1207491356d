#include "collective/algorithm.h"

namespace hypar {
namespace {

std::uint64_t any_group(CollectiveKind) { return UINT64_MAX; }

/// The rounds of its exchanges, level by level, each when the one before has ended everywhere: recursive halving,
/// then doubling, where levels halve (Thakur et al., IJHPCA 19(1), 2005).
std::vector<Stage> lower_pairwise(const Collective& collective, const CollectivePlace& place) {
    std::vector<Stage> stages;
    for (const Exchange& exchange : collective.exchanges) {
        for (const Round& round : exchange.rounds) {
            Stage stage{exchange.group, {}};
            for (std::uint64_t i = 0; i < round.sent_bytes.size(); ++i) {
                if (round.sent_bytes[i] == 0) continue;
                const std::uint64_t to = place.levels.shifted(i, exchange.group, round.offset);
                stage.flows.push_back(plain_flow(i, to, round.sent_bytes[i], exchange.adds));
            }
            if (!stage.flows.empty()) stages.push_back(std::move(stage));
        }
    }
    return stages;
}

}  // namespace

AlgorithmModel pairwise_model() {
    return {CollectiveAlgorithm::Pairwise,
            "level by level, each with one other at a time: recursive halving and doubling", any_group,
            lower_pairwise};
}

}  // namespace hypar
