#pragma once

#include <string>

#include "experiment/yaml/yaml.h"

namespace hypar {

/// A resolved experiment's tree with a value for every key that has a default. What the experiment says of the array
/// itself (accelerators, topology, precision) is in the array, and there alone.
YamlValue with_defaults(YamlValue root);

/// The tree as JSON on one line, keys sorted: equal for experiments that say the same.
std::string inputs_json(const YamlValue& root);

/// One value as a cell of a table shows it: a scalar's text, else JSON.
std::string cell_of(const YamlValue& value);

}  // namespace hypar
