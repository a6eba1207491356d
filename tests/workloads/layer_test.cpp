#include "workloads/layer.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/workloads/support.h"
#include "workloads/phase.h"

namespace hypar {
namespace {

/// The one layer of a network with this input.
Layer layer_on(FeatureShape input, const LayerSpec& spec) { return network_of(input, {spec}).layer(0); }

TEST(FeatureShape, CountsItsElements) {
    const FeatureShape shape{3, 5, 7};
    EXPECT_EQ(shape.plane(), 35U);
    EXPECT_EQ(shape.elements(), 105U);
}

TEST(FeatureShape, Beyond64BitsIsAnError) {
    const std::uint64_t large = std::uint64_t{1} << 32;
    EXPECT_THROW((FeatureShape{1, large, large}.plane()), std::overflow_error);
    EXPECT_THROW((FeatureShape{large, large, 1}.elements()), std::overflow_error);
    EXPECT_EQ((FeatureShape{large - 1, large, 1}.elements()), 0xFFFFFFFF00000000U);
}

TEST(Convolution, RoundsItsOutputDown) {
    // (10 - 3) / 2 + 1 = 4.5; (11 - 3) / 2 + 1 = 5
    EXPECT_EQ(layer_on({1, 10, 11}, convolution("conv", 6, 3, 2)).output, (FeatureShape{6, 4, 5}));
    EXPECT_EQ(layer_on({1, 12, 13}, convolution("conv", 6, 3, 2)).output, (FeatureShape{6, 5, 6}));
}

TEST(Convolution, PadsOnAllFourSides) {
    // 10 + 2 x 1 - 3 + 1 = 10; 11 + 2 x 1 - 3 + 1 = 11
    EXPECT_EQ(layer_on({2, 10, 11}, convolution("conv", 4, 3, 1, 1)).output, (FeatureShape{4, 10, 11}));
    // (10 + 2 x 2 - 3) / 2 + 1 = 6.5; (11 + 2 x 2 - 3) / 2 + 1 = 7
    EXPECT_EQ(layer_on({2, 10, 11}, convolution("conv", 4, 3, 2, 2)).output, (FeatureShape{4, 6, 7}));
}

TEST(Convolution, MayCoverItsWholeInput) {
    EXPECT_EQ(layer_on({2, 5, 6}, convolution("conv", 4, 5)).output, (FeatureShape{4, 1, 2}));
    EXPECT_EQ(layer_on({2, 1, 1}, convolution("conv", 4, 5, 3, 2)).output, (FeatureShape{4, 1, 1}));
}

TEST(Convolution, OfAlexNetGives55Columns) {
    // (227 - 11) / 4 + 1 = 55, pooled 3x3 by 2: (55 - 3) / 2 + 1 = 27
    const Layer layer = layer_on({3, 227, 227}, pooled(convolution("conv1", 48, 11, 4), 3, 2));
    EXPECT_EQ(layer.unpooled_output, (FeatureShape{48, 55, 55}));
    EXPECT_EQ(layer.output, (FeatureShape{48, 27, 27}));
}

TEST(Pooling, RoundsItsOutputDown) {
    const Layer layer = layer_on({1, 7, 8}, pooled(convolution("conv", 3, 1), 2, 2));
    EXPECT_EQ(layer.unpooled_output, (FeatureShape{3, 7, 8}));
    EXPECT_EQ(layer.output, (FeatureShape{3, 3, 4}));
}

TEST(Pooling, WindowsMayOverlap) {
    // (9 - 3) / 1 + 1 = 7; (10 - 3) / 2 + 1 = 4.5
    EXPECT_EQ(layer_on({1, 9, 9}, pooled(convolution("conv", 3, 1), 3, 1)).output, (FeatureShape{3, 7, 7}));
    EXPECT_EQ(layer_on({1, 10, 10}, pooled(convolution("conv", 3, 1), 3, 2)).output, (FeatureShape{3, 4, 4}));
}

TEST(Pooling, WindowsMayLeaveGaps) {
    // (10 - 2) / 3 + 1 = 3.7
    EXPECT_EQ(layer_on({1, 10, 10}, pooled(convolution("conv", 3, 1), 2, 3)).output, (FeatureShape{3, 3, 3}));
}

TEST(FullyConnected, FlattensItsInput) {
    const Layer layer = layer_on({3, 4, 5}, fully_connected("fc", 10));
    EXPECT_EQ(layer.input, (FeatureShape{60, 1, 1}));
    EXPECT_EQ(layer.output, (FeatureShape{10, 1, 1}));
    EXPECT_EQ(layer.unpooled_output, (FeatureShape{10, 1, 1}));
    EXPECT_EQ(layer.weights(), 600U);
    EXPECT_EQ(layer.macs(), 600U);
}

TEST(Weights, OfAConvolutionAreThoseOfItsKernels) {
    // 20 x 6 x 5 x 5, without biases
    EXPECT_EQ(layer_on({6, 9, 9}, convolution("conv", 20, 5, 2, 1)).weights(), 3000U);
}

TEST(Weights, OfGroupsReadTheirOwnInputsAlone) {
    // 20 x (6 / 2) x 5 x 5
    EXPECT_EQ(layer_on({6, 9, 9}, grouped(convolution("conv", 20, 5), 2)).weights(), 1500U);
    EXPECT_EQ(layer_on({6, 9, 9}, grouped(convolution("depthwise", 6, 3), 6)).weights(), 54U);
}

TEST(Macs, AreThoseOfEveryOutputBeforePooling) {
    // 20 x 6 x 5 x 5 weights at 8 x 8 places; pooled to 4 x 4
    EXPECT_EQ(layer_on({6, 12, 12}, convolution("conv", 20, 5)).macs(), 3000U * 64);
    EXPECT_EQ(layer_on({6, 12, 12}, pooled(convolution("conv", 20, 5), 2, 2)).macs(), 3000U * 64);
}

TEST(Macs, OfGroupsAreDividedByThem) {
    // 20 x 3 x 5 x 5 weights at 8 x 8 places
    EXPECT_EQ(layer_on({6, 12, 12}, grouped(convolution("conv", 20, 5), 2)).macs(), 1500U * 64);
}

LayerSpec of_type(const std::string& name, LayerType type) {
    LayerSpec layer;
    layer.name = name;
    layer.type = type;
    return layer;
}

TEST(Kept, AreInputsOrOutputsAsTheKindOfLayerSays) {
    EXPECT_EQ(layer_on({6, 12, 10}, convolution("conv", 20, 5)).kept(), 6U * 12 * 10);
    EXPECT_EQ(layer_on({6, 12, 10}, of_type("relu", LayerType::Relu)).kept(), 6U * 12 * 10);
    LayerSpec pool = of_type("pool", LayerType::Pool);
    pool.pool = Pool{PoolKind::Max, 2, 2};
    EXPECT_EQ(layer_on({6, 12, 10}, pool).kept(), 6U * 6 * 5);
    pool.pool->kind = PoolKind::Average;
    EXPECT_EQ(layer_on({6, 12, 10}, pool).kept(), 0U);
}

TEST(Kept, AreAllInputsThatAreTakenOneByOne) {
    const Network scaled = network_of(
        {6, 4, 4}, {convolution("scales", 6, 4), reading(of_type("scaled", LayerType::Multiply), {"input", "scales"}),
                    reading(of_type("sum", LayerType::Add), {"scaled", "input"})});
    EXPECT_EQ(scaled.layer(1).kept(), 6U * 16 + 6);
    EXPECT_EQ(scaled.layer(2).kept(), 0U);
    const Network square = network_of(
        {6, 4, 4}, {convolution("conv", 6, 1), reading(of_type("square", LayerType::Multiply), {"input", "conv"})});
    EXPECT_EQ(square.layer(1).kept(), 2U * 6 * 16);
}

TEST(Phases, AreNamedInTheirOrder) {
    EXPECT_STREQ(name_of(kPhases[0]), "forward");
    EXPECT_STREQ(name_of(kPhases[1]), "backward");
    EXPECT_STREQ(name_of(kPhases[2]), "gradient");
    EXPECT_STREQ(name_of(kPhases[3]), "update");
}

}  // namespace
}  // namespace hypar
