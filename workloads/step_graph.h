#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "workloads/network.h"
#include "workloads/operator.h"
#include "workloads/phase.h"

namespace hypar {

/// What a layer has in a step.
enum class TensorKind : std::uint8_t {
    Weights,          ///< W_l
    OptimizerState,   ///< words beside every weight
    WeightGradients,  ///< dW_l
    Inputs,           ///< F_l, what the layer reads: the outputs of layers above, joined
    Outputs,          ///< F_{l+1}, after pooling
    OutputErrors,     ///< E_{l+1}: the sum of the errors of the inputs that its outputs became, or the loss's
    InputErrors,      ///< E_l
    SecondInputs,     ///< what a product reads as its second input
    SecondInputErrors,
};
constexpr std::size_t kTensorKinds = 9;

/// Operators between which a tensor is kept, by their numbers; the step's beginning and end where there are none.
struct Lifetime {
    std::optional<std::size_t> made;       ///< the first that makes a part of it
    std::optional<std::size_t> last_read;  ///< the last that reads it
};

struct StepTensor {
    TensorKind kind = TensorKind::Weights;
    std::size_t layer = 0;
    std::vector<std::size_t>
        parts;                     ///< tensors that it is joined from or is the sum of; none if an operator makes it
    std::optional<Lifetime> kept;  ///< none of what only passes from one operator to the next
};

struct StepOperator {
    std::size_t layer = 0;
    Phase phase = Phase::Forward;
    Operator work;
    /// The tensor that comes from where it was made to where the operator reads it, just before.
    std::optional<std::size_t> moved_before;
    /// The tensor that goes, just after, from where it was made to where others read it.
    std::optional<std::size_t> moved_after;
};

/// A training step as operators that follow each other, and the tensors that they read and make.
struct StepGraph {
    std::vector<StepTensor> tensors;  ///< by kind, each by layer
    std::vector<StepOperator> operators;

    /// The number of a tensor.
    std::size_t tensor(TensorKind kind, std::size_t layer) const {
        return static_cast<std::size_t>(kind) * (tensors.size() / kTensorKinds) + layer;
    }
    const StepTensor& at(TensorKind kind, std::size_t layer) const { return tensors[tensor(kind, layer)]; }
};

/// The operators of `phases`: all layers forward; then from the last layer to the first the error comes in, that of
/// several readers is added up, backward, gradient, the gradient's sum, update, and what is updated goes to those
/// that have other parts of it. The first layer's backward phase is
/// computed like every other, but for that of an embedding, whose input has no error. Outputs move to their readers
/// as soon as they are made, errors when they are about to be read. A product's gradient phase makes the error of its
/// second input. Weights and the optimizer's states are kept throughout, gradients until the update, and inputs or
/// outputs until the backward phases that read them. A layer that uses another's weights adds to that one's gradient,
/// and has no update.
StepGraph derive_step(const Network& network, const std::vector<Phase>& phases, std::uint64_t batch,
                      std::uint64_t optimizer_words);

}  // namespace hypar
