#include "experiment/catalogue.h"

#include <string>
#include <type_traits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mistakes.h"
#include "base/words.h"
#include "experiment/experiment.h"
#include "experiment/listing/listing.h"
#include "tests/experiment/support.h"

namespace hypar {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

/// Forward multiply-accumulates of one sample and weights without biases, worked out by hand from the shapes.
struct Size {
    const char* network;
    std::uint64_t weights;
    std::uint64_t macs_per_sample;
};
constexpr Size kSizes[] = {
    {"sfc", 140722176, 140722176},     {"sconv", 100500, 12588000},       {"lenet-c", 430500, 2293000},
    {"cifar-c", 145376, 12354176},     {"alexnet", 16624656, 311191824},  {"vgg-a", 132851392, 7609090048},
    {"vgg-b", 133035712, 11308466176}, {"vgg-c", 133625536, 11770888192}, {"vgg-d", 138344128, 15470264320},
    {"vgg-e", 143652544, 19632062464},
};

/// Parameters as published, or as papers' tables and the libraries that have the network give them, and forward
/// multiply-accumulates of one sample: sums over the layers' shapes. Of a transformer with L blocks, T tokens, H
/// hidden features and F in the feed-forward layer the latter are L (T (4 H^2 + 2 H F) + 2 T^2 H) and its embedding
/// and head.
struct Published {
    const char* network;
    std::uint64_t parameters;
    std::uint64_t macs_per_sample;
};
constexpr Published kPublished[] = {
    {"vgg-a", 132863336, 7609090048},
    {"vgg-b", 133047848, 11308466176},
    {"vgg-d", 138357544, 15470264320},
    {"vgg-e", 143667240, 19632062464},
    {"resnet-18", 11689512, 1814073344},
    {"resnet-34", 21797672, 3663761408},
    {"resnet-50", 25557032, 4089184256},
    {"resnet-152", 60192808, 11513626624},
    {"googlenet", 6998552, 1582671872},
    {"inception-v3", 23834568, 5713216096},
    {"densenet-121", 7978856, 2834161664},
    {"mobilenet-v1", 4231976, 568740352},
    {"mobilenet-v2", 3504872, 300774272},
    {"squeezenet", 1248424, 818924576},
    {"zfnet", 62357608, 1168032896},
    {"cifar10-quick", 145578, 12354176},
    {"unet", 31030658, 192384335872},
    {"vit-b-16", 86567656, 17563828224},
    {"bert-base", 109482240, 48318971904},
    {"bert-large", 335141888, 167504773120},
    {"gpt2", 124439808, 145824153600},
    {"gpt2-medium", 354823168, 413475536896},
    {"gpt2-xl", 1557611200, 1753351782400},
    {"llama-7b", 6738415616, 14630806093824},
    {"llama-3-8b", 8030261248, 79070347919360},
    {"lstm", 2 * 2600 * 1301, 10 * 2 * 2600 * 1300},
};

/// Appends every number of an array but its topology's.
struct NumberWriter {
    Words& words;

    template <typename Value, typename Kind>
    void operator()(const Key&, const Value& value, const Kind&) {
        if constexpr (std::is_same_v<Kind, Section>) {
            Value::for_each_field(value, *this);
        } else if constexpr (!std::is_same_v<Kind, Text> && !std::is_same_v<Kind, Apart>) {
            append_value(words, value);
        }
    }
};

TEST(Catalogue, NetworksHaveTheirWeightsAndOperations) {
    for (const Size& size : kSizes) {
        const Network network = load_network(size.network);
        EXPECT_EQ(network.weights(), size.weights) << size.network;
        EXPECT_EQ(network.macs(), size.macs_per_sample) << size.network;
    }
}

TEST(Catalogue, NetworksAreAsPublished) {
    for (const Published& published : kPublished) {
        const Network network = load_network(published.network);
        EXPECT_EQ(network.parameters(), published.parameters) << published.network;
        EXPECT_EQ(network.macs(), published.macs_per_sample) << published.network;
    }
}

TEST(Catalogue, HasANetworkAndAnExperimentOfEveryNameOfThePaper) {
    for (const Size& size : kSizes) {
        EXPECT_THAT(catalogue_names(FileKind::Network), Contains(size.network));
        EXPECT_EQ(load_experiment(size.network).network.name(), size.network);
    }
}

TEST(Catalogue, EveryFileLoadsUnderItsOwnName) {
    for (const std::string& name : catalogue_names(FileKind::Network)) EXPECT_EQ(load_network(name).name(), name);
    for (const std::string& name : catalogue_names(FileKind::Array)) EXPECT_EQ(load_array(name).name, name);
    for (const std::string& name : catalogue_names(FileKind::Experiment)) {
        const Experiment experiment = load_experiment(name);
        EXPECT_EQ(experiment.name, name);
        EXPECT_EQ(experiment.make_plan().accelerators(), experiment.array.accelerators) << name;
    }
}

TEST(Catalogue, TorusOfThePaperDiffersFromItsTreeInTheTopologyAlone) {
    ArraySpec torus = load_array("hpca19-torus");
    const ArraySpec tree = load_array("hpca19");
    EXPECT_EQ(tree.interconnect.topology.kind, TopologyKind::HTree);
    EXPECT_EQ(torus.interconnect.topology.kind, TopologyKind::Torus);
    torus.interconnect.topology = tree.interconnect.topology;
    Words of_torus;
    Words of_tree;
    ArraySpec::for_each_field(torus, NumberWriter{of_torus});
    ArraySpec::for_each_field(tree, NumberWriter{of_tree});
    EXPECT_EQ(of_torus, of_tree);
    EXPECT_GT(of_tree.size(), 40U);
}

TEST(Listing, NamesFilesInOrderAndSaysWhatTheyAre) {
    const std::vector<Named> networks = list_networks();
    ASSERT_GE(networks.size(), 10U);
    EXPECT_EQ(networks.front().name, "alexnet");
    EXPECT_EQ(networks.front().description, load_network("alexnet").source());
    for (const auto& list : {networks, list_arrays(), list_experiments()}) {
        for (std::size_t index = 0; index < list.size(); ++index) {
            EXPECT_NE(list[index].description, "(cannot be read)") << list[index].name;
            EXPECT_FALSE(list[index].description.empty()) << list[index].name;
            if (index > 0) {
                EXPECT_LT(list[index - 1].name, list[index].name);
            }
        }
    }
}

TEST(Check, SaysWhatAFileIs) {
    const std::string root = HYPAR_SOURCE_DIR;
    EXPECT_EQ(check_file(root + "/workloads/networks/vgg-a.yaml"), "network: vgg-a, 11 layers, 132863336 parameters");
    EXPECT_EQ(check_file(root + "/configs/arrays/hpca19-torus.yaml"), "array: hpca19-torus, 16 accelerators, torus");
    EXPECT_EQ(check_file(root + "/configs/experiments/vgg-a.yaml"),
              "experiment: vgg-a, batch 256, hypar on 16 accelerators (hpca19, htree)");
}

TEST(Check, NotesWhatPacketsDoNotUse) {
    const TemporaryFolder folder;
    folder.write(
        "dead.yaml",
        "network: lenet-c\naccelerators: 2\ntopology: {kind: graph, links: [{between: [acc0, acc1]}, {between: "
        "[acc1, sw]}]}\n");
    EXPECT_EQ(check_file("dead.yaml"),
              "experiment: lenet-c, batch 256, hypar on 2 accelerators (hpca19, graph)\n  note: links that no route "
              "uses: acc1 - sw; those with no bandwidth of their own still take their part of total_bandwidth");
}

TEST(Check, AcceptsTheExamplesOfTheDocumentation) {
    const TemporaryFolder folder;
    folder.write("choices.yaml", project_file("configs/reproduce/hpca19/choices.yaml"));  // beside a figure
    const std::string page = project_file("docs/input-format.md");
    const std::string opening = "```yaml\n";
    int examples = 0;
    for (std::size_t begin = page.find(opening); begin != std::string::npos; begin = page.find(opening, begin)) {
        begin += opening.size();
        folder.write("example.yaml", page.substr(begin, page.find("```", begin) - begin));
        EXPECT_EQ(message_of([] { check_file("example.yaml"); }), "");
        ++examples;
    }
    EXPECT_EQ(examples, 18);
}

TEST(Check, AcceptsWhatAnExperimentCanDo) {
    const TemporaryFolder folder;
    folder.write("plan.yaml", "network: lenet-c\naccelerators: 2\nstrategy: {plan: [0011]}\n");
    EXPECT_EQ(check_file("plan.yaml"),
              "experiment: lenet-c, batch 256, an explicit plan on 2 accelerators (hpca19, htree)");
    folder.write("largest.yaml", "network: lenet-c\nstrategy: exhaustive\n");  // 3^16 plans, more than 2^25
    EXPECT_EQ(check_file("largest.yaml"),
              "experiment: lenet-c, batch 256, exhaustive on 16 accelerators (hpca19, htree)");
}

/// All that is wrong with a file, by lines.
std::vector<std::string> mistakes_of(const std::string& file) {
    Mistakes mistakes;
    mistakes.collect([&] { check_file(file); });
    std::vector<std::string> lines;
    for (const ConfigError& error : mistakes.all()) lines.emplace_back(error.what());
    return lines;
}

TEST(Check, TellsTheMistakesOfEveryLayer) {
    const TemporaryFolder folder;
    folder.write("net.yaml",
                 "name: net\ninput: {channels: 3, heigth: 8, wdith: 8}\nlayers:\n"
                 "  - {name: a, type: conv, out_channels: 0, kernel: 3}\n"
                 "  - {name: b, type: fc, out_features: 4}\n"
                 "  - repeat: 3\n    name: block\n    layers:\n      - {name: c, type: cnv}\n"
                 "  - {name: d, type: fc}\n");
    EXPECT_THAT(mistakes_of("net.yaml"),
                ElementsAre(HasSubstr("net.yaml:2:22: input: unknown key \"heigth\""),
                            HasSubstr("net.yaml:2:33: input: unknown key \"wdith\""),
                            "net.yaml:4:41: layers.0.out_channels: expected an integer of at least 1, not 0",
                            HasSubstr("net.yaml:9:25: layers.2.type: unknown value \"cnv\""),
                            HasSubstr("net.yaml:10:5: layers.5: missing key \"out_features\"")));
    folder.write("exp.yaml", "network: net.yaml\narray: {base: hpca19, memory: {vaults: 0}, dma: {requests: 1}}\n");
    EXPECT_EQ(mistakes_of("exp.yaml").size(), 7U);
}

TEST(Check, TellsTheMistakesOfEverySectionOfAnArray) {
    const TemporaryFolder folder;
    folder.write("array.yaml",
                 "base: hpca19\nclock: 250\nname: \"\"\nmemory:\n  vaults: 0\n  timing: {tRDC: 1 ns, tLC: 2 ns}\n"
                 "energy: {add: -1 pJ}\n");
    EXPECT_THAT(
        mistakes_of("array.yaml"),
        ElementsAre(HasSubstr("array.yaml:3:7: name: "), HasSubstr("array.yaml:2:8: clock: "),
                    HasSubstr("array.yaml:5:11: memory.vaults: "), HasSubstr("array.yaml:6:12: memory.timing: "),
                    HasSubstr("array.yaml:6:24: memory.timing: "), HasSubstr("array.yaml:7:15: energy.add: ")));
}

TEST(Check, RefusesWhatAnExperimentCannotDo) {
    const TemporaryFolder folder;
    folder.write("search.yaml", "network: vgg-a\nstrategy: exhaustive\n");
    EXPECT_THAT(message_of([] { check_file("search.yaml"); }),
                HasSubstr("search.yaml:2:11: strategy: exhaustive would try more than 2^26 plans"));
    folder.write("other.yaml", "points: 3\n");
    EXPECT_EQ(
        message_of([] { check_file("other.yaml"); }),
        "other.yaml:1:1: unknown kind of file: expected one of the keys \"layers\" (network), \"pe_array\" (array), "
        "\"network\" (experiment), \"vary\" (sweep)");
    EXPECT_EQ(message_of([] { check_file("missing"); }), "missing: cannot be read: No such file or directory");
}

}  // namespace
}  // namespace hypar
