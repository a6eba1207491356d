#include "workloads/step_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/workloads/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;

const std::vector<Phase> kTraining{kPhases.begin(), kPhases.end()};

/// first -> left, right -> joined (of both) -> last, which also reads first.
Network branching() {
    return network_of({2, 4, 4}, {convolution("first", 3, 1), reading(convolution("left", 2, 1), {"first"}),
                                  reading(convolution("right", 5, 3, 1, 1), {"first"}),
                                  reading(convolution("joined", 4, 1), {"left", "right"}),
                                  reading(fully_connected("last", 6), {"joined", "first"})});
}

/// "fc1 backward", with "<" and ">" where a tensor comes in before and goes out after.
std::vector<std::string> describe(const Network& network, const StepGraph& graph) {
    std::vector<std::string> lines;
    for (const StepOperator& part : graph.operators) {
        lines.push_back((part.moved_before ? "<" : "") + network.layer(part.layer).name + " " + name_of(part.phase) +
                        (part.moved_after ? ">" : ""));
    }
    return lines;
}

TEST(StepGraph, GoesForwardAndBackLayerByLayer) {
    const Network network = network_of({2, 4, 4}, {convolution("conv1", 3, 3), fully_connected("fc1", 5)});
    EXPECT_THAT(describe(network, derive_step(network, kTraining, 8, 0)),
                ElementsAre("conv1 forward>", "fc1 forward>", "<fc1 backward", "fc1 gradient>", "fc1 update>",
                            "<conv1 backward", "conv1 gradient>", "conv1 update>"));
    EXPECT_THAT(describe(network, derive_step(network, {Phase::Forward, Phase::Gradient}, 8, 0)),
                ElementsAre("conv1 forward>", "fc1 forward>", "fc1 gradient>", "conv1 gradient>"));
}

TEST(StepGraph, NumbersTensorsByKindAndLayer) {
    const Network network = branching();
    const StepGraph graph = derive_step(network, kTraining, 8, 2);
    for (std::size_t number = 0; number < graph.tensors.size(); ++number) {
        EXPECT_EQ(graph.tensor(graph.tensors[number].kind, graph.tensors[number].layer), number);
    }
    EXPECT_EQ(graph.at(TensorKind::Inputs, 3).parts,
              (std::vector<std::size_t>{graph.tensor(TensorKind::Outputs, 1), graph.tensor(TensorKind::Outputs, 2)}));
    EXPECT_EQ(
        graph.at(TensorKind::OutputErrors, 0).parts,
        (std::vector<std::size_t>{graph.tensor(TensorKind::InputErrors, 1), graph.tensor(TensorKind::InputErrors, 2),
                                  graph.tensor(TensorKind::InputErrors, 4)}));
}

/// Walks through a step with what has been made so far: the network's input, the loss's errors, weights and the
/// optimizer's states are there from the beginning.
TEST(StepGraph, MakesEverythingBeforeItIsReadAndOnce) {
    const StepGraph graph = derive_step(branching(), kTraining, 8, 2);
    std::set<std::size_t> made;
    const auto is_there = [&](std::size_t number) {
        const StepTensor& tensor = graph.tensors[number];
        switch (tensor.kind) {
            case TensorKind::Weights:
            case TensorKind::OptimizerState: return true;
            case TensorKind::Inputs:
            case TensorKind::SecondInputs:
            case TensorKind::OutputErrors:
                return std::all_of(tensor.parts.begin(), tensor.parts.end(),
                                   [&](std::size_t part) { return made.count(part) != 0; });
            default: return made.count(number) != 0;
        }
    };
    std::set<std::pair<std::size_t, Phase>> computed;
    for (const StepOperator& part : graph.operators) {
        for (const TensorUse& operand : part.work.operands) {
            EXPECT_TRUE(is_there(operand.tensor)) << part.layer << " " << name_of(part.phase);
            EXPECT_EQ(graph.tensors[operand.tensor].layer, part.layer);
        }
        EXPECT_TRUE(made.insert(part.work.result.tensor).second);
        const bool adds_errors = graph.tensors[part.work.result.tensor].kind == TensorKind::OutputErrors;
        EXPECT_TRUE(computed.insert({part.layer, part.phase}).second);
        if (adds_errors) computed.erase({part.layer, part.phase});
    }
    EXPECT_EQ(computed.size(), 5U * 4);
}

/// The operators that make a tensor or a part of it, and those that read it.
std::vector<std::size_t> makers_of(const StepGraph& graph, const StepTensor& tensor, std::size_t number) {
    std::vector<std::size_t> makers;
    for (std::size_t index = 0; index < graph.operators.size(); ++index) {
        const std::size_t made = graph.operators[index].work.result.tensor;
        if (made == number || std::count(tensor.parts.begin(), tensor.parts.end(), made) != 0)
            makers.push_back(index);
    }
    return makers;
}

std::vector<std::size_t> readers_of(const StepGraph& graph, std::size_t number) {
    std::vector<std::size_t> readers;
    for (std::size_t index = 0; index < graph.operators.size(); ++index) {
        for (const TensorUse& operand : graph.operators[index].work.operands) {
            if (operand.tensor == number) readers.push_back(index);
        }
    }
    return readers;
}

TEST(StepGraph, KeepsInputsAndGradientsFromWhereTheyAreMadeToWhereTheyAreReadLast) {
    for (const std::vector<Phase>& phases :
         {kTraining, {Phase::Forward, Phase::Gradient}, {Phase::Gradient, Phase::Update}}) {
        const StepGraph graph = derive_step(branching(), phases, 8, 2);
        for (std::size_t number = 0; number < graph.tensors.size(); ++number) {
            const StepTensor& tensor = graph.tensors[number];
            if (tensor.kind != TensorKind::Inputs && tensor.kind != TensorKind::WeightGradients) continue;
            ASSERT_TRUE(tensor.kept);
            const std::vector<std::size_t> makers = makers_of(graph, tensor, number);
            const std::vector<std::size_t> readers = readers_of(graph, number);
            const auto none = std::optional<std::size_t>();
            EXPECT_EQ(tensor.kept->made, makers.empty() ? none : makers.front());
            EXPECT_EQ(tensor.kept->last_read, readers.empty() ? none : readers.back());
        }
    }
}

TEST(StepGraph, KeepsWeightsAndStatesThroughoutAndNothingElse) {
    const auto kinds_kept = [](const std::vector<Phase>& phases) {
        std::set<TensorKind> kinds;
        for (const StepTensor& tensor : derive_step(branching(), phases, 8, 2).tensors) {
            if (!tensor.kept) continue;
            kinds.insert(tensor.kind);
            if (tensor.kind > TensorKind::OptimizerState) continue;
            EXPECT_FALSE(tensor.kept->made);
            EXPECT_FALSE(tensor.kept->last_read);
        }
        return kinds;
    };
    using Kinds = std::set<TensorKind>;
    EXPECT_EQ(kinds_kept({Phase::Forward, Phase::Backward}), (Kinds{TensorKind::Weights}));
    EXPECT_EQ(kinds_kept({Phase::Forward, Phase::Gradient}),
              (Kinds{TensorKind::Weights, TensorKind::WeightGradients, TensorKind::Inputs}));
    EXPECT_EQ(kinds_kept(kTraining), (Kinds{TensorKind::Weights, TensorKind::OptimizerState,
                                            TensorKind::WeightGradients, TensorKind::Inputs}));
}

TEST(StepGraph, OperatorsOfAStepAddUpToTheNetworks) {
    const Network network = branching();
    std::uint64_t operations = 0;
    for (const StepOperator& part : derive_step(network, kTraining, 8, 2).operators) {
        operations += part.work.operations();
    }
    EXPECT_EQ(operations, 3 * 8 * network.macs() + 3 * network.weights());
}

}  // namespace
}  // namespace hypar
