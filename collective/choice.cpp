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

/// Predicted times within which collectives are taken to be equally fast.
constexpr double kClose = 0.98;

/// What is meant for a swap.
CollectiveAlgorithm for_swap(CollectiveAlgorithm algorithm) {
    const bool is_own = algorithm == CollectiveAlgorithm::Pairwise || algorithm == CollectiveAlgorithm::Best;
    return is_own ? algorithm : CollectiveAlgorithm::Direct;
}

}  // namespace

CollectiveChoice::CollectiveChoice(const ArraySpec& array, const Topology& topology, const Levels& levels)
    : array_(array),
      place_{levels, topology, array.precision.bytes, array.interconnect.packet_bytes},
      time_(array, topology) {}

Picoseconds CollectiveChoice::bound(const Collective& collective) {
    if (!bound_) bound_.emplace(array_, place_.topology, place_.levels);
    return bound_->of(collective);
}

CarriedOut CollectiveChoice::by(CollectiveAlgorithm algorithm, const Collective& collective) {
    CarriedOut carried{algorithm, model_of(algorithm).lower(collective, place_), 0};
    for (const Stage& stage : carried.stages)
        carried.predicted = checked_add(carried.predicted, time_.of(stage.flows));
    return carried;
}

/// Whether many flows of a member go over links that others use too, where they get into each other's way and come to
/// a third, or more, of what links can carry. For blocks that go everywhere others are all other members; for trees
/// and buckets the members of other groups.
bool CollectiveChoice::is_crowded(const CarriedOut& carried, const Collective& collective) {
    if (carried.algorithm == CollectiveAlgorithm::Pairwise || carried.algorithm == CollectiveAlgorithm::Ring)
        return false;
    const bool goes_everywhere =
        carried.algorithm == CollectiveAlgorithm::Direct ||
        (carried.algorithm == CollectiveAlgorithm::Tree && collective.kind != CollectiveKind::AllReduce);
    const LevelSet own = goes_everywhere ? 0 : collective.levels;
    return std::any_of(carried.stages.begin(), carried.stages.end(), [&](const Stage& stage) {
        return time_.share_links(stage.flows, [&](std::uint64_t sender) {
            return own == 0 ? sender : place_.levels.at_position(sender, own, 0);
        });
    });
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
    // close, and none can be faster where one is that close to the bound.
    const auto expected = [&](const CarriedOut& carried) {
        return static_cast<double>(carried.predicted) * (is_crowded(carried, collective) ? 2 : 1);
    };
    CarriedOut best;
    double least = 0;
    const auto bound_of_all = static_cast<double>(bound(collective));
    for (const AlgorithmModel& model : algorithm_models()) {
        if (!takes(model, collective, place_.levels) || (is_swap && for_swap(model.algorithm) != model.algorithm)) {
            continue;
        }
        CarriedOut other = by(model.algorithm, collective);
        const double time = expected(other);
        if (!best.stages.empty() && time >= kClose * least) continue;
        best = std::move(other);
        least = time;
        if (bound_of_all >= kClose * least) break;
    }
    return best;
}

}  // namespace hypar
