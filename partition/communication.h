#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "partition/plan.h"
#include "workloads/network.h"

namespace hypar {

/// What the levels above leave of a layer for one group: fractions of its batch and of its input channels.
struct Shares {
    double batch = 1;
    double channels = 1;
};

/// Shares of every layer below `level`, given the shares that `level` itself starts from.
std::vector<Shares> shares_below(const std::vector<Shares>& shares, const LevelPlan& level);

/// A cost for each parallelism of a layer, and for each of two neighbours ([from][to]).
using CostsOfLayer = std::array<double, kSplitCount>;
using CostsOfPair = std::array<CostsOfLayer, kSplitCount>;

/// What one pair of groups exchanges at one level, both directions together, for every choice: in elements.
///
/// The model is additive: a term for each layer's own choice and one for each edge of the network, from the
/// choices at both its ends. Sizes are those of whole feature maps after pooling times exact halves, so terms may
/// be fractions. Doubles hold them exactly: each is an integer times a power of two.
struct LevelCosts {
    struct Edge {
        std::size_t from = 0;
        std::size_t to = 0;
        CostsOfPair elements{};
    };

    std::vector<CostsOfLayer> layers;
    std::vector<Edge> edges;

    double of(const LevelPlan& plan) const;
};

/// The costs that the partition search minimises: Song et al., HPCA 2019, Tables 1 and 2, twice (both directions).
LevelCosts objective_costs(const Network& network, std::uint64_t batch, const std::vector<Shares>& shares);

/// The elements that the plan's collectives move, where every split is even and the network is a chain: all-reduce
/// of the gradient (dp), reduce-scatter of the partial sums (mp), re-layout or all-gather at every boundary but
/// dp-dp, and the all-gather of the loss's error after a last layer that is mp. `plan_exchanges` gives the exact
/// integers for every network and split.
LevelCosts traffic_costs(const Network& network, std::uint64_t batch, const std::vector<Shares>& shares);

/// The search objective of a whole plan in bytes, by level, summed over the level's pairs.
std::vector<double> objective_bytes(const Network& network, std::uint64_t batch, const Plan& plan,
                                    std::uint64_t element_bytes);

}  // namespace hypar
