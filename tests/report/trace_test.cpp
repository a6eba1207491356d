#include "report/timeline/trace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace hypar {
namespace {

using nlohmann::json;

constexpr const char* kName = "<script>alert(\"1\")</script> \xc3\xa4\xff";  // its last byte is no UTF-8

/// Two accelerators and the links between them: a layer computes for 25 cycles of 4 ns, then exchanges for 50.
RunReport report_of_one_layer() {
    RunReport report;
    report.network = kName;
    report.array.clock.period = 4000;
    report.array.accelerators = 2;
    report.array.interconnect.topology.kind = TopologyKind::Ring;
    report.topology = Topology::make(report.array.interconnect, 2);
    report.layers.push_back({kName, {}});
    PhaseReport& gradient = report.layers[0].phases[static_cast<std::size_t>(Phase::Gradient)];
    gradient.compute_cycles = 25;
    gradient.communication_cycles = 50;
    for (const LinkSpec& link : report.topology.links()) {
        report.links.push_back({report.topology.node_name(link.from), report.topology.node_name(link.to), 1, {}});
    }
    Timeline timeline;
    timeline.segments = {{0, Phase::Gradient, 0, 0, 25, 5000, 0},
                         {0, Phase::Gradient, level_bit(0), 100'000, 50, 0, 300}};
    timeline.units = {{{0, 100'000, 90'000, 640, 3, 0, 0, 1}}, {}};
    timeline.vector_units.resize(2);
    timeline.vaults.resize(2);
    for (int i = 0; i < 2; ++i) timeline.interfaces.push_back({{104'000, 296'000, 192'000, 150, 1, 1, 0, 1}});
    timeline.links = {{{110'001, 150'003, 40'002, 100, 2, 1, 0, 1}, {150'003, 250'003, 25'000, 50, 1, 1, 7, 1}}, {}};
    timeline.transfers = {{1, 0, 1, 150, 108'000, 290'000}, {1, 1, 0, 150, 108'000, 290'001}};
    timeline.most_slices = 1000;
    report.timeline = timeline;
    return report;
}

std::vector<json> events_of(const json& trace, const std::string& kind, int process = 0) {
    std::vector<json> events;
    for (const json& event : trace["traceEvents"]) {
        if (event["ph"] == kind && (process == 0 || event["pid"] == process)) events.push_back(event);
    }
    return events;
}

std::size_t vector_tracks(const RunReport& report) {
    const std::vector<json> names = events_of(json::parse(trace_json(report)), "M");
    return static_cast<std::size_t>(std::count_if(names.begin(), names.end(), [](const json& event) {
        return event["args"].value("name", "") == "vector unit";
    }));
}

TEST(Trace, HasATrackForEachVectorUnitThatWorks) {
    RunReport report = report_of_one_layer();
    EXPECT_EQ(vector_tracks(report), 0U);
    report.timeline->vector_units[1] = {{4000, 12'000, 8000, 64, 2, 0, 0, 1}};
    EXPECT_EQ(vector_tracks(report), 1U);
}

TEST(Trace, WritesTimesToThePicosecond) {
    const std::string text = trace_json(report_of_one_layer());
    EXPECT_NE(text.find(R"("ts":0.110001,"dur":0.040002,)"), std::string::npos);
    const std::vector<json> links = events_of(json::parse(text), "X", 2);
    ASSERT_EQ(links.size(), 2U);
    EXPECT_EQ(links[0]["args"]["busy_us"], 0.040002);
    EXPECT_EQ(links[0]["args"].count("skipped_periods"), 0U);
    EXPECT_EQ(links[1]["args"]["skipped_periods"], 7);
    EXPECT_EQ(links[1]["args"]["busy_us"], 0.025);
}

TEST(Trace, ShowsNamesAsText) {
    const json trace = json::parse(trace_json(report_of_one_layer()));
    const std::string shown = "<script>alert(\"1\")</script> \xc3\xa4\xef\xbf\xbd";  // U+FFFD in place of the byte
    EXPECT_EQ(trace["otherData"]["network"], shown);
    const std::vector<json> units = events_of(trace, "X", 3);
    EXPECT_EQ(units[0]["name"], shown + " gradient");
    EXPECT_EQ(units[0]["args"]["layer"], shown);
}

TEST(Trace, HasATrackForEachThatWorks) {
    const json trace = json::parse(trace_json(report_of_one_layer()));
    std::vector<std::string> tracks;
    for (const json& event : events_of(trace, "M")) {
        if (event["name"] == "thread_name") tracks.push_back(event["args"]["name"]);
    }
    // Of accelerator 1 only the network interface, of the links only the first.
    ASSERT_EQ(tracks.size(), 7U);
    EXPECT_EQ(tracks[0], "layers");
    EXPECT_EQ(tracks[6], "network interface");
    for (int track = 1; track <= 2; ++track) {
        const std::vector<json> slices = events_of(trace, "X", 1);
        ASSERT_EQ(slices.size(), 4U);  // the layer, its phase, two segments
        EXPECT_EQ(slices[0]["dur"], 0.3);
        EXPECT_EQ(slices[1]["args"]["cycles"], 75);
    }
}

TEST(Trace, DrawsAnArrowForEachTransfer) {
    const json trace = json::parse(trace_json(report_of_one_layer()));
    const std::vector<json> begins = events_of(trace, "s");
    const std::vector<json> ends = events_of(trace, "f");
    ASSERT_EQ(begins.size(), 2U);
    ASSERT_EQ(ends.size(), 2U);
    EXPECT_EQ(begins[0]["id"], ends[0]["id"]);
    EXPECT_EQ(begins[0]["pid"], 3);
    EXPECT_EQ(ends[0]["pid"], 4);
    EXPECT_EQ(ends[0]["bp"], "e");
    EXPECT_EQ(trace["otherData"]["flows"], 2);
}

TEST(Trace, LeavesOutArrowsFromMergedSlicesAndSaysSo) {
    RunReport report = report_of_one_layer();
    Activity& slice = report.timeline->interfaces[1][0];
    slice.merged = 3;
    slice.work = Activity::kMixed;
    const json trace = json::parse(trace_json(report));
    EXPECT_TRUE(events_of(trace, "s").empty());
    EXPECT_EQ(trace["otherData"]["transfers"], 2);
    EXPECT_EQ(trace["otherData"]["flows"], 0);
    EXPECT_EQ(trace["otherData"]["slices"], 5);
    EXPECT_EQ(trace["otherData"]["merged"], (json{{"tracks", 1}, {"slices", 3}, {"into", 1}, {"longest_us", 0.192}}));
    EXPECT_EQ(events_of(trace, "X", 4)[0]["name"], "merged");
}

TEST(Trace, CountsBandwidthBySegment) {
    const std::vector<json> counters = events_of(json::parse(trace_json(report_of_one_layer())), "C");
    ASSERT_EQ(counters.size(), 6U);                            // memories and links: two segments and the end
    EXPECT_EQ(counters[0]["args"]["bytes per second"], 5e10);  // 5000 bytes in 100 ns
    EXPECT_EQ(counters[3]["name"], "link bandwidth");
    EXPECT_EQ(counters[3]["args"]["bytes per second"], 1.5e9);  // 300 bytes in 200 ns
    EXPECT_EQ(counters[5]["args"]["bytes per second"], 0);
    EXPECT_EQ(counters[5]["ts"], 0.3);
}

}  // namespace
}  // namespace hypar
