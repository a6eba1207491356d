#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "partition/ownership.h"
#include "partition/plan.h"
#include "partition/redistribution.h"
#include "partition/shard.h"
#include "partition/sharding.h"
#include "partition/step_shape.h"
#include "workloads/network.h"

namespace hypar {

enum class Pattern { ReduceScatter, Swap, AllGather };

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

/// The transfers that a plan needs, by layer: its redistributions carried out pairwise. Throws std::overflow_error
/// beyond 64 bits.
std::vector<LayerExchanges> plan_exchanges(const Network& network, const Plan& plan, const StepShape& step);

/// Bytes of all exchanges by level: what the accelerators' network interfaces send in one step.
std::vector<std::uint64_t> traffic_bytes(const std::vector<LayerExchanges>& exchanges, std::size_t levels);

}  // namespace hypar
