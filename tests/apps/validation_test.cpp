#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/apps/program.h"

/// What docs/validation.md claims.
namespace hypar::test {
namespace {

using nlohmann::json;

json run_of(const std::string& experiment) {
    const Outcome outcome = run_program({"run", experiment, "--format", "json"});
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    return json::parse(outcome.output);
}

TEST(Validation, EyerissTakesWhatTheChipTakesForAlexNet) {
    // Chen et al., JSSC 2017, Table V: processing latency and active processing elements, batch 4, 200 MHz.
    struct Measured {
        double milliseconds;
        std::uint64_t active_pes;
        double difference;  // of ours, as docs/validation.md says
    };
    const std::vector<Measured> chip{
        {16.5, 154, 0.071}, {39.2, 135, -0.103}, {21.8, 156, -0.024}, {16.0, 156, -0.002}, {10.0, 156, 0.069}};
    const json report = run_of("eyeriss-alexnet");
    ASSERT_EQ(report["layers"].size(), chip.size());
    double sum = 0;
    for (std::size_t layer = 0; layer < chip.size(); ++layer) {
        const json& forward = report["layers"][layer]["phases"]["forward"];
        const double milliseconds = 1e3 * forward["processing_seconds"].get<double>();
        EXPECT_NEAR(milliseconds / chip[layer].milliseconds - 1, chip[layer].difference, 0.0005) << layer;
        EXPECT_EQ(forward["active_pes"], chip[layer].active_pes) << layer;
        sum += milliseconds;
    }
    EXPECT_NEAR(sum / 103.5, 1, 0.05);
}

TEST(Validation, EyerissTakesWhatTheChipTakesForVgg16) {
    // Chen et al., JSSC 2017, Table VI: processing latency, batch 3, 200 MHz; and channels that a pass sums, as the
    // chip's buffer bytes tell.
    struct Measured {
        double milliseconds;
        std::uint64_t summed;
    };
    const std::vector<Measured> chip{{38.0, 1},  {810.6, 1}, {405.3, 1}, {810.8, 1}, {204.0, 2},
                                     {408.1, 2}, {408.1, 2}, {105.1, 4}, {210.0, 4}, {210.0, 4},
                                     {48.3, 8},  {48.5, 8},  {48.5, 8}};
    const json report = run_of("eyeriss-vgg16");
    ASSERT_EQ(report["layers"].size(), chip.size());
    double sum = 0;
    for (std::size_t layer = 0; layer < chip.size(); ++layer) {
        const json& forward = report["layers"][layer]["phases"]["forward"];
        const double milliseconds = 1e3 * forward["processing_seconds"].get<double>();
        EXPECT_NEAR(milliseconds / chip[layer].milliseconds, 1, 0.05) << layer;
        const json& mapping = forward["mapping"];
        EXPECT_EQ(mapping["q"].get<std::uint64_t>() * mapping["r"].get<std::uint64_t>(), chip[layer].summed) << layer;
        sum += milliseconds;
    }
    EXPECT_NEAR(sum / 3755.3, 1, 0.05);
}

TEST(Validation, Hpca19ComputesAboutAsLongAsThePaperImplies) {
    // Implied by Figures 6 and 8 of Song et al., HPCA 2019: seconds, and what part of them ours may be away. alexnet,
    // for which they imply five times its multiply-accumulates, is not among them.
    struct Implied {
        const char* network;
        double seconds;
        double tolerance;
    };
    const std::vector<Implied> paper{{"vgg-a", 0.677, 0.15},    {"vgg-b", 1.02, 0.15},   {"vgg-c", 1.05, 0.15},
                                     {"vgg-d", 1.38, 0.15},     {"vgg-e", 1.75, 0.15},   {"sfc", 0.0127, 0.05},
                                     {"cifar-c", 0.0011, 0.25}, {"sconv", 0.0019, 0.30}, {"lenet-c", 0.00044, 0.25}};
    for (const Implied& implied : paper) {
        const json report = run_of(implied.network);
        double seconds = 0;
        for (const json& layer : report["layers"]) {
            for (const auto& [phase, values] : layer["phases"].items()) {
                if (phase != "update") seconds += values["compute_seconds"].get<double>();
            }
        }
        EXPECT_NEAR(seconds / implied.seconds, 1, implied.tolerance) << implied.network;
    }
}

TEST(Validation, TpuV3TakesWhatACoreTakesForProducts) {
    // Cycles of a core at 940 MHz for products of two float32 matrices, published with PyTorchSim.
    for (const auto& [size, cycles] :
         {std::pair(256, 3101), std::pair(512, 9490), std::pair(1024, 47099), std::pair(2048, 317435)}) {
        const std::string number = std::to_string(size);
        const Outcome outcome = run_program({"run", "tpu-v3-product", "--format", "json", "--set", "batch=" + number,
                                             "--set", "network.input.channels=" + number, "--set",
                                             "network.layers.product.out_features=" + number});
        EXPECT_EQ(outcome.status, 0) << outcome.errors;
        const double ours = json::parse(outcome.output)["step"]["cycles"].get<double>();
        EXPECT_NEAR(ours / cycles, 1, 0.15) << size;
    }
}

TEST(Validation, AClosedFormTurnsTopologiesRoundWhoseCollectivesUseOneLink) {
    // In pairs an accelerator of the torus uses one of its four links at a time: half of what a leaf link has.
    const Outcome outcome = run_program({"compare", "lenet-c", "--strategy", "data,hypar", "--topology",
                                         "htree,torus", "--with", "estimate", "--format", "json"});
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    const json rows = json::parse(outcome.output)["rows"];
    ASSERT_EQ(rows.size(), 4U);
    for (const std::size_t strategy : {std::size_t{0}, std::size_t{1}}) {
        const json& tree = rows[strategy];
        const json& torus = rows[2 + strategy];
        EXPECT_NEAR(tree["estimate"]["over_step"].get<double>(), 1, 0.07);
        EXPECT_NEAR(torus["estimate"]["over_step"].get<double>(), 0.26, 0.02);
        EXPECT_LT(tree["seconds"], torus["seconds"]);
        EXPECT_GT(tree["estimate"]["seconds"], torus["estimate"]["seconds"]);
    }
}

TEST(Validation, EveryUnitsCyclesAddUp) {
    for (const std::string experiment : {"eyeriss-vgg16", "cifar-c", "flexflow-alexnet", "tpu-v3-product"}) {
        const json report = run_of(experiment);
        for (const json& layer : report["layers"]) {
            for (const json& phase : layer["phases"]) {
                if (phase["mapping"].is_null()) continue;
                const json& cycles = phase["unit_cycles"];
                std::uint64_t sum = 0;
                for (const char* part : {"multiply", "fill", "delivery", "buffer", "drain", "waiting"}) {
                    sum += cycles[part].get<std::uint64_t>();
                }
                EXPECT_EQ(cycles["total"], sum);
                EXPECT_EQ(cycles["total"], phase["compute_cycles"].get<std::uint64_t>() *
                                               phase["mapping"]["units"].get<std::uint64_t>());
                EXPECT_LE(phase["utilisation"], 1.0);
            }
        }
    }
}

TEST(Validation, MemoryRegionsLieNextToEachOther) {
    const json report = run_of("vgg-a");
    const json& memory = report["memory"];
    std::uint64_t end = 0;
    for (const json& region : memory["regions"]) {
        EXPECT_EQ(region["address"], end);
        end += region["bytes"].get<std::uint64_t>();
    }
    EXPECT_EQ(memory["needed_bytes"], end);
}

TEST(Validation, ExplanationsFitTheTerminal) {
    for (const std::string topic : {"mapping", "energy", "path"}) {
        const Outcome outcome = run_program({"run", "vgg-e", "--explain", topic});
        EXPECT_EQ(outcome.status, 0);
        std::size_t start = 0;
        for (std::size_t end = 0; (end = outcome.output.find('\n', start)) != std::string::npos; start = end + 1) {
            EXPECT_LE(end - start, 80U) << outcome.output.substr(start, end - start);
        }
    }
}

}  // namespace
}  // namespace hypar::test
