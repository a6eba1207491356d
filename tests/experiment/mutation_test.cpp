#include <random>

#include <gtest/gtest.h>

#include "experiment/catalogue.h"
#include "experiment/experiment.h"
#include "experiment/listing/listing.h"
#include "tests/experiment/support.h"

namespace hypar {
namespace {

/// What files are made of, and what they must not be made of.
const std::vector<std::string>& fragments() {
    static const std::vector<std::string> kFragments = {"{",
                                                        "}",
                                                        "[",
                                                        "]",
                                                        ": ",
                                                        ":",
                                                        "- ",
                                                        ", ",
                                                        "&a ",
                                                        "*a",
                                                        "!!int ",
                                                        "|\n",
                                                        "\"",
                                                        "'",
                                                        "#",
                                                        "\n---\n",
                                                        "\n...\n",
                                                        "? ",
                                                        "<<: ",
                                                        "0",
                                                        "-1",
                                                        "99999999999999999999",
                                                        "010",
                                                        "0x10",
                                                        ".inf",
                                                        "~",
                                                        "yes",
                                                        "\t",
                                                        "\n",
                                                        "\r",
                                                        "\xFF",
                                                        "\xEF\xBB\xBF",
                                                        "\"\\x00\"",
                                                        "250 MHz",
                                                        "0 B",
                                                        "16 TiB",
                                                        "2147483647",
                                                        "kernel: 0",
                                                        "inputs: []",
                                                        "groups: 3",
                                                        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
                                                        "%YAML 1.2\n"};
    return kFragments;
}

class Mutator {
public:
    explicit Mutator(std::uint64_t seed) : random_(seed) {}

    std::string mutate(std::string text) {
        for (std::size_t change = 0, changes = 1 + below(3); change < changes; ++change) {
            const std::size_t position = below(text.size() + 1);
            switch (below(5)) {
                case 0: text.insert(position, fragments()[below(fragments().size())]); break;
                case 1: text.erase(position, below(20)); break;
                case 2: text.insert(position, text.substr(below(text.size() + 1), below(40))); break;
                case 3: text.resize(position); break;
                default: replace_value(text, position); break;
            }
        }
        return text;
    }

    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

private:
    void replace_value(std::string& text, std::size_t position) {
        const std::size_t colon = text.find(": ", position);
        if (colon == std::string::npos) return;
        const std::size_t end = std::min(text.find_first_of("\n,}", colon), text.size());
        text.replace(colon + 2, end - std::min(end, colon + 2), fragments()[below(fragments().size())]);
    }

    std::mt19937_64 random_;
};

std::vector<std::string> originals() {
    std::vector<std::string> texts = {
        "network: lenet-c\nstrategy: {plan: [0011, \"0011\", '0011', 0000]}\nphases: [forward, backward]\n"
        "partial_sums: pooled\nschedule: sequential\ntopology: torus\naccelerators: 16\n"};
    for (const char* path : {"configs/arrays/hpca19.yaml", "configs/experiments/vgg-a.yaml",
                             "workloads/networks/lenet-c.yaml", "workloads/networks/alexnet.yaml"}) {
        texts.push_back(project_file(path));
    }
    return texts;
}

TEST(Mutation, OfAFileGivesAValueOrAPlacedMistake) {
    const TemporaryFolder folder;
    const std::vector<std::string> texts = originals();
    Mutator mutator(20190216);
    int accepted = 0;
    for (int round = 0; round < 2000; ++round) {
        const std::string text = mutator.mutate(texts[mutator.below(texts.size())]);
        folder.write("mutant.yaml", text);
        try {
            check_file("mutant.yaml");
            ++accepted;
        } catch (const ConfigError& error) {
            EXPECT_EQ(error.place().rfind("mutant.yaml", 0), 0U) << error.what() << "\n" << text;
            EXPECT_EQ(std::string(error.what()).find_first_of("\n\r\t\x7F"), std::string::npos) << error.what();
        } catch (const std::exception& error) {
            ADD_FAILURE() << error.what() << "\n" << text;
        }
    }
    EXPECT_GT(accepted, 50);
    EXPECT_LT(accepted, 1000);
}

TEST(Mutation, OfAnOptionGivesAValueOrAPlacedMistake) {
    const std::vector<std::string> keys = {"batch",
                                           "network.layers.0.kernel",
                                           "array.memory.timing.tRCD",
                                           "strategy",
                                           "phases.0",
                                           "network.layers.fc1",
                                           "array",
                                           "network",
                                           "array.interconnect",
                                           "a.b.c",
                                           "",
                                           "network.layers.7",
                                           "phases",
                                           "array.energy.add",
                                           "accelerators"};
    const std::vector<std::string> values = {"[0011, 0011]", "{plan: [0011, 0011]}", "13.6 ns", "vgg-a", "4"};
    Mutator mutator(20190217);
    for (int round = 0; round < 1000; ++round) {
        std::string key = keys[mutator.below(keys.size())];
        if (mutator.below(4) == 0) key = mutator.mutate(key);
        const std::string value = mutator.mutate(values[mutator.below(values.size())]);
        try {
            load_experiment("lenet-c", {{key, value, "--set OPTION"}});
        } catch (const ConfigError& error) {
            EXPECT_EQ(error.place(), "--set OPTION") << error.what() << "\n" << key << "=" << value;
        } catch (const std::exception& error) {
            ADD_FAILURE() << error.what() << "\n" << key << "=" << value;
        }
    }
}

}  // namespace
}  // namespace hypar
