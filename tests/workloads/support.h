#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "workloads/network.h"

namespace hypar {

inline LayerSpec convolution(const std::string& name, std::uint64_t out_channels, std::uint64_t kernel,
                             std::uint64_t stride = 1, std::uint64_t padding = 0) {
    LayerSpec layer;
    layer.name = name;
    layer.type = LayerType::Convolution;
    layer.out_channels = out_channels;
    layer.kernel = kernel;
    layer.stride = stride;
    layer.padding = padding;
    return layer;
}

inline LayerSpec fully_connected(const std::string& name, std::uint64_t out_features) {
    LayerSpec layer;
    layer.name = name;
    layer.type = LayerType::FullyConnected;
    layer.out_channels = out_features;
    return layer;
}

inline LayerSpec pooled(LayerSpec layer, std::uint64_t size, std::uint64_t stride) {
    layer.pool = Pool{PoolKind::Max, size, stride};
    return layer;
}

inline LayerSpec grouped(LayerSpec layer, std::uint64_t groups) {
    layer.groups = groups;
    return layer;
}

inline LayerSpec reading(LayerSpec layer, std::vector<std::string> inputs) {
    layer.inputs = std::move(inputs);
    return layer;
}

inline Network network_of(FeatureShape input, std::vector<LayerSpec> layers) {
    return Network(NetworkSpec{"test", "", input, std::move(layers)});
}

/// Key and problem of the ConfigError that the network is refused with; both empty if it is not.
inline std::pair<std::string, std::string> mistake(FeatureShape input, std::vector<LayerSpec> layers) {
    try {
        network_of(input, std::move(layers));
    } catch (const ConfigError& error) {
        return {error.key(), error.problem()};
    }
    return {};
}

}  // namespace hypar
