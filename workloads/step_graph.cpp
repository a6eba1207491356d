#include "workloads/step_graph.h"

#include <algorithm>
#include <utility>

namespace hypar {
namespace {

class Derivation {
public:
    Derivation(const Network& network, const std::vector<Phase>& phases, std::uint64_t batch,
               std::uint64_t optimizer_words)
        : network_(network), phases_(phases), batch_(batch), optimizer_words_(optimizer_words) {}

    StepGraph derive() {
        name_tensors();
        join_tensors();
        for (std::size_t layer = 0; layer < network_.size(); ++layer) add_forward(layer);
        for (std::size_t layer = network_.size(); layer-- > 0;) add_training(layer);
        for (std::size_t layer = 0; layer < network_.size(); ++layer) keep_tensors(layer);
        return std::move(graph_);
    }

private:
    void name_tensors() {
        for (std::size_t kind = 0; kind < kTensorKinds; ++kind) {
            for (std::size_t layer = 0; layer < network_.size(); ++layer) {
                graph_.tensors.push_back({static_cast<TensorKind>(kind), layer, {}, {}});
            }
        }
        maker_.resize(graph_.tensors.size());
        last_reader_.resize(graph_.tensors.size());
        gradient_.resize(network_.size());
    }

    void join_tensors() {
        for (std::size_t layer = 0; layer < network_.size(); ++layer) {
            for (const std::size_t producer : network_.producers(layer)) {
                const bool is_second = is_second_of_product(layer, producer);
                graph_.tensors[tensor(is_second ? TensorKind::SecondInputs : TensorKind::Inputs, layer)]
                    .parts.push_back(tensor(TensorKind::Outputs, producer));
                graph_.tensors[tensor(TensorKind::OutputErrors, producer)].parts.push_back(
                    tensor(is_second ? TensorKind::SecondInputErrors : TensorKind::InputErrors, layer));
            }
        }
    }

    bool is_second_of_product(std::size_t layer, std::size_t producer) const {
        return network_.layer(layer).is_product() && network_.is_second_input(layer, producer);
    }

    /// Multiply-accumulates: of two feature maps or of one and weights.
    Operator forward(std::size_t layer) const {
        const bool is_product = network_.layer(layer).is_product();
        return forward_operator(network_.layer(layer), batch_, tensor(TensorKind::Inputs, layer),
                                tensor(is_product ? TensorKind::SecondInputs : TensorKind::Weights, layer),
                                tensor(TensorKind::Outputs, layer));
    }

    void add_forward(std::size_t layer) {
        const std::size_t outputs = tensor(TensorKind::Outputs, layer);
        const Layer& shape = network_.layer(layer);
        const Operator work = shape.multiplies() ? forward(layer)
                                                 : vector_operator(vector_cost(shape, Phase::Forward),
                                                                   {tensor(TensorKind::Inputs, layer)}, outputs);
        add({layer, Phase::Forward, work, {}, outputs});
    }

    void add_training(std::size_t layer) {
        errors_to_come_ = tensor(TensorKind::OutputErrors, layer);
        add_sum_of_errors(layer);
        if (network_.layer(layer).multiplies()) {
            add_multiplying(layer);
        } else {
            add_vector(layer);
        }
        if (network_.weights_of(layer) || network_.layer(layer).weights() == 0) return;
        const Operator update = update_operator(gradient_[layer], tensor(TensorKind::Weights, layer),
                                                tensor(TensorKind::OptimizerState, layer), optimizer_words_);
        add({layer, Phase::Update, update, {}, update.result.tensor});
    }

    /// The error comes in before the first operator of those that read it.
    std::optional<std::size_t> arriving_errors() { return std::exchange(errors_to_come_, std::nullopt); }

    void add_sum_of_errors(std::size_t layer) {
        const std::size_t errors = tensor(TensorKind::OutputErrors, layer);
        const std::size_t readers = graph_.tensors[errors].parts.size();
        if (readers < 2) return;
        const VectorCost sum{{0, readers - 1}, {0, readers}, {0, 1}};
        add({layer, Phase::Backward, vector_operator(sum, {}, errors), arriving_errors(), {}});
    }

    void add_multiplying(std::size_t layer) {
        const std::size_t errors = tensor(TensorKind::OutputErrors, layer);
        const bool is_product = network_.layer(layer).is_product();
        const Operator backward =
            forward(layer).transposed(kFeaturesOperand, errors, tensor(TensorKind::InputErrors, layer));
        const std::size_t made =
            tensor(is_product ? TensorKind::SecondInputErrors : TensorKind::WeightGradients, layer);
        gradient_[layer] = forward(layer).transposed(kWeightsOperand, errors, made);
        add({layer, Phase::Backward, backward, arriving_errors(), {}});
        add({layer, Phase::Gradient, gradient_[layer], arriving_errors(),
             is_product ? std::nullopt : std::optional(made)});
    }

    void add_vector(std::size_t layer) {
        const Layer& shape = network_.layer(layer);
        const std::size_t errors = tensor(TensorKind::OutputErrors, layer);
        std::vector<std::size_t> read{errors};
        if (shape.keeps() == Kept::Inputs) read.push_back(tensor(TensorKind::Inputs, layer));
        if (shape.keeps() == Kept::Output) read.push_back(tensor(TensorKind::Outputs, layer));
        if (shape.type != LayerType::Embedding) {
            add({layer,
                 Phase::Backward,
                 vector_operator(vector_cost(shape, Phase::Backward), read, tensor(TensorKind::InputErrors, layer)),
                 arriving_errors(),
                 {}});
        }
        if (shape.weights() == 0) return;
        const std::size_t made = tensor(TensorKind::WeightGradients, layer);
        gradient_[layer] = vector_operator(vector_cost(shape, Phase::Gradient), {errors}, made);
        add({layer, Phase::Gradient, gradient_[layer], arriving_errors(), made});
    }

    void add(StepOperator next) {
        if (std::find(phases_.begin(), phases_.end(), next.phase) == phases_.end()) return;
        const std::size_t number = graph_.operators.size();
        if (!maker_[next.work.result.tensor]) maker_[next.work.result.tensor] = number;
        for (const TensorUse& operand : next.work.operands) last_reader_[operand.tensor] = number;
        graph_.operators.push_back(std::move(next));
    }

    void keep_tensors(std::size_t layer) {
        const auto kept = [&](TensorKind kind) -> std::optional<Lifetime>& {
            return graph_.tensors[tensor(kind, layer)].kept;
        };
        if (!network_.weights_of(layer)) kept(TensorKind::Weights) = Lifetime{};
        if (last_reader_[tensor(TensorKind::OptimizerState, layer)]) kept(TensorKind::OptimizerState) = Lifetime{};
        keep_gradients(layer);
        for (const TensorKind kind : {TensorKind::Inputs, TensorKind::SecondInputs, TensorKind::Outputs}) {
            const std::size_t features = tensor(kind, layer);
            const std::optional<std::size_t> reader = last_reader_[features];
            if (!reader || graph_.operators[*reader].phase == Phase::Forward) continue;
            kept(kind) = Lifetime{
                kind == TensorKind::Outputs ? maker_[features] : first_maker(graph_.tensors[features].parts), reader};
        }
    }

    /// One tensor for all that use the same weights, from the first that adds to it.
    void keep_gradients(std::size_t layer) {
        const std::size_t gradients = tensor(TensorKind::WeightGradients, layer);
        if (!maker_[gradients] || network_.weights_of(layer)) return;
        std::vector<std::size_t> made{gradients};
        for (const std::size_t user : network_.users_of_weights(layer)) {
            made.push_back(tensor(TensorKind::WeightGradients, user));
        }
        graph_.tensors[gradients].kept = Lifetime{first_maker(made), last_reader_[gradients]};
    }

    /// None where all is there from the beginning.
    std::optional<std::size_t> first_maker(const std::vector<std::size_t>& parts) const {
        std::optional<std::size_t> first;
        for (const std::size_t part : parts) {
            if (maker_[part]) first = std::min(*maker_[part], first.value_or(*maker_[part]));
        }
        return first;
    }

    std::size_t tensor(TensorKind kind, std::size_t layer) const { return graph_.tensor(kind, layer); }

    const Network& network_;
    const std::vector<Phase>& phases_;
    std::uint64_t batch_;
    std::uint64_t optimizer_words_;
    StepGraph graph_;
    std::vector<std::optional<std::size_t>> maker_;        ///< by tensor
    std::vector<std::optional<std::size_t>> last_reader_;  ///< by tensor
    std::vector<Operator> gradient_;                       ///< by layer
    std::optional<std::size_t> errors_to_come_;            ///< of the layer at hand, where they have not come yet
};

}  // namespace

StepGraph derive_step(const Network& network, const std::vector<Phase>& phases, std::uint64_t batch,
                      std::uint64_t optimizer_words) {
    return Derivation(network, phases, batch, optimizer_words).derive();
}

}  // namespace hypar
