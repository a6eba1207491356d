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

Operator forward_operator(const Layer& layer, std::uint64_t batch, std::size_t features, std::size_t weights,
                          std::size_t made) {
    Operator forward;
    forward.extents = {batch,
                       layer.groups,
                       layer.unpooled_output.channels / layer.groups,
                       layer.input.channels / layer.groups,
                       layer.unpooled_output.height,
                       layer.unpooled_output.width,
                       layer.kernel,
                       layer.kernel};
    forward.operands = {{features, kFeatures, kPlane}, {weights, kWeights, 0}};
    forward.result = {made, kOutputs, 0};
    forward.window = {layer.input.height, layer.input.width, layer.stride, layer.padding};
    return forward;
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
