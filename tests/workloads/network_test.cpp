#include "workloads/network.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workloads/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Mistake = std::pair<std::string, std::string>;

TEST(Network, IsAChainByDefault) {
    const Network network = network_of(
        {1, 28, 28}, {convolution("conv1", 20, 5), fully_connected("fc1", 50), fully_connected("fc2", 10)});
    EXPECT_THAT(network.producers(0), IsEmpty());
    EXPECT_THAT(network.consumers(0), ElementsAre(1));
    EXPECT_THAT(network.producers(1), ElementsAre(0));
    EXPECT_THAT(network.producers(2), ElementsAre(1));
    EXPECT_THAT(network.consumers(2), IsEmpty());
}

TEST(Network, HandsTheShapesOn) {
    // LeNet: 28 - 5 + 1 = 24, halved 12, 12 - 5 + 1 = 8, halved 4; 50 x 4 x 4 = 800 features
    const Network network =
        network_of({1, 28, 28}, {pooled(convolution("conv1", 20, 5), 2, 2), pooled(convolution("conv2", 50, 5), 2, 2),
                                 fully_connected("fc1", 500), fully_connected("fc2", 10)});
    EXPECT_EQ(network.layer(1).input, (FeatureShape{20, 12, 12}));
    EXPECT_EQ(network.layer(1).unpooled_output, (FeatureShape{50, 8, 8}));
    EXPECT_EQ(network.layer(2).input, (FeatureShape{800, 1, 1}));
    // 20 x 25 + 50 x 20 x 25 + 500 x 800 + 10 x 500
    EXPECT_EQ(network.weights(), 500U + 25000 + 400000 + 5000);
    // 500 x 24 x 24 + 25000 x 8 x 8 + 400000 + 5000
    EXPECT_EQ(network.macs(), 288000U + 1600000 + 405000);
}

TEST(Network, ConcatenatesTheChannelsOfItsInputs) {
    const Network network = network_of({3, 8, 8}, {convolution("stem", 4, 3, 1, 1), convolution("narrow", 5, 1),
                                                   reading(convolution("wide", 7, 3, 1, 1), {"stem"}),
                                                   reading(convolution("join", 6, 1), {"wide", "narrow"})});
    EXPECT_EQ(network.layer(3).input, (FeatureShape{12, 8, 8}));
    EXPECT_EQ(network.layer(3).weights(), 72U);
    EXPECT_THAT(network.producers(3), ElementsAre(2, 1));
    EXPECT_THAT(network.consumers(0), ElementsAre(1, 2));
    EXPECT_THAT(network.consumers(1), ElementsAre(3));
}

TEST(Network, CountsSharedWeightsAndTheirBiasesOnce) {
    LayerSpec again = fully_connected("again", 8);
    again.weights_of = "first";
    const Network shared = network_of({8, 1, 1}, {fully_connected("first", 8), again});
    EXPECT_EQ(shared.weights(), 64U);
    EXPECT_EQ(shared.parameters(), 64U + 8);
    EXPECT_EQ(shared.parameters(0), 64U + 8);
    EXPECT_EQ(shared.parameters(1), 0U);
}

TEST(Network, CountsABiasThatTheSharedTableDoesNotHave) {
    LayerSpec table;
    table.name = "table";
    table.type = LayerType::Embedding;
    table.vocabulary = 100;
    table.out_channels = 8;
    LayerSpec head = fully_connected("head", 100);
    head.weights_of = "table";
    EXPECT_EQ(network_of(FeatureShape::sequence(4, 1), {table, head}).parameters(), 800U + 100);
    head.has_bias = false;
    EXPECT_EQ(network_of(FeatureShape::sequence(4, 1), {table, head}).parameters(), 800U);
}

TEST(Network, MayReadItsOwnInputAgainFurtherDown) {
    const Network network = network_of(
        {3, 8, 8}, {convolution("conv1", 4, 3, 1, 1), reading(convolution("conv2", 6, 3), {"conv1", "input"})});
    EXPECT_EQ(network.layer(1).input, (FeatureShape{7, 8, 8}));
    EXPECT_THAT(network.producers(1), ElementsAre(0));
    EXPECT_TRUE(network.reads_input(0));
    EXPECT_TRUE(network.reads_input(1));
}

TEST(Network, MayHaveBranchesFromItsInput) {
    const Network network =
        network_of({3, 8, 8}, {convolution("left", 4, 3), reading(convolution("right", 5, 3), {"input"}),
                               reading(fully_connected("fc", 10), {"left", "right"})});
    EXPECT_THAT(network.producers(1), IsEmpty());
    EXPECT_THAT(network.producers(2), ElementsAre(0, 1));
    EXPECT_FALSE(network.reads_input(2));
    EXPECT_EQ(network.layer(2).input, (FeatureShape{9 * 6 * 6, 1, 1}));
}

TEST(Network, KeepsItsNameAndSource) {
    const Network network(NetworkSpec{"lenet", "a paper", {1, 28, 28}, {fully_connected("fc", 10)}});
    EXPECT_EQ(network.name(), "lenet");
    EXPECT_EQ(network.source(), "a paper");
    EXPECT_EQ(network.input(), (FeatureShape{1, 28, 28}));
    EXPECT_EQ(network.size(), 1U);
}

TEST(Network, WithoutLayersIsRefused) {
    EXPECT_EQ(mistake({1, 28, 28}, {}), (Mistake{"layers", "a network needs at least one layer"}));
}

TEST(Network, WithAKernelLargerThanItsPaddedInputIsRefused) {
    EXPECT_EQ(mistake({1, 6, 8}, {convolution("conv1", 4, 3, 1, 1), convolution("conv2", 4, 9, 1, 1)}),
              (Mistake{"layers.1.kernel", "the 9x9 kernel of conv2 is larger than its 6x8 input with padding 1"}));
    EXPECT_EQ(mistake({1, 6, 8}, {convolution("conv1", 4, 8, 1, 1)}), Mistake());  // 6 + 2 x 1 = 8
    EXPECT_EQ(mistake({1, 8, 6}, {convolution("conv1", 4, 9, 1, 1)}).first, "layers.0.kernel");
}

TEST(Network, WithAPoolingWindowLargerThanItsFeatureMapsIsRefused) {
    EXPECT_EQ(mistake({1, 6, 8}, {pooled(convolution("conv1", 4, 3), 5, 1)}),
              (Mistake{"layers.0.pool.size", "the 5x5 pooling window of conv1 is larger than its 4x6 feature maps"}));
    EXPECT_EQ(mistake({1, 6, 8}, {pooled(convolution("conv1", 4, 3), 4, 1)}), Mistake());
}

TEST(Network, WithGroupsThatDoNotDivideTheChannelsIsRefused) {
    EXPECT_EQ(mistake({4, 8, 8}, {grouped(convolution("conv1", 6, 3), 4)}),
              (Mistake{"layers.0.groups", "4 groups do not divide 4 input and 6 output channels"}));
    EXPECT_EQ(mistake({4, 8, 8}, {grouped(convolution("conv1", 6, 3), 3)}),
              (Mistake{"layers.0.groups", "3 groups do not divide 4 input and 6 output channels"}));
    EXPECT_EQ(mistake({4, 8, 8}, {grouped(convolution("conv1", 6, 3), 2)}), Mistake());
}

TEST(Network, WithTwoLayersOfOneNameIsRefused) {
    EXPECT_EQ(mistake({4, 8, 8}, {convolution("conv", 4, 3), fully_connected("fc", 5), convolution("conv", 4, 3)}),
              (Mistake{"layers.2.name", "a second layer is named \"conv\""}));
}

TEST(Network, WithALayerNamedInputIsRefused) {
    EXPECT_EQ(mistake({4, 8, 8}, {convolution("input", 4, 3)}),
              (Mistake{"layers.0.name", "\"input\" is the name of the network's own input"}));
}

TEST(Network, WithAnUnknownInputIsRefused) {
    EXPECT_EQ(
        mistake({4, 8, 8}, {convolution("conv1", 4, 3), reading(convolution("conv2", 4, 3), {"input", "cnov1"})}),
        (Mistake{"layers.1.inputs.1",
                 "unknown layer above \"cnov1\"; known: input, conv1 (did you mean \"conv1\"?)"}));
}

TEST(Network, WithAnInputFromBelowIsRefused) {
    const Mistake below =
        mistake({4, 8, 8}, {reading(convolution("conv1", 4, 3), {"conv2"}), convolution("conv2", 4, 3)});
    EXPECT_EQ(below, (Mistake{"layers.0.inputs.0", "unknown layer above \"conv2\"; known: input"}));
    const Mistake itself = mistake({4, 8, 8}, {reading(convolution("conv1", 4, 3), {"conv1"})});
    EXPECT_EQ(itself.first, "layers.0.inputs.0");
}

TEST(Network, WithAnEmptyListOfInputsIsRefused) {
    EXPECT_EQ(mistake({4, 8, 8}, {convolution("conv1", 4, 3), reading(convolution("conv2", 4, 3), {})}),
              (Mistake{"layers.1.inputs", "expected at least one layer's name"}));
}

TEST(Network, WithAnInputNamedTwiceIsRefused) {
    EXPECT_EQ(
        mistake({4, 8, 8}, {convolution("conv1", 4, 3), reading(convolution("conv2", 4, 3), {"conv1", "conv1"})}),
        (Mistake{"layers.1.inputs.0", "\"conv1\" is named twice"}));
}

TEST(Network, WithInputsOfDifferentSizesIsRefused) {
    const std::vector<LayerSpec> wider = {convolution("conv1", 4, 1), reading(convolution("conv2", 4, 3), {"input"}),
                                          reading(convolution("conv3", 4, 1), {"conv1", "conv2"})};
    EXPECT_EQ(mistake({4, 8, 9}, wider), (Mistake{"layers.2.inputs.1", "its 6x7 feature maps do not join 8x9 ones"}));
}

TEST(Network, WithInputsThatDifferInHeightOrWidthAloneIsRefused) {
    // A 3x3 kernel with padding 1 over 8x1: 8x1 at stride 1; at stride 3 (8 + 2 - 3) / 3 + 1 = 3.3 by 1.
    const std::vector<LayerSpec> layers = {convolution("conv1", 4, 3, 1, 1),
                                           reading(convolution("conv2", 4, 3, 3, 1), {"input"}),
                                           reading(convolution("conv3", 4, 1), {"conv1", "conv2"})};
    EXPECT_EQ(mistake({4, 8, 1}, layers),
              (Mistake{"layers.2.inputs.1", "its 3x1 feature maps do not join 8x1 ones"}));
    EXPECT_EQ(mistake({4, 1, 8}, layers),
              (Mistake{"layers.2.inputs.1", "its 1x3 feature maps do not join 1x8 ones"}));
}

TEST(Network, WithALayerBeyond64BitsIsRefused) {
    const std::uint64_t large = (std::uint64_t{1} << 31) - 1;
    EXPECT_EQ(mistake({1, 1, 1}, {fully_connected("fc1", large), fully_connected("fc2", large)}), Mistake());
    // 2^31 x 2^31 x 3 x 3 weights
    EXPECT_EQ(mistake({large, 3, 3}, {convolution("conv1", 1, 3), convolution("conv2", large, 1),
                                      convolution("conv3", large, 3, 1, 1)}),
              (Mistake{"layers.2", "the sizes of layer conv3 exceed 64 bits"}));
    EXPECT_EQ(mistake({large, 3, 1}, {fully_connected("fc1", large)}), Mistake());  // 3 x 2^62 < 2^64
    EXPECT_EQ(mistake({large, 5, 1}, {fully_connected("fc1", large)}).first, "layers.0");
}

TEST(Network, WithAnInputBeyond64BitsIsRefused) {
    const std::uint64_t large = (std::uint64_t{1} << 31) - 1;
    // One output of 2^31 weights, but (2^31 - 1)^3 inputs.
    EXPECT_EQ(mistake({large, large, large}, {convolution("conv1", 1, 1, large)}),
              (Mistake{"layers.0", "the sizes of layer conv1 exceed 64 bits"}));
    EXPECT_EQ(mistake({large, large, large}, {fully_connected("fc1", 1)}).first, "layers.0");
}

LayerSpec product_of(const std::string& name, const std::string& first, const std::string& second,
                     std::uint64_t heads, std::uint64_t kv_heads) {
    LayerSpec layer = reading(fully_connected(name, 0), {first, second});
    layer.type = LayerType::Product;
    layer.heads = heads;
    layer.kv_heads = kv_heads;
    layer.has_transposed = true;
    return layer;
}

LayerSpec sum_of(const std::string& name, const std::string& first, const std::string& second) {
    LayerSpec layer = reading(fully_connected(name, 0), {first, second});
    layer.type = LayerType::Add;
    return layer;
}

// 4 heads of 3 channels are read of "a", and so is "a" divided, the sum of it and "b", "b" itself, and what "b" and
// "c" are summed up to.
TEST(ChannelUnits, ReachWhateverIsDividedAsWhatHeadsAreReadOf) {
    const auto projection = [](const std::string& name) { return reading(fully_connected(name, 12), {"input"}); };
    const Network network =
        network_of(FeatureShape::sequence(5, 7),
                   {projection("a"), projection("b"), projection("c"), projection("keys"), sum_of("a + b", "a", "b"),
                    sum_of("b + c", "b", "c"), product_of("scores", "a", "keys", 4, 4)});
    for (std::size_t layer = 0; layer < 6; ++layer) EXPECT_EQ(network.layer(layer).channel_unit, 3U) << layer;
    EXPECT_EQ(network.layer(6).channel_unit, 5U);  // 4 heads of 5 keys
}

// Of 6 heads by 2 or by 3 no part has whole ones: nothing of it can be divided.
TEST(ChannelUnits, OfProductsThatShareAnInputAreThoseOfBoth) {
    const auto projection = [](const std::string& name, std::uint64_t features) {
        return reading(fully_connected(name, features), {"input"});
    };
    const Network network = network_of(FeatureShape::sequence(5, 7),
                                       {projection("a", 12), projection("b", 4), projection("c", 6),
                                        product_of("ab", "a", "b", 6, 2), product_of("ac", "a", "c", 6, 3)});
    EXPECT_EQ(network.layer(0).channel_unit, 12U);
    EXPECT_EQ(network.layer(1).channel_unit, 4U);
    EXPECT_EQ(network.layer(2).channel_unit, 6U);
    EXPECT_EQ(network.layer(3).channel_unit, 30U);
    EXPECT_EQ(network.layer(4).channel_unit, 30U);
}

// Statistics of its rows are summed up where channels are divided, as those of norms.
TEST(ChannelUnits, OfASoftmaxWithoutHeadsAreSingleChannels) {
    LayerSpec softmax = fully_connected("softmax", 0);
    softmax.type = LayerType::Softmax;
    EXPECT_EQ(network_of({12, 1, 1}, {softmax}).layer(0).channel_unit, 1U);
    softmax.heads = 3;
    EXPECT_EQ(network_of({12, 1, 1}, {softmax}).layer(0).channel_unit, 4U);
}

}  // namespace
}  // namespace hypar
