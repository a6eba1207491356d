#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "arch/network/node_places.h"

namespace hypar {

class Topology;

// What all trees of switches have in common.

/// 0 of the accelerators, 1 of the lowest switches, and so on, by node.
std::vector<std::size_t> tree_levels(const Topology& topology);
/// "links acc-switch1", by link.
std::vector<std::string> tree_link_groups(const Topology& topology);
/// Nodes by level, the root above.
std::vector<Point> tree_places(const Topology& topology);

}  // namespace hypar
