#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "arch/network/node_places.h"
#include "arch/network/topology.h"

namespace hypar {

/// Where each node stands when a topology is drawn, no two at one place, to a millionth of the drawing's side.
std::vector<Point> node_places(const Topology& topology);

/// docs/report-format.md: "nodes".
nlohmann::ordered_json nodes_json(const Topology& topology);

}  // namespace hypar
