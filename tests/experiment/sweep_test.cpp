#include "experiment/sweep/sweep.h"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/sweep/sweep_axis.h"
#include "tests/experiment/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

Sweep sweep_of_text(const std::string& text) {
    const TemporaryFolder folder;
    return load_sweep(folder.write("s.yaml", text));
}

std::string mistake_in(const std::string& text) {
    return message_of([&] { sweep_of_text(text); });
}

std::vector<std::vector<std::string>> points_of(const Sweep& sweep) {
    std::vector<std::vector<std::string>> points;
    for (std::size_t point = 0; point < sweep.size(); ++point) points.push_back(sweep.values(point));
    return points;
}

std::vector<std::string> range(const std::string& text) {
    const YamlValue value = yaml_of("r: " + text + "\n");
    std::vector<std::string> texts;
    for (const YamlValue& item : read_range(Field(value.entries.front().value, "r"))) texts.push_back(item.text);
    return texts;
}

TEST(SweepRange, MultipliesAndAddsUpToItsEnd) {
    EXPECT_THAT(range("{from: 1, to: 64, times: 2}"), ElementsAre("1", "2", "4", "8", "16", "32", "64"));
    EXPECT_THAT(range("{from: 1, to: 63, times: 4}"), ElementsAre("1", "4", "16"));
    EXPECT_THAT(range("{from: 0, to: 10, step: 5}"), ElementsAre("0", "5", "10"));
    EXPECT_THAT(range("{from: 5, to: 5, step: 1}"), ElementsAre("5"));
    EXPECT_THAT(range("{from: 4, to: 9, times: 1.5}"), ElementsAre("4", "6", "9"));
    EXPECT_THAT(range("{from: 0.8 Gb/s, to: 3.2 Gb/s, times: 2}"), ElementsAre("0.8 Gb/s", "1.6 Gb/s", "3.2 Gb/s"));
    EXPECT_THAT(range("{from: 0.1 ns, to: 0.3 ns, step: 0.1 ns}"), ElementsAre("0.1 ns", "0.2 ns", "0.3 ns"));
    EXPECT_THAT(range("{from: 512 KiB, to: 2 MiB, times: 2}"), ElementsAre("512 KiB", "1024 KiB", "2048 KiB"));
    EXPECT_THAT(range("{from: 1 MiB, to: 2 MiB, step: 512 KiB}"), ElementsAre("1 MiB", "1.5 MiB", "2 MiB"));
}

TEST(SweepRange, RefusesWhatIsNoRange) {
    const auto mistake = [](const std::string& text) { return message_of([&] { range(text); }); };
    EXPECT_THAT(mistake("{from: 1, to: 8}"), HasSubstr("expected either times or step"));
    EXPECT_THAT(mistake("{from: 1, to: 8, times: 2, step: 1}"), HasSubstr("expected either times or step"));
    EXPECT_THAT(mistake("{from: 1, to: 8, times: 1}"), HasSubstr("r.times: expected a number above 1"));
    EXPECT_THAT(mistake("{from: 0, to: 8, times: 2}"), HasSubstr("cannot begin at 0"));
    EXPECT_THAT(mistake("{from: 1, to: 8, step: 0}"), HasSubstr("expected a step above 0"));
    EXPECT_THAT(mistake("{from: 9, to: 8, step: 1}"), HasSubstr("r.to: expected at least the value of from, not 8"));
    EXPECT_THAT(mistake("{from: 1 ns, to: 8 KiB, step: 1 ns}"), HasSubstr("expected a time with its unit"));
    EXPECT_THAT(mistake("{from: 1, to: 8 KiB, step: 1}"), HasSubstr("expected an integer, as from is"));
    EXPECT_THAT(mistake("{from: 1.5, to: 8, step: 1}"), HasSubstr("expected an integer or a quantity"));
    EXPECT_THAT(mistake("{from: 3, to: 8, times: 1.5}"), HasSubstr("the value after 3 is no integer"));
    EXPECT_THAT(mistake("{from: 1, to: 100000000, step: 1}"), HasSubstr("more than 1000000 values"));
}

TEST(Sweep, CountsWithTheFirstKeySlowest) {
    const Sweep sweep = sweep_of_text(
        "base: lenet-c\n"
        "vary:\n"
        "  strategy: [data, hypar]\n"
        "  accelerators, batch: [[4, 64], [16, 256]]\n");
    EXPECT_EQ(sweep.name(), "s");
    EXPECT_THAT(sweep.keys(), ElementsAre("strategy", "accelerators", "batch"));
    EXPECT_THAT(points_of(sweep), ElementsAre(ElementsAre("data", "4", "64"), ElementsAre("data", "16", "256"),
                                              ElementsAre("hypar", "4", "64"), ElementsAre("hypar", "16", "256")));
    EXPECT_EQ(sweep.experiment(2).array.accelerators, 4U);
    EXPECT_EQ(sweep.experiment(2).batch, 64U);
    EXPECT_EQ(sweep.experiment(3).strategy.title(), "hypar");
    EXPECT_EQ(summary(sweep), "4 points: strategy (2) x accelerators, batch (2)");
}

TEST(Sweep, DropsPointsByVariedAndByResolvedKeys) {
    const Sweep sweep = sweep_of_text(
        "base: {network: lenet-c, accelerators: 8}\n"
        "vary: {batch: [8, 16, 32, 64], array: [hpca19, hpca19-torus]}\n"
        "where:\n"
        "  - batch / accelerators >= 2                # 16, 32, 64: drops both points of 8\n"
        "  - not (topology == torus and batch > 16)   # drops 32 and 64 on the torus\n");
    EXPECT_THAT(points_of(sweep), ElementsAre(ElementsAre("16", "hpca19"), ElementsAre("16", "hpca19-torus"),
                                              ElementsAre("32", "hpca19"), ElementsAre("64", "hpca19")));
    ASSERT_THAT(sweep.dropped(), SizeIs(2));
    EXPECT_EQ(sweep.dropped()[0].points, 2U);
    EXPECT_EQ(sweep.dropped()[1].points, 2U);
    EXPECT_EQ(sweep.combinations(), 8U);
}

TEST(Sweep, FindsPathsWhereItsFileIs) {
    const TemporaryFolder folder;
    folder.write("nets/own.yaml", replaced(project_file("workloads/networks/lenet-c.yaml"), "lenet-c", "own"));
    folder.write("nets/base.yaml", "network: own.yaml\nbatch: 32\n");
    folder.write("sweeps/s.yaml", "base: ../nets/base.yaml\nvary: {batch: [8, 16]}\n");
    folder.write("sweeps/t.yaml", "base: ../nets/base.yaml\nvary: {network: [../nets/own.yaml, sfc]}\n");
    EXPECT_EQ(load_sweep("sweeps/s.yaml").experiment(1).network.name(), "own");
    EXPECT_EQ(load_sweep("sweeps/t.yaml").experiment(0).network.name(), "own");
    EXPECT_EQ(load_sweep("sweeps/t.yaml").experiment(1).network.name(), "sfc");
    EXPECT_EQ(load_sweep("sweeps/t.yaml").experiment(1).batch, 32U);
}

TEST(Sweep, InputsAreEqualForEqualExperiments) {
    const Sweep sweep = sweep_of_text(
        "base: lenet-c\n"
        "vary: {strategy: [hypar, data], array: [hpca19, hpca19-torus], topology: [torus, htree]}\n");
    const Sweep other = sweep_of_text("base: {network: lenet-c}\nvary: {accelerators: [16, 8]}\n");
    std::set<std::string> inputs;
    for (std::size_t point = 0; point < sweep.size(); ++point) inputs.insert(sweep.inputs(point));
    EXPECT_EQ(inputs.size(), 8U);  // hpca19 and hpca19-torus differ in their names
    EXPECT_EQ(other.inputs(0), sweep.inputs(1));
    EXPECT_NE(other.inputs(1), sweep.inputs(1));
}

TEST(Sweep, InputsAreValuesNotTexts) {
    const auto inputs_of = [](const std::string& text) {
        return sweep_of_text("base: {network: lenet-c" + text + "}\nvary: {batch: [32]}\n").inputs(0);
    };
    const std::string inputs = inputs_of("");
    for (const char* default_value :
         {"accelerators: 16", "strategy: hypar", "topology: htree", "topology: {kind: htree}", "precision: float32",
          "schedule: sequential", "phases: [update, gradient, backward, forward]", "partial_sums: pooled",
          "capacity: refuse", "optimizer: sgd", "optimizer_state: whole", "array: hpca19"}) {
        EXPECT_EQ(inputs_of(std::string(", ") + default_value), inputs) << default_value;
    }
    EXPECT_NE(inputs_of(", optimizer: adam"), inputs);
    EXPECT_NE(inputs_of(", optimizer_state: sharded"), inputs);
    EXPECT_NE(inputs_of(", topology: torus"), inputs);
}

TEST(Sweep, VariesAKeyThatTakesThePlaceOfItsBases) {
    const Sweep sweep = sweep_of_text(
        "base: lenet-c\n"
        "vary: {topology: [htree, torus], array.interconnect.link_bandwidth: [1.6 Gb/s, 3.2 Gb/s]}\n");
    ASSERT_EQ(sweep.size(), 4U);
    EXPECT_TRUE(sweep.experiment(3).array.interconnect.is_per_link);
    EXPECT_EQ(sweep.experiment(3).array.interconnect.bits_per_second, 3'200'000'000U);
    // An array that has the one key only is the same.
    EXPECT_THAT(sweep.inputs(3), testing::Not(HasSubstr("total_bandwidth\"")));
    EXPECT_THAT(mistake_in("base: lenet-c\nvary: {array.interconnect.link_bandwidth: [1 Gb/s], "
                           "array.interconnect.total_bandwidth: [1 Gb/s]}\n"),
                HasSubstr("s.yaml:2:44: array.interconnect: expected either total_bandwidth"));
}

TEST(Sweep, InputsOfAGraphAreTheSameWithTheRoutingThatItHasAnyway) {
    const auto inputs_of = [](const std::string& routing) {
        return sweep_of_text("base: {network: lenet-c, accelerators: 2, topology: {kind: graph" + routing +
                             ", links: [{between: [acc0, acc1]}]}}\nvary: {batch: [32]}\n")
            .inputs(0);
    };
    EXPECT_EQ(inputs_of(", routing: shortest"), inputs_of(""));
    EXPECT_NE(inputs_of(", routing: widest"), inputs_of(""));
}

TEST(Sweep, InputsOfCollectivesAreTheSameHoweverTheyAreWritten) {
    const auto inputs_of = [](const std::string& value) {
        return sweep_of_text("base: lenet-c\nvary: {array.interconnect.collectives: [" + value + "]}\n").inputs(0);
    };
    const std::string array =
        replaced(project_file("configs/arrays/hpca19.yaml"), "  collectives: pairwise ", "  # ");
    const auto left_out = [&] {
        const TemporaryFolder folder;
        folder.write("hpca19.yaml", array);
        folder.write("s.yaml", "base: {network: lenet-c, array: ./hpca19.yaml}\nvary: {batch: [256]}\n");
        return load_sweep("s.yaml").inputs(0);
    };
    EXPECT_EQ(inputs_of("best"), left_out());
    EXPECT_EQ(inputs_of("{}"), left_out());
    EXPECT_EQ(inputs_of("{swap: best}"), left_out());
    EXPECT_EQ(inputs_of("{all-reduce: ring, reduce-scatter: ring, all-gather: ring, swap: ring}"), inputs_of("ring"));
    EXPECT_EQ(inputs_of("{all-reduce: ring}"), inputs_of("{swap: best, all-reduce: ring}"));
    EXPECT_NE(inputs_of("{all-reduce: ring}"), inputs_of("ring"));
    EXPECT_NE(inputs_of("ring"), left_out());
    const Sweep sweep = sweep_of_text(
        "base: lenet-c\nvary: {array.interconnect.collectives: [best, {all-reduce: best}, {all-reduce: ring}, "
        "ring]}\n");
    EXPECT_EQ(sweep.size(), 3U);
    EXPECT_THAT(
        mistake_in("base: lenet-c\nvary: {array.interconnect.collectives: [best, {swap: best, swop: best}]}\n"),
        HasSubstr("unknown key \"swop\""));
}

TEST(Sweep, InputsOfAnArrayAndANetworkHaveDefaultsAndOneWayToWriteAQuantity) {
    const auto inputs_with = [](const std::string& key, const std::string& value) {
        return sweep_of_text("base: lenet-c\nvary: {" + key + ": [" + value + "]}\n").inputs(0);
    };
    const std::string inputs = inputs_with("batch", "256");
    for (const auto& [key, value] :
         {std::pair("array.interconnect.routing", "deterministic"), std::pair("array.clock", "0.25 GHz"),
          std::pair("array.memory.timing.tRCD", "10200 ps"), std::pair("array.memory.vault_bandwidth", "80 Gb/s"),
          std::pair("array.buffer.capacity", "110592 B"), std::pair("array.energy.add", "900 fJ"),
          std::pair("network.layers.conv1.stride", "1"), std::pair("network.layers.conv1.groups", "1"),
          std::pair("network.layers.conv1.inputs", "[input]"), std::pair("network.layers.fc1.inputs", "[conv2]")}) {
        EXPECT_EQ(inputs_with(key, value), inputs) << key;
    }
    EXPECT_NE(inputs_with("array.clock", "251 MHz"), inputs);
    EXPECT_NE(inputs_with("network.layers.conv1.padding", "1"), inputs);
}

TEST(Sweep, HasOnePointForValuesThatSayTheSame) {
    const Sweep sweep = sweep_of_text(
        "base: lenet-c\n"
        "vary:\n"
        "  array.interconnect.packet: [1 KiB, 1024 B, 2 KiB]\n"
        "  topology: [torus, htree, {kind: torus}]\n"
        "  batch, phases: [[8, [forward, backward]], [8, [backward, forward]]]\n");
    EXPECT_EQ(sweep.size(), 4U);
    EXPECT_THAT(points_of(sweep)[0], ElementsAre("1 KiB", "torus", "8", "[\"forward\",\"backward\"]"));
    EXPECT_THAT(points_of(sweep)[3], ElementsAre("2 KiB", "htree", "8", "[\"forward\",\"backward\"]"));
    EXPECT_THAT(
        dropped_lines(sweep),
        ElementsAre("1 of the values of array.interconnect.packet left out: it says the same as one before it",
                    "1 of the values of topology left out: it says the same as one before it",
                    "1 of the values of batch, phases left out: it says the same as one before it"));
}

TEST(Sweep, LeavesToAPointWhatIsRefusedInSomeAlone) {
    // A list of 4 x 4 x 4 nodes fits 64 accelerators alone.
    const Sweep sweep = sweep_of_text(
        "base: lenet-c\n"
        "vary: {topology: [htree, {kind: torus, size: [4, 4, 4]}], accelerators: [16, 64]}\n");
    EXPECT_THAT(points_of(sweep)[2], ElementsAre("{\"kind\":\"torus\",\"size\":[4,4,4]}", "16"));
    EXPECT_THAT(message_of([&] { sweep.experiment(2); }), HasSubstr("s.yaml:2:"));
    EXPECT_EQ(sweep.experiment(3).array.accelerators, 64U);
}

TEST(Sweep, VariesPlansBesideStrategies) {
    const TemporaryFolder folder;
    const std::string mine = "{plan: [0011, 0011, 0011, 0011], label: mine}";
    folder.write("s.yaml", "base: lenet-c\nvary:\n  strategy: [hypar, " + mine +
                               ", {name: optimal, splits: [in, batch]}]\nwhere: strategy in [mine, hypar]\n");
    const Sweep sweep = load_sweep("s.yaml");
    ASSERT_EQ(sweep.size(), 2U);
    EXPECT_THAT(sweep.values(0), ElementsAre("hypar"));
    EXPECT_THAT(sweep.values(1), ElementsAre("mine"));
    EXPECT_THAT(sweep.experiment(1).make_plan().to_strings(), ElementsAre("0011", "0011", "0011", "0011"));
    EXPECT_THAT(mistake_in("base: lenet-c\nvary:\n  strategy: [" + mine + ", " +
                           "{plan: [0011, 0011, 0011, 0010], label: mine}]\n"),
                HasSubstr("s.yaml:3:61: strategy: two strategies are called \"mine\"; expected a label for each"));
}

/// What distinguishes the strategy of an experiment from others, for its point's identity.
std::string inputs_with(const std::string& strategy) {
    const TemporaryFolder folder;
    folder.write("s.yaml", "base: lenet-c\nvary:\n  strategy: [" + strategy + "]\n");
    return load_sweep("s.yaml").inputs(0);
}

TEST(Sweep, KnowsAStrategyHoweverItIsWritten) {
    EXPECT_EQ(inputs_with("{name: optimal}"), inputs_with("optimal"));
    EXPECT_EQ(inputs_with("{name: optimal, splits: [out, batch, in], minimise: traffic}"), inputs_with("optimal"));
    EXPECT_EQ(inputs_with("{name: optimal, splits: [in, batch]}"),
              inputs_with("{splits: [batch, in], name: optimal, label: a}"));
    EXPECT_NE(inputs_with("{name: optimal, splits: [in, batch]}"), inputs_with("optimal"));
    EXPECT_NE(inputs_with("{name: optimal, minimise: seconds}"), inputs_with("optimal"));
    EXPECT_EQ(inputs_with("{plan: [1111, 1111, 1111, '111?'], name: optimal}"),
              inputs_with("{plan: [\"1111\", '1111', 1111, \"111?\"], label: b}"));
    EXPECT_NE(inputs_with("{plan: [1111, 1111, 1111, '111?'], name: hypar}"),
              inputs_with("{plan: [1111, 1111, 1111, '111?']}"));
}

TEST(Sweep, RefusesWhatNoPointCanUse) {
    const std::string base = "base: lenet-c\nvary:\n  batch: [1, 2]\n";
    EXPECT_THAT(mistake_in(base + "  strategy: [hypar, hyper]\n"),
                HasSubstr("s.yaml:4:21: strategy: unknown strategy \"hyper\""));
    EXPECT_THAT(mistake_in(base + "  accelerators: [0]\n"),
                StartsWith("s.yaml:4:18: accelerators: expected an integer of at least 1, not 0"));
    EXPECT_THAT(mistake_in(base + "  accelerators: [2097152]\n"),
                StartsWith("s.yaml:4:18: accelerators: expected 1 to 1048576, not 2097152"));
    EXPECT_THAT(mistake_in(base + "  array.memmory.vaults: [1]\n"),
                StartsWith("s.yaml:4:3: array: unknown key \"memmory\""));
    EXPECT_THAT(mistake_in(base + "  array.clock: [250]\n"), StartsWith("s.yaml:4:17: array.clock: expected a freq"));
    EXPECT_THAT(mistake_in(base + "  network: [nix]\n"), StartsWith("s.yaml:4:13: network: unknown network \"nix\""));
    EXPECT_THAT(mistake_in(base + "  batch.x: [1]\n"), HasSubstr("s.yaml:4:3: batch: \"1\" has no keys"));
}

TEST(Sweep, RefusesWhatIsWrongInItsForm) {
    EXPECT_THAT(mistake_in("base: lenet-c\n"), HasSubstr("missing key \"vary\""));
    EXPECT_THAT(mistake_in("vary: {batch: [1]}\n"), HasSubstr("missing key \"base\""));
    EXPECT_THAT(mistake_in("base: lenet\nvary: {batch: [1]}\n"), StartsWith("s.yaml:1:7: base: unknown experiment"));
    EXPECT_THAT(mistake_in("base: nix.yaml\nvary: {batch: [1]}\n"), HasSubstr("there is no file \"nix.yaml\""));
    EXPECT_THAT(mistake_in("base: [1]\nvary: {batch: [1]}\n"), HasSubstr("expected an experiment"));
    EXPECT_THAT(mistake_in("base: lenet-c\nvary: {batch: []}\n"), HasSubstr("expected at least one value"));
    EXPECT_THAT(mistake_in("base: lenet-c\nvary: {batch: 1}\n"), HasSubstr("expected a list of values, or a range"));
    EXPECT_THAT(mistake_in("base: lenet-c\nvary: {}\n"), HasSubstr("expected at least one key that varies"));
    EXPECT_THAT(mistake_in("base: lenet-c\nvary:\n  batch, accelerators: [[1, 2], [1]]\n"),
                StartsWith("s.yaml:3:33: vary.batch, accelerators.1: expected a list of 2 values"));
    EXPECT_THAT(mistake_in("base: lenet-c\nvary:\n  batch, batch: [[1, 2]]\n"), HasSubstr("\"batch\" varies twice"));
    EXPECT_THAT(mistake_in("base: lenet-c\nvary: {batch: [1]}\nwhere: batch > 1\n"),
                StartsWith("s.yaml:3:8: where: drops all of 1 points"));
    EXPECT_THAT(mistake_in("base: lenet-c\nvary: {batch: [1]}\nwhere: [batch >= 1, bach > 1]\n"),
                StartsWith("s.yaml:3:21: where.1: unknown key \"bach\""));
    EXPECT_THAT(mistake_in("base: lenet-c\nvary: {batch: [1]}\nwhere: array.nix == 1\n"),
                StartsWith("s.yaml:3:8: the experiments have no key \"array.nix\""));
    EXPECT_THAT(mistake_in("base: lenet-c\n"
                           "vary:\n"
                           "  batch: {from: 1, to: 10000, step: 1}\n"
                           "  array.memory.vaults: {from: 1, to: 10000, step: 1}\n"),
                HasSubstr("more than 10000000 combinations"));
}

TEST(Sweep, AroundAnExperimentChangesOneNumberAtATime) {
    const Sweep sweep = sweep_around("lenet-c");
    const std::vector<std::string> base = sweep.values(0);
    std::set<std::string> changed;
    for (std::size_t point = 1; point < sweep.size(); ++point) {
        const std::vector<std::string> values = sweep.values(point);
        std::size_t differences = 0;
        for (std::size_t key = 0; key < values.size(); ++key) {
            if (values[key] == base[key]) continue;
            ++differences;
            changed.insert(sweep.keys()[key] + "=" + values[key]);
        }
        EXPECT_EQ(differences, 1U);
        EXPECT_NO_THROW(sweep.experiment(point));
    }
    EXPECT_EQ(changed.count("array.accelerators=8"), 1U);
    EXPECT_EQ(changed.count("array.memory.vaults=64"), 1U);
    EXPECT_EQ(changed.count("array.buffer.banks=13"), 1U);  // 27 halved, rounded down
    EXPECT_EQ(changed.count("array.interconnect.total_bandwidth=12.8 Gb/s"), 1U);
    EXPECT_EQ(sweep.experiment(0).batch, 256U);
}

}  // namespace
}  // namespace hypar
