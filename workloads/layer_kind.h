#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

namespace hypar {

enum class LayerType : std::uint8_t {
    Convolution,
    FullyConnected,
    TransposedConvolution,
    Embedding,
    Product,
    Position,
    Add,
    Multiply,
    Pool,
    Slice,
    Concatenate,
    BatchNorm,
    LayerNorm,
    RmsNorm,
    ResponseNorm,
    Relu,
    Relu6,
    HardSwish,
    Gelu,
    Silu,
    Sigmoid,
    Tanh,
    Softmax,
    Loss,
};

/// What a layer computes, which decides how its work can be divided.
enum class LayerForm : std::uint8_t {
    Weighted,     ///< sums of products of features and weights
    Product,      ///< the same of two feature maps, head by head
    Elementwise,  ///< of each channel and row by itself, or of rows as wholes
    View,         ///< nothing: it stands for what it reads, and is no layer of a network
};

/// Elements for each element of the input, and for each of the output.
struct ElementRate {
    std::uint64_t of_input = 0;
    std::uint64_t of_output = 0;
};

/// What a vector unit does for a layer in one phase.
struct VectorCost {
    ElementRate operations;  ///< elements times the passes over them
    ElementRate read;
    ElementRate written;
};

/// What is kept of a layer from its forward phase to its backward phases.
enum class Kept : std::uint8_t { Nothing, Inputs, Output };

/// What an element-wise layer needs of other channels for each.
enum class Across : std::uint8_t {
    Nothing,
    Neighbours,  ///< channels beside it
    OneNumber,   ///< of a row, of all its channels, forward and backward
    TwoNumbers,
};

/// All there is to know of a kind of layer, but its shapes.
struct LayerKind {
    LayerType type;
    const char* name;  ///< in files
    const char* description;
    LayerForm form;
    VectorCost forward;   ///< of what is element-wise
    VectorCost backward;  ///< of what is element-wise
    Kept kept;
    Across across = Across::Nothing;
};

// A vector unit passes over each element once for a sum, a product or a function of it. Rows of norms and softmax
// stay in its buffer between their passes; a batch norm's channels, which are those of all samples, do not.
constexpr VectorCost kNoWork{};
constexpr VectorCost kOnce{{0, 1}, {1, 0}, {0, 1}};
/// Of the error and what is kept.
constexpr VectorCost kErrorOnce{{1, 0}, {0, 2}, {1, 0}};

/// Every kind, in the order of LayerType.
constexpr LayerKind kLayerKinds[] = {
    {LayerType::Convolution, "conv", "convolution, grouped and dilated if need be", LayerForm::Weighted, kNoWork,
     kNoWork, Kept::Inputs},
    {LayerType::FullyConnected, "fc", "fully connected, of each token of a sequence or of all that it reads",
     LayerForm::Weighted, kNoWork, kNoWork, Kept::Inputs},
    {LayerType::TransposedConvolution, "conv-transposed", "transposed convolution", LayerForm::Weighted, kNoWork,
     kNoWork, Kept::Inputs},
    {LayerType::Embedding,
     "embedding",
     "a row of a table for each token",
     LayerForm::Weighted,
     {{0, 0}, {0, 1}, {0, 1}},
     kNoWork,
     Kept::Inputs},
    {LayerType::Product, "product", "product of two feature maps, in heads", LayerForm::Product, kNoWork, kNoWork,
     Kept::Inputs},
    {LayerType::Position, "position", "feature maps as tokens, each with a learned vector added to it",
     LayerForm::Elementwise, kOnce, kNoWork, Kept::Nothing},
    {LayerType::Add,
     "add",
     "sum of feature maps",
     LayerForm::Elementwise,
     {{1, 0}, {1, 0}, {0, 1}},
     kNoWork,
     Kept::Nothing},
    {LayerType::Multiply,
     "multiply",
     "product of feature maps, element by element",
     LayerForm::Elementwise,
     {{1, 0}, {1, 0}, {0, 1}},
     {{1, 0}, {1, 1}, {1, 0}},
     Kept::Inputs},
    {LayerType::Pool,
     "pool",
     "largest or average of a window",
     LayerForm::Elementwise,
     {{1, 0}, {1, 0}, {0, 1}},
     {{1, 0}, {0, 2}, {1, 0}},
     Kept::Output},
    {LayerType::Slice, "slice", "some channels or rows", LayerForm::Elementwise, kNoWork, kNoWork, Kept::Nothing},
    {LayerType::Concatenate, "concat", "channels side by side, in no time: for layers that take one input",
     LayerForm::View, kNoWork, kNoWork, Kept::Nothing},
    {LayerType::BatchNorm,
     "batch-norm",
     "batch normalisation, by the statistics of an accelerator's own samples",
     LayerForm::Elementwise,
     {{2, 0}, {2, 0}, {0, 1}},
     {{2, 0}, {2, 2}, {1, 0}},
     Kept::Inputs},
    {LayerType::LayerNorm,
     "layer-norm",
     "layer normalisation",
     LayerForm::Elementwise,
     {{2, 0}, {1, 0}, {0, 1}},
     {{2, 0}, {1, 1}, {1, 0}},
     Kept::Inputs,
     Across::TwoNumbers},
    {LayerType::RmsNorm,
     "rms-norm",
     "root mean square normalisation",
     LayerForm::Elementwise,
     {{2, 0}, {1, 0}, {0, 1}},
     {{2, 0}, {1, 1}, {1, 0}},
     Kept::Inputs,
     Across::OneNumber},
    {LayerType::ResponseNorm,
     "response-norm",
     "local response normalisation across channels",
     LayerForm::Elementwise,
     {{2, 0}, {1, 0}, {0, 1}},
     {{2, 0}, {1, 1}, {1, 0}},
     Kept::Inputs,
     Across::Neighbours},
    {LayerType::Relu, "relu", "rectified linear unit", LayerForm::Elementwise, kOnce, kErrorOnce, Kept::Output},
    {LayerType::Relu6, "relu6", "the same, of 6 at the most", LayerForm::Elementwise, kOnce, kErrorOnce,
     Kept::Output},
    {LayerType::HardSwish, "hard-swish", "x relu6(x + 3) / 6", LayerForm::Elementwise, kOnce, kErrorOnce,
     Kept::Inputs},
    {LayerType::Gelu, "gelu", "Gaussian error linear unit", LayerForm::Elementwise, kOnce, kErrorOnce, Kept::Inputs},
    {LayerType::Silu, "silu", "x sigmoid(x)", LayerForm::Elementwise, kOnce, kErrorOnce, Kept::Inputs},
    {LayerType::Sigmoid, "sigmoid", "logistic function", LayerForm::Elementwise, kOnce, kErrorOnce, Kept::Output},
    {LayerType::Tanh, "tanh", "hyperbolic tangent", LayerForm::Elementwise, kOnce, kErrorOnce, Kept::Output},
    {LayerType::Softmax,
     "softmax",
     "softmax of each row, in heads",
     LayerForm::Elementwise,
     {{3, 0}, {1, 0}, {0, 1}},
     {{2, 0}, {0, 2}, {1, 0}},
     Kept::Output,
     Across::TwoNumbers},
    {LayerType::Loss,
     "loss",
     "softmax and cross-entropy",
     LayerForm::Elementwise,
     {{3, 0}, {1, 0}, {0, 1}},
     kNoWork,
     Kept::Nothing,
     Across::TwoNumbers},
};
constexpr std::size_t kLayerKindCount = std::size(kLayerKinds);

constexpr const LayerKind& kind_of(LayerType type) { return kLayerKinds[static_cast<std::size_t>(type)]; }

/// Whether each element of the output is made of those of the inputs at its place, at once.
constexpr bool is_pointwise(LayerType type) {
    return type == LayerType::Add || type == LayerType::Multiply ||
           (type >= LayerType::Relu && type <= LayerType::Tanh);
}

/// In the order of LayerType.
std::vector<std::string> layer_kind_names();

}  // namespace hypar
