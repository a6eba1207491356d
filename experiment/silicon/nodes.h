#pragma once

#include <cstdint>

#include "experiment/yaml/field.h"
#include "experiment/yaml/yaml.h"

namespace hypar {

/// A machine of nodes: in each so many accelerators on a switch, and the switches of all nodes on one more. A link
/// carries `efficiency` of what it is rated for, each way.
struct NodesSpec {
    std::uint64_t accelerators = 1;             ///< of a node
    std::uint64_t inside_bits_per_second = 1;   ///< between an accelerator and its node's switch
    std::uint64_t between_bits_per_second = 1;  ///< between a node's switch and that of all
    double efficiency = 1;                      ///< above 0, at most 1
};

/// Throws ConfigError.
NodesSpec read_nodes(const Field& field);

/// The topology of so many accelerators, as an experiment's map says it: a graph of links.
YamlValue topology_of(const NodesSpec& nodes, std::uint64_t accelerators);

}  // namespace hypar
