#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "experiment/import/onnx_conversion.h"
#include "experiment/import/onnx_window.h"

namespace hypar {
namespace {

Axis one(Role role, std::uint64_t size) { return {{role, size}}; }

/// Of what a convolution or a pool makes of maps or signals.
Layout like_maps(const Layout& from, const FeatureShape& shape) {
    const std::uint64_t batch = from.count(0, Role::Batch);
    const Layout layout = Layout::maps(batch, shape);
    return from.rank() == 3 ? layout.without(3) : layout;
}

LayerSpec convolution(const OnnxNode& node, const Window& window, LayerType type) {
    LayerSpec spec;
    spec.type = type;
    spec.kernel = window.kernel;
    spec.stride = window.stride;
    spec.dilation = window.dilation;
    spec.padding = window.padding;
    spec.groups = natural(integer_of(node, "group", 1), "group");
    spec.has_bias = node.inputs.size() > 2 && !node.inputs[2].empty();
    return spec;
}

/// Adds a layer that reads maps, with the zeros around them that are its own by now.
void add_windowed(Conversion& to, const OnnxNode& node, LayerSpec spec, Activation maps, const OnnxTensor* weights) {
    maps.padding = {};
    Activation made = to.add(std::move(spec), node, {&maps});
    made.layout = like_maps(maps.layout, made.shape);
    if (weights != nullptr) to.share_weights(made, *weights);
    to.set(node, made);
}

void check_rank(const Dims& weights, const Activation& maps) {
    if (weights.size() < 3 || weights.size() != maps.layout.rank()) {
        throw ConfigError("", fmt::format("it has weights of {} dimensions for an input of {}", weights.size(),
                                          maps.layout.rank()));
    }
}

void convolve(Conversion& to, const OnnxNode& node) {
    const Activation& maps = to.maps(node);
    const OnnxTensor& weights = to.weights(node, 1);
    const Dims& dims = *weights.dims;
    check_rank(dims, maps);
    LayerSpec spec =
        convolution(node, window_of(node, maps, Dims(dims.begin() + 2, dims.end())), LayerType::Convolution);
    spec.out_channels = natural(dims[0], "number of output channels");
    if (natural(dims[1], "number of input channels") * spec.groups != maps.shape.channels) {
        throw ConfigError("", fmt::format("its weights are for {} groups of {} channels, it reads {}", spec.groups,
                                          dims[1], maps.shape.channels));
    }
    add_windowed(to, node, spec, maps, &weights);
}

void convolve_back(Conversion& to, const OnnxNode& node) {
    const Activation& maps = to.maps(node);
    const OnnxTensor& weights = to.weights(node, 1);
    const Dims& dims = *weights.dims;
    check_rank(dims, maps);
    if (node.attributes.count("output_shape") > 0) throw ConfigError("", "it gives its output's shape");
    const auto rule = node.attributes.find("auto_pad");
    if (rule != node.attributes.end() && rule->second.text.value_or("NOTSET").rfind("SAME", 0) == 0) {
        throw ConfigError("", fmt::format("auto_pad {} of it is not supported", printable_text(*rule->second.text)));
    }
    LayerSpec spec = convolution(node, window_of(node, maps, Dims(dims.begin() + 2, dims.end())),
                                 LayerType::TransposedConvolution);
    spec.out_channels = natural(dims[1], "number of output channels") * spec.groups;
    const auto more = integers_of(node, "output_padding", nullptr);
    if (more && !more->empty()) {
        spec.output_padding = {natural(more->front(), "output padding"),
                               more->size() > 1 ? natural((*more)[1], "output padding") : 0};
    }
    if (natural(dims[0], "number of input channels") != maps.shape.channels || maps.padding != Padding()) {
        throw ConfigError("",
                          fmt::format("its weights are for {} channels, it reads {}", dims[0], maps.shape.channels));
    }
    add_windowed(to, node, spec, maps, &weights);
}

void add_pool(Conversion& to, const OnnxNode& node, PoolKind kind) {
    const Activation& maps = to.maps(node);
    const Window window = window_of(node, maps, {});
    if (window.dilation != Extent(1)) throw ConfigError("", "its window is dilated");
    LayerSpec spec;
    spec.type = LayerType::Pool;
    spec.pool =
        Pool{kind, window.kernel, window.stride, window.padding, integer_of(node, "ceil_mode", 0) != 0, false};
    add_windowed(to, node, spec, maps, nullptr);
}

LayerSpec global_pool(PoolKind kind) {
    LayerSpec spec;
    spec.type = LayerType::Pool;
    spec.pool = Pool{};
    spec.pool->kind = kind;
    spec.pool->is_global = true;
    return spec;
}

void add_global_pool(Conversion& to, const OnnxNode& node, PoolKind kind) {
    const Activation& maps = to.maps(node);
    check_maps(maps);
    add_windowed(to, node, global_pool(kind), maps, nullptr);
}

/// A mean over whole maps, or over all tokens.
void reduce_mean(Conversion& to, const OnnxNode& node) {
    const Activation& maps = to.maps(node);
    const auto given = integers_of(node, "axes", to.constant(node, 1));
    if (!given) throw ConfigError("", "its mean is over everything");
    std::vector<bool> is_gone(maps.layout.rank(), false);
    for (const std::int64_t axis : *given) is_gone[axis_of(axis, maps.layout.rank())] = true;
    std::uint64_t covered = 1;
    Activation made = to.maps(node);
    for (std::size_t axis = maps.layout.rank(); axis-- > 0;) {
        if (!is_gone[axis]) continue;
        const std::uint64_t plane = maps.layout.count(axis, Role::Row) * maps.layout.count(axis, Role::Column);
        if (plane != maps.layout.size(axis))
            throw ConfigError("", "its mean is over other than whole maps or tokens");
        covered *= plane;
        made.layout = integer_of(node, "keepdims", 1) != 0 ? made.layout.with(axis, {}) : made.layout.without(axis);
    }
    if (covered != maps.shape.plane()) throw ConfigError("", "its mean is over parts of maps or tokens");
    const Layout layout = made.layout;
    made = to.add(global_pool(PoolKind::Average), node, {&maps});
    made.layout = layout;
    to.set(node, made);
}

/// Adds what each row of features, or all that there is, makes with weights of `in` x `out`.
void add_product_with(Conversion& to, const OnnxNode& node, std::int64_t in, std::int64_t out, bool has_bias) {
    const Activation& maps = to.maps(node);
    const std::size_t last = maps.layout.rank() - 1;
    if (static_cast<std::int64_t>(maps.layout.size(last)) != in) {
        throw ConfigError("",
                          fmt::format("its weights are for {} features, it reads {}", in, maps.layout.size(last)));
    }
    LayerSpec spec;
    spec.type = LayerType::FullyConnected;
    spec.out_channels = natural(out, "number of outputs");
    spec.has_bias = has_bias;
    const bool is_of_each = maps.layout.is_all(last, Role::Channel, maps.shape.channels);
    const bool is_of_all = maps.layout.count(last, Role::Batch) == 1 && !maps.layout.has(Role::Repeat) &&
                           maps.layout.size(last) == maps.shape.elements();
    if (is_of_each && !maps.shape.is_sequence && maps.shape.plane() > 1) spec.type = LayerType::Convolution;
    if (!is_of_each && (!is_of_all || maps.shape.is_sequence)) {
        throw ConfigError("", "it multiplies weights with other than all features of a token, a pixel or a sample");
    }
    Activation made = to.add(spec, node, {&maps});
    made.layout = maps.layout.with(last, one(Role::Channel, spec.out_channels));
    to.share_weights(made, to.weights(node, 1));
    to.set(node, made);
}

void multiply_general(Conversion& to, const OnnxNode& node) {
    const Dims& dims = *to.weights(node, 1).dims;
    if (to.maps(node).layout.rank() != 2 || dims.size() != 2 || integer_of(node, "transA", 0) != 0) {
        throw ConfigError("", "it multiplies other than rows of features with a matrix of weights");
    }
    const bool is_transposed = integer_of(node, "transB", 0) != 0;
    add_product_with(to, node, dims[is_transposed ? 1 : 0], dims[is_transposed ? 0 : 1],
                     node.inputs.size() > 2 && !node.inputs[2].empty());
}

/// Of the dimensions before the last two.
std::uint64_t heads_of(const Layout& layout, Role role) {
    std::uint64_t heads = 1;
    for (std::size_t axis = 0; axis + 2 < layout.rank(); ++axis) heads *= layout.count(axis, role);
    return heads;
}

bool is_all_rows(const Activation& maps, std::size_t axis) {
    return maps.layout.count(axis, Role::Row) * maps.layout.count(axis, Role::Column) == maps.layout.size(axis) &&
           maps.layout.size(axis) == maps.shape.plane();
}

bool is_of_channels(const Activation& maps, std::size_t axis, std::uint64_t heads) {
    return maps.layout.is_all(axis, Role::Channel, maps.shape.channels / heads);
}

void multiply_maps(Conversion& to, const OnnxNode& node) {
    const Activation& a = to.maps(node, 0);
    const Activation& b = to.maps(node, 1);
    const std::size_t rank = a.layout.rank();
    if (rank < 2 || b.layout.rank() != rank) throw ConfigError("", "its operands have not as many dimensions");
    const std::uint64_t heads = heads_of(a.layout, Role::Channel);
    const std::uint64_t kv_heads = heads_of(b.layout, Role::Channel);
    LayerSpec spec;
    spec.type = LayerType::Product;
    spec.heads = heads;
    if (kv_heads != heads) spec.kv_heads = kv_heads;
    spec.has_transposed = is_of_channels(b, rank - 2, kv_heads) && is_all_rows(b, rank - 1);
    const bool is_plain = is_all_rows(b, rank - 2) && is_of_channels(b, rank - 1, kv_heads);
    if (!is_all_rows(a, rank - 2) || !is_of_channels(a, rank - 1, heads) || (!spec.has_transposed && !is_plain)) {
        throw ConfigError("", "it multiplies other than the features of heads of all tokens");
    }
    for (std::size_t axis = 0; axis + 2 < rank; ++axis) {
        const std::uint64_t copies = b.layout.size(axis);
        if (copies != a.layout.size(axis) && copies != 1) throw ConfigError("", "its heads do not meet");
    }
    Activation made = to.add(spec, node, {&a, &b});
    made.layout = a.layout.with(rank - 1, one(Role::Channel, made.shape.channels / heads));
    made.layout = made.layout.with(rank - 2, one(Role::Row, made.shape.height));
    made.is_scores = spec.has_transposed;
    to.set(node, made);
}

void multiply_matrices(Conversion& to, const OnnxNode& node) {
    if (to.activation(node, 1) != nullptr) return multiply_maps(to, node);
    Dims dims = *to.weights(node, 1).dims;
    while (dims.size() > 2 && dims.front() == 1) dims.erase(dims.begin());
    if (dims.size() != 2) throw ConfigError("", fmt::format("its weights have {} dimensions", dims.size()));
    if (to.maps(node).layout.rank() == 0) throw ConfigError("", "it multiplies a single number");
    add_product_with(to, node, dims[0], dims[1], false);
}

}  // namespace

Operators weighted_operators() {
    return {{"Conv", convolve},
            {"ConvTranspose", convolve_back},
            {"Gemm", multiply_general},
            {"MatMul", multiply_matrices}};
}

Operators pooling_operators() {
    return {{"MaxPool", [](Conversion& to, const OnnxNode& node) { add_pool(to, node, PoolKind::Max); }},
            {"AveragePool", [](Conversion& to, const OnnxNode& node) { add_pool(to, node, PoolKind::Average); }},
            {"GlobalMaxPool", [](Conversion& to, const OnnxNode& node) { add_global_pool(to, node, PoolKind::Max); }},
            {"GlobalAveragePool",
             [](Conversion& to, const OnnxNode& node) { add_global_pool(to, node, PoolKind::Average); }},
            {"ReduceMean", reduce_mean}};
}

}  // namespace hypar
