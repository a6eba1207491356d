#include "workloads/network.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"
#include "base/names.h"

namespace hypar {
namespace {

constexpr const char* kNetworkInput = "input";

std::string layer_key(std::size_t index, const char* key) { return fmt::format("layers.{}.{}", index, key); }

/// Positions of a window of `size` that moves by `stride` over `extent` elements, rounded down.
std::uint64_t window_positions(std::uint64_t extent, std::uint64_t size, std::uint64_t stride) {
    return (extent - size) / stride + 1;
}

FeatureShape convolve(const LayerSpec& spec, std::size_t index, const FeatureShape& input) {
    const std::uint64_t height = input.height + 2 * spec.padding;
    const std::uint64_t width = input.width + 2 * spec.padding;
    if (spec.kernel > std::min(height, width)) {
        throw ConfigError(layer_key(index, "kernel"),
                          fmt::format("the {0}x{0} kernel of {1} is larger than its {2}x{3} input with padding {4}",
                                      spec.kernel, spec.name, input.height, input.width, spec.padding));
    }
    if (input.channels % spec.groups != 0 || spec.out_channels % spec.groups != 0) {
        throw ConfigError(layer_key(index, "groups"),
                          fmt::format("{} groups do not divide {} input and {} output channels", spec.groups,
                                      input.channels, spec.out_channels));
    }
    return {spec.out_channels, window_positions(height, spec.kernel, spec.stride),
            window_positions(width, spec.kernel, spec.stride)};
}

FeatureShape pool_output(const LayerSpec& spec, std::size_t index, const FeatureShape& unpooled) {
    if (!spec.pool) return unpooled;
    const Pool& pool = *spec.pool;
    if (pool.size > std::min(unpooled.height, unpooled.width)) {
        throw ConfigError(layer_key(index, "pool.size"),
                          fmt::format("the {0}x{0} pooling window of {1} is larger than its {2}x{3} feature maps",
                                      pool.size, spec.name, unpooled.height, unpooled.width));
    }
    return {unpooled.channels, window_positions(unpooled.height, pool.size, pool.stride),
            window_positions(unpooled.width, pool.size, pool.stride)};
}

Layer make_layer(const LayerSpec& spec, std::size_t index, const FeatureShape& input) {
    Layer layer{spec.name, spec.type, spec.kernel, spec.stride, spec.padding, spec.groups, spec.pool, input, {}, {}};
    if (spec.type == LayerType::FullyConnected) {
        layer.input = {input.elements(), 1, 1};
        layer.unpooled_output = {spec.out_channels, 1, 1};
    } else {
        layer.unpooled_output = convolve(spec, index, input);
    }
    layer.output = pool_output(spec, index, layer.unpooled_output);
    return layer;
}

void check_names(const NetworkSpec& spec) {
    if (spec.layers.empty()) throw ConfigError("layers", "a network needs at least one layer");
    std::set<std::string> names{kNetworkInput};
    for (std::size_t index = 0; index < spec.layers.size(); ++index) {
        const std::string& name = spec.layers[index].name;
        if (!names.insert(name).second) {
            throw ConfigError(layer_key(index, "name"), name == kNetworkInput
                                                            ? "\"input\" is the name of the network's own input"
                                                            : fmt::format("a second layer is named \"{}\"", name));
        }
    }
}

}  // namespace

Network::Network(const NetworkSpec& spec)
    : name_(spec.name),
      source_(spec.source),
      input_(spec.input),
      producers_(spec.layers.size()),
      consumers_(spec.layers.size()) {
    check_names(spec);
    for (std::size_t index = 0; index < spec.layers.size(); ++index) {
        const FeatureShape input = connect(spec, index);
        try {
            layers_.push_back(make_layer(spec.layers[index], index, input));
            layers_.back().macs();
            layers_.back().input.elements();
            layers_.back().output.elements();
        } catch (const std::overflow_error&) {
            throw ConfigError(fmt::format("layers.{}", index),
                              fmt::format("the sizes of layer {} exceed 64 bits", spec.layers[index].name));
        }
    }
}

/// Adds the edges into layer `index`; returns the shape that it reads.
FeatureShape Network::connect(const NetworkSpec& spec, std::size_t index) {
    const LayerSpec& layer = spec.layers[index];
    std::vector<std::string> names;
    if (layer.inputs) {
        names = *layer.inputs;
    } else {
        names.push_back(index == 0 ? kNetworkInput : spec.layers[index - 1].name);
    }
    if (names.empty()) throw ConfigError(layer_key(index, "inputs"), "expected at least one layer's name");

    std::vector<std::string> known{kNetworkInput};
    for (std::size_t above = 0; above < index; ++above) known.push_back(spec.layers[above].name);

    FeatureShape joined;
    for (std::size_t position = 0; position < names.size(); ++position) {
        const std::string key = fmt::format("layers.{}.inputs.{}", index, position);
        const auto found = std::find(known.begin(), known.end(), names[position]);
        if (found == known.end()) throw ConfigError(key, unknown_name("layer above", names[position], known));
        if (std::count(names.begin(), names.end(), names[position]) > 1) {
            throw ConfigError(key, fmt::format("\"{}\" is named twice", names[position]));
        }
        const bool is_input = found == known.begin();
        const auto producer = static_cast<std::size_t>(found - known.begin()) - (is_input ? 0 : 1);
        const FeatureShape& shape = is_input ? input_ : layers_[producer].output;
        if (!is_input) {
            producers_[index].push_back(producer);
            consumers_[producer].push_back(index);
        }
        if (position > 0 && (shape.height != joined.height || shape.width != joined.width)) {
            throw ConfigError(key, fmt::format("its {}x{} feature maps do not join {}x{} ones", shape.height,
                                               shape.width, joined.height, joined.width));
        }
        joined = {joined.channels + shape.channels, shape.height, shape.width};
    }
    return joined;
}

std::vector<std::string> Network::layer_names() const {
    std::vector<std::string> names;
    names.reserve(layers_.size());
    for (const Layer& layer : layers_) names.push_back(layer.name);
    return names;
}

std::uint64_t Network::weights() const {
    std::uint64_t sum = 0;
    for (const Layer& layer : layers_) sum = checked_add(sum, layer.weights());
    return sum;
}

std::uint64_t Network::macs() const {
    std::uint64_t sum = 0;
    for (const Layer& layer : layers_) sum = checked_add(sum, layer.macs());
    return sum;
}

}  // namespace hypar
