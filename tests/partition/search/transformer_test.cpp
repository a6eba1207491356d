// Plans of a block of GPT-3 (Brown et al., 2020, table 2.1): 96 heads of 128 features, 2,048 tokens.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "partition/search/plan_cost.h"
#include "partition/search/plan_space.h"
#include "partition/search/strategy.h"
#include "tests/partition/support.h"

namespace hypar {
namespace {

constexpr std::uint64_t kHidden = 12288;
constexpr std::uint64_t kTokens = 2048;
constexpr std::uint64_t kHeads = 96;
const StepShape kStep{4, 2};
const Levels kLevels = Levels::halving(3);

LayerSpec layer_of(LayerType type, const std::string& name, std::vector<std::string> inputs) {
    LayerSpec layer;
    layer.name = name;
    layer.type = type;
    layer.inputs = std::move(inputs);
    return layer;
}

LayerSpec projection(const std::string& name, const std::string& input, std::uint64_t features) {
    return reading(fully_connected(name, features), {input});
}

LayerSpec in_heads(LayerSpec layer, bool has_transposed = false) {
    layer.heads = kHeads;
    layer.has_transposed = has_transposed;
    return layer;
}

Network block() {
    return network_of(
        FeatureShape::sequence(kTokens, kHidden),
        {layer_of(LayerType::LayerNorm, "norm", {"input"}), projection("q", "norm", kHidden),
         projection("k", "norm", kHidden), projection("v", "norm", kHidden),
         in_heads(layer_of(LayerType::Product, "scores", {"q", "k"}), true),
         in_heads(layer_of(LayerType::Softmax, "softmax", {"scores"})),
         in_heads(layer_of(LayerType::Product, "context", {"softmax", "v"})), projection("proj", "context", kHidden),
         layer_of(LayerType::Add, "sum", {"input", "proj"}), layer_of(LayerType::LayerNorm, "norm of sum", {"sum"}),
         projection("up", "norm of sum", 4 * kHidden), layer_of(LayerType::Gelu, "gelu", {"up"}),
         projection("down", "gelu", kHidden), layer_of(LayerType::Add, "end", {"sum", "down"})});
}

// In the order of the layers.
const std::string kDataLevel = "00000000000000";
const std::string kTensorLevel = "02224141002110";    // norms and sums by samples
const std::string kSequenceLevel = "32224141332113";  // or by rows

std::uint64_t bytes_of(const Network& network, const Plan& plan) {
    const PlanCost cost(network, kStep, kLevels);
    return static_cast<std::uint64_t>(cost.elements(cost.of(plan).whole)) * kStep.element_bytes;
}

// F of 4 x 2,048 x 12,288 elements is scattered and gathered twice forward, its error twice backward, each 8 - 1
// times; and all have the gradients of two norms, of 2 x 12,288 elements, to add up.
TEST(Transformer, TensorParallelismAloneReducesAllFourTimes) {
    const Network network = block();
    const Plan plan = Plan::from_strings({kSequenceLevel, kSequenceLevel, kSequenceLevel}, network.size());
    const std::uint64_t features = 4 * kTokens * kHidden;
    EXPECT_EQ(bytes_of(network, plan), (4 * 14 * features + 2 * 14 * 2 * kHidden) * 2);  // 11.28 GB
}

TEST(Transformer, OptimalIsNeverAboveGridsOfDataAndTensorParallelism) {
    const Network network = block();
    PlanSpace space(network, kStep, kLevels);
    space.restrict_to(with_heads(kAllSplits, network));
    const std::uint64_t least = bytes_of(network, plan_optimal(space).plan);
    const std::vector<std::string> kinds = {kDataLevel, kTensorLevel, kSequenceLevel};
    for (const std::string& first : kinds) {
        for (const std::string& second : kinds) {
            for (const std::string& third : kinds) {
                const Plan grid = Plan::from_strings({first, second, third}, network.size());
                ASSERT_TRUE(space.contains(grid));
                EXPECT_LE(least, bytes_of(network, grid)) << first << " " << second << " " << third;
            }
        }
    }
}

}  // namespace
}  // namespace hypar
