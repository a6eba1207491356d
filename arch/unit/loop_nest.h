#pragma once

#include <cstdint>
#include <tuple>

#include "workloads/phase.h"

namespace hypar {

/// The multiply-accumulates of one layer's phase on one shard, with three tensors:
///   features (samples, in_channels, in_height, in_width)      F_l forward, E_l backward
///   filters  (out_channels, in_channels, kernel, kernel)       W_l, dW_l
///   outputs  (samples, out_channels, out_height, out_width)    F_{l+1} before pooling, E_{l+1}
/// and that `groups` times, each group with channels of its own. Forward makes outputs, backward features, gradient
/// filters, each from the other two. A fully connected layer is a 1x1 convolution of 1x1 feature maps. Update is no
/// nest of seven loops: `filters` are each read and written.
class LoopNest {
public:
    Phase phase = Phase::Forward;
    std::uint64_t groups = 1;
    std::uint64_t samples = 0;
    std::uint64_t in_channels = 0;   ///< of a group
    std::uint64_t out_channels = 0;  ///< of a group
    std::uint64_t in_height = 1;
    std::uint64_t in_width = 1;
    std::uint64_t out_height = 1;
    std::uint64_t out_width = 1;
    std::uint64_t kernel = 1;
    std::uint64_t stride = 1;
    /// Elements of one plane of outputs in memory: fewer than out_height x out_width where pooling follows, which
    /// the processing unit applies before it writes and undoes after it reads.
    std::uint64_t stored_out_plane = 1;
    /// Update: words that the optimizer keeps for every weight, read and written with it.
    std::uint64_t state_words = 0;

    /// Whether there is nothing to compute, as in an empty share.
    bool empty() const { return groups == 0 || samples == 0 || in_channels == 0 || out_channels == 0; }

    friend bool operator==(const LoopNest& a, const LoopNest& b) { return a.as_tuple() == b.as_tuple(); }
    friend bool operator<(const LoopNest& a, const LoopNest& b) { return a.as_tuple() < b.as_tuple(); }

private:
    std::tuple<Phase, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t,
               std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t>
    as_tuple() const {
        return {phase,      groups,    samples, in_channels, out_channels,     in_height,  in_width,
                out_height, out_width, kernel,  stride,      stored_out_plane, state_words};
    }
};

}  // namespace hypar
