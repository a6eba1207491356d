#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "arch/network/node_places.h"
#include "arch/network/topology.h"
#include "report/text_style.h"

namespace hypar {

/// Where each accelerator is: a grid drawn by rows, other topologies by switch or router with what is joined to it.
/// One line with the rule where that is too large to show. Empty for one accelerator.
std::string placement_text(const Topology& topology, const TextStyle& style = {});

/// A list by accelerator: its place in a grid, the switches that it is joined to, or null if there are none.
nlohmann::ordered_json placement_json(const Topology& topology);

/// Where each node stands when a topology is drawn, no two at one place, to a millionth of the drawing's side.
std::vector<Point> node_places(const Topology& topology);

/// docs/report-format.md: "nodes".
nlohmann::ordered_json nodes_json(const Topology& topology);

}  // namespace hypar
