#include "experiment/experiment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/experiment/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Experiment read(const std::string& text) {
    const TemporaryFolder folder;
    return load_experiment(folder.write("test.yaml", text));
}

std::string mistake_in(const std::string& text) {
    return message_of([&] { read(text); });
}

/// The mistake of an experiment with lenet-c and `line`.
Experiment experiment_with(const std::string& line) {
    const TemporaryFolder folder;
    return load_experiment(folder.write("test.yaml", "network: lenet-c\n" + line + "\n"));
}

std::string mistake_with(const std::string& line) { return mistake_in("network: lenet-c\n" + line + "\n"); }

TEST(ExperimentFile, HasADefaultForAllButTheNetwork) {
    const Experiment experiment = read("network: lenet-c\n");
    EXPECT_EQ(experiment.name, "test");
    EXPECT_EQ(experiment.network.name(), "lenet-c");
    EXPECT_EQ(experiment.array.name, "hpca19");
    EXPECT_EQ(experiment.array.accelerators, 16U);
    EXPECT_EQ(experiment.array.interconnect.topology.kind, TopologyKind::HTree);
    EXPECT_EQ(experiment.array.precision.bytes, 4U);
    EXPECT_EQ(experiment.batch, 256U);
    EXPECT_EQ(experiment.strategy.title(), "hypar");
    EXPECT_TRUE(experiment.strategy.cells.empty());
    EXPECT_THAT(experiment.phases, ElementsAre(Phase::Forward, Phase::Backward, Phase::Gradient, Phase::Update));
    EXPECT_EQ(experiment.partial_sums, PartialSums::Pooled);
    EXPECT_EQ(experiment.step().optimizer_state, OptimizerState::Whole);
    EXPECT_EQ(experiment.division().sizes(), std::vector<std::uint32_t>(4, 2));
}

TEST(ExperimentFile, GivesEveryValue) {
    const Experiment experiment = read(
        "network: vgg-a\n"
        "array: hpca19-torus\n"
        "accelerators: 4\n"
        "batch: 32\n"
        "strategy: trick\n"
        "topology: htree\n"
        "precision: float16\n"
        "schedule: sequential\n"
        "phases: [backward, forward]\n"
        "partial_sums: before-pooling\n"
        "optimizer_state: sharded\n");
    EXPECT_EQ(experiment.network.name(), "vgg-a");
    EXPECT_EQ(experiment.array.name, "hpca19-torus");
    EXPECT_EQ(experiment.array.accelerators, 4U);
    EXPECT_EQ(experiment.array.interconnect.topology.kind, TopologyKind::HTree);
    EXPECT_EQ(experiment.array.precision.bytes, 2U);
    EXPECT_EQ(experiment.batch, 32U);
    EXPECT_EQ(experiment.strategy.title(), "trick");
    EXPECT_THAT(experiment.phases, ElementsAre(Phase::Forward, Phase::Backward));
    EXPECT_EQ(experiment.partial_sums, PartialSums::BeforePooling);
    EXPECT_EQ(experiment.step().optimizer_state, OptimizerState::Sharded);
    EXPECT_THAT(experiment.make_plan().to_strings(), ElementsAre("00000000111", "00000000111"));
}

TEST(ExperimentFile, WithAnExplicitPlanUsesIt) {
    // Unquoted, 0011 is the octal number 9 to some readers of YAML.
    const Experiment experiment = read("network: lenet-c\nstrategy: {plan: [0011, \"0010\", 0000, '1111']}\n");
    EXPECT_EQ(experiment.strategy.title(), "explicit");
    EXPECT_THAT(experiment.make_plan().to_strings(), ElementsAre("0011", "0010", "0000", "1111"));
    EXPECT_EQ(read("network: lenet-c\naccelerators: 1\nstrategy: {plan: []}\n").make_plan().levels(), 0U);
}

TEST(ExperimentFile, MayGiveAPlanOfManyLayers) {
    const std::string level(read("network: bert-base\n").network.size(), '0');
    ASSERT_GT(level.size(), 100U);
    EXPECT_THAT(
        read("network: bert-base\naccelerators: 2\nstrategy: {plan: [\"" + level + "\"]}\n").make_plan().to_strings(),
        ElementsAre(level));
}

TEST(ExperimentFile, WithAPlanThatDoesNotFitIsRefused) {
    EXPECT_EQ(mistake_with("strategy: {plan: [0011, 0011, 0011]}"),
              "test.yaml:2:18: strategy.plan: expected 4 strings, one for each level of 16 accelerators, not 3");
    EXPECT_EQ(mistake_with("strategy: {plan: [0011, 0011, 011, 0011]}"),
              "test.yaml:2:31: strategy.plan.2: expected 4 digits, one for each layer, of 0 (data), 1 (model), 2 "
              "(output), 3 (spatial), 4 (heads), ? (free), not \"011\"");
    EXPECT_EQ(mistake_with("strategy: {plan: [0011, 0051, 0011, 0011]}"),
              "test.yaml:2:25: strategy.plan.1: expected 4 digits, one for each layer, of 0 (data), 1 (model), 2 "
              "(output), 3 (spatial), 4 (heads), ? (free), not \"0051\"");
    EXPECT_EQ(mistake_with("strategy: {plan: 0011}"),
              "test.yaml:2:18: strategy.plan: expected a list of strings, one for each level, not 0011");
    EXPECT_EQ(mistake_with("strategy: {plan: [0011, [0], 0011, 0011]}"),
              "test.yaml:2:25: strategy.plan.1: expected 4 characters, one for each layer, not a list");
    EXPECT_EQ(
        mistake_with("strategy: {plans: []}"),
        "test.yaml:2:12: strategy: unknown key \"plans\"; known: name, splits, minimise, plan, label (did you mean "
        "\"plan\"?)");
    EXPECT_EQ(mistake_with("strategy: {}"),
              "test.yaml:2:11: strategy: missing key \"name\"; expected a strategy's name, or a plan");
    EXPECT_EQ(mistake_with("strategy: [data]"),
              "test.yaml:2:11: strategy: expected a strategy's name, or a map with its name or a plan, not a list");
}

/// The plan of lenet-c with a strategy, in one line.
std::string plan_with(const std::string& strategy) {
    return fmt::format(
        "{}", fmt::join(read("network: lenet-c\nstrategy: " + strategy + "\n").make_plan().to_strings(), " "));
}

TEST(ExperimentFile, SaysAmongWhichSplitsAStrategyChooses) {
    // The least traffic of batch and input channels alone is what three splits find without output channels.
    EXPECT_EQ(plan_with("{name: exhaustive, splits: [in, batch]}"),
              plan_with("{name: optimal, splits: [batch, in]}"));
    EXPECT_NE(plan_with("{name: optimal, splits: [batch, in]}"), plan_with("optimal"));
    EXPECT_EQ(plan_with("{name: optimal, splits: [out]}"), "2222 2222 2222 2222");
    EXPECT_EQ(plan_with("{name: hypar}"), plan_with("hypar"));
    EXPECT_EQ(mistake_with("strategy: {name: optimal, splits: [batch, inn]}"),
              "test.yaml:2:43: strategy.splits.1: unknown value \"inn\"; known: batch, in, out, rows, heads (did you "
              "mean \"in\"?)");
    EXPECT_EQ(mistake_with("strategy: {name: optimal, splits: [in, in]}"),
              "test.yaml:2:40: strategy.splits.1: \"in\" is named twice");
    EXPECT_EQ(mistake_with("strategy: {name: optimal, splits: []}"),
              "test.yaml:2:35: strategy.splits: expected at least one of batch, in, out, rows, heads");
    EXPECT_EQ(mistake_with("strategy: {name: data, splits: [batch]}"),
              "test.yaml:2:32: strategy.splits: data does not take splits; hypar, optimal, exhaustive do");
    EXPECT_EQ(
        mistake_with("strategy: {name: optimal, splits: [rows]}"),
        "test.yaml:2:35: strategy.splits: conv1: 12 rows are too few for 16 accelerators to have one each at these "
        "levels");
    EXPECT_EQ(mistake_with("strategy: {name: hypar, minimise: seconds}"),
              "test.yaml:2:35: strategy.minimise: seconds are what optimal can minimise; hypar has a way of its own");
    EXPECT_EQ(mistake_with("strategy: {name: hypar, minimise: time}"),
              "test.yaml:2:35: strategy.minimise: unknown value \"time\"; known: traffic, seconds");
}

TEST(ExperimentFile, LeavesCellsOfAPlanToASearch) {
    const std::string free = "[\"????\", \"????\", \"????\", \"????\"]";
    EXPECT_EQ(plan_with("{plan: " + free + "}"), plan_with("optimal"));
    EXPECT_EQ(plan_with("{plan: " + free + ", name: hypar}"), plan_with("hypar"));
    const std::string given = plan_with("{plan: [\"2???\", \"????\", \"????\", \"???0\"]}");
    EXPECT_EQ(given.front(), '2');
    EXPECT_EQ(given.back(), '0');
    // A given cell may be of a split that the search may not use.
    EXPECT_EQ(plan_with("{plan: [\"3?11\", 1111, 1111, 1111], name: exhaustive, splits: [in]}"),
              "3111 1111 1111 1111");
    EXPECT_EQ(mistake_with("strategy: {name: data, plan: " + free + "}"),
              "test.yaml:2:18: strategy.name: data does not take cells; hypar, optimal, exhaustive do");
    EXPECT_EQ(mistake_with("strategy: {plan: [0000, 0000, 0000, 0000], name: optimal}"),
              "test.yaml:2:50: strategy.name: nothing to search: the plan has no free cell, ?");
    EXPECT_EQ(mistake_with("strategy: {plan: [0000, 0030, 0000, 0000]}"),
              "test.yaml:2:25: strategy.plan.1: fc1: a fully connected layer has no rows to split");
    EXPECT_EQ(mistake_with("strategy: {plan: [0000, \"00?3\", 0000, 0000]}"),
              "test.yaml:2:25: strategy.plan.1: fc2: a fully connected layer has no rows to split");
    // conv2 has 4 x 4 outputs. Its rows are divided by H1 first, whatever it does there: 2 and 2, at H2 1 and 1 of
    // each, so that nothing is left to divide at H3.
    EXPECT_EQ(
        mistake_with("strategy: {plan: [\"0?00\", \"03??\", \"03??\", \"03??\"]}"),
        "test.yaml:2:35: strategy.plan.2: conv2: 4 rows are too few for 4 accelerators to have one each at these "
        "levels");
}

TEST(ExperimentFile, IsRefusedWhereASearchLevelByLevelEndsInNoPlan) {
    // 36 channels in groups of 6: 4 shares of 9 are no whole groups, 3 of 12 are, and 12 of 3, a half each.
    const auto plan_over = [](const std::string& levels) {
        return read(
                   "network:\n  name: g\n  input: {channels: 36, height: 8, width: 8}\n"
                   "  layers: [{name: c1, type: conv, out_channels: 36, kernel: 3, padding: 1, groups: 6}]\n"
                   "accelerators: 12\nlevels: " +
                   levels + "\nstrategy: {name: hypar, splits: [in]}\n")
            .make_plan()
            .to_strings();
    };
    EXPECT_THAT(plan_over("[3, 4]"), ElementsAre("1", "1"));
    EXPECT_EQ(message_of([&] { plan_over("[4, 3]"); }),
              "test.yaml:7:11: strategy: hypar, which goes level by level, finds no way to divide c1 at H1");
}

TEST(ExperimentFile, NamesItsPlanInResults) {
    const auto title = [](const std::string& strategy) {
        return read("network: lenet-c\nstrategy: " + strategy + "\n").strategy.title();
    };
    EXPECT_EQ(title("{name: optimal}"), "optimal");
    EXPECT_EQ(title("{name: optimal, splits: [out, in, batch], minimise: traffic}"), "optimal");  // its own
    EXPECT_EQ(title("{name: optimal, splits: [in, batch]}"), "optimal(batch+in)");
    EXPECT_EQ(title("{name: optimal, splits: [in, batch], minimise: seconds}"), "optimal(batch+in, seconds)");
    EXPECT_EQ(title("{plan: [0000, 0000, 0000, 0000]}"), "explicit");
    EXPECT_EQ(title("{plan: [0000, 0000, 0000, '000?']}"), "partly-explicit");
    EXPECT_EQ(title("{plan: [0000, 0000, 0000, 0000], label: \"=mine, all\"}"), "=mine, all");
    EXPECT_EQ(mistake_with("strategy: {plan: [0000, 0000, 0000, 0000], label: data}"),
              "test.yaml:2:51: strategy.label: \"data\" is the name of a strategy");
    EXPECT_EQ(mistake_with("strategy: {name: data, label: \"\"}"),
              "test.yaml:2:31: strategy.label: expected a text that is not empty, not the text \"\"");
}

TEST(ExperimentFile, WithAnUnknownNameIsRefused) {
    EXPECT_THAT(mistake_in("network: vgg-z\n"),
                HasSubstr("test.yaml:1:10: network: unknown network \"vgg-z\"; known: alexnet, "));
    EXPECT_THAT(mistake_with("array: hpca91"),
                HasSubstr("test.yaml:2:8: array: unknown array \"hpca91\"; known: eyeriss, flexflow, hpca19"));
    EXPECT_EQ(mistake_with("strategy: hyper"),
              "test.yaml:2:11: strategy: unknown strategy \"hyper\"; known: data, model, trick, hypar, hypar-tables, "
              "accpar, optimal, exhaustive (did you mean \"hypar\"?)");
    EXPECT_EQ(mistake_with("strategy: explicit").find("test.yaml:2:11: strategy: unknown strategy \"explicit\""), 0U);
    EXPECT_EQ(mistake_with("topology: toros"),
              "test.yaml:2:11: topology: unknown value \"toros\"; known: htree, torus, mesh, ring, fully-connected, "
              "fat-tree, dragonfly, graph (did you mean \"torus\"?)");
    EXPECT_EQ(mistake_with("partial_sums: yes"),
              "test.yaml:2:15: partial_sums: unknown value \"yes\"; known: pooled, before-pooling");
    EXPECT_EQ(mistake_with("optimizer_state: shared"),
              "test.yaml:2:18: optimizer_state: unknown value \"shared\"; known: whole, sharded (did you mean "
              "\"sharded\"?)");
    EXPECT_EQ(mistake_with("aray: hpca19"),
              "test.yaml:2:1: unknown key \"aray\"; known: network, array, accelerators, levels, batch, strategy, "
              "topology, precision, schedule, phases, partial_sums, capacity, optimizer, optimizer_state (did you "
              "mean \"array\"?)");
}

TEST(ExperimentFile, WithoutItsNetworkIsRefused) {
    EXPECT_EQ(mistake_in("batch: 3\n"),
              "test.yaml:1:1: missing key \"network\"; expected a network's name, its path or the map itself");
    EXPECT_EQ(mistake_in("network:\n"),
              "test.yaml:1:1: network: expected a name, a path or the map itself, not an empty value");
}

TEST(ExperimentFile, WithABadNumberIsRefused) {
    EXPECT_EQ(mistake_with("batch: 0"), "test.yaml:2:8: batch: expected an integer of at least 1, not 0");
    EXPECT_EQ(mistake_with("batch: 010"),
              "test.yaml:2:8: batch: expected an integer of at least 1 without leading zeros, not 010");
    EXPECT_EQ(mistake_with("batch:"), "test.yaml:2:1: batch: expected an integer of at least 1, not an empty value");
    EXPECT_THAT(mistake_with("topology: dragonfly\naccelerators: 12"),
                HasSubstr("test.yaml:2:11: topology: a dragonfly of 12 accelerators needs "));
    EXPECT_EQ(mistake_with("accelerators: 2097152"),
              "test.yaml:2:15: accelerators: expected 1 to 1048576, not 2097152");
}

TEST(ExperimentFile, DividesAnArrayByItsPrimeFactorsUnlessLevelsAreGiven) {
    const std::string twelve = "network: lenet-c\ntopology: torus\naccelerators: 12\n";
    EXPECT_THAT(read(twelve).division().sizes(), ElementsAre(2U, 2U, 3U));  // the largest last
    EXPECT_THAT(read(twelve + "levels: [4, 3]\n").division().sizes(), ElementsAre(4U, 3U));
    EXPECT_EQ(read(twelve + "levels: [12]\nstrategy: {plan: [3012]}\n").make_plan().accelerators(), 12U);
    EXPECT_EQ(mistake_in(twelve + "levels: [4, 4]\n"),
              "test.yaml:4:9: levels: expected levels of 12 accelerators in all, not 16");
    EXPECT_EQ(mistake_in(twelve + "levels: [12, 1]\n"),
              "test.yaml:4:14: levels.1: expected an integer of at least 2, not 1");
    EXPECT_EQ(mistake_in(twelve + "levels: 12\n"),
              "test.yaml:4:9: levels: expected a list of numbers, into how many groups each level divides, not 12");
}

TEST(ExperimentFile, NeedsThePhasesBeforeAPhase) {
    EXPECT_EQ(mistake_with("phases: [gradient, forward]"),
              "test.yaml:2:9: phases: \"backward\" is missing, which \"gradient\" needs");
    EXPECT_EQ(mistake_with("phases: [update]"),
              "test.yaml:2:9: phases: \"forward\" is missing, which \"update\" needs");
    EXPECT_EQ(mistake_with("phases: [forward, forward]"), "test.yaml:2:19: phases.1: \"forward\" is named twice");
    EXPECT_EQ(mistake_with("phases: []"), "test.yaml:2:9: phases: expected at least the phase \"forward\"");
    EXPECT_EQ(mistake_with("phases: [forwards]"),
              "test.yaml:2:10: phases.0: unknown value \"forwards\"; known: forward, backward, gradient, update (did "
              "you mean \"forward\"?)");
    EXPECT_EQ(mistake_with("phases: forward"), "test.yaml:2:9: phases: expected a list of phases, not \"forward\"");
}

TEST(ExperimentFile, HasASchedule) {
    const ScheduleSpec schedule =
        experiment_with("schedule: {kind: overlapped, bucket: 1 MB, order: first-come, steps: 3}").schedule;
    EXPECT_TRUE(schedule.is_overlapped());
    EXPECT_EQ(schedule.bucket_bytes, 1'000'000U);
    EXPECT_EQ(schedule.order, CommunicationOrder::FirstCome);
    EXPECT_EQ(schedule.steps, 3U);
    EXPECT_FALSE(experiment_with("batch: 4").schedule.is_overlapped());
    const ScheduleSpec by_name = experiment_with("schedule: overlapped").schedule;
    EXPECT_TRUE(by_name.is_overlapped());
    EXPECT_EQ(by_name.bucket_bytes, 25'000'000U);
    EXPECT_EQ(by_name.steps, 1U);
    EXPECT_EQ(mistake_with("schedule: overlaped"),
              "test.yaml:2:11: schedule: unknown value \"overlaped\"; known: sequential, overlapped (did you mean "
              "\"overlapped\"?)");
    EXPECT_EQ(mistake_with("schedule: {kind: sequential, steps: 2}"),
              "test.yaml:2:37: schedule.steps: only an overlapped schedule has it");
    EXPECT_EQ(mistake_with("schedule: {kind: overlapped, steps: 0}"),
              "test.yaml:2:37: schedule.steps: expected an integer of at least 1, not 0");
    EXPECT_EQ(mistake_with("schedule: {kind: overlapped, buckets: 2}"),
              "test.yaml:2:30: schedule: unknown key \"buckets\"; known: kind, bucket, order, steps (did you mean "
              "\"bucket\"?)");
}

TEST(ExperimentFile, NamesTheValuesOfAKey) {
    EXPECT_EQ(mistake_with("capacity: ignore"),
              "test.yaml:2:11: capacity: unknown value \"ignore\"; known: refuse, report");
}

TEST(ExperimentFile, BeyondSixtyFourBitsIsRefused) {
    EXPECT_EQ(mistake_in("network: vgg-e\nbatch: 2147483647\n"),  // 2 x 10^10 x 2 x 10^9 operations
              "test.yaml:2:8: batch: a step of this size cannot be counted in 64 bits");
}

TEST(ExperimentFile, OnATorusWithRingsOfEightNeedsTwoVirtualChannels) {
    const TemporaryFolder folder;
    folder.write("one.yaml",
                 replaced(project_file("configs/arrays/hpca19.yaml"), "virtual_channels: 2", "virtual_channels: 1"));
    folder.write("tree.yaml", "network: lenet-c\narray: one.yaml\n");
    folder.write("torus.yaml", "network: lenet-c\narray: one.yaml\ntopology: torus\naccelerators: 32\n");
    EXPECT_EQ(load_experiment("tree.yaml").array.interconnect.virtual_channels, 1U);
    // Of its rings, eight long.
    EXPECT_THAT(message_of([] { load_experiment("torus.yaml"); }),
                HasSubstr("torus.yaml:3:11: topology: packets can deadlock"));
}

TEST(References, ToPathsAreRelativeToTheFileThatNamesThem) {
    const TemporaryFolder folder;
    folder.write(
        "nets/small.yaml",
        "name: small\ninput: {channels: 1, height: 1, width: 4}\nlayers: [{name: fc, type: fc, out_features: 2}]\n");
    folder.write("experiments/a.yaml", "network: ../nets/small.yaml\n");
    folder.write("experiments/b.yaml", "network: nets/small.yaml\n");
    folder.write("nets/c.yaml", "network: small.yaml\n");
    EXPECT_EQ(load_experiment("experiments/a.yaml").network.name(), "small");
    EXPECT_EQ(load_experiment("nets/c.yaml").network.name(), "small");
    EXPECT_EQ(load_experiment((folder.path() / "nets/c.yaml").string()).network.name(), "small");
    EXPECT_EQ(message_of([] { load_experiment("experiments/b.yaml"); }),
              "experiments/b.yaml:1:10: network: there is no file \"experiments/nets/small.yaml\"");
    // An override is given on the command line: relative to the working directory.
    EXPECT_EQ(load_experiment("experiments/b.yaml", {{"network", "nets/small.yaml", "--set"}}).network.name(),
              "small");
}

TEST(References, MayBeTheMapItself) {
    const Experiment experiment = read(
        "network:\n"
        "  name: inline\n"
        "  input: {channels: 1, height: 1, width: 4}\n"
        "  layers: [{name: fc, type: fc, out_features: 2}]\n");
    EXPECT_EQ(experiment.network.name(), "inline");
    EXPECT_EQ(mistake_in("network:\n"
                         "  name: inline\n"
                         "  input: {channels: 1, height: 1, width: 4}\n"
                         "  layers: [{name: fc, type: fc, out_features: 0}]\n"),
              "test.yaml:4:47: network.layers.0.out_features: expected an integer of at least 1, not 0");
}

TEST(References, MistakesInTheirFilesArePlacedThere) {
    const TemporaryFolder folder;
    folder.write("net.yaml",
                 "name: small\ninput: {channels: 1, height: 1, width: 4}\nlayers: [{name: fc, type: fc}]\n");
    folder.write("broken.yaml", "name: [\n");
    folder.write("a.yaml", "network: net.yaml\n");
    folder.write("b.yaml", "network: broken.yaml\n");
    folder.write("c.yaml", "network: a.yaml\n");
    EXPECT_EQ(message_of([] { load_experiment("a.yaml"); }),
              "net.yaml:3:10: network.layers.0: missing key \"out_features\"; expected an integer");
    EXPECT_EQ(message_of([] { load_experiment("b.yaml"); }),
              "broken.yaml:2:1: not valid YAML: end of sequence flow not found");
    EXPECT_EQ(message_of([] { load_experiment("c.yaml"); }),
              "a.yaml:1:1: expected a network, but its key \"network\" makes it an experiment");
}

TEST(References, ToFilesOfAnotherKindAreRefused) {
    const std::string root = HYPAR_SOURCE_DIR;
    EXPECT_THAT(message_of([&] { load_experiment(root + "/configs/arrays/hpca19.yaml"); }),
                HasSubstr("expected an experiment, but its key \"pe_array\" makes it an array"));
    EXPECT_THAT(message_of([&] { load_network(root + "/configs/arrays/hpca19.yaml"); }),
                HasSubstr("expected a network, but its key \"pe_array\" makes it an array"));
}

TEST(References, OnTheCommandLineThatAreUnknownAreNamed) {
    EXPECT_THAT(message_of([] { load_experiment("vgg-z"); }),
                HasSubstr("unknown experiment \"vgg-z\"; known: alexnet"));
    EXPECT_THAT(message_of([] { load_network(""); }), HasSubstr("unknown network \"\"; known: alexnet"));
    EXPECT_THAT(message_of([] { load_array("a\nb"); }),
                HasSubstr("unknown array \"a\\x0Ab\"; known: eyeriss, flexflow, hpca19"));
    EXPECT_EQ(message_of([] { load_experiment("missing/x.yaml"); }),
              "missing/x.yaml: cannot be read: No such file or directory");
}

TEST(Places, AreKnownForEveryKey) {
    const TemporaryFolder folder;
    folder.write(
        "net.yaml",
        "name: small\ninput: {channels: 1, height: 1, width: 4}\nlayers: [{name: fc, type: fc, out_features: 2}]\n");
    folder.write("a.yaml", "network: net.yaml\nbatch: 8\n");
    const Experiment experiment = load_experiment("a.yaml", {{"array.clock", "1 GHz", "--set array.clock=1 GHz"}});
    EXPECT_EQ(experiment.places.at("batch"), "a.yaml:2:8");
    EXPECT_EQ(experiment.places.at("network.layers.0.out_features"), "net.yaml:3:45");
    EXPECT_EQ(experiment.places.at("array.clock"), "--set array.clock=1 GHz");
    EXPECT_THAT(experiment.places.at("array.memory.capacity"), HasSubstr("configs/arrays/hpca19.yaml:"));
    // What the experiment does not set stands in the array's file.
    EXPECT_EQ(experiment.places.at("accelerators"), experiment.places.at("array.accelerators"));
}

TEST(Places, AreGivenToMistakesThatAreFoundLater) {
    const Experiment experiment = read("network: lenet-c\nbatch: 8\n");
    EXPECT_STREQ(experiment.located(ConfigError("batch", "too large")).what(), "test.yaml:2:8: batch: too large");
    EXPECT_STREQ(experiment.located(ConfigError("batch.x.y", "bad")).what(), "test.yaml:2:8: batch.x.y: bad");
    EXPECT_STREQ(experiment.located(ConfigError("strategy", "bad")).what(), "test.yaml:1:1: strategy: bad");
    EXPECT_STREQ(experiment.located(ConfigError("", "bad")).what(), "test.yaml:1:1: bad");
    EXPECT_STREQ(experiment.located(ConfigError("batch", "bad", "elsewhere")).what(), "elsewhere: batch: bad");
}

TEST(Places, AreGivenToWhatAStrategyRefuses) {
    const Experiment experiment = read("network: vgg-a\nstrategy: exhaustive\n");
    EXPECT_EQ(message_of([&] { experiment.make_plan(); }),
              "test.yaml:2:11: strategy: exhaustive would try more than 2^26 plans (11 layers x 4 levels)");
}

}  // namespace
}  // namespace hypar
