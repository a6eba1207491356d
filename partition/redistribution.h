#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "partition/plan.h"
#include "partition/sharding.h"
#include "workloads/network.h"

namespace hypar {

enum class Tensor { FeatureMaps, Error, Gradient };

const char* name_of(Tensor tensor);

/// What must move, said without how: a tensor comes from the sharding in which it was made into the one in which it
/// is read.
struct Redistribution {
    Tensor tensor = Tensor::FeatureMaps;
    std::size_t layer = 0;  ///< the layer whose output (F_{l+1}, E_{l+1}) or whose gradient (dW_l) moves
    Sharding from;
    Sharding to;
};

/// The redistributions of one layer, each list in the order in which they happen.
struct LayerRedistributions {
    std::vector<Redistribution> forward;   ///< of F_{l+1} to its consumers: to the first, from there to the others
    std::vector<Redistribution> backward;  ///< of E_{l+1} from its consumers: of the others to the first, then back
    std::vector<Redistribution> gradient;  ///< of dW_l: its sums are completed
};

/// By layer. Consumers of one sharding are served once.
std::vector<LayerRedistributions> redistributions(const Network& network, const Plan& plan);

/// Elements that the `groups` groups of one level send each other in all when a tensor of `elements`, held whole or
/// as a sum by each group or divided among them, goes from one placement to another. Sums are added as parts that
/// then come together: a reduce-scatter, and an all-gather where they are wanted whole.
double elements_moved(const LevelPlacement& from, const LevelPlacement& to, double elements, std::uint64_t groups);

}  // namespace hypar
