#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "arch/array/array_spec.h"
#include "collective/algorithm.h"
#include "collective/bound.h"
#include "collective/collective.h"
#include "collective/flow_time.h"

namespace hypar {

/// A collective as flows, and what they are expected to take.
struct CarriedOut {
    CollectiveAlgorithm algorithm = CollectiveAlgorithm::Pairwise;
    std::vector<Stage> stages;
    Picoseconds predicted = 0;
};

/// Carries collectives out as an array's spec says: by the algorithm that it names, or the one whose predicted time
/// is least, the first of `algorithm_models` where some are about equal. A group that is too large for the one that
/// it names is left to the ring, a swap to pairs.
class CollectiveChoice {
public:
    /// All must outlive it.
    CollectiveChoice(const ArraySpec& array, const Topology& topology, const Levels& levels);

    CarriedOut carry_out(const Collective& collective);
    /// What it is expected to take, carried out so.
    Picoseconds predict(const Collective& collective) { return carry_out(collective).predicted; }
    /// What it cannot take less than, however it is carried out.
    Picoseconds bound(const Collective& collective);

private:
    bool is_crowded(const CarriedOut& carried, const Collective& collective);
    CarriedOut by(CollectiveAlgorithm algorithm, const Collective& collective);

    const ArraySpec& array_;
    CollectivePlace place_;
    FlowTime time_;
    std::optional<CollectiveBound> bound_;  ///< from when it is asked for
};

}  // namespace hypar
