// The command as its users meet it: exit status, what goes to which stream, the files it leaves.

#include <algorithm>
#include <cctype>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/apps/program.h"
#include "tests/apps/terminal.h"

namespace hypar::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

json run_json(const std::vector<std::string>& arguments) {
    const Outcome outcome = run_program(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    EXPECT_EQ(outcome.errors, "");
    return json::parse(outcome.output);
}

json without_simulation(json report) {
    report.erase("simulation");
    return report;
}

TEST(Command, SameRunTwiceGivesTheSameBytes) {
    const std::vector<std::string> arguments{"run", "cifar-c", "--format", "json"};
    EXPECT_EQ(without_simulation(run_json(arguments)).dump(), without_simulation(run_json(arguments)).dump());
    EXPECT_EQ(run_program({"run", "lenet-c"}).output, run_program({"run", "lenet-c"}).output);
}

TEST(Command, ReportsOfARunAddUp) {
    for (const std::string topology : {"htree", "torus"}) {
        const json report = run_json({"run", "lenet-c", "--set", "topology=" + topology, "--format", "json"});
        std::uint64_t cycles = 0;
        std::uint64_t sent_in_phases = 0;
        double joules_of_phases = 0;
        for (const json& layer : report["layers"]) {
            EXPECT_EQ(layer["phases"].size(), 4U);
            for (const json& phase : layer["phases"]) {
                EXPECT_EQ(phase["cycles"], phase["compute_cycles"].get<std::uint64_t>() +
                                               phase["communication_cycles"].get<std::uint64_t>());
                EXPECT_LE(phase["utilisation"], 1.0);
                cycles += phase["cycles"].get<std::uint64_t>();
                sent_in_phases += phase["sent_bytes"].get<std::uint64_t>();
                joules_of_phases += phase["energy_joules"].get<double>();
            }
        }
        EXPECT_EQ(report["step"]["cycles"], cycles);
        EXPECT_DOUBLE_EQ(report["step"]["seconds"], static_cast<double>(cycles) * 4e-9);  // 250 MHz

        std::uint64_t sent = 0;
        std::uint64_t received = 0;
        for (const json& accelerator : report["accelerators"]) {
            sent += accelerator["sent_bytes"].get<std::uint64_t>();
            received += accelerator["received_bytes"].get<std::uint64_t>();
        }
        EXPECT_EQ(sent, 16067040U);  // lenet-c's hypar plan at batch 256 on 16 accelerators
        EXPECT_EQ(received, sent);
        EXPECT_EQ(sent_in_phases, sent);
        EXPECT_EQ(report["traffic_bytes"], sent);

        double joules = 0;
        for (const auto& [component, value] : report["energy_joules"].items()) {
            if (component != "total") joules += value.get<double>();
        }
        EXPECT_NEAR(joules, report["energy_joules"]["total"], 1e-9);
        EXPECT_NEAR(joules_of_phases, report["energy_joules"]["total"], 1e-9);
        for (const json& link : report["links"]) EXPECT_LE(link["utilisation"], 1.0);
    }
}

TEST(Command, OverridesTakeThePlaceOfTheFile) {
    const json report = run_json({"run", "lenet-c", "--set", "batch=64", "--set", "accelerators=4", "--set",
                                  "array.clock=500 MHz", "--format", "json"});
    EXPECT_EQ(report["batch"], 64);
    EXPECT_EQ(report["accelerators"].size(), 4U);
    EXPECT_DOUBLE_EQ(report["step"]["seconds"], report["step"]["cycles"].get<double>() * 2e-9);
}

TEST(Command, RunOfOneAcceleratorSendsNothing) {
    const json report = run_json({"run", "lenet-c", "--set", "accelerators=1", "--format", "json"});
    EXPECT_EQ(report["plan"], json::array());
    EXPECT_EQ(report["traffic_bytes"], 0);
    EXPECT_EQ(report["step"]["communication_seconds"], 0.0);
    EXPECT_TRUE(report["links"].empty());
}

TEST(Command, ForwardAloneLeavesTheOtherPhasesAtZero) {
    const json report = run_json({"run", "lenet-c", "--set", "phases=[forward]", "--format", "json"});
    for (const json& layer : report["layers"]) {
        EXPECT_GT(layer["phases"]["forward"]["macs"], 0);
        for (const char* phase : {"backward", "gradient", "update"}) {
            EXPECT_EQ(layer["phases"][phase]["cycles"], 0);
            EXPECT_EQ(layer["phases"][phase]["macs"], 0);
        }
    }
}

TEST(Command, CompareRelatesToDataParallelism) {
    const json report = run_json({"compare", "lenet-c", "cifar-c", "--strategy", "model,data,hypar", "--topology",
                                  "htree,torus", "--format", "json"});
    ASSERT_EQ(report["rows"].size(), 12U);
    for (const json& row : report["rows"]) {
        const bool is_baseline = row["strategy"] == "data" && row["topology"] == "htree";
        EXPECT_EQ(row["speedup"] == 1.0, is_baseline) << row;
    }
    const Outcome csv = run_program({"compare", "lenet-c", "--format", "csv"});
    EXPECT_THAT(csv.output, StartsWith("experiment,network,array,topology,strategy,accelerators,batch,cycles,"));
}

TEST(Command, OutputFolderHoldsWholeReportsAndNothingElse) {
    const TemporaryFolder folder;
    const Outcome outcome = run_program({"run", "lenet-c", "-o", "a/b"}, folder.path());
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    const auto files = folder.path() / "a" / "b";
    EXPECT_EQ(read_file(files / "report.txt"), outcome.output);
    EXPECT_EQ(json::parse(read_file(files / "report.json"))["network"], "lenet-c");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(files), {}), 3);  // and index.html
}

TEST(Command, TimelineAndCriticalPathAddUpToTheStep) {
    const TemporaryFolder folder;
    const json report = json::parse(run_shell("\"$HYPAR\" run lenet-c --format json -o out", folder.path()).output);
    const json step = report["step"]["cycles"];
    std::uint64_t start = 0;
    for (const json& segment : report["timeline"]) {
        EXPECT_EQ(segment["start_cycle"], start);
        start += segment["cycles"].get<std::uint64_t>();
        std::uint64_t parts = 0;
        const json& through = segment["through"];
        if (segment["activity"] == "compute") {
            EXPECT_EQ(through["vaults"], (json{0, 31}));
            for (const json& cycles : through["unit_cycles"]) parts += cycles.get<std::uint64_t>();
        } else {
            for (const char* part : {"bandwidth_cycles", "contention_cycles", "latency_cycles"}) {
                parts += through[part].get<std::uint64_t>();
            }
        }
        EXPECT_EQ(segment["cycles"], parts);
    }
    EXPECT_EQ(step, start);
    for (const char* list : {"resources", "layers"}) {
        std::uint64_t sum = 0;
        for (const json& item : report["critical_path"][list]) sum += item["cycles"].get<std::uint64_t>();
        EXPECT_EQ(step, sum) << list;
    }
    EXPECT_EQ(report["memory"]["over_step"].size(), report["timeline"].size());
    EXPECT_EQ(report["nodes"].size(), 31U);  // of a tree with 16 leaves
    // 16 accelerators of 16 units of 168 elements at 250 MHz; of 32 vaults with 10 GB/s.
    EXPECT_EQ(report["hardware"]["peak_macs_per_second"], 16 * 16 * 168 * 250e6);
    EXPECT_EQ(report["hardware"]["memory_bytes_per_second"], 16 * 32 * 10e9);
}

TEST(Command, CriticalPathIsFoundOnlyWhereItIsAskedFor) {
    EXPECT_FALSE(json::parse(run_program({"run", "lenet-c", "--format", "json"}).output).contains("critical_path"));
    const Outcome asked = run_program({"run", "lenet-c", "--explain", "path", "--format", "json"});
    EXPECT_TRUE(json::parse(asked.output).contains("critical_path"));
}

TEST(Command, MemoryReadsInSequenceAtTheRateOfItsDataBus) {
    const json report = run_json({"memory", "--format", "json"});
    EXPECT_GT(report["bandwidth_bytes_per_second"], 9.85e9);
    EXPECT_LT(report["bandwidth_bytes_per_second"], 10e9);
    EXPECT_EQ(report["requests"], 100'000);
    EXPECT_EQ(report["row_hits"].get<int>() + report["row_misses"].get<int>(), 100'000);
    const json& latency = report["latency_nanoseconds"];
    EXPECT_EQ(latency["min"], 27.2);  // tRCD, tCL and two bursts: 34 clocks of 0.8 ns
    EXPECT_LE(latency["p50"], latency["p99"]);
    EXPECT_LE(latency["p99"], latency["max"]);
    EXPECT_EQ(run_program({"memory"}).output, run_program({"memory"}).output);
}

TEST(Command, MemoryIsThatOfTheArrayWithItsOverrides) {
    // A row every tRC: of 64 ns in place of 32
    const std::vector<std::string> arguments{"memory", "--pattern", "one-bank", "--format", "json"};
    std::vector<std::string> slower = arguments;
    slower.insert(slower.end(), {"--set", "array.memory.timing.tRC=64 ns", "--array", "hpca19-torus"});
    const double rate = run_json(arguments)["bandwidth_bytes_per_second"];
    EXPECT_NEAR(rate / run_json(slower)["bandwidth_bytes_per_second"].get<double>(), 2, 0.02);
    EXPECT_THAT(
        run_program({"memory", "--set", "array.memory.timing.tRC=1 ns"}).errors,
        StartsWith("hypar: --set array.memory.timing.tRC=1 ns: array.memory.timing.tRC: expected a time of "));
}

TEST(Command, TextFitsEightyColumns) {
    for (const std::vector<std::string>& arguments :
         std::vector<std::vector<std::string>>{{"run", "sconv"},
                                               {"partition", "vgg-e"},
                                               {"partition", "lenet-c", "--explain", "plan"},
                                               {"compare", "sconv", "sfc", "--strategy", "data,model"},
                                               {"memory", "--requests", "10000000", "--pattern", "one-bank"},
                                               {"memory", "--pattern", "random", "--vaults", "32", "--block-bytes",
                                                "1048576", "--requests", "50", "--rate", "1 GB/s"}}) {
        const Outcome outcome = run_program(arguments);
        std::istringstream lines(outcome.output);
        for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
    }
}

TEST(Command, EveryConfigurationIsValid) {
    std::vector<std::string> arguments{"check"};
    for (const char* folder : {"configs", "workloads/networks"}) {
        for (const auto& file :
             std::filesystem::recursive_directory_iterator(std::filesystem::path(HYPAR_SOURCE_DIR) / folder)) {
            if (file.path().extension() == ".yaml") arguments.push_back(file.path().string());
        }
    }
    EXPECT_GT(arguments.size(), 20U);
    const Outcome outcome = run_program(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
}

struct Mistake {
    const char* name;
    const char* content;
    const char* message;  ///< how standard error begins
};

// The place, the key, what was expected, the nearest name.
const std::vector<Mistake> kMistakes = {
    {"syntax", "network: [vgg-a\n", "hypar: bad.yaml:2:1: "},
    {"unknown key", "network: vgg-a\nbacth: 4\n", "hypar: bad.yaml:2:1: unknown key \"bacth\"; known: "},
    {"missing key", "batch: 4\n", "hypar: bad.yaml:1:1: "},
    {"duplicate key", "network: vgg-a\nbatch: 4\nbatch: 5\n", "hypar: bad.yaml:3:1: duplicate key \"batch\""},
    {"unknown network", "network: vgg-z\n",
     "hypar: bad.yaml:1:10: network: unknown network \"vgg-z\"; known: alexnet"},
    {"unknown topology", "network: vgg-a\ntopology: tree\n",
     "hypar: bad.yaml:2:11: topology: unknown value \"tree\""},
    {"batch 0", "network: vgg-a\nbatch: 0\n", "hypar: bad.yaml:2:8: batch: expected an integer of at least 1, not 0"},
    {"levels of another array", "network: vgg-a\naccelerators: 12\nlevels: [4, 4]\n",
     "hypar: bad.yaml:3:9: levels: expected levels of 12 accelerators in all, not 16"},
    {"too many accelerators", "network: vgg-a\naccelerators: 2097152\n",
     "hypar: bad.yaml:2:15: accelerators: expected 1 to 1048576, not 2097152"},
    {"plan of too few levels", "network: lenet-c\nstrategy: {plan: [\"0011\"]}\n",
     "hypar: bad.yaml:2:18: strategy.plan: "},
    {"not used", "network: vgg-a\nschedule: {kind: sequential, steps: 2}\n",
     "hypar: bad.yaml:2:37: schedule.steps: only an overlapped schedule has it"},
    {"zero channels",
     "name: x\ninput: {channels: 0, height: 2, width: 2}\nlayers:\n  - {name: a, type: fc, out_features: 2}\n",
     "hypar: bad.yaml:2:19: input.channels: expected an integer of at least 1, not 0"},
    {"large kernel",
     "name: x\ninput: {channels: 1, height: 4, width: 4}\nlayers:\n"
     "  - {name: a, type: conv, out_channels: 2, kernel: 5}\n",
     "hypar: bad.yaml:4:52: layers.0.kernel: the 5x5 kernel of a is larger than its 4x4 input with padding 0"},
};

TEST(Command, MistakesInFilesAreToldWithTheirPlace) {
    const TemporaryFolder folder;
    for (const Mistake& mistake : kMistakes) {
        folder.write("bad.yaml", mistake.content);
        const Outcome outcome = run_program({"check", "bad.yaml"}, folder.path());
        EXPECT_EQ(outcome.status, 1) << mistake.name;
        EXPECT_EQ(outcome.output, "") << mistake.name;
        EXPECT_THAT(outcome.errors, StartsWith(mistake.message)) << mistake.name;
    }
}

TEST(Command, CheckTellsOfEveryMistakeOnALineOfItsOwn) {
    const TemporaryFolder folder;
    folder.write("bad.yaml", "network: vgg-a\narray:\n  base: hpca19\n  clock: 0\n  buffer: {bank: 1, size: 2}\n");
    const Outcome outcome = run_program({"check", "bad.yaml"}, folder.path());
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.output, "");
    EXPECT_THAT(outcome.errors, StartsWith("hypar: bad.yaml:4:10: array.clock: "));
    EXPECT_THAT(outcome.errors, HasSubstr("\nhypar: bad.yaml:5:12: array.buffer: unknown key \"bank\""));
    EXPECT_THAT(outcome.errors, HasSubstr("\nhypar: bad.yaml:5:21: array.buffer: unknown key \"size\""));
    EXPECT_EQ(std::count(outcome.errors.begin(), outcome.errors.end(), '\n'), 3);
    folder.write("keys.yaml", "network: vgg-a\nbatch: 0\ntopology: donut\naccelerators: 12x\nschedule: late\n");
    const Outcome keys = run_program({"check", "keys.yaml"}, folder.path());
    for (const char* place : {":2:8: batch: ", ":3:11: topology: ", ":4:15: accelerators: ", ":5:11: schedule: "}) {
        EXPECT_THAT(keys.errors, HasSubstr("hypar: keys.yaml" + std::string(place)));
    }
    const Outcome run = run_program({"run", "bad.yaml"}, folder.path());
    EXPECT_EQ(run.status, 1);
    EXPECT_EQ(std::count(run.errors.begin(), run.errors.end(), '\n'), 1);
}

TEST(Command, MistakeInAnArrayIsToldWhereTheArrayStands) {
    std::string array = read_file(std::filesystem::path(HYPAR_SOURCE_DIR) / "configs/arrays/hpca19.yaml");
    array.replace(array.find("\"250 MHz\""), 9, "\"250 GB\"");
    const TemporaryFolder folder;
    folder.write("array.yaml", array);
    folder.write("bad.yaml", "network: lenet-c\narray: ./array.yaml\n");
    const Outcome outcome = run_program({"run", "bad.yaml"}, folder.path());
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.output, "");
    EXPECT_THAT(outcome.errors,
                testing::ContainsRegex("array.yaml:[0-9]+:[0-9]+: array.clock: expected a frequency"));
}

TEST(Command, WrongValuesOfOptionsAreWrongInput) {
    for (const std::vector<std::string>& arguments :
         std::vector<std::vector<std::string>>{{"run", "vgg-a", "--format", "xml"},
                                               {"run", "vgg-a", "--set", "batch=0"},
                                               {"run", "vgg-a", "--explain", "weather"},
                                               {"run", "no-such-experiment"},
                                               {"partition", "vgg-a", "--accelerators", "0"},
                                               {"partition", "vgg-a", "--accelerators", "8", "--levels", "4,4"},
                                               {"partition", "vgg-a", "--levels", "4,,4"},
                                               {"partition", "vgg-a", "--levels", "4294967296,4294967296"},
                                               {"partition", "vgg-a", "--splits", "in,columns"},
                                               {"partition", "vgg-a", "--strategy", "data", "--splits", "in"},
                                               {"partition", "vgg-a", "--partial-sums", "later"},
                                               {"partition", "vgg-a", "--plan", "vgg-a"},
                                               {"diff", "vgg-a", "vgg-b"},
                                               {"partition", "vgg-a", "--batch", "many"},
                                               {"partition", "vgg-a", "--strategy", "hyper"},
                                               {"partition", "vgg-e", "--strategy", "exhaustive"},
                                               {"compare", "lenet-c", "--strategy", "data,,model"},
                                               {"list", "colours"},
                                               {"memory", "--rate", "0 GB/s"},
                                               {"memory", "--rate", "-1 GB/s"},
                                               {"memory", "--vaults", "33"},
                                               {"memory", "--block-bytes", "0"},
                                               {"memory", "--block-bytes", "33"},
                                               {"memory", "--pattern", "one-bank", "--block-bytes", "512"},
                                               {"memory", "--requests", "0"},
                                               {"memory", "--requests", "100000000"},
                                               {"memory", "--read-fraction", "1.5"},
                                               {"memory", "--pattern", "zigzag"},
                                               {"memory", "--array", "no-such-array"},
                                               {"memory", "--set", "batch=4"}}) {
        const Outcome outcome = run_program(arguments);
        EXPECT_EQ(outcome.status, 1) << arguments[0] << " " << arguments.back();
        EXPECT_EQ(outcome.output, "");
        EXPECT_THAT(outcome.errors, StartsWith("hypar: "));
    }
}

TEST(Command, WrongCommandLinesEndWithStatusTwo) {
    for (const std::vector<std::string>& arguments :
         std::vector<std::vector<std::string>>{{"fly"},
                                               {"run"},
                                               {"memory", "--wings"},
                                               {"memory", "--set", "banks"},
                                               {"run", "vgg-a", "--wings"},
                                               {"run", "vgg-a", "--set", "batch"}}) {
        const Outcome outcome = run_program(arguments);
        EXPECT_EQ(outcome.status, 2);
        EXPECT_EQ(outcome.output, "");
        EXPECT_THAT(outcome.errors, StartsWith("hypar: "));
    }
    EXPECT_EQ(run_program({"--help"}).status, 0);
}

TEST(Command, PlanThatDoesNotFitIsRefusedUnlessItIsToBeReported) {
    // Two 20000 x 20000 kernels and gradients of 4 bytes: 6.4 GB of them on one accelerator, and 4 GB of memory.
    const TemporaryFolder folder;
    folder.write("wide.yaml",
                 "name: wide\ninput: {channels: 20000, height: 1, width: 1}\nlayers:\n"
                 "  - {name: fc1, type: fc, out_features: 20000}\n"
                 "  - {name: fc2, type: fc, out_features: 20000}\n");
    folder.write("run.yaml",
                 "network: ./wide.yaml\naccelerators: 1\nbatch: 1\nphases: [forward, backward, gradient]\n");
    const std::vector<std::string> small{"run",      "run.yaml", "--set", "array.memory.capacity=4 GB",
                                         "--format", "json"};
    const Outcome refused = run_program(small, folder.path());
    EXPECT_EQ(refused.status, 1);
    EXPECT_EQ(refused.output, "");
    EXPECT_THAT(refused.errors, HasSubstr("no room for the gradients of fc1"));  // after 3.2 GB of fc1

    std::vector<std::string> reported = small;
    reported.insert(reported.end(), {"--set", "capacity=report"});
    const Outcome run = run_program(reported, folder.path());
    ASSERT_EQ(run.status, 0) << run.errors;
    const json memory = json::parse(run.output)["memory"];
    EXPECT_EQ(memory["needed_bytes"], 4 * 400'000'000ULL * 4 + 2 * 20'000 * 4);
    EXPECT_EQ(memory["capacity_bytes"], 4'000'000'000ULL);
}

TEST(Command, FullDiskIsAFailureThatLeavesNothing) {
    EXPECT_EQ(run_shell("\"$HYPAR\" partition lenet-c >/dev/full").status, 3);
    const Outcome outcome = run_program({"run", "lenet-c", "-o", "/proc/version/report"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.output, "");
}

TEST(Command, OutputNeverReplacesWhatIsNoResult) {
    const TemporaryFolder folder;
    const auto network = folder.write("tiny.yaml",
                                      "name: tiny\ninput: {channels: 4, height: 1, width: 1}\n"
                                      "layers:\n  - {name: fc1, type: fc, out_features: 6}\n");
    const std::string before = read_file(network);
    EXPECT_EQ(run_program({"partition", "./tiny.yaml", "-o", "tiny.yaml"}, folder.path()).status, 1);
    EXPECT_EQ(read_file(network), before);
    EXPECT_EQ(run_shell("mkfifo pipe; \"$HYPAR\" partition lenet-c -o pipe", folder.path()).status, 1);
    EXPECT_TRUE(std::filesystem::is_fifo(folder.path() / "pipe"));
    // A link stays one, and what it points to is written.
    std::filesystem::create_symlink("plan.yaml", folder.path() / "link.yaml");
    EXPECT_EQ(run_program({"partition", "lenet-c", "-o", "link.yaml"}, folder.path()).status, 0);
    EXPECT_TRUE(std::filesystem::is_symlink(folder.path() / "link.yaml"));
    EXPECT_EQ(run_program({"check", "plan.yaml"}, folder.path()).status, 0);
    // Told before the run, not after it.
    std::filesystem::create_directories(folder.path() / "out" / "report.json");
    const Outcome outcome = run_program({"run", "lenet-c", "-o", "out"}, folder.path());
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.output, "");
}

TEST(Command, MessagesThatCannotBeWrittenEndNothing) {
    const TemporaryFolder folder;
    EXPECT_EQ(run_shell("\"$HYPAR\" check nofile.yaml 2>&-", folder.path()).status, 1);
    EXPECT_EQ(run_shell("\"$HYPAR\" run --foo 2>/dev/full", folder.path()).status, 2);
    folder.write("s.yaml", "base: lenet-c\nvary: {batch: [8, 16]}\n");
    EXPECT_EQ(run_shell("\"$HYPAR\" sweep s.yaml -o r 2>/dev/full", folder.path()).status, 0);
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "r" / "results.csv"));
}

TEST(Command, FilesAreWrittenEvenIfNobodyReadsTheOutput) {
    const TemporaryFolder folder;
    const Outcome outcome = run_shell("\"$HYPAR\" run lenet-c -o d --trace t.json >/dev/full", folder.path());
    EXPECT_EQ(outcome.status, 3);
    EXPECT_NE(outcome.errors.find("cannot write to standard output"), std::string::npos) << outcome.errors;
    for (const char* file : {"d/report.json", "d/report.txt", "d/index.html", "t.json"}) {
        EXPECT_TRUE(std::filesystem::exists(folder.path() / file)) << file;
    }
    EXPECT_EQ(run_shell("\"$HYPAR\" compare lenet-c -o c >/dev/full", folder.path()).status, 3);
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "c" / "report.csv"));
}

TEST(Command, WhatFailsWithinTheKernelIsToldAsAnythingElse) {
    const TemporaryFolder folder;
    folder.write("joule.yaml",
                 "network: lenet-c\naccelerators: 2\n"
                 "topology: {kind: graph, links: [{between: [acc0, acc1], energy: \"1 J\"}]}\n");
    const Outcome outcome = run_program({"run", "joule.yaml"}, folder.path());
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(
        outcome.errors,
        "hypar: joule.yaml:3:11: topology: the energy of what crosses its links exceeds 64 bits of femtojoules, "
        "18 kJ\n");
}

/// Accelerators that send more than they receive go on while the last of it still waits before their links.
TEST(Command, OverlappedStepOfUnevenSharesIsNotFasterThanItsBound) {
    const TemporaryFolder folder;
    const Outcome outcome = run_program({"run", "sconv", "--set", "batch=16", "--set", "accelerators=4", "--set",
                                         "strategy={plan: [\"0000\", \"2111\"]}", "--set", "schedule=overlapped"},
                                        folder.path());
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
}

TEST(Command, HelpAndVersionAreThereInEveryWayOfAsking) {
    const std::string help = run_program({"--help"}).output;
    EXPECT_THAT(help, HasSubstr("\n  partition "));
    EXPECT_EQ(run_program({}).output, help);
    EXPECT_EQ(run_program({"help"}).output, help);
    EXPECT_EQ(run_program({"help", "run"}).output, run_program({"run", "--help"}).output);
    EXPECT_THAT(run_program({"--version"}).output,
                testing::MatchesRegex("hypar [0-9.]+, commit [^,]+, models [0-9a-f]{16}, [^\n]+\n"));
    for (const auto& [arguments, message] :
         {std::pair{std::vector<std::string>{"help", "patrition"},
                    "hypar: unknown command \"patrition\"; known: run, partition, "},
          std::pair{std::vector<std::string>{"run", "vgg-a", "--stratgy=data"},
                    "hypar: unknown option \"--stratgy\"; known: --help, --network, "}}) {
        const Outcome outcome = run_program(arguments);
        EXPECT_EQ(outcome.status, 2);
        EXPECT_THAT(outcome.errors, StartsWith(message));
        EXPECT_THAT(outcome.errors, HasSubstr("(did you mean \""));
    }
}

TEST(Command, HelpFitsEightyColumns) {
    std::istringstream lines(run_program({"help"}).output);
    std::vector<std::string> texts;
    for (std::string line; std::getline(lines, line);) {
        const bool is_command = line.size() > 3 && line.substr(0, 2) == "  " && std::islower(line[2]) != 0;
        if (is_command) texts.push_back(run_program({"help", line.substr(2, line.find(' ', 2) - 2)}).output);
    }
    EXPECT_GE(texts.size(), 15U);
    for (const std::string& text : texts) {
        std::istringstream rest(text);
        for (std::string line; std::getline(rest, line);) EXPECT_LE(line.size(), 80U) << line;
    }
    EXPECT_THAT(texts.front(), HasSubstr("\n  --format text|json          how it is printed; text if left out\n"));
}

TEST(Command, RunTakesKeysOfAnExperimentAsOptions) {
    EXPECT_EQ(run_program({"run", "lenet-c", "--batch", "64", "--accelerators", "4", "--topology", "ring",
                           "--strategy", "data", "--network", "sfc"})
                  .output,
              run_program({"run", "lenet-c", "--set", "batch=64", "--set", "accelerators=4", "--set", "topology=ring",
                           "--set", "strategy=data", "--set", "network=sfc"})
                  .output);
    const Outcome wrong = run_program({"run", "lenet-c", "--batch", "0"});
    EXPECT_EQ(wrong.status, 1);
    EXPECT_EQ(wrong.errors, "hypar: --batch 0: batch: expected an integer of at least 1, not 0\n");
    const std::string both = run_program({"run", "lenet-c", "--explain", "energy,mapping"}).output;
    const std::string run = run_program({"run", "lenet-c"}).output;
    const std::string mapping = run_program({"run", "lenet-c", "--explain", "mapping"}).output;
    const std::string energy = run_program({"run", "lenet-c", "--explain", "energy"}).output;
    EXPECT_EQ(both, mapping + energy.substr(run.size()));
}

TEST(Command, NetworksAndFilesNextDoorAreExperiments) {
    const TemporaryFolder folder;
    const std::string network =
        "name: tiny\ninput: {channels: 4, height: 1, width: 1}\n"
        "layers:\n  - {name: fc1, type: fc, out_features: 6}\n";
    folder.write("tiny.yaml", network);
    folder.write("Mine.yml", "network: tiny\n");
    folder.write("vgg-a.yaml", network);
    EXPECT_THAT(run_program({"run", "tiny.yaml"}, folder.path()).output, StartsWith("tiny on hpca19, 16 acc"));
    EXPECT_THAT(run_program({"run", "tiny"}, folder.path()).output, StartsWith("tiny on hpca19, 16 acc"));
    EXPECT_THAT(run_program({"run", "Mine"}, folder.path()).output, StartsWith("tiny on hpca19, 16 acc"));
    EXPECT_THAT(run_program({"run", "Mine.yml"}, folder.path()).output, StartsWith("tiny on hpca19, 16 acc"));
    // Names that come with the program come first.
    EXPECT_THAT(run_program({"run", "VGG-A", "--accelerators", "1"}, folder.path()).output, StartsWith("vgg-a on "));
    EXPECT_THAT(run_program({"run", "tiyn"}, folder.path()).errors, StartsWith("hypar: unknown experiment \"tiyn\""));
}

TEST(Command, QuotesInListsOfStrategiesAreTheirOwn) {
    const Outcome outcome = run_program({"compare", "lenet-c", "--accelerators", "1", "--format", "csv", "--strategy",
                                         "{plan: [], label: \"a \\\", b\"},data"});
    EXPECT_THAT(outcome.output, HasSubstr(",\"a \"\", b\",1,")) << outcome.errors;
}

TEST(Command, FolderKeepsOneResult) {
    const TemporaryFolder folder;
    ASSERT_EQ(run_program({"compare", "lenet-c", "-o", "d"}, folder.path()).status, 0);
    const Outcome run = run_program({"run", "lenet-c", "-o", "d"}, folder.path());
    EXPECT_EQ(run.status, 0);
    EXPECT_EQ(run.errors, "hypar: d held the result of a comparison, which is replaced\n");
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "d" / "report.csv"));
    EXPECT_EQ(run_program({"run", "lenet-c", "-o", "d"}, folder.path()).errors, "");
    // One folder has one writer.
    const Outcome second = run_shell("flock d \"$HYPAR\" run lenet-c -o d", folder.path());
    EXPECT_EQ(second.status, 3);
    EXPECT_EQ(second.errors, "hypar: another hypar writes its result to d\n");
    // A sweep's results are never replaced, nor do they replace others.
    folder.write("s.yaml", "base: lenet-c\nvary: {batch: [8]}\n");
    const Outcome sweep = run_program({"sweep", "s.yaml", "-o", "d"}, folder.path());
    EXPECT_EQ(sweep.status, 1);
    EXPECT_THAT(sweep.errors, HasSubstr("hypar: -o d: holds the result of a run and its page; expected another"));
    ASSERT_EQ(run_program({"sweep", "s.yaml", "-o", "s"}, folder.path()).status, 0);
    EXPECT_EQ(run_program({"run", "lenet-c", "-o", "s"}, folder.path()).errors,
              "hypar: -o s: holds the results of a sweep and their page; expected another folder\n");
}

TEST(Command, PlanOfAFileIsAStrategy) {
    const TemporaryFolder folder;
    ASSERT_EQ(run_program({"partition", "lenet-c", "-o", "mine.yaml"}, folder.path()).status, 0);
    const auto rows = nlohmann::json::parse(run_program({"compare", "lenet-c", "--strategy", "hypar,./mine.yaml",
                                                         "--baseline", "mine", "--format", "json"},
                                                        folder.path())
                                                .output)["rows"];
    EXPECT_EQ(rows[1]["strategy"], "mine");
    EXPECT_EQ(rows[0]["baseline"], 1);
    EXPECT_EQ(rows[0]["seconds"], rows[1]["seconds"]);
    EXPECT_EQ(run_program({"run", "lenet-c", "--strategy", "./none.yaml"}, folder.path()).errors,
              "hypar: --strategy ./none.yaml: strategy: there is no file \"none.yaml\"\n");
    folder.write("free.yaml", "network: lenet-c\n");
    EXPECT_EQ(run_program({"run", "lenet-c", "--strategy", "./free.yaml"}, folder.path()).errors,
              "hypar: --strategy ./free.yaml: strategy: free.yaml has no plan; expected an experiment whose strategy "
              "is a map with a plan\n");
    EXPECT_EQ(run_program({"run", "alexnet", "--strategy", "./mine.yaml"}, folder.path()).status, 1);
}

TEST(Command, CompareGoesOnPastARunThatIsRefused) {
    const std::vector<std::string> arguments = {
        "compare", "vgg-e", "--accelerators", "1,16", "--set", "array.memory.capacity=4 GB", "--strategy", "data"};
    const Outcome outcome = run_program(arguments);
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.output, HasSubstr("\n  vgg-e    htree     data "));
    EXPECT_THAT(outcome.output, HasSubstr("\n  refused: vgg-e, htree, data: "));
    EXPECT_THAT(outcome.errors, StartsWith("hypar: 1 of 2 runs were refused, the first one by --set array.memory"));
}

TEST(Command, PipeWithoutAWriterIsEmptyAndOneWithAWriterIsRead) {
    const TemporaryFolder folder;
    const Outcome empty = run_shell("mkfifo pipe; timeout 20 \"$HYPAR\" check pipe", folder.path());
    EXPECT_EQ(empty.status, 1);
    EXPECT_EQ(empty.errors, "hypar: pipe: the file is empty\n");
    EXPECT_EQ(run_shell("(sleep 0.2; echo network: lenet-c) | \"$HYPAR\" check /dev/stdin").status, 0);
}

TEST(Command, NamesOfFilesAreShownWithoutControlCharacters) {
    const TemporaryFolder folder;
    folder.write("a\x1B[31m.yaml", "network: lenet-c\n");
    EXPECT_THAT(run_program({"check", "a\x1B[31m.yaml"}, folder.path()).output, StartsWith("a\\x1B[31m.yaml: "));
    EXPECT_THAT(run_program({"check", "b\x1B[31m.yaml"}, folder.path()).errors,
                StartsWith("hypar: b\\x1B[31m.yaml: cannot be read"));
    EXPECT_THAT(run_program({"c\x1B[31m"}).errors, StartsWith("hypar: unknown command \"c\\x1B[31m\""));
}

TEST(Command, FileThatMayNotGrowIsAsAFullDisk) {
    const TemporaryFolder folder;
    const Outcome outcome = run_shell("ulimit -f 8; \"$HYPAR\" run lenet-c -o d", folder.path());
    EXPECT_EQ(outcome.status, 3);
    EXPECT_EQ(outcome.errors, "hypar: cannot write d/report.json: File too large\n");
    EXPECT_TRUE(std::filesystem::is_empty(folder.path() / "d"));
    EXPECT_EQ(run_shell("\"$HYPAR\" --help >/dev/full").status, 3);
}

/// A link by the name that a temporary file is to have is replaced; what it points to stays.
TEST(Command, TemporaryFilesFollowNoLinks) {
    const TemporaryFolder folder;
    folder.write("mine.txt", "mine");
    const Outcome outcome =
        run_shell("sh -c 'ln -s mine.txt plan.yaml.$$.tmp; exec \"$0\" partition lenet-c -o plan.yaml' \"$HYPAR\"",
                  folder.path());
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    EXPECT_EQ(read_file(folder.path() / "mine.txt"), "mine");
    EXPECT_FALSE(std::filesystem::is_symlink(folder.path() / "plan.yaml"));
}

TEST(Command, TraceReplacesNothingButATrace) {
    const TemporaryFolder folder;
    folder.write("e.yaml", "network: lenet-c\n");
    const Outcome outcome = run_program({"run", "e.yaml", "--trace", "e.yaml"}, folder.path());
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.errors, "hypar: --trace e.yaml: is there already and no trace: it is not replaced\n");
    EXPECT_EQ(read_file(folder.path() / "e.yaml"), "network: lenet-c\n");
    for (int run = 0; run < 2; ++run) {
        EXPECT_EQ(run_program({"run", "e.yaml", "--trace", "t.json"}, folder.path()).status, 0);
    }
}

TEST(Command, FoldersThatCannotBeReachedAreWrongInput) {
    const TemporaryFolder folder;
    std::filesystem::create_symlink("loop", folder.path() / "loop");
    const Outcome outcome = run_program({"run", "lenet-c", "-o", "loop"}, folder.path());
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.errors, "hypar: -o loop: cannot make the folder: Too many levels of symbolic links\n");
}

TEST(Command, CompareKeepsExperimentsOfOneNameApart) {
    const TemporaryFolder folder;
    std::filesystem::create_directories(folder.path() / "a");
    folder.write("x.yaml", "network: lenet-c\nbatch: 16\nstrategy: data\n");
    folder.write("a/x.yaml", "network: lenet-c\nbatch: 64\nstrategy: data\n");
    const Outcome outcome = run_program({"compare", "x.yaml", "a/x.yaml", "--format", "json"}, folder.path());
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    const json report = json::parse(outcome.output);
    for (const json& row : report["rows"]) EXPECT_EQ(row["speedup"], 1.0);
}

TEST(Command, PacketsThatCutElementsAddTheSameSums) {
    const auto adds = [](const std::string& packet) {
        const json report =
            run_json({"run", "lenet-c", "--set", "batch=16", "--set", "array.interconnect.packet=" + packet, "--set",
                      "array.interconnect.buffer_flits=4096", "--format", "json"});
        std::uint64_t sum = 0;
        for (const json& layer : report["layers"]) {
            for (const json& phase : layer["phases"]) sum += phase["adds"].get<std::uint64_t>();
        }
        return sum;
    };
    EXPECT_GT(adds("32 KiB"), 0U);
    EXPECT_EQ(adds("32 KiB"), adds("1001 B"));
}

TEST(Command, TenNetworksRunOnBothTopologiesInOneComparison) {
    const std::string networks = "sfc,sconv,lenet-c,cifar-c,alexnet,vgg-a,vgg-b,vgg-c,vgg-d,vgg-e";
    const json report = run_json({"compare", "vgg-e", "--network", networks, "--strategy", "data,model,hypar",
                                  "--topology", "htree,torus", "--format", "json"});
    ASSERT_EQ(report["rows"].size(), 60U);
    for (std::size_t row = 0; row < 60; row += 6) {
        for (std::size_t strategy = 0; strategy < 3; ++strategy) {
            const json& tree = report["rows"][row + strategy];
            const json& torus = report["rows"][row + strategy + 3];
            const json plan =
                run_json({"partition", tree["network"], "--strategy", tree["strategy"], "--format", "json"});
            EXPECT_EQ(tree["traffic_bytes"], plan["traffic_bytes"]);
            EXPECT_EQ(torus["traffic_bytes"], plan["traffic_bytes"]);
            EXPECT_EQ(tree["compute_seconds"], torus["compute_seconds"]);
        }
    }
    // What was remembered from run to run is what each finds by itself.
    const json alone = run_json({"run", "vgg-a", "--set", "topology=torus", "--format", "json"});
    EXPECT_EQ(report["rows"][35]["cycles"], alone["step"]["cycles"]);
    EXPECT_EQ(report["rows"][35]["energy_joules"], alone["energy_joules"]["total"]);
}

TEST(Command, FidelityChangesNothingButHowTheResultIsFound) {
    const json fast = run_json({"run", "lenet-c", "--format", "json"});
    const json full = run_json({"run", "lenet-c", "--fidelity", "full", "--format", "json"});
    EXPECT_EQ(without_simulation(fast).dump(), without_simulation(full).dump());
    EXPECT_EQ(fast["simulation"]["fidelity"], "fast");
    EXPECT_EQ(full["simulation"]["fidelity"], "full");
    EXPECT_GT(fast["simulation"]["jumps"], 0);
    EXPECT_GT(fast["simulation"]["skipped_cycles"], 0);
    EXPECT_EQ(full["simulation"]["jumps"], 0);
    EXPECT_EQ(full["simulation"]["simulated_cycles"], full["step"]["cycles"]);
    EXPECT_GT(full["simulation"]["events"], fast["simulation"]["events"]);
    EXPECT_EQ(run_program({"run", "lenet-c"}).output, run_program({"run", "lenet-c", "--fidelity", "full"}).output);
}

TEST(Command, CtrlCEndsARunWithWhatIsKnownSoFar) {
    for (const int signal : {SIGINT, SIGTERM}) {
        const TemporaryFolder folder;
        const Outcome outcome =
            run_until(" left", signal, std::string(kLongRun) + " -o out --format json", folder.path());
        EXPECT_EQ(outcome.status, 3);
        EXPECT_THAT(outcome.errors, StartsWith("hypar: stopped early: the report covers the first "));
        const json report = json::parse(outcome.output);
        const std::size_t done = report["partial"]["segments_done"];
        EXPECT_GT(done, 0U);
        EXPECT_LT(done, report["partial"]["segments"].get<std::size_t>());
        std::uint64_t cycles = 0;
        for (const json& layer : report["layers"]) {
            for (const json& phase : layer["phases"]) cycles += phase["cycles"].get<std::uint64_t>();
        }
        EXPECT_EQ(report["step"]["cycles"], cycles);
        EXPECT_GT(cycles, 0U);
        EXPECT_EQ(read_file(folder.path() / "out/report.json"), outcome.output);
        EXPECT_THAT(read_file(folder.path() / "out/report.txt"), StartsWith("PARTIAL: the first "));
    }
}

TEST(Command, CtrlCEndsAComparisonAfterTheRunsThatAreDone) {
    const Outcome outcome = run_until("vgg-e, model", SIGINT,
                                      "compare lenet-c --network lenet-c,vgg-e --strategy model --fidelity full "
                                      "--format json");
    EXPECT_EQ(outcome.status, 3);
    EXPECT_EQ(outcome.errors, "hypar: stopped early: 1 of 2 runs were done\n");
    const json report = json::parse(outcome.output);
    EXPECT_EQ(report["partial"], (json{{"runs_done", 1}, {"runs", 2}}));
    ASSERT_EQ(report["rows"].size(), 1U);
    EXPECT_EQ(report["rows"][0]["network"], "lenet-c");
}

TEST(StartingPointLong, FitsAndRuns) {
    for (const char* experiment : {"resnet-50", "bert-base", "gpt2"}) {
        const Outcome outcome = run_program({"run", experiment});
        EXPECT_EQ(outcome.status, 0) << outcome.errors;
        EXPECT_THAT(outcome.output, StartsWith(std::string(experiment) + " on hpca19-vector, 16 accelerators, "));
    }
}

TEST(FidelityLong, FullAndFastAgreeOnWholeNetworks) {
    const std::vector<std::vector<std::string>> networks{
        {"lenet-c", "256"}, {"cifar-c", "256"}, {"sconv", "256"}, {"alexnet", "16"}};
    for (const std::vector<std::string>& network : networks) {
        for (const std::string topology : {"htree", "torus"}) {
            for (const std::string strategy : {"data", "model", "hypar"}) {
                const auto run_with = [&](const std::string& fidelity) {
                    return run_json({"run", network[0], "--set", "batch=" + network[1], "--set",
                                     "topology=" + topology, "--set", "strategy=" + strategy, "--fidelity", fidelity,
                                     "--format", "json"});
                };
                const json fast = run_with("fast");
                const json full = run_with("full");
                EXPECT_EQ(without_simulation(fast).dump(), without_simulation(full).dump())
                    << network[0] << ", " << topology << ", " << strategy;
                EXPECT_LT(fast["simulation"]["events"], full["simulation"]["events"]);
            }
        }
    }
}

}  // namespace
}  // namespace hypar::test
