#include "experiment/silicon/measurements.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "arch/network/topology.h"
#include "experiment/listing/listing.h"
#include "experiment/silicon/nodes.h"
#include "tests/experiment/support.h"

namespace hypar {
namespace {

const std::string kHead =
    "measurements: small\ntitle: \"a test\"\nsource: \"none\"\n"
    "experiment: {network: lenet-c, strategy: data, phases: [forward, backward, gradient]}\n";
const std::string kColumns =
    "columns: [{name: GPUs, set: accelerators}, {name: fwd, measured: forward, unit: us}, "
    "{name: bwd, measured: backward, unit: us}]\n";
const std::string kErrors = "errors: [{of: fwd, within: 0.1}]\n";
const std::string kRows = "rows: [[2, 10, 20], [4, 5, none]]\n";

Measurements small(const std::string& text) {
    const TemporaryFolder folder;
    folder.write("small.yaml", kHead + text);
    return measurements_of(read_yaml_file("small.yaml", "small.yaml"), {"small.yaml", "small.yaml"});
}

std::string mistake_in(const std::string& text) {
    return message_of([&] { small(text); });
}

TEST(Measurements, MakeAnExperimentOfEachRow) {
    const Measurements measurements = small(kColumns + kErrors + kRows);
    ASSERT_EQ(measurements.rows.size(), 2U);
    EXPECT_EQ(measurements.rows[0].experiment.array.accelerators, 2U);
    EXPECT_EQ(measurements.rows[1].experiment.array.accelerators, 4U);
    EXPECT_EQ(measurements.keys, (std::vector<std::string>{"GPUs"}));
    EXPECT_EQ(measurements.rows[1].keys, (std::vector<std::string>{"4"}));
    EXPECT_EQ(measurements.rows[0].measured, (std::vector<std::optional<double>>{10, 20}));
    EXPECT_EQ(measurements.rows[1].measured, (std::vector<std::optional<double>>{5, std::nullopt}));
    EXPECT_NE(measurements.rows[0].identity, measurements.rows[1].identity);
}

TEST(Measurements, CoverRowsThatHaveWhatIsCompared) {
    const Measurements measurements =
        small(kColumns + "ratios: [{name: ratio, of: bwd, over: fwd}]\n" +
              "errors: [{of: fwd, where: {GPUs: 4}}, {of: ratio}, {of: fwd}]\n" + kRows);
    const auto covers = [&](std::size_t error, std::size_t row) {
        return measurements.covers(measurements.errors[error], measurements.rows[row]);
    };
    EXPECT_FALSE(covers(0, 0));
    EXPECT_TRUE(covers(0, 1));
    EXPECT_TRUE(covers(1, 0));
    EXPECT_FALSE(covers(1, 1));  // bwd: none
    EXPECT_TRUE(covers(2, 0));
}

TEST(Measurements, AreFittedToEverySecondRow) {
    const Measurements measurements = small(kColumns + kErrors + kRows + "fitted: {rows: even, what: \"a test\"}\n");
    EXPECT_FALSE(measurements.rows[0].is_fitted);
    EXPECT_TRUE(measurements.rows[1].is_fitted);
}

TEST(Measurements, WithMistakesAreRefusedWhereTheyStand) {
    EXPECT_EQ(mistake_in(kColumns + kErrors + "rows: [[2, 10]]\n"),
              "small.yaml:7:8: rows.0: expected 3 values, one for each column, not 2");
    EXPECT_EQ(mistake_in(kColumns + kErrors + "rows: [[2, 10, fast]]\n"),
              "small.yaml:7:16: rows.0.2: expected a number, not \"fast\"");
    EXPECT_EQ(mistake_in(kColumns + kErrors + "rows: [[2, 10, 0]]\n"),
              "small.yaml:7:16: rows.0.2: expected a number above 0, or none, not 0");
    EXPECT_EQ(mistake_in(kColumns + kErrors + "rows: [[0, 10, 20]]\n"),
              "small.yaml:7:9: accelerators: expected an integer of at least 1, not 0");
    EXPECT_EQ(mistake_in("columns: [{set: phases}, {name: fwd, measured: backward, unit: us}]\n" + kErrors +
                         "rows: [[[forward], 1]]\n"),
              "small.yaml:7:20: rows.0.1: the experiment has no backward");
    EXPECT_EQ(mistake_in("columns: [{set: accelerators}, {name: fwd, measured: collectives, unit: us}]\n" + kErrors +
                         "rows: [[1, 1]]\n"),
              "small.yaml:7:12: rows.0.1: the experiment has no collectives");
    EXPECT_EQ(mistake_in(kColumns + "errors: [{of: fws}]\n" + kRows),
              "small.yaml:6:15: errors.0.of: unknown measured column or ratio \"fws\"; known: fwd, bwd (did you mean "
              "\"fwd\"?)");
    EXPECT_EQ(mistake_in(kColumns + "errors: [{of: fwd, within: 1, median_within: 1}]\n" + kRows),
              "small.yaml:6:10: errors.0: expected within or median_within, not both");
    EXPECT_EQ(mistake_in(kColumns + "errors: [{of: fwd, where: {GPUs: 8}}]\n" + kRows),
              "small.yaml:6:10: errors.0: is of no row that nothing was fitted to");
    EXPECT_EQ(mistake_in(kColumns + kErrors + kRows + "misses: [{row: 3, why: \"it is\"}]\n"),
              "small.yaml:8:16: misses.0.row: expected an integer of at most 2, not 3");
    EXPECT_EQ(mistake_in("columns: [{name: fwd, measured: forward, unit: s}]\n" + kErrors + kRows),
              "small.yaml:5:48: columns.0.unit: unknown value \"s\"; known: cycles, us, ms");
    EXPECT_EQ(mistake_in("columns: [{layer: true}, {name: fwd, measured: forward, unit: us}]\n" + kErrors +
                         "rows: [[conv7, 1]]\n"),
              "small.yaml:7:9: rows.0.0: unknown layer \"conv7\"; known: conv1, conv2, fc1, fc2");
}

TEST(Measurements, OfNodesWithMistakesAreRefused) {
    const std::string rest = kColumns + kErrors + kRows;
    EXPECT_EQ(mistake_in("nodes: {accelerators: 2, inside: \"80 b/s\"}\n" + rest),
              "small.yaml:5:34: nodes.inside: expected a bandwidth of at least 1 kb/s, not the text \"80 b/s\"");
    const std::string nodes = "nodes: {accelerators: 2, inside: \"8 GB/s\", between: \"4 GB/s\", efficiency: ";
    EXPECT_EQ(mistake_in(nodes + "1.5}\n" + rest),
              "small.yaml:5:75: nodes.efficiency: expected a number from 0.01 to 1, not 1.5");
    EXPECT_EQ(
        mistake_in(nodes + "0.5}\ncolumns: [{name: fwd, measured: forward, unit: us}]\n" + kErrors + "rows: [[1]]\n"),
        "small.yaml:1:1: nodes need a column that sets accelerators");
}

TEST(Measurements, JoinAcceleratorsByNodes) {
    // Nodes of two: links inside carry half of 8 GB/s, those between half of 4 GB/s; a single node has no others.
    const Measurements measurements =
        small("nodes: {accelerators: 2, inside: \"8 GB/s\", between: \"4 GB/s\", efficiency: 0.5}\n" + kColumns +
              kErrors + kRows);
    const auto links = [&](std::size_t row) {
        return measurements.rows[row].experiment.array.interconnect.topology.edges;
    };
    EXPECT_EQ(links(0).size(), 2U);
    ASSERT_EQ(links(1).size(), 6U);
    EXPECT_EQ(links(1)[3].from, "acc3");
    EXPECT_EQ(links(1)[3].to, "node1");
    EXPECT_EQ(links(1)[3].bits_per_second, 32'000'000'000U);
    EXPECT_EQ(links(1)[5].from, "node1");
    EXPECT_EQ(links(1)[5].bits_per_second, 16'000'000'000U);
}

TEST(Measurements, OfMachinesAreRead) {
    std::vector<std::size_t> rows;
    std::vector<std::string> names;
    for (const Measurements& measurements : load_measurements()) {
        names.push_back(measurements.name);
        rows.push_back(measurements.rows.size());
    }
    EXPECT_EQ(names, (std::vector<std::string>{"deepbench-v100", "eyeriss-alexnet", "nccl-a100", "tpu-v3-products",
                                               "triosim-h100"}));
    EXPECT_EQ(rows, (std::vector<std::size_t>{94, 5, 11, 4, 10}));
    EXPECT_EQ(check_file(std::string(HYPAR_SOURCE_DIR) + "/configs/reproduce/silicon/tpu-v3-products.yaml"),
              "measurements: tpu-v3-products, products of matrices on a core of the TPU v3, 4 rows");
}

}  // namespace
}  // namespace hypar
