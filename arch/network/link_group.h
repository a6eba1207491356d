#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "arch/network/topology.h"
#include "arch/network/topology_spec.h"

namespace hypar {

/// Links of a topology that do alike work.
struct LinkGroup {
    std::string name;  ///< "links acc-switch1", "x links", ...
    std::vector<std::size_t> links;
};

/// Every link in one group: of a tree by level, of a grid by dimension, of a dragonfly by what it joins; of a user's
/// graph each wire, both ways, by itself.
std::vector<LinkGroup> link_groups(const Topology& topology, const TopologySpec& spec);

/// Of a tree: 0 of the accelerators, 1 of the lowest switches, and so on, by node.
std::vector<std::size_t> tree_levels(const Topology& topology);

}  // namespace hypar
