// Plans as their users meet them: made, kept in files, set beside each other.

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/apps/program.h"

namespace hypar::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

TEST(PlanCommand, PartitionPrintsTheGridOfFigureFive) {
    const Outcome outcome = run_program({"partition", "lenet-c"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.output, HasSubstr("  layer  H1  H2  H3  H4\n"
                                          "  ---------------------\n"
                                          "  conv1  dp  dp  dp  dp\n"
                                          "  conv2  dp  dp  dp  dp\n"
                                          "  fc1    mp  mp  dp  mp\n"
                                          "  fc2    mp  dp  dp  mp\n"));
}

TEST(PlanCommand, PlanFileRunsAsAnExperiment) {
    const TemporaryFolder folder;
    ASSERT_EQ(run_program({"partition", "lenet-c", "--accelerators", "4", "-o", "plan.yaml"}, folder.path()).status,
              0);
    const Outcome run = run_program({"run", "plan.yaml", "--format", "json"}, folder.path());
    ASSERT_EQ(run.status, 0) << run.errors;
    const json report = json::parse(run.output);
    EXPECT_EQ(report["strategy"], "explicit");
    EXPECT_EQ(
        report["plan"],
        json::parse(run_program({"partition", "lenet-c", "--accelerators", "4", "--format", "json"}).output)["plan"]);
}

TEST(PlanCommand, PlanFileFindsANetworkGivenByItsPath) {
    const TemporaryFolder folder;
    std::filesystem::create_directories(folder.path() / "plans");
    folder.write("tiny.yaml",
                 "name: tiny\ninput: {channels: 4, height: 1, width: 1}\n"
                 "layers:\n  - {name: fc1, type: fc, out_features: 6}\n");
    ASSERT_EQ(run_program({"partition", "tiny.yaml", "-o", "plans/p.yaml"}, folder.path()).status, 0);
    EXPECT_EQ(run_program({"check", "plans/p.yaml"}, folder.path()).status, 0);
}

TEST(PlanCommand, PlanFileHasTheLevelsAndANetworkOfAnyName) {
    const TemporaryFolder folder;
    const std::string odd = "a\\b \"c\", {d\ne}";
    std::filesystem::create_directories(folder.path() / odd);
    folder.write(odd + "/tiny.yaml",
                 "name: tiny\ninput: {channels: 4, height: 1, width: 1}\n"
                 "layers:\n  - {name: fc1, type: fc, out_features: 8}\n");
    const std::string network = odd + "/tiny.yaml";
    const Outcome made = run_program({"partition", network, "--levels", "4,2", "--partial-sums", "before-pooling",
                                      "--format", "json", "-o", "p.yaml"},
                                     folder.path());
    ASSERT_EQ(made.status, 0) << made.errors;
    EXPECT_THAT(read_file(folder.path() / "p.yaml"),
                HasSubstr("accelerators: 8\nlevels: [4, 2]\nbatch: 256\npartial_sums: before-pooling\nstrategy: "));
    const Outcome run = run_program({"run", "p.yaml", "--format", "json"}, folder.path());
    ASSERT_EQ(run.status, 0) << run.errors;
    EXPECT_EQ(json::parse(run.output)["plan"], json::parse(made.output)["plan"]);
    const Outcome again = run_program({"partition", network, "--plan", "p.yaml", "--format", "json"}, folder.path());
    ASSERT_EQ(again.status, 0) << again.errors;
    EXPECT_EQ(json::parse(again.output)["traffic_bytes"], json::parse(made.output)["traffic_bytes"]);
}

TEST(PlanCommand, PartitionSearchesWhatAPlanLeavesFree) {
    const TemporaryFolder folder;
    folder.write("free.yaml", "network: vgg-a\nbatch: 64\nstrategy: {plan: [\"2" + std::string(3, '?') + "\"]}\n" +
                                  "accelerators: 2\n");
    const Outcome found =
        run_program({"partition", "lenet-c", "--plan", "free.yaml", "--format", "json"}, folder.path());
    ASSERT_EQ(found.status, 0) << found.errors;
    const json report = json::parse(found.output);
    EXPECT_EQ(report["batch"], 64);
    EXPECT_EQ(report["strategy"], "partly-explicit");
    EXPECT_EQ(report["plan"][0].get<std::string>().front(), '2');
    EXPECT_EQ(report["exact"], true);
    const Outcome narrow = run_program(
        {"partition", "lenet-c", "--plan", "free.yaml", "--splits", "in", "--format", "json"}, folder.path());
    EXPECT_EQ(json::parse(narrow.output)["plan"], json({"2111"}));
    EXPECT_THAT(run_program({"partition", "alexnet", "--plan", "free.yaml"}, folder.path()).errors,
                StartsWith("hypar: free.yaml:3:19: strategy.plan.0: expected 8 digits"));
}

TEST(PlanCommand, DiffShowsWhatEachCellCosts) {
    const TemporaryFolder folder;
    folder.write("a.yaml", "network: lenet-c\naccelerators: 2\nstrategy: {plan: [\"0011\"], label: a}\n");
    folder.write("b.yaml", "network: lenet-c\naccelerators: 2\nstrategy: {plan: [\"0002\"]}\n");
    const Outcome outcome = run_program({"diff", "a.yaml", "b.yaml", "--format", "json"}, folder.path());
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    const json report = json::parse(outcome.output);
    ASSERT_EQ(report["cells"].size(), 2U);
    EXPECT_EQ(report["cells"][0]["layer"], "fc1");
    EXPECT_EQ(report["cells"][1]["second"], "op");
    EXPECT_EQ(report["first"]["strategy"], "a");
    // A cell alone is the step of the plan that has it.
    folder.write("c.yaml", "network: lenet-c\naccelerators: 2\nstrategy: {plan: [\"0001\"]}\n");
    const Outcome run = run_program({"run", "c.yaml", "--format", "json"}, folder.path());
    EXPECT_EQ(json::parse(run.output)["step"]["seconds"], report["cells"][0]["seconds"]);
    EXPECT_EQ(json::parse(run.output)["traffic_bytes"], report["cells"][0]["traffic_bytes"]);
    EXPECT_EQ(json::parse(run.output)["energy_joules"]["total"], report["cells"][0]["energy_joules"]);
}

TEST(PlanCommand, DiffRefusesPlansThatAreNotAlike) {
    const TemporaryFolder folder;
    folder.write("four.yaml", "network: lenet-c\nlevels: [4, 4]\n");
    EXPECT_EQ(run_program({"diff", "lenet-c", "four.yaml"}, folder.path()).errors,
              "hypar: four.yaml:2:9: levels: expected [2, 2, 2, 2] as the first plan has them, not [4, 4]\n");
    EXPECT_THAT(run_program({"diff", "lenet-c", "sfc"}).errors,
                HasSubstr("network: expected the same layers as the first plan's lenet-c, not those of this sfc"));
    EXPECT_EQ(run_program({"diff", "lenet-c"}).status, 2);
}

TEST(PlanCommand, CtrlCEndsADiffWithWhatIsKnownSoFar) {
    const Outcome outcome = run_shell(
        "timeout --preserve-status -s INT 2 \"$HYPAR\" diff vgg-e vgg-e --set strategy=model --set batch=32 "
        "--fidelity full --format json");
    EXPECT_EQ(outcome.status, 3);
    EXPECT_THAT(outcome.errors, StartsWith("hypar: stopped early: 0 of 2 runs"));
    EXPECT_TRUE(json::parse(outcome.output)["first"]["seconds"].is_null());
}

TEST(PlanCommand, CompareSetsPlansBesideStrategies) {
    const std::string mine = "{plan: [\"0011\", \"0011\", \"0011\", \"0011\"], label: \"=mine, all\"}";
    const Outcome csv = run_program({"compare", "lenet-c", "--strategy",
                                     "data," + mine + ",{name: optimal, splits: [batch, in]}", "--format", "csv"});
    ASSERT_EQ(csv.status, 0) << csv.errors;
    EXPECT_THAT(csv.output, HasSubstr("\nlenet-c,lenet-c,hpca19,htree,\"'=mine, all\",16,256,"));
    EXPECT_THAT(csv.output, HasSubstr("\nlenet-c,lenet-c,hpca19,htree,optimal(batch+in),16,256,"));
}

TEST(PlanCommand, ExplainPlanNamesEveryCell) {
    const Outcome outcome = run_program({"partition", "lenet-c", "--explain", "plan"});
    EXPECT_EQ(outcome.status, 0);
    // hypar is greedy over levels, so a cell's other choice may pay; at H4, the last level, none does.
    EXPECT_THAT(outcome.output, testing::ContainsRegex("H4 +fc2 +mp +dp +\\+[0-9.]+ [kM]?B"));
}

}  // namespace
}  // namespace hypar::test
