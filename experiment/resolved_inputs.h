#pragma once

#include "experiment/yaml/yaml.h"

namespace hypar {

/// A resolved experiment's tree with a value for every key that has a default. What the experiment says of the array
/// itself (accelerators, topology, precision) is in the array, and there alone.
YamlValue with_defaults(YamlValue root);

}  // namespace hypar
