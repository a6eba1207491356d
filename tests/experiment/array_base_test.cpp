// What an array inherits from its base.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/experiment.h"
#include "experiment/listing/listing.h"
#include "experiment/sweep/sweep.h"
#include "tests/experiment/support.h"

namespace hypar {
namespace {

using testing::HasSubstr;

/// The array of the file "array.yaml" with this text.
ArraySpec array_with(const std::string& text) {
    const TemporaryFolder folder;
    return load_array(folder.write("array.yaml", text));
}

std::string mistake_of(const std::string& text) {
    return message_of([&] { array_with(text); });
}

TEST(ArrayBase, GivesWhatTheArrayDoesNotSay) {
    const ArraySpec base = load_array("hpca19");
    const ArraySpec array = array_with(
        "base: hpca19\nname: own\naccelerators: 4\nmemory: {timing: {tRCD: 13.6 ns}}\n"
        "pe_array: {registers: {filter: 100}}\n");
    EXPECT_EQ(array.name, "own");
    EXPECT_EQ(array.source, base.source);
    EXPECT_EQ(array.accelerators, 4U);
    EXPECT_EQ(array.memory.timing.row_to_column_delay, 13600U);
    EXPECT_EQ(array.memory.timing.column_latency, base.memory.timing.column_latency);
    EXPECT_EQ(array.memory.vaults, base.memory.vaults);
    EXPECT_EQ(array.pe_array.filter_registers, 100U);
    EXPECT_EQ(array.pe_array.feature_registers, base.pe_array.feature_registers);
    EXPECT_EQ(array.pe_array.rows, base.pe_array.rows);
}

TEST(ArrayBase, GivesNoneOfTwoKeysWhereTheArrayHasTheOther) {
    const ArraySpec array = array_with("base: hpca19\ninterconnect: {link_bandwidth: 8 Gb/s}\n");
    EXPECT_TRUE(array.interconnect.is_per_link);
    EXPECT_EQ(array.interconnect.bits_per_second, 8'000'000'000U);
    EXPECT_EQ(array.interconnect.packet_bytes, 1024U);
    EXPECT_EQ(mistake_of("base: hpca19\ninterconnect: {link_bandwidth: 8 Gb/s, total_bandwidth: 8 Gb/s}\n"),
              "array.yaml:2:32: interconnect: expected either total_bandwidth, of all links, or link_bandwidth, of "
              "each");
}

TEST(ArrayBase, GivesItsTopologysSizeToOneOfTheSameKind) {
    const TemporaryFolder folder;
    folder.write("base.yaml", "base: hpca19\ntopology: {kind: torus, size: [8, 2]}\n");
    folder.write("same.yaml", "base: base.yaml\ntopology: {size: [4, 4]}\n");
    folder.write("other.yaml", "base: base.yaml\ntopology: {kind: ring}\n");
    EXPECT_EQ(load_array("same.yaml").interconnect.topology.size, (std::vector<std::uint64_t>{4, 4}));
    EXPECT_EQ(load_array("other.yaml").interconnect.topology.kind, TopologyKind::Ring);
}

TEST(ArrayBase, GivesNoProcessingElementsToThoseOfAnotherKind) {
    const std::string systolic =
        "base: hpca19\npe_array: {kind: systolic, rows: 8, columns: 8, dataflow: searched, folds: apart, "
        "accumulators: 0, words_per_cycle: {filter: 8, feature_map: 8, partial_sum: 8}}\n";
    EXPECT_EQ(array_with(systolic).pe_array.rows, 8U);
    EXPECT_EQ(array_with("base: hpca19\npe_array: {kind: row-stationary, rows: 8}\n").pe_array.columns, 14U);
    const TemporaryFolder folder;
    folder.write("unsaid.yaml", replaced(project_file("configs/arrays/hpca19.yaml"), "  kind: row-stationary\n", ""));
    folder.write("own.yaml", replaced(systolic, "hpca19", "unsaid.yaml"));
    EXPECT_EQ(load_array("own.yaml").pe_array.kind, PeArrayKind::Systolic);
    EXPECT_EQ(load_array("unsaid.yaml").pe_array.kind, PeArrayKind::RowStationary);
}

TEST(ArrayBase, MayHaveABaseItself) {
    const TemporaryFolder folder;
    folder.write("far/first.yaml", "base: hpca19\nname: first\nclock: 500 MHz\nprocessing_units: 8\n");
    folder.write("second.yaml", "base: far/first.yaml\nname: second\nprocessing_units: 4\n");
    folder.write("far/third.yaml", "base: ../second.yaml\nbuffer: {banks: 9}\n");
    const ArraySpec array = load_array("far/third.yaml");
    EXPECT_EQ(array.name, "second");
    EXPECT_EQ(array.clock.period, 2000U);
    EXPECT_EQ(array.processing_units, 4U);
    EXPECT_EQ(array.buffer.banks, 9U);
}

TEST(ArrayBase, InACircleIsRefusedWithTheCircle) {
    const TemporaryFolder folder;
    folder.write("a.yaml", "name: a\nbase: b.yaml\n");
    folder.write("b.yaml", "base: c.yaml\n");
    folder.write("c.yaml", "base: ./b.yaml\n");
    folder.write("self.yaml", "base: self.yaml\n");
    const std::string problem = "base: arrays that are based on each other in a circle: ";
    EXPECT_EQ(message_of([] { load_array("a.yaml"); }), "c.yaml:1:7: " + problem + "b.yaml -> c.yaml -> b.yaml");
    EXPECT_EQ(message_of([] { load_array("self.yaml"); }), "self.yaml:1:7: " + problem + "self.yaml -> self.yaml");
    folder.write("e.yaml", "network: lenet-c\narray: {base: self.yaml}\n");
    EXPECT_EQ(message_of([] { load_experiment("./e.yaml"); }),
              "self.yaml:1:7: " + problem + "self.yaml -> self.yaml");
}

TEST(ArrayBase, ThatIsNoneIsRefusedAtItsPlace) {
    EXPECT_THAT(mistake_of("name: x\nbase: hpca91\n"),
                HasSubstr("array.yaml:2:7: base: unknown array \"hpca91\"; known: eyeriss, flexflow, hpca19, "));
    EXPECT_EQ(mistake_of("base: none.yaml\n"), "array.yaml:1:7: base: there is no file \"none.yaml\"");
    EXPECT_EQ(mistake_of("base: [hpca19]\n"), "array.yaml:1:7: base: expected a name or a path, not a list");
    const TemporaryFolder folder;
    folder.write("e.yaml", "network: lenet-c\narray: {base: none.yaml}\n");
    EXPECT_EQ(message_of([] { load_experiment("./e.yaml"); }),
              "e.yaml:2:15: array.base: there is no file \"none.yaml\"");
    folder.write("n.yaml", "base: e.yaml\n");
    EXPECT_THAT(message_of([] { load_array("n.yaml"); }), HasSubstr("e.yaml:1:1: expected an array"));
}

TEST(ArrayBase, LeavesEveryMistakeWhereItStands) {
    const TemporaryFolder folder;
    folder.write("base.yaml", "base: hpca19\nmemory:\n  banks: 65\n");
    folder.write("own.yaml", "base: base.yaml\nmemory: {vaults: 0}\n");
    EXPECT_EQ(message_of([] { load_array("own.yaml"); }),
              "own.yaml:2:18: memory.vaults: expected an integer of at least 1, not 0");
    folder.write("own.yaml", "base: base.yaml\nclock: 500 MHz\n");
    EXPECT_EQ(message_of([] { load_array("own.yaml"); }),
              "base.yaml:3:10: memory.banks: expected an integer of at most 64, not 65");
    folder.write("own.yaml", "base: hpca19\nmemory: {vualts: 3}\n");
    EXPECT_THAT(message_of([] { load_array("own.yaml"); }),
                HasSubstr("own.yaml:2:10: memory: unknown key \"vualts\"; known: "));
}

TEST(ArrayBase, MayBeThatOfAnArrayInAnExperiment) {
    const TemporaryFolder folder;
    folder.write("arrays/own.yaml", "base: hpca19\nprocessing_units: 8\n");
    folder.write("e.yaml", "network: lenet-c\narray: {base: arrays/own.yaml, accelerators: 4}\n");
    const Experiment experiment = load_experiment("./e.yaml");
    EXPECT_EQ(experiment.array.accelerators, 4U);
    EXPECT_EQ(experiment.array.processing_units, 8U);
    const auto with = [](const std::string& key, const std::string& value) {
        return load_experiment("lenet-c", {{key, value, "--set " + key}});
    };
    EXPECT_EQ(with("array", "{base: hpca19-torus, accelerators: 4}").array.interconnect.topology.kind,
              TopologyKind::Torus);
    EXPECT_EQ(with("array", "{base: arrays/own.yaml}").array.processing_units, 8U);
    EXPECT_EQ(message_of([&] { with("array.base", "hpca19"); }),
              "--set array.base: array.base: cannot be set, for it is read before; expected a whole array, such as "
              "array={base: hpca19}");
}

TEST(ArrayBase, MakesTheSameExperimentAsTheArrayWrittenOut) {
    const TemporaryFolder folder;
    const std::string whole =
        replaced(project_file("configs/arrays/hpca19.yaml"), "accelerators: 16", "accelerators: 8");
    folder.write("whole.yaml", replaced(whole, "total_bandwidth: \"25.6 Gb/s\"", "link_bandwidth: 1 Gb/s"));
    folder.write("short.yaml", "base: hpca19\naccelerators: 8\ninterconnect: {link_bandwidth: 1 Gb/s}\n");
    folder.write("s.yaml", "base: {network: lenet-c}\nvary: {array: [./whole.yaml, ./short.yaml]}\n");
    const Sweep sweep = load_sweep("s.yaml");
    EXPECT_EQ(sweep.inputs(0), sweep.inputs(1));
}

TEST(ArrayBase, TellsThatAFileIsAnArray) {
    const TemporaryFolder folder;
    folder.write("own.yaml", "base: hpca19\nname: own\naccelerators: 4\n");
    EXPECT_EQ(check_file("own.yaml"), "array: own, 4 accelerators, htree");
}

}  // namespace
}  // namespace hypar
