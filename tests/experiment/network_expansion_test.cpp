#include "experiment/network_expansion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/experiment.h"
#include "tests/experiment/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const char* const kNetwork =
    "name: small\n"
    "parameters: {tokens: 6, hidden: 8, blocks: 2}\n"
    "input: {tokens: tokens}\n"
    "layers:\n"
    "  - {name: words, type: embedding, vocabulary: 10, features: hidden}\n"
    "  - repeat: blocks\n"
    "    name: block\n"
    "    layers:\n"
    "      - {name: up, type: fc, out_features: hidden}\n"
    "      - {name: down, type: fc, out_features: hidden, weights: up}\n"
    "      - {name: add, type: add, inputs: [down, input]}\n"
    "  - {name: head, type: fc, out_features: 10, bias: false, inputs: [add, block1.add], weights: words}\n";

Network read(const std::string& text) {
    const TemporaryFolder folder;
    return load_network(folder.write("net.yaml", text));
}

std::string mistake_with(const std::string& from, const std::string& to) {
    return message_of([&] { read(replaced(kNetwork, from, to)); });
}

const std::string kHead = "inputs: [add, block1.add], weights: words";

Network small() { return read(replaced(kNetwork, kHead, "weights: words")); }

TEST(NetworkExpansion, NamesTheLayersOfEveryRepetition) {
    EXPECT_THAT(small().layer_names(), ElementsAre("words", "block1.up", "block1.down", "block1.add", "block2.up",
                                                   "block2.down", "block2.add", "head"));
}

TEST(NetworkExpansion, PutsNumbersWhereParametersAreNamed) {
    EXPECT_EQ(small().input(), FeatureShape::sequence(6, 1));
    EXPECT_EQ(small().layer(1).output, FeatureShape::sequence(6, 8));
    EXPECT_EQ(read(replaced(replaced(kNetwork, kHead, "weights: words"), "blocks: 2", "blocks: 5")).size(),
              2U + 5 * 3);
}

TEST(NetworkExpansion, MeansLayersOfTheSameRepetitionAndWithInputWhatStandsBefore) {
    const Network network = small();
    EXPECT_THAT(network.producers(3), ElementsAre(2, 0));
    EXPECT_THAT(network.producers(6), ElementsAre(5, 3));
    EXPECT_EQ(network.weights_of(5), 4U);
    EXPECT_EQ(network.weights_of(7), 0U);
}

TEST(NetworkExpansion, KeepsPlacesForMistakes) {
    EXPECT_EQ(mistake_with(kHead, "inputs: [add]"),
              "net.yaml:12:68: layers.7.inputs.0: unknown layer above \"add\"; known: input, words, block1.up, "
              "block1.down, block1.add, block2.up, block2.down, block2.add");
    EXPECT_EQ(mistake_with("blocks: 2", "blocks: 0"),
              "net.yaml:6:13: layers.1.repeat: expected an integer of at least 1, not 0");
}

TEST(NetworkBase, OfAnExperimentHasItsParametersChanged) {
    const TemporaryFolder folder;
    folder.write("e.yaml", "network: {base: gpt2, parameters: {tokens: 64}}\n");
    const Experiment experiment = load_experiment("./e.yaml");
    EXPECT_EQ(experiment.network.name(), "gpt2");
    EXPECT_EQ(experiment.network.layers().back().output.height, 64U);
    const auto with = [](const std::string& key, const std::string& value) {
        return load_experiment("lenet-c", {{key, value, "--set " + key}});
    };
    EXPECT_EQ(with("network", "{base: gpt2, parameters: {tokens: 32}}").network.layers().back().output.height, 32U);
    EXPECT_EQ(
        message_of([&] { with("network.base", "gpt2"); }),
        "--set network.base: network.base: cannot be set, for it is read before; expected a whole network, such "
        "as network={base: gpt2}");
    folder.write("e.yaml", "network: {base: gpt3, parameters: {tokens: 64}}\n");
    EXPECT_THAT(message_of([] { load_experiment("./e.yaml"); }),
                HasSubstr("e.yaml:1:17: network.base: unknown network \"gpt3\"; known: "));
}

}  // namespace
}  // namespace hypar
