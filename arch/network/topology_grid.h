#pragma once

#include <memory>

#include "arch/network/routing.h"

namespace hypar {

/// The routing of a torus, mesh or ring, if the graph has the links of one, with its nodes in the same order; null if
/// it has not, or if the channels are too few for it.
std::unique_ptr<Routing> grid_routing(const Graph& graph, const ChannelClasses& channels);

}  // namespace hypar
