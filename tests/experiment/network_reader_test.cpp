#include "experiment/network_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/names.h"
#include "experiment/experiment.h"
#include "tests/experiment/support.h"

namespace hypar {
namespace {

const char* const kNetwork =
    "name: small\n"
    "source: nowhere\n"
    "input: {channels: 1, height: 28, width: 20}\n"
    "layers:\n"
    "  - {name: conv1, type: conv, out_channels: 6, kernel: 5, stride: 2, padding: 2, pool: {kind: max, size: 2}}\n"
    "  - {name: conv2, type: conv, out_channels: 8, kernel: 3, groups: 2, pool: {kind: average, size: 3, stride: "
    "1}}\n"
    "  - {name: fc1, type: fc, out_features: 10}\n";

Network read(const std::string& text) {
    const TemporaryFolder folder;
    return load_network(folder.write("net.yaml", text));
}

std::string mistake_in(const std::string& text) {
    return message_of([&] { read(text); });
}

/// The mistake of kNetwork with `from` replaced by `to`.
std::string mistake_with(const std::string& from, const std::string& to) {
    return mistake_in(replaced(kNetwork, from, to));
}

TEST(NetworkFile, GivesEveryValueOfALayer) {
    const Network network = read(kNetwork);
    EXPECT_EQ(network.name(), "small");
    EXPECT_EQ(network.source(), "nowhere");
    EXPECT_EQ(network.input(), (FeatureShape{1, 28, 20}));
    ASSERT_EQ(network.size(), 3U);

    const Layer& first = network.layer(0);
    EXPECT_EQ(first.name, "conv1");
    EXPECT_EQ(first.type, LayerType::Convolution);
    EXPECT_EQ(first.kernel, 5U);
    EXPECT_EQ(first.stride, 2U);
    EXPECT_EQ(first.padding, 2U);
    EXPECT_EQ(first.groups, 1U);
    EXPECT_EQ(first.unpooled_output, (FeatureShape{6, 14, 10}));  // (28 + 2 x 2 - 5) / 2 + 1
    EXPECT_EQ(first.output, (FeatureShape{6, 7, 5}));
    EXPECT_EQ(first.pool->kind, PoolKind::Max);
    EXPECT_EQ(first.pool->stride, 2U);  // its size

    const Layer& second = network.layer(1);
    EXPECT_EQ(second.stride, 1U);
    EXPECT_EQ(second.padding, 0U);
    EXPECT_EQ(second.groups, 2U);
    EXPECT_EQ(second.pool->kind, PoolKind::Average);
    EXPECT_EQ(second.pool->stride, 1U);
    EXPECT_EQ(network.layer(2).type, LayerType::FullyConnected);
    EXPECT_EQ(network.layer(2).output, (FeatureShape{10, 1, 1}));
}

TEST(NetworkFile, JoinsBranchesByTheirInputs) {
    const Network network = read(
        "name: branches\n"
        "input: {channels: 3, height: 8, width: 8}\n"
        "layers:\n"
        "  - {name: left, type: conv, out_channels: 4, kernel: 3, padding: 1}\n"
        "  - {name: right, type: conv, out_channels: 5, kernel: 1, inputs: [input]}\n"
        "  - {name: join, type: fc, out_features: 2, inputs: [left, right]}\n");
    EXPECT_THAT(network.producers(2), testing::ElementsAre(0, 1));
    EXPECT_EQ(network.layer(2).input.channels, 9U * 64U);
}

TEST(NetworkFile, WithAnUnknownKeyIsRefused) {
    EXPECT_EQ(mistake_with("layers:", "lyers:"),
              "net.yaml:4:1: unknown key \"lyers\"; known: name, source, parameters, input, layers "
              "(did you mean \"layers\"?)");
    EXPECT_EQ(mistake_with("channels: 1", "channel: 1"),
              "net.yaml:3:9: input: unknown key \"channel\"; known: channels, height, width "
              "(did you mean \"channels\"?)");
    EXPECT_EQ(mistake_with("kind: max", "knd: max"),
              "net.yaml:5:89: layers.0.pool: unknown key \"knd\"; known: kind, size, stride, padding, rounding, "
              "global (did you mean \"kind\"?)");
}

TEST(NetworkFile, WithAKeyOfTheOtherTypeOfLayerIsRefused) {
    EXPECT_EQ(mistake_with("out_features: 10", "out_features: 10, kernel: 3"),
              "net.yaml:7:45: layers.2: unknown key \"kernel\"; known: name, type, out_features, bias, weights, "
              "inputs");
    EXPECT_EQ(
        mistake_with("kernel: 5", "out_features: 5"),
        "net.yaml:5:48: layers.0: unknown key \"out_features\"; known: name, type, out_channels, kernel, stride, "
        "padding, dilation, groups, bias, pool, weights, inputs");
}

TEST(NetworkFile, WithAMissingKeyIsRefused) {
    EXPECT_EQ(mistake_with("kernel: 5, ", ""), "net.yaml:5:5: layers.0: missing key \"kernel\"; expected an integer");
    EXPECT_EQ(mistake_with("name: small\n", ""), "net.yaml:1:1: missing key \"name\"; expected the network's name");
    EXPECT_EQ(mistake_with("name: conv1, ", ""),
              "net.yaml:5:5: layers.0: missing key \"name\"; expected the layer's name");
    EXPECT_EQ(mistake_with("type: fc, ", ""),
              "net.yaml:7:5: layers.2: missing key \"type\"; expected a kind of layer, such as "
              "conv or fc");
    EXPECT_EQ(mistake_with(", width: 20", ""), "net.yaml:3:8: input: missing key \"width\"; expected an integer");
    EXPECT_EQ(mistake_with("kind: max, ", ""),
              "net.yaml:5:88: layers.0.pool: missing key \"kind\"; expected max or average");
}

TEST(NetworkFile, WithAnImpossibleValueIsRefused) {
    EXPECT_EQ(mistake_with("channels: 1", "channels: 0"),
              "net.yaml:3:19: input.channels: expected an integer of at least 1, not 0");
    EXPECT_EQ(mistake_with("type: fc", "type: dense"),
              "net.yaml:7:23: layers.2.type: unknown value \"dense\"; known: " + comma_separated(layer_kind_names()));
    EXPECT_EQ(mistake_with("kind: max", "kind: maximum"),
              "net.yaml:5:95: layers.0.pool.kind: unknown value \"maximum\"; known: max, average");
    EXPECT_EQ(mistake_with("stride: 2", "stride: 0"),
              "net.yaml:5:67: layers.0.stride: expected an integer of at least 1, not 0");
    EXPECT_EQ(
        mistake_with("name: conv1", "name: \"conv\\n1\""),
        "net.yaml:5:12: layers.0.name: expected a text without line breaks and control characters, not the text "
        "\"conv\\x0A1\"");
    EXPECT_EQ(mistake_in("name: none\ninput: {channels: 1, height: 1, width: 1}\nlayers: []\n"),
              "net.yaml:3:9: layers: a network needs at least one layer");
    EXPECT_EQ(mistake_in("name: none\ninput: {channels: 1, height: 1, width: 1}\nlayers: fc\n"),
              "net.yaml:3:9: layers: expected a list of layers, not \"fc\"");
}

TEST(NetworkFile, WithLayersThatDoNotFitIsRefusedInTheirPlaces) {
    EXPECT_EQ(mistake_with("kernel: 3", "kernel: 8"),
              "net.yaml:6:56: layers.1.kernel: the 8x8 kernel of conv2 is larger than its 7x5 input with padding 0");
    EXPECT_EQ(
        mistake_with("kind: max, size: 2", "kind: max, size: 20"),
        "net.yaml:5:106: layers.0.pool.size: the 20x20 pooling window of conv1 is larger than its 14x10 feature "
        "maps");
    EXPECT_EQ(mistake_with("groups: 2", "groups: 4"),
              "net.yaml:6:67: layers.1.groups: 4 groups do not divide 6 input and 8 output channels");
    EXPECT_EQ(mistake_with("name: fc1", "name: conv2"),
              "net.yaml:7:12: layers.2.name: a second layer is named \"conv2\"");
    EXPECT_EQ(mistake_with("out_features: 10", "out_features: 10, inputs: [conv1, conv3]"),
              "net.yaml:7:61: layers.2.inputs.1: unknown layer above \"conv3\"; known: input, conv1, conv2");
    EXPECT_EQ(mistake_with("out_features: 10", "out_features: 10, inputs: conv1"),
              "net.yaml:7:53: layers.2.inputs: expected a list of layers' names, not \"conv1\"");
}

TEST(NetworkFile, BeyondSixtyFourBitsIsRefused) {
    const std::string layer = ", type: fc, out_features: 2147483647}\n";
    EXPECT_EQ(mistake_in("name: huge\ninput: {channels: 2147483647, height: 2147483647, width: 2147483647}\nlayers:\n"
                         "  - {name: fc1" +
                         layer),
              "net.yaml:4:5: layers.0: the sizes of layer fc1 exceed 64 bits");
    std::string chain = "name: huge\ninput: {channels: 2147483647, height: 1, width: 1}\nlayers:\n";
    for (const char* name : {"fc1", "fc2", "fc3", "fc4", "fc5"}) chain += std::string("  - {name: ") + name + layer;
    EXPECT_EQ(mistake_in(chain), "net.yaml:4:3: layers: the sizes of all layers together exceed 64 bits");
}

TEST(NetworkFile, HasABoundedNumberOfLayers) {
    std::string text = "name: long\ninput: {channels: 1, height: 1, width: 1}\nlayers:\n";
    for (int layer = 0; layer < 4096; ++layer) {
        text += "  - {name: fc" + std::to_string(layer) + ", type: fc, out_features: 1}\n";
    }
    EXPECT_EQ(read(text).size(), 4096U);
    EXPECT_EQ(mistake_in(text + "  - {name: more, type: fc, out_features: 1}\n"),
              "net.yaml:4:3: layers: expected at most 4096 layers");
}

}  // namespace
}  // namespace hypar
