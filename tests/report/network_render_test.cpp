#include "report/network_render.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiment/experiment.h"

namespace hypar {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

LayerSpec layer_of(const std::string& name, LayerType type, std::vector<std::string> inputs = {}) {
    LayerSpec layer;
    layer.name = name;
    layer.type = type;
    if (!inputs.empty()) layer.inputs = std::move(inputs);
    return layer;
}

/// Four tokens of a vocabulary of ten, eight features: a residual layer, and a head that shares the table.
Network small() {
    LayerSpec table = layer_of("table", LayerType::Embedding);
    table.vocabulary = 10;
    table.out_channels = 8;
    LayerSpec up = layer_of("block1.fc", LayerType::FullyConnected);
    up.out_channels = 8;
    LayerSpec head = layer_of("head", LayerType::FullyConnected);
    head.out_channels = 10;
    head.has_bias = false;
    head.weights_of = "table";
    return Network({"small",
                    "an example",
                    FeatureShape::sequence(4, 1),
                    {table, layer_of("block1.norm", LayerType::LayerNorm), up,
                     layer_of("block1.add", LayerType::Add, {"block1.fc", "block1.norm"}), head}});
}

TEST(NetworkText, HasALineForEachLayerAndTheirSum) {
    const std::string text = network_text(small());
    // 80 of the table, 16 of the norm, 64 + 8 of the fully connected layer; 4 (64 + 80) multiply-accumulates
    EXPECT_THAT(text, StartsWith("small: 5 layers, 168 parameters, 576 MACs a sample\n"
                                 "an example\ninput 4x1\n"));
    EXPECT_THAT(text, HasSubstr("\n  layer                   kind        output  weights  MACs  kept\n"));
    EXPECT_THAT(text, HasSubstr("\n  table                   embedding   4x8          80     -     4\n"));
    EXPECT_THAT(text, HasSubstr("\n  block1.norm             layer-norm  4x8           -     -    32\n"));
    EXPECT_THAT(text, HasSubstr("\n  block1.fc               fc          4x8          64   256    32\n"));
    EXPECT_THAT(text, HasSubstr("\n  block1.add of fc, norm  add         4x8           -     -     -\n"));
    EXPECT_THAT(text, HasSubstr("\n  head                    fc          4x10       (80)   320    32\n"));
    EXPECT_THAT(text, HasSubstr("\n  all                                             144   576   100\n"));
}

TEST(NetworkText, FitsItsLinesWhateverTheNetwork) {
    for (const char* name : {"densenet-121", "gpt2", "inception-v3", "lstm", "resnet-50", "unet", "vgg-a"}) {
        const Network network = load_network(name);
        for (const std::size_t columns : {std::size_t{80}, std::size_t{120}}) {
            std::istringstream lines(network_text(network, {columns, false}));
            for (std::string line; std::getline(lines, line);) EXPECT_LE(width_of(line), columns) << line;
        }
    }
}

TEST(NetworkText, NamesAFewInputsAndCountsMore) {
    const std::string text = network_text(load_network("densenet-121"), {120, false});
    EXPECT_THAT(text, HasSubstr("  dense1_2.bn1 of pool1, dense1_1.conv2  "));
    EXPECT_THAT(text, HasSubstr("  dense1_6.bn1 of pool1 and 5 more  "));
}

TEST(NetworkJson, HasWhatTheTextHas) {
    const json report = json::parse(network_json(small()));
    EXPECT_EQ(report["network"], "small");
    EXPECT_EQ(report["source"], "an example");
    EXPECT_EQ(report["input"], (json{{"tokens", 4}, {"features", 1}}));
    EXPECT_EQ(report["parameters"], 168);
    EXPECT_EQ(report["weights"], 144);
    EXPECT_EQ(report["macs"], 576);
    EXPECT_EQ(report["kept"], 100);
    const json& operators = report["operators"];
    ASSERT_EQ(operators.size(), 5U);
    EXPECT_EQ(operators[0]["inputs"], json({"input"}));
    EXPECT_EQ(operators[1], (json{{"name", "block1.norm"},
                                  {"kind", "layer-norm"},
                                  {"inputs", {"table"}},
                                  {"output", {{"tokens", 4}, {"features", 8}}},
                                  {"weights", 0},
                                  {"parameters", 16},
                                  {"macs", 0},
                                  {"kept", 32}}));
    EXPECT_EQ(operators[3]["inputs"], json({"block1.fc", "block1.norm"}));
    EXPECT_EQ(operators[4]["weights_of"], "table");
    EXPECT_EQ(operators[4]["weights"], 80);
    EXPECT_EQ(operators[4]["parameters"], 0);
}

TEST(NetworkJson, HasMapsAndTheNetworksInputAmongOthers) {
    LayerSpec conv = layer_of("conv", LayerType::Convolution);
    conv.out_channels = 3;
    const Network network({"maps", "", {3, 5, 7}, {conv, layer_of("sum", LayerType::Add, {"conv", "input"})}});
    const json report = json::parse(network_json(network));
    EXPECT_EQ(report["operators"][1]["inputs"], json({"input", "conv"}));
    EXPECT_EQ(report["operators"][1]["output"], (json{{"channels", 3}, {"height", 5}, {"width", 7}}));
    EXPECT_THAT(network_text(network), Not(HasSubstr("\n\n\n")));
}

}  // namespace
}  // namespace hypar
