#include "collective/choice.h"

#include <algorithm>

#include "base/checked.h"

namespace hypar {
namespace {

CollectiveAlgorithm named(const CollectiveSpec& spec, CollectiveKind kind) {
    switch (kind) {
        case CollectiveKind::AllReduce: return spec.all_reduce;
        case CollectiveKind::ReduceScatter: return spec.reduce_scatter;
        case CollectiveKind::AllGather: return spec.all_gather;
        case CollectiveKind::Swap: break;
    }
    return spec.swap;
}

bool takes(const AlgorithmModel& model, const Collective& collective, const Levels& levels) {
    return levels.places(collective.levels) <= model.most_members(collective.kind);
}

/// What is meant for a swap.
CollectiveAlgorithm for_swap(CollectiveAlgorithm algorithm) {
    const bool is_own = algorithm == CollectiveAlgorithm::Pairwise || algorithm == CollectiveAlgorithm::Best;
    return is_own ? algorithm : CollectiveAlgorithm::Direct;
}

/// Whether one should be preferred to what was the best so far. Which of two is faster is not known to better than a
/// thousandth; and flows that go everywhere at once get into each other's way, which predictions know nothing of: on
/// links that they share they come to three quarters or more of what these can carry.
bool is_better(const CarriedOut& other, const CarriedOut& best) {
    const auto expected = [](const CarriedOut& carried) {
        const auto predicted = static_cast<double>(carried.predicted);
        return carried.algorithm == CollectiveAlgorithm::Direct ? predicted / 0.75 : predicted;
    };
    return best.stages.empty() || expected(other) < 0.999 * expected(best);
}

}  // namespace

CollectiveChoice::CollectiveChoice(const ArraySpec& array, const Topology& topology, const Levels& levels)
    : array_(array),
      place_{levels, topology, array.precision.bytes, array.interconnect.packet_bytes},
      time_(array, topology) {}

CarriedOut CollectiveChoice::by(CollectiveAlgorithm algorithm, const Collective& collective) {
    CarriedOut carried{algorithm, model_of(algorithm).lower(collective, place_), 0};
    for (const Stage& stage : carried.stages)
        carried.predicted = checked_add(carried.predicted, time_.of(stage.flows));
    return carried;
}

CarriedOut CollectiveChoice::carry_out(const Collective& collective) {
    const bool is_swap = collective.kind == CollectiveKind::Swap;
    CollectiveAlgorithm algorithm = named(array_.interconnect.collectives, collective.kind);
    if (is_swap) algorithm = for_swap(algorithm);
    if (algorithm != CollectiveAlgorithm::Best) {
        if (takes(model_of(algorithm), collective, place_.levels)) return by(algorithm, collective);
        return by(is_swap ? CollectiveAlgorithm::Pairwise : CollectiveAlgorithm::Ring, collective);
    }
    CarriedOut best;
    for (const AlgorithmModel& model : algorithm_models()) {
        if (!takes(model, collective, place_.levels) || (is_swap && for_swap(model.algorithm) != model.algorithm)) {
            continue;
        }
        CarriedOut other = by(model.algorithm, collective);
        if (is_better(other, best)) best = std::move(other);
    }
    return best;
}

}  // namespace hypar
