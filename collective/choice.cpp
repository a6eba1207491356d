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

/// Whether it has flows from each member to, or for, each other one: those get into each other's way where they share
/// links.
bool goes_everywhere(CollectiveAlgorithm algorithm, CollectiveKind kind) {
    return algorithm == CollectiveAlgorithm::Direct ||
           (algorithm == CollectiveAlgorithm::Tree && kind != CollectiveKind::AllReduce);
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
    // Which of two is faster is not known to better than a few hundredths: the simpler one stays where they are that
    // close. Flows that go everywhere come to half, or more, of what links can carry that they share.
    const auto expected = [&](const CarriedOut& carried) {
        const auto predicted = static_cast<double>(carried.predicted);
        if (!goes_everywhere(carried.algorithm, collective.kind)) return predicted;
        const auto share_links = [&](const Stage& stage) { return time_.share_links(stage.flows); };
        return std::any_of(carried.stages.begin(), carried.stages.end(), share_links) ? 2 * predicted : predicted;
    };
    CarriedOut best;
    for (const AlgorithmModel& model : algorithm_models()) {
        if (!takes(model, collective, place_.levels) || (is_swap && for_swap(model.algorithm) != model.algorithm)) {
            continue;
        }
        CarriedOut other = by(model.algorithm, collective);
        if (best.stages.empty() || expected(other) < 0.98 * expected(best)) best = std::move(other);
    }
    return best;
}

}  // namespace hypar
