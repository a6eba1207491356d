// `hypar run --trace` as its users meet it: a timeline that agrees with the report of the same run.

#include <cmath>
#include <csignal>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
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

std::int64_t picoseconds(const json& microseconds) { return std::llround(microseconds.get<double>() * 1e6); }

struct Slice {
    std::int64_t from;
    std::int64_t to;
    json event;
};
using Track = std::pair<int, int>;  ///< process and thread

/// A trace and the report of the run that it is of.
struct TracedRun {
    json report;
    json trace;
    std::map<Track, std::vector<Slice>> tracks;
    std::map<Track, std::string> names;
    std::int64_t step = 0;
};

TracedRun traced(const json& report, const std::string& trace) {
    TracedRun run{report, json::parse(trace), {}, {}, 0};
    run.step = report["step"]["cycles"].get<std::int64_t>() * report["clock_picoseconds"].get<std::int64_t>();
    for (const json& event : run.trace["traceEvents"]) {
        if (event["ph"] == "M" && event["name"] == "thread_name") {
            run.names[{event["pid"], event["tid"]}] = event["args"]["name"];
        }
        if (event["ph"] != "X") continue;
        const std::int64_t from = picoseconds(event["ts"]);
        run.tracks[{event["pid"], event["tid"]}].push_back({from, from + picoseconds(event["dur"]), event});
    }
    return run;
}

TracedRun run_traced(std::vector<std::string> arguments) {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "trace.json").string();
    arguments.insert(arguments.begin(), "run");
    arguments.insert(arguments.end(), {"--format", "json", "--trace", file});
    const Outcome outcome = run_program(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    return traced(json::parse(outcome.output), read_file(file));
}

/// Every slice ends after it begins and before the next one of its track begins, within the step.
void expect_slices_in_order(const TracedRun& run) {
    for (const auto& [track, slices] : run.tracks) {
        EXPECT_EQ(run.names.count(track), 1U);
        std::int64_t end = 0;
        for (const Slice& slice : slices) {
            EXPECT_LE(end, slice.from) << slice.event;
            EXPECT_LT(slice.from, slice.to) << slice.event;
            end = slice.to;
        }
        EXPECT_LE(end, run.step);
    }
}

/// Layers, phases and segments fill the step.
void expect_step_is_filled(const TracedRun& run) {
    for (int track = 1; track <= 3; ++track) {
        std::int64_t sum = 0;
        for (const Slice& slice : run.tracks.at({1, track})) sum += slice.to - slice.from;
        EXPECT_EQ(sum, run.step);
    }
}

void expect_links_are_busy_as_reported(const TracedRun& run, bool every_slice_is_busy) {
    std::map<std::string, std::int64_t> busy;
    for (const auto& [track, slices] : run.tracks) {
        if (track.first != 2) continue;
        for (const Slice& slice : slices) {
            const std::int64_t time = picoseconds(slice.event["args"]["busy_us"]);
            EXPECT_LE(time, slice.to - slice.from);
            if (every_slice_is_busy && slice.event["args"].count("merged_slices") == 0) {
                EXPECT_EQ(time, slice.to - slice.from);
            }
            busy[run.names.at(track)] += time;
        }
    }
    std::size_t used = 0;
    for (const json& link : run.report["links"]) {
        const std::string name = link["from"].get<std::string>() + " -> " + link["to"].get<std::string>();
        EXPECT_EQ(busy[name], std::llround(link["busy_seconds"].get<double>() * 1e12)) << name;
        used += busy[name] > 0 ? 1U : 0U;
    }
    EXPECT_TRUE(used > 0 || run.report.contains("partial"));  // a stopped run may have come to no exchange
}

bool is_within_a_slice(const TracedRun& run, const json& event) {
    const std::int64_t time = picoseconds(event["ts"]);
    for (const Slice& slice : run.tracks.at({event["pid"], event["tid"]})) {
        if (slice.from <= time && time < slice.to) return true;
    }
    return false;
}

std::size_t expect_flows_have_both_ends(const TracedRun& run) {
    std::map<std::int64_t, std::pair<int, int>> ends;
    for (const json& event : run.trace["traceEvents"]) {
        if (event["ph"] != "s" && event["ph"] != "f") continue;
        EXPECT_TRUE(is_within_a_slice(run, event)) << event;
        std::pair<int, int>& flow = ends[event["id"]];
        ++(event["ph"] == "s" ? flow.first : flow.second);
    }
    for (const auto& [id, flow] : ends) EXPECT_EQ(flow, std::make_pair(1, 1)) << id;
    return ends.size();
}

TEST(TraceCommand, AgreesWithTheReport) {
    const std::vector<std::vector<std::string>> runs{
        {"lenet-c", "--fidelity", "full"},
        {"lenet-c"},
        {"lenet-c", "--set", "topology=torus", "--fidelity", "full"},
        {"lenet-c", "--set", "topology=dragonfly", "--set", "accelerators=8"},
        {"cifar-c", "--set", "topology=mesh", "--set", "accelerators=4", "--set",
         "array.interconnect.flow_control=wormhole", "--set", "batch=32"},
    };
    for (const std::vector<std::string>& arguments : runs) {
        SCOPED_TRACE(testing::PrintToString(arguments));
        const TracedRun run = run_traced(arguments);
        const bool is_full = arguments.back() == "full";
        expect_slices_in_order(run);
        expect_step_is_filled(run);
        expect_links_are_busy_as_reported(run, is_full);
        EXPECT_GT(expect_flows_have_both_ends(run), 0U);
        EXPECT_EQ(run.trace["otherData"]["flows"], run.trace["otherData"]["transfers"]);
    }
}

TEST(TraceCommand, KeepsToItsRoomAndSaysWhatItMerged) {
    const TracedRun run = run_traced({"vgg-a", "--set", "accelerators=64"});
    expect_slices_in_order(run);
    expect_step_is_filled(run);
    expect_links_are_busy_as_reported(run, false);
    const json& data = run.trace["otherData"];
    EXPECT_EQ(data["most_slices"], 100'000);
    std::size_t slices = 0;
    std::size_t merged = 0;
    for (const auto& [track, list] : run.tracks) {
        if (track.first == 1) continue;
        slices += list.size();
        for (const Slice& slice : list) merged += slice.event["args"].value("merged_slices", 0U);
    }
    EXPECT_LE(slices, 100'000U);
    EXPECT_EQ(data["slices"], slices);
    EXPECT_GT(merged, 0U);
    EXPECT_EQ(data["merged"]["slices"], merged);
}

TEST(TraceCommand, OfOneAcceleratorHasNoLinks) {
    const TracedRun run = run_traced({"lenet-c", "--set", "accelerators=1", "--set", "array=eyeriss"});
    expect_slices_in_order(run);
    expect_step_is_filled(run);
    EXPECT_EQ(run.trace["otherData"]["flows"], 0);
    for (const auto& [track, name] : run.names) EXPECT_NE(track.first, 2) << name;
}

TEST(TraceCommand, LeavesTheResultsAsTheyAre) {
    const TemporaryFolder folder;
    const std::string command = "\"$HYPAR\" run lenet-c --trace ";
    const Outcome first = run_shell(command + "a.json", folder.path());
    EXPECT_EQ(first.output, run_program({"run", "lenet-c"}).output);
    EXPECT_EQ(run_shell(command + "b.json", folder.path()).status, 0);
    EXPECT_EQ(read_file(folder.path() / "a.json"), read_file(folder.path() / "b.json"));
}

TEST(TraceCommand, RefusesAFileThatCannotBeWrittenBeforeItRuns) {
    const Outcome outcome = run_program({"run", "vgg-e", "--fidelity", "full", "--trace", "nowhere/trace.json"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.output, "");
    EXPECT_THAT(outcome.errors, StartsWith("hypar: --trace nowhere/trace.json: there is no folder "));
}

TEST(TraceCommand, CtrlCLeavesTheTimelineOfWhatIsKnown) {
    const TemporaryFolder folder;
    const Outcome outcome =
        run_until(" left", SIGINT, std::string(kLongRun) + " --format json --trace trace.json", folder.path());
    EXPECT_EQ(outcome.status, 3);
    const TracedRun run = traced(json::parse(outcome.output), read_file(folder.path() / "trace.json"));
    EXPECT_EQ(run.trace["otherData"]["partial"], run.report["partial"]);
    expect_slices_in_order(run);
    expect_step_is_filled(run);
    expect_links_are_busy_as_reported(run, false);
}

}  // namespace
}  // namespace hypar::test
