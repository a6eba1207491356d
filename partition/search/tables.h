#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "partition/plan.h"
#include "partition/search/strategy.h"
#include "partition/step_shape.h"
#include "workloads/network.h"

namespace hypar {

/// What the levels above leave of a layer for one group: fractions of its batch and of its input and output channels.
struct Shares {
    double batch = 1;
    double in = 1;
    double out = 1;
};

/// Shares of every layer below `level`, given the shares that `level` itself starts from.
std::vector<Shares> shares_below(const std::vector<Shares>& shares, const LevelPlan& level, std::uint64_t size);

/// What a published model counts for one level of `groups` groups, in elements: a term for each layer's own choice
/// and one for each edge of the network, from the choices at both its ends.
struct TableCosts {
    struct Edge {
        std::size_t from = 0;
        std::size_t to = 0;
        std::vector<std::vector<double>> elements;  ///< by the splits at its ends
    };

    std::vector<std::vector<double>> layers;  ///< by layer and split
    std::vector<Edge> edges;

    double of(const LevelPlan& plan) const;
};

/// Song et al., HPCA 2019, Tables 1 and 2, twice (both directions), for the batch and the input channels. What one
/// group holds of the gradient, or the output, that both have parts of is exchanged; at a boundary the shares that
/// the reader lacks.
TableCosts hypar_table_costs(const Network& network, std::uint64_t batch, const std::vector<Shares>& shares,
                             std::uint64_t groups);

/// Song et al., "AccPar: Tensor Partitioning for Heterogeneous Deep Learning Accelerators", HPCA 2020: one group's
/// share. Inside a layer the gradient (batch), the output (input channels) or the error (output channels); at a
/// boundary what its reader lacks. Groups of more than two send to all others.
TableCosts accpar_table_costs(const Network& network, std::uint64_t batch, const std::vector<Shares>& shares,
                              std::uint64_t groups);

/// Bytes of a whole plan by such a model, by level, summed over the groups of each. The objective is not Traffic; the
/// plan's splits are those of its strategy.
std::vector<double> table_bytes(const Network& network, const Plan& plan, const StepShape& step, Objective objective);

}  // namespace hypar
