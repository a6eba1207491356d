#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "partition/ownership.h"
#include "partition/plan.h"
#include "workloads/network.h"

namespace hypar {

/// When the partial sums of a model-parallel layer with pooling travel: pooled, as the paper counts them, or before
/// pooling, as hardware must (a maximum needs complete sums).
enum class PartialSums { Pooled, BeforePooling };

/// What the exchanges, the work and the tensors of a step depend on, besides network and plan.
struct StepShape {
    std::uint64_t batch = 256;
    std::uint64_t element_bytes = 4;
    PartialSums partial_sums = PartialSums::Pooled;
    std::uint64_t optimizer_words = 0;  ///< that an optimizer keeps for every weight
};

enum class Tensor { FeatureMaps, Error, Gradient };
enum class Pattern { ReduceScatter, Swap, AllGather };

const char* name_of(Tensor tensor);
const char* name_of(Pattern pattern);

/// One level of one collective: every accelerator i sends `sent_bytes[i]` to its partner at `level` and receives
/// what the partner sends. A reduce-scatter adds what arrives to what is there.
struct Exchange {
    Tensor tensor = Tensor::FeatureMaps;
    std::size_t layer = 0;  ///< the layer whose output (F_{l+1}, E_{l+1}) or whose gradient (dW_l) moves
    std::size_t level = 0;
    Pattern pattern = Pattern::Swap;
    Layout before;  ///< unused for gradients, which are halved as one flat range
    Layout after;
    std::vector<std::uint64_t> sent_bytes;  ///< by accelerator
};

/// The exchanges of one layer, each list in the order in which it happens.
struct LayerExchanges {
    std::vector<Exchange> forward;   ///< after its forward phase: F_{l+1} to the layouts of its consumers
    std::vector<Exchange> backward;  ///< before its backward phase: E_{l+1} from its consumers' layouts
    std::vector<Exchange> gradient;  ///< after its gradient phase: all-reduce of dW_l
};

/// The channels of a layer's output as the trees halve them: whole channels; single features where only fully
/// connected layers read them.
struct OutputItems {
    std::uint64_t items = 0;
    std::uint64_t pooled_elements = 0;    ///< of one item, after pooling
    std::uint64_t unpooled_elements = 0;  ///< of one item, before pooling
};

OutputItems output_items(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums);

/// Input channels (features, for a fully connected layer) of `layer` that `accelerator` computes with.
std::uint64_t owned_channels(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums,
                             std::uint64_t accelerator);

/// Elements of its kernel that `accelerator` holds: those of its input channels.
std::uint64_t owned_weights(const Network& network, const Plan& plan, std::size_t layer, PartialSums partial_sums,
                            std::uint64_t accelerator);

/// The transfers that a plan needs, by layer: recursive halving and doubling between accelerator i and
/// i xor 2^(H-1-k) at level k. F goes to the layout of the layer's first consumer in one sweep from the leaves up,
/// E comes back in one from the root down; further consumers of a branch swap from and to the first one's layout.
/// dW is reduce-scattered up and gathered down. Throws std::overflow_error beyond 64 bits.
std::vector<LayerExchanges> plan_exchanges(const Network& network, const Plan& plan, const StepShape& step);

/// Bytes of all exchanges by level: what the accelerators' network interfaces send in one step.
std::vector<std::uint64_t> traffic_bytes(const std::vector<LayerExchanges>& exchanges, std::size_t levels);

}  // namespace hypar
