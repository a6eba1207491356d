#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "workloads/layer.h"
#include "workloads/phase.h"

namespace hypar {

/// The loops of an operator, which are the dimensions of its tensors. Channels are those of one group, rows and
/// columns those of the output, before pooling.
enum class Axis : std::uint8_t { Batch, Groups, OutChannels, InChannels, Rows, Columns, KernelRows, KernelColumns };
constexpr std::size_t kAxes = 8;

/// A bit for each of them.
using AxisSet = std::uint32_t;

constexpr AxisSet set_of(Axis axis) { return AxisSet{1} << static_cast<unsigned>(axis); }
constexpr bool contains(AxisSet axes, Axis axis) { return (axes & set_of(axis)) != 0; }

/// A tensor as an operator reads or makes it.
struct TensorUse {
    std::size_t tensor = 0;  ///< its number, in StepGraph::tensors
    AxisSet axes = 0;
    /// Those of its axes over which the kernel slides: it is as long there as the window says, not as the axis is.
    AxisSet windowed = 0;
};

/// How a kernel slides over the rows and columns of the windowed tensor: output row r meets with kernel row k the row
/// r x stride + k x dilation - padding.
struct Window {
    std::uint64_t rows = 1;
    std::uint64_t columns = 1;
    Extent stride = 1;
    Padding padding = {};
    Extent dilation = 1;
};

enum class OperatorKind : std::uint8_t {
    MultiplyAccumulate,  ///< products of an element of each operand, summed over the axes that the result lacks
    Elementwise,         ///< each element of the result from those of the operands at its place
    Vector,              ///< what a vector unit does, element by element or row by row
};

/// What is computed at once for a whole batch, as loops over tensors. Convolution and fully connected layer are one:
/// the latter has 1x1 kernels and feature maps.
struct Operator {
    OperatorKind kind = OperatorKind::MultiplyAccumulate;
    std::array<std::uint64_t, kAxes> extents{1, 1, 1, 1, 1, 1, 1, 1};  ///< by Axis; 1 where it has no such loop
    std::vector<TensorUse> operands;
    TensorUse result;
    Window window;
    std::uint64_t written_words = 1;  ///< for each element of the result, with what is kept beside it
    VectorCost vector;                ///< of a vector operator

    std::uint64_t extent(Axis axis) const { return extents[static_cast<std::size_t>(axis)]; }
    /// The axes of operands that the result lacks.
    AxisSet summed() const;
    /// Multiply-accumulates; words that are written, if it is element-wise; none of a vector operator. Throws
    /// std::overflow_error beyond 64 bits.
    std::uint64_t operations() const;
    /// The operator in which result and operand change places: for the result's derivative, the operand's. The
    /// tensors at these places are `read` and `made` then.
    Operator transposed(std::size_t operand, std::size_t read, std::size_t made) const;
};

/// The places of a weighted layer's operands.
constexpr std::size_t kFeaturesOperand = 0;
constexpr std::size_t kWeightsOperand = 1;

/// The forward phase of a weighted layer or a product: the outputs `made` of features and weights, or of the second
/// features. Rows of a product are those of all heads that one head of the second input serves.
Operator forward_operator(const Layer& layer, std::uint64_t batch, std::size_t features, std::size_t weights,
                          std::size_t made);

/// What a vector unit does for a layer in a phase, beside or in place of multiply-accumulates. The input is one of
/// those that a layer takes one by one.
VectorCost vector_cost(const Layer& layer, Phase phase);

/// A vector operator that makes `made` of `read`.
Operator vector_operator(const VectorCost& cost, const std::vector<std::size_t>& read, std::size_t made);

/// Makes weights anew from themselves, their gradient (the result of `gradient`) and `state`, of which the optimizer
/// keeps `state_words` for each.
Operator update_operator(const Operator& gradient, std::size_t weights, std::size_t state, std::uint64_t state_words);

}  // namespace hypar
