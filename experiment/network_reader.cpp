#include "experiment/network_reader.h"

#include <stdexcept>

#include <fmt/format.h>

#include "base/mistakes.h"
#include "experiment/layer_reader.h"
#include "experiment/network_expansion.h"
#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/scalar.h"

namespace hypar {
namespace {

constexpr std::size_t kMostLayers = 4096;

FeatureShape read_input(const Field& field) {
    if (field.value().find("tokens") != nullptr) {
        const MapReader map(field, {"tokens", "features"});
        const std::uint64_t tokens = read_integer(map.required("tokens", "an integer"), 1);
        const auto features = map.optional("features");
        return FeatureShape::sequence(tokens, features ? read_integer(*features, 1) : 1);
    }
    const MapReader map(field, {"channels", "height", "width"});
    return {read_integer(map.required("channels", "an integer"), 1),
            read_integer(map.required("height", "an integer"), 1),
            read_integer(map.required("width", "an integer"), 1)};
}

}  // namespace

Network read_network(const Field& given) {
    const YamlValue expanded = expanded_network(given);
    const Field field(expanded, given.key());
    const MapReader map(field, {"name", "source", "parameters", "input", "layers"});
    NetworkSpec spec;
    const Field layers = map.required("layers", "a list of layers");
    Mistakes mistakes;
    mistakes.collect([&] { spec.name = read_text(map.required("name", "the network's name")); });
    mistakes.collect([&] {
        if (const auto source = map.optional("source")) spec.source = read_text(*source);
    });
    mistakes.collect([&] {
        spec.input =
            read_input(map.required("input", "a map with the keys channels, height, width, or tokens, features"));
    });
    if (layers.value().items.size() > kMostLayers) {
        throw layers.error(fmt::format("expected at most {} layers", kMostLayers));
    }
    for (const Field& layer : read_list(layers, "a list of layers")) {
        mistakes.collect([&] { spec.layers.push_back(read_layer(layer)); });
    }
    mistakes.throw_if_any();
    try {
        Network network(spec);
        network.parameters();
        network.macs();
        return network;
    } catch (const ConfigError& error) {
        throw field.located(error);
    } catch (const std::overflow_error&) {
        throw layers.error("the sizes of all layers together exceed 64 bits");
    }
}

}  // namespace hypar
