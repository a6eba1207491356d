// Sweeps as their users meet them: what survives, what is refused, what is the same.

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/apps/program.h"

namespace hypar::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// 27 points, two of them refused: exhaustive searches of three splits in 20 and 32 cells, on 16 accelerators.
constexpr const char* kSweep =
    "base: {network: lenet-c, capacity: report}\n"
    "vary:\n"
    "  network: [sfc, sconv, lenet-c, cifar-c, alexnet]\n"
    "  strategy: [data, exhaustive, hypar]\n"
    "  accelerators: [4, 16]\n"
    "where: not (network == alexnet and accelerators == 4)\n";

/// Kills a sweep `rounds` times, each when it has run for a part, which `percent` draws, of the time that an
/// undisturbed one takes; then lets it end. What is left must be what the undisturbed one leaves.
void expect_to_survive(const std::string& sweep, int rounds, const std::string& percent, int status) {
    using Clock = std::chrono::steady_clock;
    const TemporaryFolder folder;
    folder.write("s.yaml", sweep);
    const Clock::time_point start = Clock::now();
    ASSERT_EQ(run_shell("\"$HYPAR\" sweep s.yaml --jobs 1 -o whole", folder.path()).status, status);
    const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
    const std::string script =
        "seed=7 whole=" + std::to_string(whole.count()) +
        "\n"
        "for round in $(seq " +
        std::to_string(rounds) +
        "); do\n"
        "  \"$HYPAR\" sweep s.yaml --jobs 2 -o killed >/dev/null 2>&1 & parent=$!\n"
        "  seed=$(( (seed * 1103515245 + 12345) % 2147483648 ))\n"
        "  ms=$(( whole * (" +
        percent +
        ") / 100 ))\n"
        "  sleep $(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))\n"
        "  workers=$(ps -o pid= --ppid $parent)\n"
        "  case $((round % 3)) in\n"
        "    0) kill -9 $parent ;;\n"
        "    1) kill -9 $(echo $workers | cut -d' ' -f1) ;;\n"  // a worker, and the parent while it makes good
        "    2) kill -9 $parent $workers ;;\n"
        "  esac\n"
        "  [ $((round % 3)) -ne 1 ] || { sleep 0.02; kill -9 $parent; }\n"
        "  wait $parent\n"
        "done 2>/dev/null\n"
        "\"$HYPAR\" sweep s.yaml --jobs 2 -o killed";
    EXPECT_EQ(run_shell(script, folder.path()).status, status);
    EXPECT_EQ(read_file(folder.path() / "killed/results.csv"), read_file(folder.path() / "whole/results.csv"));
    EXPECT_THAT(run_shell("\"$HYPAR\" sweep s.yaml -o killed", folder.path()).output, HasSubstr("; 0 run now, "));
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "killed")) {
        EXPECT_THAT(entry.path().extension().string(), Not(".tmp")) << entry.path();
        ++files;
    }
    EXPECT_EQ(files, 4U);  // index.html, lock, results.csv, results.sqlite
}

TEST(Sweep, KilledAtRandomLosesAndDoublesNothing) { expect_to_survive(kSweep, 4, "seed / 65536 % 60", 3); }

TEST(SweepLong, KilledAtTenRandomMomentsLosesAndDoublesNothing) {
    for (const char* percent : {"seed / 65536 % 15", "seed / 65536 % 60"}) {
        expect_to_survive(
            "base: {network: lenet-c, capacity: report}\n"
            "vary:\n"
            "  network: [sfc, sconv, lenet-c, cifar-c, alexnet, vgg-a]\n"
            "  strategy: [data, model, hypar]\n"
            "  topology: [htree, torus]\n"
            "  accelerators: [4, 16]\n",
            10, percent, 0);
    }
}

TEST(Sweep, GivesTheSameBytesWithAnyNumberOfWorkers) {
    const TemporaryFolder folder;
    folder.write("s.yaml", kSweep);
    std::set<std::string> outputs;
    for (const std::string jobs : {"1", "2", "5"}) {
        const Outcome outcome = run_program({"sweep", "s.yaml", "--jobs", jobs, "-o", "j" + jobs}, folder.path());
        EXPECT_EQ(outcome.status, 3);
        outputs.insert(outcome.output);
        EXPECT_EQ(read_file(folder.path() / ("j" + jobs) / "results.csv"),
                  read_file(folder.path() / "j1/results.csv"));
    }
    EXPECT_EQ(outputs.size(), 1U);
}

TEST(Sweep, NamesEveryFailedPointAndEndsWithThree) {
    const TemporaryFolder folder;
    folder.write("s.yaml", kSweep);
    const Outcome outcome = run_program({"sweep", "s.yaml", "-o", "out"}, folder.path());
    EXPECT_EQ(outcome.status, 3);
    EXPECT_THAT(outcome.output, StartsWith("s: 27 points, 25 done, 2 failed; 27 run now, 0 reused\n"));
    EXPECT_THAT(outcome.output, HasSubstr("network=alexnet strategy=exhaustive accelerators=16: refused:"));
    EXPECT_THAT(outcome.errors, HasSubstr("hypar: 2 of 27 points failed; out/results.csv says why\n"));
    EXPECT_THAT(outcome.errors, HasSubstr("3 dropped where not: not (network == alexnet and accelerators == 4)\n"));
    const std::string csv = read_file(folder.path() / "out/results.csv");
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 28);
    EXPECT_THAT(csv, HasSubstr("\nalexnet,exhaustive,16,refused,,"));
    EXPECT_THAT(csv, HasSubstr("exhaustive would try more than 2^26 plans (8 layers x 4 levels)"));
}

TEST(Sweep, AgreesWithRun) {
    const TemporaryFolder folder;
    folder.write("s.yaml", "base: lenet-c\nvary: {strategy: [data], topology: [torus]}\n");
    EXPECT_EQ(run_program({"sweep", "s.yaml", "-o", "out"}, folder.path()).status, 0);
    const Outcome compared =
        run_program({"compare", "lenet-c", "--strategy", "data", "--topology", "torus", "--format", "csv"});
    // experiment,network,array,topology,strategy,accelerators,batch,cycles,...,energy_joules,speedup,energy_efficiency,...
    std::string row = compared.output.substr(compared.output.find('\n') + 1);
    for (int field = 0; field < 7; ++field) row.erase(0, row.find(',') + 1);
    row.erase(row.find(",1,1,"));
    EXPECT_THAT(read_file(folder.path() / "out/results.csv"), HasSubstr("\ndata,torus,done," + row + ","));
}

TEST(Sweep, SaysWhatIsHeldEqualBetweenTopologies) {
    const TemporaryFolder folder;
    const auto output = [&](const std::string& vary) {
        folder.write("s.yaml",
                     "base: {network: lenet-c, accelerators: 4}\nvary: {topology: [htree, torus]" + vary + "}\n");
        return run_program({"sweep", "s.yaml", "-o", "out"}, folder.path()).output;
    };
    EXPECT_THAT(output(""),
                HasSubstr("  held equal between topologies: total_bandwidth, over all wires, in a tree over"));
    EXPECT_THAT(output(", array.interconnect.link_bandwidth: [1 Gb/s, 2 Gb/s]"),
                HasSubstr("  held equal between topologies: link_bandwidth, of each link"));
}

TEST(Sweep, PointDoesNotDependOnWhatRanBefore) {
    // In one worker, and in both orders: shards of the two plans have parts in common.
    const TemporaryFolder folder;
    const std::string base = "base: {network: sconv, accelerators: 4, topology: torus}\nvary: {strategy: ";
    folder.write("s.yaml", base + "[data, model]}\n");
    folder.write("t.yaml", base + "[model, data]}\n");
    std::set<std::string> lines;
    for (const std::string name : {"s", "t"}) {
        EXPECT_EQ(run_program({"sweep", name + ".yaml", "--jobs", "1", "-o", name}, folder.path()).status, 0);
        std::istringstream csv(read_file(folder.path() / name / "results.csv"));
        for (std::string line; std::getline(csv, line);) lines.insert(line);
    }
    EXPECT_EQ(lines.size(), 3U);  // a header and two points
}

TEST(Sweep, RunsOnlyWhatIsMissing) {
    const TemporaryFolder folder;
    folder.write("s.yaml", "base: lenet-c\nvary: {batch: [64, 128]}\n");
    folder.write("t.yaml", "base: lenet-c\nvary: {batch: [128, 256], strategy: [hypar, data]}\n");
    EXPECT_EQ(run_program({"sweep", "s.yaml", "-o", "out"}, folder.path()).status, 0);
    EXPECT_THAT(
        run_program({"sweep", "t.yaml", "-o", "out", "--dry-run"}, folder.path()).output,
        testing::Eq("3 of 4 points would be run\nbatch=128 strategy=data\nbatch=256 strategy=hypar\nbatch=256 "
                    "strategy=data\n"));
    EXPECT_THAT(run_program({"sweep", "s.yaml", "-o", "out"}, folder.path()).output,
                HasSubstr("; 0 run now, 2 reused"));
    EXPECT_THAT(run_program({"sweep", "t.yaml", "-o", "out"}, folder.path()).output,
                HasSubstr("; 3 run now, 1 reused"));
}

TEST(Sweep, DryRunWritesNothing) {
    const TemporaryFolder folder;
    folder.write("s.yaml", "base: lenet-c\nvary: {batch: [64, 128]}\n");
    const Outcome outcome = run_program({"sweep", "s.yaml", "-o", "out", "--dry-run"}, folder.path());
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.output, "2 of 2 points would be run\nbatch=64\nbatch=128\n");
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "out"));
}

TEST(Sweep, SecondOneInAFolderIsRefused) {
    const TemporaryFolder folder;
    folder.write("s.yaml", kSweep);
    // The first is stopped as soon as it has the lock, so that it is there whenever the second begins.
    const Outcome outcome = run_shell(
        "\"$HYPAR\" sweep s.yaml -o out >/dev/null 2>&1 & first=$!\n"
        "until [ -e out/results.sqlite ]; do sleep 0.01; done; kill -STOP $first\n"
        "\"$HYPAR\" sweep s.yaml -o out; status=$?\n"
        "kill -CONT $first; wait $first\n"
        "[ $? -eq 3 ] && exit $status",
        folder.path());
    EXPECT_EQ(outcome.status, 3);
    EXPECT_EQ(outcome.output, "");
    EXPECT_THAT(outcome.errors, HasSubstr("another sweep runs in out (process "));
}

TEST(Sweep, LockGoesWithTheParentEvenIfAWorkerLives) {
    const TemporaryFolder folder;
    folder.write("s.yaml", kSweep);
    const Outcome outcome = run_shell(
        "\"$HYPAR\" sweep s.yaml --jobs 2 -o out >/dev/null 2>&1 & first=$!\n"
        "until [ -n \"$(ps -o pid= --ppid $first)\" ]; do sleep 0.01; done\n"
        "kill -9 $first; wait $first\n"
        "\"$HYPAR\" sweep s.yaml -o out",
        folder.path());
    EXPECT_EQ(outcome.status, 3);
    EXPECT_THAT(outcome.errors, Not(HasSubstr("another sweep")));
}

TEST(Sweep, StoppedKeepsWhatIsDone) {
    const TemporaryFolder folder;
    folder.write("s.yaml", kSweep);
    const Outcome stopped = run_shell(
        "\"$HYPAR\" sweep s.yaml --jobs 1 -o out & first=$!\n"
        "until [ -n \"$(ps -o pid= --ppid $first)\" ]; do sleep 0.01; done\n"
        "kill -TERM $first; wait $first",
        folder.path());
    EXPECT_EQ(stopped.status, 3);
    EXPECT_THAT(stopped.output, HasSubstr(" missing; "));
    EXPECT_THAT(stopped.errors, HasSubstr("the same command goes on"));
    EXPECT_THAT(read_file(folder.path() / "out/results.csv"), HasSubstr(",missing,"));
    EXPECT_EQ(run_program({"sweep", "s.yaml", "-o", "out"}, folder.path()).status, 3);
    EXPECT_THAT(read_file(folder.path() / "out/results.csv"), Not(HasSubstr(",missing,")));
}

TEST(Sweep, FullDiskIsAnErrorAndItGoesOnWhenThereIsRoom) {
    const TemporaryFolder folder;
    folder.write("s.yaml", kSweep);
    if (run_shell("mkdir disk && mount -t tmpfs -o size=160k none disk", folder.path()).status != 0) {
        GTEST_SKIP() << "mounting a small tmpfs takes root";
    }
    const Outcome full = run_program({"sweep", "s.yaml", "-o", "disk/out"}, folder.path());
    const Outcome room = run_shell(
        "mount -o remount,size=16m disk && \"$HYPAR\" sweep s.yaml -o disk/out; status=$?\n"
        "\"$HYPAR\" sweep s.yaml -o out >/dev/null; cmp disk/out/results.csv out/results.csv "
        "|| status=99\n"
        "umount disk; exit $status",
        folder.path());
    EXPECT_EQ(full.status, 3);
    EXPECT_EQ(full.output, "");
    EXPECT_THAT(full.errors, HasSubstr("cannot write disk/out/results.sqlite: database or disk is full"));
    EXPECT_EQ(room.status, 3) << room.errors;  // 99: other results
    EXPECT_THAT(room.output, HasSubstr("25 done, 2 failed"));
}

TEST(Sweep, WrongFileIsToldBeforeAnythingRuns) {
    const TemporaryFolder folder;
    folder.write("s.yaml", "base: lenet-c\nvary: {batch: [64, 0]}\n");
    const Outcome outcome = run_program({"sweep", "s.yaml", "-o", "out"}, folder.path());
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.errors, StartsWith("hypar: s.yaml:2:20: batch: expected an integer of at least 1, not 0"));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "out"));
    EXPECT_EQ(run_program({"sweep", "s.yaml", "--jobs", "0"}, folder.path()).status, 1);
    EXPECT_EQ(run_program({"sweep", "s.yaml", "--engine", "nix"}, folder.path()).status, 1);
    EXPECT_EQ(run_program({"sweep"}, folder.path()).status, 2);
}

TEST(Sweep, ComesWithTheProgram) {
    EXPECT_THAT(run_program({"list", "sweeps"}).output, HasSubstr("720 points: network (10) x strategy (4) x "));
    EXPECT_EQ(run_shell("for file in \"" HYPAR_SOURCE_DIR "\"/configs/sweeps/*.yaml; do \"$HYPAR\" check $file; done")
                  .status,
              0);
}

TEST(Sweep, AroundAnExperimentRanksItsNumbers) {
    const TemporaryFolder folder;
    const Outcome outcome = run_program({"sweep", "--around", "lenet-c", "-o", "out"}, folder.path());
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    EXPECT_THAT(outcome.output, HasSubstr("\n  interconnect.total_bandwidth  "));
    EXPECT_THAT(outcome.output, HasSubstr("without influence: "));
}

TEST(Sweep, RemovesTemporaryFilesOfProcessesThatAreGoneAndNoOthers) {
    const TemporaryFolder folder;
    folder.write("s.yaml", "base: lenet-c\nvary: {batch: [8, 16]}\n");
    const Outcome outcome = run_shell(
        "mkdir r; touch r/results.csv.$$.tmp r/index.html.my-notes.tmp; sh -c 'touch r/index.html.$$.tmp'; "
        "\"$HYPAR\" sweep s.yaml -o r >/dev/null; echo r/*.tmp | sed s/$$/ALIVE/",
        folder.path());
    EXPECT_EQ(outcome.output, "r/index.html.my-notes.tmp r/results.csv.ALIVE.tmp\n");
}

TEST(Sweep, VariesWhatTheExperimentSaysOfItsArray) {
    const TemporaryFolder folder;
    folder.write("s.yaml", "base: {network: lenet-c, accelerators: 16}\nvary: {array.accelerators: [4, 8]}\n");
    ASSERT_EQ(run_program({"sweep", "s.yaml", "-o", "r"}, folder.path()).status, 0);
    const Outcome rows = run_program({"query", "r", "--columns", "accelerators", "--format", "csv"}, folder.path());
    EXPECT_EQ(rows.output, "accelerators\n4\n8\n");
}

TEST(Query, SaysWhichFileHoldsNoResults) {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder.path() / "r");
    folder.write("r/results.sqlite", "not a database");
    const Outcome outcome = run_program({"query", "r"}, folder.path());
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.errors, "hypar: r/results.sqlite: holds no results of a sweep: file is not a database\n");
}

TEST(Query, ChoosesFromAFolder) {
    const TemporaryFolder folder;
    folder.write("s.yaml", "base: lenet-c\nvary: {batch: [64, 256], strategy: [data, hypar]}\n");
    ASSERT_EQ(run_program({"sweep", "s.yaml", "-o", "out"}, folder.path()).status, 0);
    EXPECT_EQ(run_program(
                  {"query", "out", "--where", "strategy == hypar", "--columns", "batch,strategy", "--format", "csv"},
                  folder.path())
                  .output,
              "batch,strategy\n64,hypar\n256,hypar\n");
    EXPECT_EQ(
        run_program({"query", "out", "--best", "-batch", "--columns", "point", "--format", "csv"}, folder.path())
            .output,
        "point\n2\n");
    EXPECT_EQ(run_program({"query", "nix"}, folder.path()).status, 1);
    EXPECT_EQ(run_program({"query", "out", "--sort", "seconds", "--best", "batch"}, folder.path()).status, 2);
    EXPECT_EQ(run_program({"query", "out", "--pareto", "seconds"}, folder.path()).status, 1);
}

TEST(Sweep, NamesPlansByTheirLabels) {
    const TemporaryFolder folder;
    folder.write(
        "s.yaml",
        "base: lenet-c\nvary:\n  strategy:\n    - hypar\n    - {plan: ['0011', '0011', '0011', '0011'], label: "
        "'=mine, all'}\n    - {name: optimal, splits: [batch, in]}\n");
    const Outcome outcome = run_program({"sweep", "s.yaml", "-o", "out"}, folder.path());
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    const std::string csv = read_file(folder.path() / "out/results.csv");
    EXPECT_THAT(csv, StartsWith("strategy,status,"));
    for (const char* line : {"\nhypar,done,", "\n\"'=mine, all\",done,", "\noptimal(batch+in),done,"}) {
        EXPECT_THAT(csv, HasSubstr(line));
    }
    const Outcome query =
        run_program({"query", "out", "--where", "strategy == \"=mine, all\"", "--format", "csv"}, folder.path());
    EXPECT_EQ(query.status, 0) << query.errors;
    EXPECT_THAT(query.output, HasSubstr("\"'=mine, all\""));
    EXPECT_THAT(query.output, Not(HasSubstr("optimal")));
}

}  // namespace
}  // namespace hypar::test
