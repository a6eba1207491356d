#pragma once

#include <cstddef>
#include <vector>

#include "workloads/layer.h"

namespace hypar {

/// What `layer` reads: one shape, or the shapes of what it takes one by one.
using InputShapes = std::vector<FeatureShape>;

/// How many inputs a layer takes one by one; 1 where it joins them.
struct InputCount {
    std::size_t least = 1;
    std::size_t most = 1;
};
InputCount inputs_of(LayerType type);

/// The layer with its shapes, and its channel unit as far as it follows from itself. Throws ConfigError with the key
/// of the value at fault below the layer ("kernel") where it is impossible, and std::overflow_error beyond 64 bits.
Layer shape_layer(const LayerSpec& spec, const InputShapes& inputs);

}  // namespace hypar
