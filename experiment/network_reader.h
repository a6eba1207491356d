#pragma once

#include "experiment/yaml/field.h"
#include "workloads/network.h"

namespace hypar {

/// The network that a map describes. Throws ConfigError with the place and the path of the value at fault.
Network read_network(const Field& field);

}  // namespace hypar
