#pragma once

#include "arch/network/topology_spec.h"
#include "experiment/yaml/field.h"

namespace hypar {

/// A topology's name, or a map with its kind and size.
TopologySpec read_topology(const Field& field);

}  // namespace hypar
