#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiment/yaml/field.h"
#include "workloads/layer.h"

namespace hypar {

/// A layer as its file writes it; its type says which keys it may have. Throws ConfigError.
LayerSpec read_layer(const Field& field);

/// What the value of a layer's key is.
enum class LayerValue : std::uint8_t {
    Integer,
    Extent,   ///< a number or [height, width]
    Padding,  ///< a number, [height, width] or [top, left, bottom, right]
    Flag,
    Range,  ///< [begin, end]
    Text,
    PoolKind,
    Rounding,
    Pool,  ///< a map
};

/// A key that some kinds of layers have.
struct LayerKey {
    const char* name;
    const char* meaning;
    const char* initial;  ///< what stands where it is left out; empty if it may not be
    LayerValue value = LayerValue::Integer;
    std::uint64_t least = 1;  ///< of its numbers
};

/// Those of a kind, without `name`, `type` and `inputs`, which all have.
std::vector<LayerKey> keys_of(LayerType type);

}  // namespace hypar
