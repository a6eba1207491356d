#pragma once

#include <cstddef>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "arch/network/topology.h"
#include "arch/network/topology_spec.h"

namespace hypar {

/// In a square from 0, left and above, to 1.
struct Point {
    double x = 0;
    double y = 0;
};

/// Where each node stands when a topology is drawn, no two at one place: trees by level, the root above; grids by
/// their coordinates, those of three dimensions as planes side by side; rings and the fully connected on a circle, a
/// dragonfly's groups likewise; a user's graph so that distances are as near as can be to the links between.
std::vector<Point> node_places(const Topology& topology, const TopologySpec& spec);

/// Whether a link joins the two ends of a ring that is drawn as a line.
bool wraps(const Topology& topology, const TopologySpec& spec, std::size_t link);

/// docs/report-format.md: "nodes".
nlohmann::ordered_json nodes_json(const Topology& topology, const TopologySpec& spec);

}  // namespace hypar
