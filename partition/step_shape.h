#pragma once

#include <cstdint>

namespace hypar {

/// When the partial sums of a model-parallel layer with pooling travel: pooled, as the paper counts them, or before
/// pooling, as hardware must (a maximum needs complete sums).
enum class PartialSums { Pooled, BeforePooling };

/// Where the words lie that an optimizer keeps for weights which several accelerators have.
enum class OptimizerState {
    Whole,    ///< on each of them, which all update all of the weights
    Sharded,  ///< divided among those that sum up the gradient, each of which updates its part
};

/// What the exchanges, the work and the tensors of a step depend on, besides network and plan.
struct StepShape {
    std::uint64_t batch = 256;
    std::uint64_t element_bytes = 4;
    PartialSums partial_sums = PartialSums::Pooled;
    std::uint64_t optimizer_words = 0;  ///< that an optimizer keeps for every weight
    OptimizerState optimizer_state = OptimizerState::Whole;
};

}  // namespace hypar
