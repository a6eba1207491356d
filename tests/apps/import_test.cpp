// The command `import`: what goes to which stream and file, and that its files run.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/apps/program.h"

namespace hypar::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string kTopology =
    "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n"
    "conv, 8, 8, 3, 3, 4, 16, 1,\n"
    "fc, 1, 1, 1, 1, 576, 10, 1,\n";

TEST(ImportCommand, WritesANetworkThatRuns) {
    const TemporaryFolder folder;
    folder.write("net.csv", kTopology);
    const Outcome outcome = run_program({"import", "net.csv", "-o", "net.yaml"}, folder.path());
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.output, "");
    // 16 x 4 x 9 + 576 x 10; 36 positions of the first
    EXPECT_THAT(outcome.errors, StartsWith("hypar: net.csv: 2 layers, 6336 weights, 26496 multiply-accumulates"));
    folder.write("run.yaml", "network: ./net.yaml\naccelerators: 4\nbatch: 16\n");
    EXPECT_EQ(run_program({"run", "run.yaml"}, folder.path()).status, 0);
}

TEST(ImportCommand, PutsTheNetworkAloneOnStandardOutput) {
    const TemporaryFolder folder;
    folder.write("net.csv", kTopology);
    run_program({"import", "net.csv", "-o", "net.yaml"}, folder.path());
    EXPECT_EQ(run_program({"import", "net.csv"}, folder.path()).output, read_file(folder.path() / "net.yaml"));
}

TEST(ImportCommand, LeavesAFileAsItIsWhereItFails) {
    const TemporaryFolder folder;
    folder.write("net.onnx", "no model");
    folder.write("net.yaml", "mine");
    const Outcome outcome = run_program({"import", "net.onnx", "-o", "net.yaml"}, folder.path());
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.errors, StartsWith("hypar: net.onnx: is no ONNX model"));
    EXPECT_EQ(read_file(folder.path() / "net.yaml"), "mine");
    EXPECT_THAT(run_program({"import", "net.csv"}, folder.path()).errors, HasSubstr("net.csv: cannot be read"));
    EXPECT_THAT(run_program({"import", "net.onnx", "-o", "net.onnx"}, folder.path()).errors,
                HasSubstr("-o net.onnx: is the file that is read"));
    EXPECT_THAT(run_program({"import", "net.onnx", "--dim", "N"}, folder.path()).errors,
                HasSubstr("--dim N: expected NAME=N"));
}

}  // namespace
}  // namespace hypar::test
