#include "workloads/layer_shape.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"

namespace hypar {
namespace {

std::string maps_text(const FeatureShape& shape) { return fmt::format("{}x{}", shape.height, shape.width); }

/// "20x12x12", or "768 features x 512 tokens"
std::string shape_text(const FeatureShape& shape) {
    if (shape.is_sequence) return fmt::format("{} tokens of {} features", shape.height, shape.channels);
    return fmt::format("{}x{}x{}", shape.channels, shape.height, shape.width);
}

std::string padding_text(const Padding& padding) {
    if (padding == Padding(padding.top)) return std::to_string(padding.top);
    return fmt::format("[{}, {}, {}, {}]", padding.top, padding.left, padding.bottom, padding.right);
}

/// A window along one dimension.
struct Window1 {
    std::uint64_t size;
    std::uint64_t stride;
    std::uint64_t before;  ///< padding
    std::uint64_t after;
};

/// Its positions over `extent` elements, rounded down.
std::uint64_t positions(std::uint64_t extent, const Window1& window) {
    return (extent + window.before + window.after - window.size) / window.stride + 1;
}

/// Rounded up, but that no window begins behind the last element.
std::uint64_t positions_up(std::uint64_t extent, const Window1& window) {
    const std::uint64_t padded = extent + window.before + window.after;
    const std::uint64_t count = ceil_divide(padded - window.size, window.stride) + 1;
    const bool is_outside = count > 1 && (count - 1) * window.stride >= extent + window.before;
    return is_outside ? count - 1 : count;
}

/// From the first element under a dilated kernel to the last.
std::uint64_t reach(std::uint64_t kernel, std::uint64_t dilation) {
    return checked_add(checked_multiply(kernel - 1, dilation), 1);
}

FeatureShape convolve(const LayerSpec& spec, const FeatureShape& input) {
    const Padding& padding = spec.padding;
    const Window1 rows{reach(spec.kernel.height, spec.dilation.height), spec.stride.height, padding.top,
                       padding.bottom};
    const Window1 columns{reach(spec.kernel.width, spec.dilation.width), spec.stride.width, padding.left,
                          padding.right};
    if (rows.size > input.height + padding.top + padding.bottom ||
        columns.size > input.width + padding.left + padding.right) {
        throw ConfigError("kernel", fmt::format("the {} kernel of {} is larger than its {} input with padding {}",
                                                text_of({rows.size, columns.size}), spec.name, maps_text(input),
                                                padding_text(padding)));
    }
    return {spec.out_channels, positions(input.height, rows), positions(input.width, columns),
            input.is_sequence && input.width == 1};
}

/// The least map over which the kernel has as many positions as the input has elements.
FeatureShape convolve_back(const LayerSpec& spec, const FeatureShape& input) {
    const auto extent = [&](std::uint64_t in, std::uint64_t kernel, std::uint64_t dilation, std::uint64_t stride,
                            std::uint64_t padding, std::uint64_t more) {
        const std::uint64_t padded =
            checked_add(checked_add(checked_multiply(in - 1, stride), reach(kernel, dilation)), more);
        if (padded <= padding) {
            throw ConfigError("padding", fmt::format("the padding of {} leaves nothing of its output", spec.name));
        }
        return padded - padding;
    };
    return {spec.out_channels,
            extent(input.height, spec.kernel.height, spec.dilation.height, spec.stride.height,
                   spec.padding.top + spec.padding.bottom, spec.output_padding.height),
            extent(input.width, spec.kernel.width, spec.dilation.width, spec.stride.width,
                   spec.padding.left + spec.padding.right, spec.output_padding.width)};
}

void check_groups(const LayerSpec& spec, const FeatureShape& input) {
    if (input.channels % spec.groups != 0 || spec.out_channels % spec.groups != 0) {
        throw ConfigError("groups", fmt::format("{} groups do not divide {} input and {} output channels",
                                                spec.groups, input.channels, spec.out_channels));
    }
}

/// What a global pool is over the maps that it reads.
Pool sized(const Pool& pool, const FeatureShape& maps) {
    if (!pool.is_global) return pool;
    return {pool.kind, {maps.height, maps.width}, {maps.height, maps.width}, {}, false, true};
}

FeatureShape pool_output(const Pool& pool, const std::string& name, const FeatureShape& maps) {
    const Padding& padding = pool.padding;
    const Window1 rows{pool.size.height, pool.stride.height, padding.top, padding.bottom};
    const Window1 columns{pool.size.width, pool.stride.width, padding.left, padding.right};
    if (std::max(padding.top, padding.bottom) >= pool.size.height ||
        std::max(padding.left, padding.right) >= pool.size.width) {
        if (padding != Padding()) {
            throw ConfigError("padding",
                              fmt::format("a padding of {} is not smaller than the {} pooling window of {}",
                                          padding_text(padding), text_of(pool.size), name));
        }
    }
    if (rows.size > maps.height + padding.top + padding.bottom ||
        columns.size > maps.width + padding.left + padding.right) {
        throw ConfigError("size", fmt::format("the {} pooling window of {} is larger than its {} feature maps",
                                              text_of(pool.size), name, maps_text(maps)));
    }
    const auto count = pool.rounds_up ? positions_up : positions;
    return {maps.channels, count(maps.height, rows), count(maps.width, columns), maps.is_sequence && maps.width == 1};
}

void apply_pool(Layer& layer, const std::optional<Pool>& pool, const std::string& key) {
    layer.output = layer.unpooled_output;
    if (!pool) return;
    layer.pool = sized(*pool, layer.unpooled_output);
    try {
        layer.output = pool_output(*layer.pool, layer.name, layer.unpooled_output);
    } catch (const ConfigError& error) {
        throw key.empty() ? error : error.below(key);
    }
}

void shape_weighted(const LayerSpec& spec, Layer& layer) {
    switch (spec.type) {
        case LayerType::FullyConnected:
            if (!layer.input.is_sequence) layer.input = {layer.input.elements(), 1, 1};
            layer.unpooled_output = layer.input;
            layer.unpooled_output.channels = spec.out_channels;
            break;
        case LayerType::Embedding:
            if (!layer.input.is_sequence || layer.input.channels != 1) {
                throw ConfigError("inputs", fmt::format("{} reads tokens, of one number each, not {}", spec.name,
                                                        shape_text(layer.input)));
            }
            layer.unpooled_output = FeatureShape::sequence(layer.input.height, spec.out_channels);
            break;
        case LayerType::TransposedConvolution:
            check_groups(spec, layer.input);
            layer.unpooled_output = convolve_back(spec, layer.input);
            break;
        default: layer.unpooled_output = convolve(spec, layer.input); check_groups(spec, layer.input);
    }
    apply_pool(layer, spec.pool, "pool");
}

void shape_product(const LayerSpec& spec, Layer& layer, const FeatureShape& second) {
    layer.second = 1;
    layer.second_input = second;
    layer.kv_heads = spec.kv_heads.value_or(spec.heads);
    const FeatureShape& a = layer.input;
    const FeatureShape& b = layer.second_input;
    if (a.channels % layer.heads != 0 || b.channels % layer.kv_heads != 0 || layer.heads % layer.kv_heads != 0) {
        throw ConfigError("heads", fmt::format("{} heads, {} of the second input, do not divide {} and {} features",
                                               layer.heads, layer.kv_heads, a.channels, b.channels));
    }
    const std::uint64_t of_a_head = a.channels / layer.heads;
    const std::uint64_t summed = layer.has_transposed ? b.channels / layer.kv_heads : b.plane();
    if (a.width != 1 || b.width != 1 || of_a_head != summed) {
        throw ConfigError("inputs",
                          fmt::format("{} and {} do not meet in {} heads: the first has {} features a head, "
                                      "the second {}",
                                      shape_text(a), shape_text(b), layer.heads, of_a_head, summed));
    }
    const std::uint64_t made = layer.has_transposed ? b.plane() : b.channels / layer.kv_heads;
    layer.unpooled_output = FeatureShape::sequence(a.height, checked_multiply(layer.heads, made));
    layer.output = layer.unpooled_output;
    layer.channel_unit = layer.output.channels / layer.kv_heads;
}

/// All of one shape, but that one may have a single element for each channel, which stands second then.
void shape_together(Layer& layer, const InputShapes& inputs) {
    FeatureShape whole = inputs.front();
    for (const FeatureShape& input : inputs) {
        if (input.plane() > whole.plane()) whole = input;
    }
    layer.input = whole;
    for (std::size_t number = 0; number < inputs.size(); ++number) {
        const FeatureShape& input = inputs[number];
        const bool broadcasts = input.channels == whole.channels && input.plane() == 1 && inputs.size() == 2;
        if (input == whole) continue;
        if (!broadcasts) {
            throw ConfigError(fmt::format("inputs.{}", number), fmt::format("{} cannot be taken together with {}",
                                                                            shape_text(input), shape_text(whole)));
        }
        layer.second = number;
        layer.second_input = input;
    }
    layer.unpooled_output = whole;
    layer.output = whole;
}

void shape_position(const LayerSpec& spec, Layer& layer) {
    const std::uint64_t tokens = checked_add(layer.input.plane(), spec.has_class_token ? 1 : 0);
    layer.unpooled_output = FeatureShape::sequence(tokens, layer.input.channels);
    layer.output = layer.unpooled_output;
}

void shape_slice(const LayerSpec& spec, Layer& layer) {
    layer.unpooled_output = layer.input;
    const auto cut = [&](const std::optional<IndexRange>& range, std::uint64_t& extent, const char* key) {
        if (!range) return;
        if (range->begin >= range->end || range->end > extent) {
            throw ConfigError(key, fmt::format("[{}, {}] is no part of the {} {} of {}", range->begin, range->end,
                                               extent, key, shape_text(layer.input)));
        }
        extent = range->end - range->begin;
    };
    cut(spec.slice_channels, layer.unpooled_output.channels, "channels");
    cut(spec.slice_rows, layer.unpooled_output.height, "rows");
    layer.output = layer.unpooled_output;
}

void shape_elementwise(const LayerSpec& spec, Layer& layer, const InputShapes& inputs) {
    switch (spec.type) {
        case LayerType::Position: return shape_position(spec, layer);
        case LayerType::Slice: return shape_slice(spec, layer);
        case LayerType::Add:
        case LayerType::Multiply: return shape_together(layer, inputs);
        default: layer.unpooled_output = layer.input; apply_pool(layer, spec.pool, "");
    }
    if (spec.type == LayerType::Softmax) {
        if (layer.input.channels % spec.heads != 0) {
            throw ConfigError("heads",
                              fmt::format("{} heads do not divide {} features", spec.heads, layer.input.channels));
        }
        // One of all channels at once can be divided anywhere, as norms can.
        if (spec.heads > 1) layer.channel_unit = layer.input.channels / spec.heads;
    }
}

}  // namespace

InputCount inputs_of(LayerType type) {
    switch (type) {
        case LayerType::Product: return {2, 2};
        case LayerType::Add:
        case LayerType::Multiply: return {2, std::numeric_limits<std::size_t>::max()};
        default: return {1, 1};
    }
}

Layer shape_layer(const LayerSpec& spec, const InputShapes& inputs) {
    Layer layer;
    layer.name = spec.name;
    layer.type = spec.type;
    layer.kernel = spec.kernel;
    layer.stride = spec.stride;
    layer.padding = spec.padding;
    layer.dilation = spec.dilation;
    layer.groups = spec.groups;
    layer.has_bias = spec.has_bias;
    layer.heads = spec.heads;
    layer.has_transposed = spec.has_transposed;
    layer.has_class_token = spec.has_class_token;
    layer.vocabulary = spec.vocabulary;
    layer.input = inputs[0];
    layer.inputs = inputs.size();
    if (layer.is_weighted()) {
        shape_weighted(spec, layer);
    } else if (layer.is_product()) {
        shape_product(spec, layer, inputs[1]);
    } else {
        shape_elementwise(spec, layer, inputs);
    }
    layer.macs();
    layer.input.elements();
    layer.output.elements();
    return layer;
}

}  // namespace hypar
