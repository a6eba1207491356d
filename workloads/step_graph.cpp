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
    }

    void join_tensors() {
        for (std::size_t layer = 0; layer < network_.size(); ++layer) {
            for (const std::size_t producer : network_.producers(layer)) {
                graph_.tensors[tensor(TensorKind::Inputs, layer)].parts.push_back(
                    tensor(TensorKind::Outputs, producer));
            }
            for (const std::size_t consumer : network_.consumers(layer)) {
                graph_.tensors[tensor(TensorKind::OutputErrors, layer)].parts.push_back(
                    tensor(TensorKind::InputErrors, consumer));
            }
        }
    }

    Operator forward(std::size_t layer) const {
        return forward_operator(network_.layer(layer), batch_, tensor(TensorKind::Inputs, layer),
                                tensor(TensorKind::Weights, layer), tensor(TensorKind::Outputs, layer));
    }

    void add_forward(std::size_t layer) {
        add({layer, Phase::Forward, forward(layer), {}, tensor(TensorKind::Outputs, layer)});
    }

    void add_training(std::size_t layer) {
        const std::size_t errors = tensor(TensorKind::OutputErrors, layer);
        const std::size_t gradients = tensor(TensorKind::WeightGradients, layer);
        const Operator backward =
            forward(layer).transposed(kFeaturesOperand, errors, tensor(TensorKind::InputErrors, layer));
        const Operator gradient = forward(layer).transposed(kWeightsOperand, errors, gradients);
        const Operator update = update_operator(gradient, tensor(TensorKind::Weights, layer),
                                                tensor(TensorKind::OptimizerState, layer), optimizer_words_);
        add({layer, Phase::Backward, backward, errors, {}});
        add({layer, Phase::Gradient, gradient, {}, gradients});
        add({layer, Phase::Update, update, {}, {}});
    }

    void add(StepOperator next) {
        if (std::find(phases_.begin(), phases_.end(), next.phase) == phases_.end()) return;
        const std::size_t number = graph_.operators.size();
        maker_[next.work.result.tensor] = number;
        for (const TensorUse& operand : next.work.operands) last_reader_[operand.tensor] = number;
        graph_.operators.push_back(std::move(next));
    }

    void keep_tensors(std::size_t layer) {
        const auto kept = [&](TensorKind kind) -> std::optional<Lifetime>& {
            return graph_.tensors[tensor(kind, layer)].kept;
        };
        kept(TensorKind::Weights) = Lifetime{};
        if (last_reader_[tensor(TensorKind::OptimizerState, layer)]) kept(TensorKind::OptimizerState) = Lifetime{};
        const std::size_t gradients = tensor(TensorKind::WeightGradients, layer);
        if (maker_[gradients]) {
            kept(TensorKind::WeightGradients) = Lifetime{maker_[gradients], last_reader_[gradients]};
        }
        const std::size_t inputs = tensor(TensorKind::Inputs, layer);
        const std::optional<std::size_t> reader = last_reader_[inputs];
        if (reader && graph_.operators[*reader].phase == Phase::Gradient) {
            kept(TensorKind::Inputs) = Lifetime{first_maker(graph_.tensors[inputs].parts), reader};
        }
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
};

}  // namespace

StepGraph derive_step(const Network& network, const std::vector<Phase>& phases, std::uint64_t batch,
                      std::uint64_t optimizer_words) {
    return Derivation(network, phases, batch, optimizer_words).derive();
}

}  // namespace hypar
