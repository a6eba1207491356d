#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "partition/plan.h"
#include "partition/redistribution.h"
#include "partition/shard.h"
#include "partition/sharding.h"
#include "partition/step_shape.h"
#include "workloads/network.h"

namespace hypar {

enum class Pattern { ReduceScatter, Swap, AllGather, Border };

const char* name_of(Pattern pattern);

/// What all accelerators send at once, each to the one `offset` positions further in its group.
struct Round {
    std::uint64_t offset = 0;
    std::vector<std::uint64_t> sent_bytes;  ///< by accelerator
};

/// One step of one collective within the groups that span `group`: a level, or all levels that split rows, whose
/// borders then are exchanged. Sums are added to what is there.
struct Exchange {
    Tensor tensor = Tensor::FeatureMaps;
    std::size_t layer = 0;  ///< the layer whose output (F_{l+1}, E_{l+1}), gradient (dW_l) or weights move
    std::size_t level = 0;  ///< the first of the group's
    LevelSet group = 0;
    Pattern pattern = Pattern::Swap;
    bool adds = false;
    Layout before;  ///< unused for gradients and weights, which are divided as one flat range
    Layout after;
    std::vector<Round> rounds;
    std::size_t redistribution = 0;  ///< that it is part of, by number in the layer's list

    /// By accelerator, of all rounds.
    std::vector<std::uint64_t> sent_bytes() const;
    /// Of all accelerators.
    std::uint64_t bytes() const;
};

/// Calls `visit` with sender, receiver and bytes of all that is sent in one of an exchange's rounds.
template <typename Visit>
void for_each_transfer(const Exchange& exchange, const Round& round, const Levels& levels, const Visit& visit) {
    for (std::uint64_t i = 0; i < round.sent_bytes.size(); ++i) {
        if (round.sent_bytes[i] == 0) continue;
        visit(i, levels.shifted(i, exchange.group, round.offset), round.sent_bytes[i]);
    }
}

/// The exchanges of one layer, each list in the order in which it happens.
struct LayerExchanges {
    std::vector<Exchange> forward;   ///< after its forward phase: F_{l+1} to the layouts of its consumers
    std::vector<Exchange> backward;  ///< before its backward phase: E_{l+1} from its consumers' layouts
    /// After its gradient phase: all-reduce of dW_l, or its reduce-scatter, where the optimizer's state is divided.
    std::vector<Exchange> gradient;
    std::vector<Exchange> weights;  ///< after its update then: all-gather of W_l

    /// All of them.
    std::array<const std::vector<Exchange>*, 4> lists() const { return {&forward, &backward, &gradient, &weights}; }
};

/// The transfers that a plan needs, by layer: its redistributions carried out directly. Throws std::overflow_error
/// beyond 64 bits.
std::vector<LayerExchanges> plan_exchanges(const Network& network, const Plan& plan, const StepShape& step);

/// Bytes of all exchanges by level: what the accelerators' network interfaces send in one step.
std::vector<std::uint64_t> traffic_bytes(const std::vector<LayerExchanges>& exchanges, std::size_t levels);

}  // namespace hypar
