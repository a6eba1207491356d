#include "workloads/operator.h"

#include <utility>

#include "base/checked.h"

namespace hypar {
namespace {

constexpr AxisSet kPlane = set_of(Axis::Rows) | set_of(Axis::Columns);
constexpr AxisSet kKernel = set_of(Axis::KernelRows) | set_of(Axis::KernelColumns);
constexpr AxisSet kFeatures = set_of(Axis::Batch) | set_of(Axis::Groups) | set_of(Axis::InChannels) | kPlane;
constexpr AxisSet kWeights = set_of(Axis::Groups) | set_of(Axis::OutChannels) | set_of(Axis::InChannels) | kKernel;
constexpr AxisSet kOutputs = set_of(Axis::Batch) | set_of(Axis::Groups) | set_of(Axis::OutChannels) | kPlane;

}  // namespace

AxisSet Operator::summed() const {
    AxisSet axes = 0;
    for (const TensorUse& operand : operands) axes |= operand.axes;
    return axes & ~result.axes;
}

std::uint64_t Operator::operations() const {
    if (kind == OperatorKind::Vector) return 0;
    std::uint64_t product = written_words;
    for (const std::uint64_t extent : extents) product = checked_multiply(product, extent);
    return product;
}

Operator Operator::transposed(std::size_t operand, std::size_t read, std::size_t made) const {
    Operator other = *this;
    std::swap(other.operands[operand], other.result);
    other.operands[operand].tensor = read;
    other.result.tensor = made;
    return other;
}

namespace {

/// A convolution: of a transposed one that by which its input is made from its output.
Operator convolution_operator(const Layer& layer, std::uint64_t batch, std::size_t features, std::size_t weights,
                              std::size_t made) {
    const bool is_transposed = layer.type == LayerType::TransposedConvolution;
    const FeatureShape& in = is_transposed ? layer.unpooled_output : layer.input;
    const FeatureShape& out = is_transposed ? layer.input : layer.unpooled_output;
    Operator forward;
    forward.extents = {batch,      layer.groups, out.channels / layer.groups, in.channels / layer.groups,
                       out.height, out.width,    layer.kernel.height,         layer.kernel.width};
    forward.operands = {{features, kFeatures, kPlane}, {weights, kWeights, 0}};
    forward.result = {made, kOutputs, 0};
    forward.window = {in.height, in.width, layer.stride, layer.padding, layer.dilation};
    return is_transposed ? forward.transposed(kFeaturesOperand, features, made) : forward;
}

Operator product_operator(const Layer& layer, std::uint64_t batch, std::size_t features, std::size_t second,
                          std::size_t made) {
    const std::uint64_t heads_each = layer.heads / layer.kv_heads;
    const std::uint64_t rows = checked_multiply(layer.input.height, heads_each);
    Operator forward;
    forward.extents = {
        batch, layer.kv_heads, layer.output.channels / layer.heads, layer.input.channels / layer.heads, rows, 1, 1,
        1};
    forward.operands = {{features, kFeatures, kPlane}, {second, kWeights | set_of(Axis::Batch), 0}};
    forward.result = {made, kOutputs, 0};
    forward.window = {rows, 1, 1, {}, 1};
    return forward;
}

}  // namespace

Operator forward_operator(const Layer& layer, std::uint64_t batch, std::size_t features, std::size_t weights,
                          std::size_t made) {
    return layer.is_product() ? product_operator(layer, batch, features, weights, made)
                              : convolution_operator(layer, batch, features, weights, made);
}

namespace {

VectorCost forward_cost(const Layer& layer) {
    VectorCost cost = layer.kind().forward;
    if (layer.type == LayerType::Pool) {
        cost.operations = {0, checked_multiply(layer.pool->size.height, layer.pool->size.width)};
    }
    if (layer.type == LayerType::Add || layer.type == LayerType::Multiply) {
        cost.operations = {0, layer.inputs - 1};
        cost.read = {layer.inputs, 0};
    }
    return cost;
}

VectorCost backward_cost(const Layer& layer) {
    VectorCost cost = layer.kind().backward;
    if (layer.type == LayerType::Pool && layer.keeps() == Kept::Nothing) cost.read = {0, 1};
    if (layer.type == LayerType::Multiply) {
        cost.operations = {checked_multiply(layer.inputs, layer.inputs - 1), 0};
        cost.read = {layer.inputs, 1};
        cost.written = {layer.inputs, 0};
    }
    return cost;
}

}  // namespace

VectorCost vector_cost(const Layer& layer, Phase phase) {
    if (phase == Phase::Forward) return forward_cost(layer);
    if (phase == Phase::Backward) return backward_cost(layer);
    if (phase != Phase::Gradient) return {};
    // A row of the table gets the sum of the errors of its tokens; a position that of all samples'.
    if (layer.type == LayerType::Embedding) return {{0, 1}, {0, 2}, {0, 1}};
    if (layer.type == LayerType::Position) return {{0, 1}, {0, 1}, {0, 0}};
    return {};
}

Operator vector_operator(const VectorCost& cost, const std::vector<std::size_t>& read, std::size_t made) {
    Operator work;
    work.kind = OperatorKind::Vector;
    for (const std::size_t tensor : read) work.operands.push_back({tensor, 0, 0});
    work.result = {made, 0, 0};
    work.vector = cost;
    return work;
}

Operator update_operator(const Operator& gradient, std::size_t weights, std::size_t state,
                         std::uint64_t state_words) {
    Operator update;
    update.kind = OperatorKind::Elementwise;
    for (std::size_t axis = 0; axis < kAxes; ++axis) {
        if (contains(gradient.result.axes, static_cast<Axis>(axis))) update.extents[axis] = gradient.extents[axis];
    }
    update.result = {weights, gradient.result.axes, 0};
    update.operands = {update.result, gradient.result, {state, gradient.result.axes, 0}};
    update.written_words = 1 + state_words;
    return update;
}

}  // namespace hypar
