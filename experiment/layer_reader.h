#pragma once

#include <string>
#include <vector>

#include "experiment/yaml/field.h"
#include "workloads/layer.h"

namespace hypar {

/// A layer as its file writes it; its type says which keys it may have. Throws ConfigError.
LayerSpec read_layer(const Field& field);

/// A key that some kinds of layers have.
struct LayerKey {
    const char* name;
    const char* meaning;
    const char* initial;  ///< what stands where it is left out; empty if it may not be
};

/// Those of a kind, without `name`, `type` and `inputs`, which all have.
std::vector<LayerKey> keys_of(LayerType type);

}  // namespace hypar
