#include "experiment/import/network_writer.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include <fmt/format.h>

#include "experiment/yaml/yaml.h"

namespace hypar {
namespace {

/// As it is where YAML reads it so, else in quotes.
std::string scalar(const std::string& text) {
    const auto is_plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    const bool is_word = std::all_of(text.begin(), text.end(),
                                     [&](char c) { return is_plain(c) || c == '-' || c == '.' || c == '/'; });
    const bool is_name = !text.empty() && std::isalpha(static_cast<unsigned char>(text[0])) != 0 && is_word;
    const bool is_null = text == "null" || text == "Null" || text == "NULL";
    return is_name && !is_null ? text : quoted_yaml(text);
}

std::string text_of_extent(const Extent& extent) {
    if (extent.is_square()) return std::to_string(extent.height);
    return fmt::format("[{}, {}]", extent.height, extent.width);
}

std::string text_of_padding(const Padding& padding) {
    if (padding == Padding(padding.top)) return std::to_string(padding.top);
    if (padding.is_even()) return fmt::format("[{}, {}]", padding.top, padding.left);
    return fmt::format("[{}, {}, {}, {}]", padding.top, padding.left, padding.bottom, padding.right);
}

/// The keys of a map in braces.
class FlowMap {
public:
    void add(const char* key, const std::string& value) {
        if (!text_.empty()) text_ += ", ";
        text_ += fmt::format("{}: {}", key, value);
    }
    void add(const char* key, std::uint64_t value) { add(key, std::to_string(value)); }
    void add(const char* key, const Extent& value, const Extent& initial) {
        if (value != initial) add(key, text_of_extent(value));
    }
    void add(const char* key, const Padding& value) {
        if (value != Padding()) add(key, text_of_padding(value));
    }
    void add(const char* key, const std::optional<IndexRange>& value) {
        if (value) add(key, fmt::format("[{}, {}]", value->begin, value->end));
    }
    void add_unless(std::uint64_t initial, const char* key, std::uint64_t value) {
        if (value != initial) add(key, value);
    }
    void add_flag(const char* key, bool value, bool initial) {
        if (value != initial) add(key, value ? "true" : "false");
    }
    std::string text() const { return "{" + text_ + "}"; }

private:
    std::string text_;
};

void add_pool(const Pool& pool, FlowMap& map) {
    map.add("kind", pool.kind == PoolKind::Max ? "max" : "average");
    if (pool.is_global) return map.add("global", "true");
    map.add("size", text_of_extent(pool.size));
    map.add("stride", pool.stride, pool.size);
    map.add("padding", pool.padding);
    if (pool.rounds_up) map.add("rounding", "up");
}

void add_convolution(const LayerSpec& layer, FlowMap& map) {
    map.add("out_channels", layer.out_channels);
    map.add("kernel", text_of_extent(layer.kernel));
    map.add("stride", layer.stride, 1);
    map.add("padding", layer.padding);
    map.add("output_padding", layer.output_padding, 0);
    map.add("dilation", layer.dilation, 1);
    map.add_unless(1, "groups", layer.groups);
    map.add_flag("bias", layer.has_bias, true);
    if (layer.pool) {
        FlowMap pool;
        add_pool(*layer.pool, pool);
        map.add("pool", pool.text());
    }
}

void add_own_keys(const LayerSpec& layer, FlowMap& map) {
    switch (layer.type) {
        case LayerType::Convolution:
        case LayerType::TransposedConvolution: return add_convolution(layer, map);
        case LayerType::FullyConnected:
            map.add("out_features", layer.out_channels);
            return map.add_flag("bias", layer.has_bias, true);
        case LayerType::Embedding:
            map.add("vocabulary", layer.vocabulary);
            return map.add("features", layer.out_channels);
        case LayerType::Product:
            map.add_unless(1, "heads", layer.heads);
            map.add_unless(layer.heads, "kv_heads", layer.kv_heads.value_or(layer.heads));
            return map.add_flag("transposed", layer.has_transposed, false);
        case LayerType::Position: return map.add_flag("class_token", layer.has_class_token, false);
        case LayerType::Pool: return add_pool(layer.pool.value_or(Pool()), map);
        case LayerType::Slice: map.add("channels", layer.slice_channels); return map.add("rows", layer.slice_rows);
        case LayerType::Softmax: return map.add_unless(1, "heads", layer.heads);
        default: return;
    }
}

/// `before`: the name of the layer before it, which it reads if it does not say otherwise.
std::string layer_text(const LayerSpec& layer, const std::string& before) {
    FlowMap map;
    map.add("name", scalar(layer.name));
    map.add("type", kind_of(layer.type).name);
    add_own_keys(layer, map);
    if (!layer.weights_of.empty()) map.add("weights", scalar(layer.weights_of));
    if (layer.inputs && *layer.inputs != std::vector<std::string>{before}) {
        std::vector<std::string> names;
        for (const std::string& input : *layer.inputs) names.push_back(scalar(input));
        map.add("inputs", fmt::format("[{}]", fmt::join(names, ", ")));
    }
    return map.text();
}

std::string input_text(const FeatureShape& input) {
    FlowMap map;
    if (input.is_sequence) {
        map.add("tokens", input.height);
        map.add_unless(1, "features", input.channels);
    } else {
        map.add("channels", input.channels);
        map.add("height", input.height);
        map.add("width", input.width);
    }
    return map.text();
}

}  // namespace

std::string network_yaml(const NetworkSpec& network) {
    std::string text = fmt::format("name: {}\n", scalar(network.name));
    if (!network.source.empty()) text += fmt::format("source: {}\n", quoted_yaml(network.source));
    text += fmt::format("input: {}\nlayers:\n", input_text(network.input));
    std::string before = "input";
    for (const LayerSpec& layer : network.layers) {
        text += fmt::format("  - {}\n", layer_text(layer, before));
        before = layer.name;
    }
    return text;
}

}  // namespace hypar
