#include "experiment/network_reader.h"

#include <stdexcept>

#include <fmt/format.h>

#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/scalar.h"

namespace hypar {
namespace {

constexpr std::size_t kMostLayers = 4096;

FeatureShape read_input(const Field& field) {
    const MapReader map(field, {"channels", "height", "width"});
    return {read_integer(map.required("channels", "an integer"), 1),
            read_integer(map.required("height", "an integer"), 1),
            read_integer(map.required("width", "an integer"), 1)};
}

void read_optional(const MapReader& map, const std::string& key, std::uint64_t least, std::uint64_t& value) {
    if (const std::optional<Field> field = map.optional(key)) value = read_integer(*field, least);
}

Pool read_pool(const Field& field) {
    const MapReader map(field, {"kind", "size", "stride"});
    Pool pool;
    pool.kind = read_choice(map.required("kind", "max or average"), {"max", "average"}) == 0 ? PoolKind::Max
                                                                                             : PoolKind::Average;
    pool.size = read_integer(map.required("size", "an integer"), 1);
    pool.stride = pool.size;
    read_optional(map, "stride", 1, pool.stride);
    return pool;
}

std::vector<std::string> read_inputs(const Field& field) {
    std::vector<std::string> names;
    for (const Field& item : read_list(field, "a list of layers' names")) names.push_back(read_text(item));
    return names;
}

/// What only one type of layer has.
LayerSpec read_convolution(const Field& field) {
    const MapReader map(field,
                        {"name", "type", "out_channels", "kernel", "stride", "padding", "groups", "pool", "inputs"});
    LayerSpec layer;
    layer.type = LayerType::Convolution;
    layer.out_channels = read_integer(map.required("out_channels", "an integer"), 1);
    layer.kernel = read_integer(map.required("kernel", "an integer"), 1);
    read_optional(map, "stride", 1, layer.stride);
    read_optional(map, "padding", 0, layer.padding);
    read_optional(map, "groups", 1, layer.groups);
    if (const auto pool = map.optional("pool")) layer.pool = read_pool(*pool);
    return layer;
}

LayerSpec read_fully_connected(const Field& field) {
    const MapReader map(field, {"name", "type", "out_features", "inputs"});
    LayerSpec layer;
    layer.type = LayerType::FullyConnected;
    layer.out_channels = read_integer(map.required("out_features", "an integer"), 1);
    return layer;
}

LayerSpec read_layer(const Field& field) {
    // The type says which keys there may be, so the first look is at all of them.
    const MapReader map(field, {"name", "type", "out_channels", "out_features", "kernel", "stride", "padding",
                                "groups", "pool", "inputs"});
    const std::size_t type = read_choice(map.required("type", "conv or fc"), {"conv", "fc"});
    LayerSpec layer = type == 0 ? read_convolution(field) : read_fully_connected(field);
    layer.name = read_text(map.required("name", "the layer's name"));
    if (const auto inputs = map.optional("inputs")) layer.inputs = read_inputs(*inputs);
    return layer;
}

}  // namespace

Network read_network(const Field& field) {
    const MapReader map(field, {"name", "source", "input", "layers"});
    NetworkSpec spec;
    const Field layers = map.required("layers", "a list of layers");
    spec.name = read_text(map.required("name", "the network's name"));
    if (const auto source = map.optional("source")) spec.source = read_text(*source);
    spec.input = read_input(map.required("input", "a map with the keys channels, height, width"));
    for (const Field& layer : read_list(layers, "a list of layers")) {
        if (spec.layers.size() == kMostLayers) {
            throw layers.error(fmt::format("expected at most {} layers", kMostLayers));
        }
        spec.layers.push_back(read_layer(layer));
    }
    try {
        Network network(spec);
        network.weights();
        network.macs();
        return network;
    } catch (const ConfigError& error) {
        throw field.located(error);
    } catch (const std::overflow_error&) {
        throw layers.error("the sizes of all layers together exceed 64 bits");
    }
}

}  // namespace hypar
