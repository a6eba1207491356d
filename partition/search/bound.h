#pragma once

#include <cstdint>
#include <vector>

#include "partition/levels.h"
#include "partition/search/plan_space.h"
#include "partition/step_shape.h"
#include "workloads/network.h"

namespace hypar {

/// What no plan can move less than in a training step.
struct TrafficBound {
    std::vector<std::uint64_t> layer_bytes;
    std::uint64_t bytes = 0;  ///< of all, to the nearest byte, less what uneven parts may leave where it is
    bool is_even = true;      ///< nothing was taken off, since of what can be swapped one dimension is even
};

/// Loomis and Whitney's inequality (Bull. AMS 55, 1949), layer by layer. Of V multiply-accumulates of one phase each
/// of P accelerators does V/P; with a, b and c elements of input, weights and output it can do no more than sqrt(a b
/// c K p) (K elements of a kernel, p elements pooled into one), and what it touches beyond its shares A/P, B/P and
/// C/P is sent: forward and backward 2 P (a + b + c - (A + B + C) / P) elements. Products with padding count where
/// planes stay whole, in which the inequality holds for samples and channels alone; where rows may be split they do
/// not.
///
/// The bound is for plans that divide a layer alike in its three phases, as all here do. The first layer's input is
/// there without being sent; what several layers read is counted at the first of them. It takes no more than V/P for
/// granted, but a swap of two uneven dimensions can leave more than an even part where it is: the most of that, with
/// the splits that plans may have, is taken off the sum.
TrafficBound bound_traffic(const Network& network, const StepShape& step, const Levels& levels, SplitSet splits);

}  // namespace hypar
