#pragma once

#include "experiment/yaml/field.h"
#include "experiment/yaml/yaml.h"

namespace hypar {

/// The map of a network with its `parameters` put where values name them, and with the layers of every
/// `{repeat: 12, name: block, layers: [...]}` written out: "block1.q", "block2.q", ... A name of inputs or weights
/// within such a block means the layer of its own repetition, or else one outside; "input" is what stands before the
/// repetition. Everything keeps its place. Throws ConfigError.
YamlValue expanded_network(const Field& network);

}  // namespace hypar
