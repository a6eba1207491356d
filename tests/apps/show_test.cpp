// Networks as `hypar show` shows them.

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/apps/program.h"

namespace hypar::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

json shown(const std::vector<std::string>& arguments, const std::filesystem::path& folder = ".") {
    std::vector<std::string> all{"show", "--format", "json"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const Outcome outcome = run_program(all, folder);
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    return json::parse(outcome.output);
}

TEST(ShowCommand, PrintsANetworkOfTheCatalogue) {
    const Outcome outcome = run_program({"show", "resnet-50"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.output,
                StartsWith("resnet-50: 174 layers, 25,557,032 parameters, 4,089,184,256 MACs a sample\n"));
    EXPECT_THAT(outcome.output,
                HasSubstr("  conv1                          conv        64x112x112   9.41 k   118 M"));
}

TEST(ShowCommand, CountsLayersOfATransformer) {
    const json report = shown({"gpt2"});
    EXPECT_EQ(report["parameters"], 124439808);
    EXPECT_EQ(report["weights"], 12 * 7077888 + (50257 + 1024) * 768);  // the table once, no norms, no biases
    EXPECT_EQ(report["operators"].size(), 2 + 12 * 14 + 2U);
    EXPECT_EQ(report["operators"].back()["weights_of"], "words");
}

TEST(ShowCommand, SetsParametersOfAnyKindOfFile) {
    const TemporaryFolder folder;
    folder.write("e.yaml", "network: bert-base\naccelerators: 4\n");
    const std::string setting = "network.parameters.tokens=128";
    // 12 blocks on 128 tokens, and the pooler
    const std::uint64_t macs = 12 * (128 * std::uint64_t{7077888} + 2 * 128 * 128 * 768) + 768 * 768;
    EXPECT_EQ(shown({"bert-base", "--set", setting})["macs"], macs);
    EXPECT_EQ(shown({"e.yaml", "--set", setting}, folder.path())["macs"], macs);
    EXPECT_EQ(shown({"e.yaml", "--set", "network=lenet-c"}, folder.path())["network"], "lenet-c");
}

TEST(ShowCommand, WritesAPageAndPrintsIt) {
    const TemporaryFolder folder;
    const Outcome page = run_program({"show", "lenet-c", "--format", "html", "-o", "out"}, folder.path());
    EXPECT_EQ(page.status, 0) << page.errors;
    EXPECT_THAT(page.output, StartsWith("<!doctype html>"));
    EXPECT_THAT(page.output, HasSubstr("data-kind=\"network\""));
    EXPECT_EQ(read_file(folder.path() / "out/index.html"), page.output);
    EXPECT_EQ(read_file(folder.path() / "out/report.json"),
              run_program({"show", "lenet-c", "--format", "json"}).output);
    EXPECT_EQ(read_file(folder.path() / "out/report.txt"), run_program({"show", "lenet-c"}).output);
    std::filesystem::remove(folder.path() / "out/index.html");
    EXPECT_EQ(run_program({"report", "out"}, folder.path()).status, 0);
    EXPECT_EQ(read_file(folder.path() / "out/index.html"), page.output);
}

TEST(ShowCommand, RefusesWhatHasNoNetwork) {
    const Outcome unknown = run_program({"show", "resnet-51"});
    EXPECT_EQ(unknown.status, 1);
    EXPECT_THAT(unknown.errors, HasSubstr("did you mean \"resnet-50\"?"));
    const Outcome array = run_program({"show", "configs/arrays/hpca19.yaml"}, HYPAR_SOURCE_DIR);
    EXPECT_EQ(array.status, 1);
    EXPECT_THAT(array.errors, HasSubstr("expected a network, but its key \"pe_array\" makes it an array"));
    const Outcome setting = run_program({"show", "lenet-c", "--set", "batch=4"});
    EXPECT_EQ(setting.status, 1);
    EXPECT_THAT(setting.errors, HasSubstr("expected a key of the network, such as network.input, not \"batch\""));
}

}  // namespace
}  // namespace hypar::test
