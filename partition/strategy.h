#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "partition/plan.h"
#include "workloads/network.h"

namespace hypar {

/// What makes a plan for `levels` levels from a network and its batch.
using Strategy = Plan (*)(const Network& network, std::uint64_t batch, std::size_t levels);

struct StrategyEntry {
    const char* name;
    Strategy make_plan;
    const char* description;
};

/// Every strategy that a name selects.
const std::vector<StrategyEntry>& strategies();
std::vector<std::string> strategy_names();

/// Throws ConfigError (key "strategy") for an unknown name.
Strategy find_strategy(const std::string& name);

/// Data parallelism for every layer at every level.
Plan plan_data(const Network& network, std::uint64_t batch, std::size_t levels);

/// Model parallelism for every layer at every level.
Plan plan_model(const Network& network, std::uint64_t batch, std::size_t levels);

/// Convolutions data, fully connected layers model parallel. Krizhevsky, "One weird trick for parallelizing
/// convolutional neural networks", 2014.
Plan plan_trick(const Network& network, std::uint64_t batch, std::size_t levels);

/// Level by level from the root, each level at its own least objective given those above: Song et al., HPCA 2019,
/// Algorithms 1 (dynamic programming over the layers) and 2 (recursion over the levels). A tie is data parallel.
/// Throws ConfigError (key "strategy") where a network has more than 20 layers open at once.
Plan plan_hypar(const Network& network, std::uint64_t batch, std::size_t levels);

/// The plan of the least objective summed over all levels; a tie goes to the first in order of H1's digits, then
/// H2's. Throws ConfigError (key "strategy") beyond 2^24 plans, that is 24 cells.
Plan plan_exhaustive(const Network& network, std::uint64_t batch, std::size_t levels);

}  // namespace hypar
