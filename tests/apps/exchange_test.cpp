// What `hypar run` shows of the network: bounds of exchanges, links, placement.

#include <algorithm>
#include <sstream>
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

const std::vector<std::string> kTopologies{"htree",    "torus",     "mesh",           "ring",
                                           "fat-tree", "dragonfly", "fully-connected"};
const std::vector<std::string> kWormhole{"--set", "array.interconnect.flow_control=wormhole", "--set",
                                         "array.interconnect.buffer_flits=16"};

/// A run of lenet-c; `more` arguments follow.
std::string run_on(const std::string& topology, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"run", "lenet-c", "--set", "topology=" + topology};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = run_program(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    return outcome.output;
}

json report_on(const std::string& topology, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--format", "json"});
    json report = json::parse(run_on(topology, more));
    report.erase("simulation");
    return report;
}

/// Calls `check(exchange, communication cycles)` for every phase.
template <typename Check>
void for_each_exchange(const json& report, Check check) {
    for (const json& layer : report["layers"]) {
        for (const json& phase : layer["phases"]) {
            check(phase["exchange"], phase["communication_cycles"].get<std::uint64_t>());
        }
    }
}

TEST(ExchangeReport, AddsUpAndNamesTheLargestPart) {
    for (const std::string& topology : kTopologies) {
        for_each_exchange(report_on(topology), [&](const json& exchange, std::uint64_t cycles) {
            std::uint64_t sum = 0;
            std::uint64_t largest = 0;
            for (const char* part : {"bandwidth", "contention", "port", "memory", "dma", "latency"}) {
                const auto count = exchange[std::string(part) + "_cycles"].get<std::uint64_t>();
                sum += count;
                largest = std::max(largest, count);
            }
            EXPECT_EQ(sum, cycles) << topology;
            EXPECT_EQ(exchange["bound"].is_null(), cycles == 0) << topology;
            if (cycles == 0) return;
            EXPECT_EQ(exchange[exchange["bound"].get<std::string>() + "_cycles"], largest) << topology;
        });
    }
}

/// On the paper's H-tree a link carries as many flows as it is faster than a leaf's; on a ring flows of the upper
/// levels share links, four to each at H1.
TEST(ExchangeReport, IsBandwidthOnTheHTreeAndContentionOnARing) {
    std::uint64_t contended = 0;
    for_each_exchange(report_on("htree"), [&](const json& exchange, std::uint64_t cycles) {
        EXPECT_EQ(exchange["bound"], cycles == 0 ? json() : json("bandwidth"));
    });
    for_each_exchange(report_on("ring"), [&](const json& exchange, std::uint64_t) {
        contended += exchange["bound"] == "contention" ? 1U : 0U;
    });
    EXPECT_GT(contended, 0U);
}

TEST(ExchangeReportLong, IsTheSameAtBothFidelitiesOnEveryTopology) {
    for (const std::string& topology : kTopologies) {
        for (std::vector<std::string> more : {std::vector<std::string>(), kWormhole}) {
            const json fast = report_on(topology, more);
            more.insert(more.end(), {"--fidelity", "full"});
            EXPECT_EQ(fast.dump(), report_on(topology, more).dump()) << topology;
        }
    }
}

TEST(RunText, FitsEightyColumnsOnEveryTopology) {
    for (const std::string& topology : kTopologies) {
        std::istringstream lines(run_on(topology, kWormhole));
        for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << topology << ": " << line;
    }
}

TEST(RunText, ShowsBoundsLinksAndPlacement) {
    const std::string text = run_on("mesh");
    EXPECT_THAT(text, HasSubstr("layer  phase     compute  bound     exchange    util     dram   energy\n"));
    EXPECT_THAT(text, HasSubstr("layer  phase        sent  bandwidth  contention  latency  bound\n"));
    EXPECT_THAT(text, HasSubstr("busiest links    bytes     busy  of the step  stalled  peak queue\n"));
    EXPECT_THAT(text, HasSubstr("links    number    bytes     busy  of the step    mean  stalled\n"));
    EXPECT_THAT(text, HasSubstr("placement: accelerator i at x = i mod 4, y = i / 4\n\n   0   1   2   3\n"));
}

/// Every link is in one group, and of a user's graph in none.
TEST(RunText, GroupsLinksByLevelAndDimension) {
    const std::string tree = run_on("htree");
    std::size_t directions = 0;
    for (const auto& [name, number] :
         std::vector<std::pair<std::string, std::size_t>>{{"links acc-switch1", 32},
                                                          {"links switch1-switch2", 16},
                                                          {"links switch2-switch3", 8},
                                                          {"links switch3-switch4", 4}}) {
        const std::size_t line = tree.find("\n  " + name + " ");
        ASSERT_NE(line, std::string::npos) << name;
        EXPECT_EQ(std::stoull(tree.substr(line + 3 + name.size())), number) << name;
        directions += number;
    }
    EXPECT_EQ(report_on("htree")["links"].size(), directions);
    std::uint64_t bytes = 0;
    const json mesh = report_on("mesh");
    for (const json& link : mesh["links"]) {
        if (link["group"] == "x links") bytes += link["bytes"].get<std::uint64_t>();
        EXPECT_THAT((std::vector<std::string>{"x links", "y links"}), testing::Contains(link["group"]));
    }
    EXPECT_GT(bytes, 0U);
    const std::string graph = "{kind: graph, links: [{between: [acc0, acc1]}]}";
    const json alone = report_on(graph, {"--set", "accelerators=2"});
    EXPECT_FALSE(alone["links"][0].contains("group"));
    EXPECT_THAT(run_on(graph, {"--set", "accelerators=2"}), testing::Not(HasSubstr("\n  links ")));
}

const std::vector<std::string> kBest{"--set", "array.interconnect.collectives=best"};

TEST(CollectiveReport, AddsUpToTheExchangesAndNoneBeatsItsBound) {
    for (const std::string& topology : kTopologies) {
        const json report = report_on(topology, kBest);
        double seconds = 0;
        double bound = 0;
        std::uint64_t bytes = 0;
        for (const json& collective : report["collectives"]) {
            EXPECT_GE(collective["seconds"], collective["bound_seconds"]) << topology << ": " << collective;
            seconds += collective["seconds"].get<double>();
            bound += collective["bound_seconds"].get<double>();
            bytes += collective["bytes"].get<std::uint64_t>();
        }
        EXPECT_NEAR(seconds, report["step"]["communication_seconds"], 1e-12) << topology;
        EXPECT_NEAR(bound, report["step"]["communication_bound_seconds"], 1e-12) << topology;
        EXPECT_EQ(bytes, report["traffic_bytes"]) << topology;
    }
}

TEST(CollectiveReport, IsOfTheAlgorithmThatIsNamed) {
    for (const std::string algorithm : {"pairwise", "ring", "bucket", "tree", "direct"}) {
        const json report = report_on("torus", {"--set", "array.interconnect.collectives=" + algorithm});
        for (const json& collective : report["collectives"]) {
            const bool is_swap = collective["kind"] == "swap" && algorithm != "pairwise";
            EXPECT_EQ(collective["algorithm"], is_swap ? "direct" : algorithm);
        }
    }
}

TEST(RunText, ShowsCollectivesBesideTheirBounds) {
    const std::string text = run_on("torus", kBest);
    EXPECT_THAT(text, HasSubstr("collective      levels     algorithm     time    bound  x bound\n"));
    EXPECT_THAT(text, HasSubstr("  furthest from its bound: "));
    EXPECT_THAT(text, testing::Not(HasSubstr("\n\n\n")));
}

TEST(RunText, FitsEightyColumnsWhateverHoldsExchangesBack) {
    std::istringstream lines(run_on("fully-connected", {"--set", "array.interconnect.port_bandwidth=1 Gb/s", "--set",
                                                        "array.interconnect.outstanding_requests=1"}));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(LinkReport, CountsFlitsStallsAndQueues) {
    const json report = report_on("mesh");
    const double step = report["step"]["seconds"];
    double stalled = 0;
    for (const json& link : report["links"]) {
        // Packets have 64 flits at most and 1 at least; buffers take 256.
        EXPECT_LE(link["flits"], 64 * link["packets"].get<std::uint64_t>());
        EXPECT_GE(link["flits"], link["packets"]);
        EXPECT_LE(link["peak_queue_flits"], 256);
        EXPECT_LE(link["busy_seconds"].get<double>() + link["stalled_seconds"].get<double>(), step);
        stalled += link["stalled_seconds"].get<double>();
    }
    EXPECT_GT(stalled, 0);
}

TEST(PlacementReport, IsInTheJson) {
    EXPECT_EQ(report_on("mesh")["placement"][7], json::parse(R"({"accelerator": "acc7", "at": [3, 1]})"));
    EXPECT_EQ(report_on("htree")["placement"][7], json::parse(R"({"accelerator": "acc7", "at": "switch1.3"})"));
    EXPECT_EQ(report_on("fully-connected")["placement"][7], json::parse(R"({"accelerator": "acc7", "at": null})"));
}

/// Seconds of communication between two accelerators of a user's graph, whose links have 1.6 Gb/s each.
json report_on_links(const std::string& links, const std::string& routing = "shortest") {
    return report_on("{kind: graph, routing: " + routing + ", links: [" + links + "]}",
                     {"--set", "accelerators=2", "--set", "array.interconnect.link_bandwidth=1.6 Gb/s"});
}

double seconds_on_links(const std::string& links, const std::string& routing = "shortest") {
    return report_on_links(links, routing)["step"]["communication_seconds"];
}

TEST(GraphOfLinks, IsTwiceAsFastWithASecondOneAndNeverSlower) {
    const std::string wire = "{between: [acc0, acc1]}";
    const double single = seconds_on_links(wire);
    EXPECT_NEAR(seconds_on_links(wire + ", " + wire) / single, 0.5, 0.01);
    const std::string by_switch = "{between: [acc0, s]}, {between: [acc1, s]}";
    EXPECT_NEAR(seconds_on_links(by_switch + ", " + by_switch) / seconds_on_links(by_switch), 0.5, 0.01);
    // Both have as much to send.
    EXPECT_NEAR(seconds_on_links(wire + ", {from: acc0, to: acc1}") / single, 1, 0.01);
    EXPECT_EQ(seconds_on_links("{between: [acc0, acc1], bandwidth: 1 Mb/s}, " + wire), single);
    EXPECT_EQ(seconds_on_links(wire + ", {between: [acc0, acc1], bandwidth: 1 Mb/s}"), single);
    EXPECT_EQ(seconds_on_links(wire + ", {between: [acc0, acc1], latency: 1 s}"), single);
    const json links = report_on_links(wire + ", " + wire)["links"];
    ASSERT_EQ(links.size(), 2U);
    EXPECT_EQ(links[0]["members"], 2);
    EXPECT_EQ(links[0]["bits_per_second"], 3'200'000'000);
    EXPECT_FALSE(report_on_links(wire)["links"][0].contains("members"));
}

TEST(GraphOfLinks, TakesAFastWayRoundASlowLinkIfItsRoutingIsWidest) {
    const std::string links =
        "{between: [acc0, acc1], bandwidth: 10 Mb/s}, {between: [acc0, s]}, {between: [acc1, s]}";
    // 1.6 Gb/s are 160 times 10 Mb/s.
    EXPECT_NEAR(seconds_on_links(links) / seconds_on_links(links, "widest"), 160, 1);
    const std::string notes = report_on_links(links)["notes"].dump();
    EXPECT_THAT(notes, HasSubstr("acc0 to acc1: a way of 2 links is 160.0 times as wide as the shortest"));
    EXPECT_THAT(notes, HasSubstr("links that no route uses: acc0 - s, acc1 - s"));
}

TEST(GraphOfLinks, OfATorusIsAsFastAsATorus) {
    std::string links;
    for (int i = 0; i < 16; ++i) {
        links += "{between: [acc" + std::to_string(i) + ", acc" + std::to_string(i / 4 * 4 + (i + 1) % 4) + "]}, ";
        links += "{between: [acc" + std::to_string((i + 4) % 16) + ", acc" + std::to_string(i) + "]}, ";
    }
    const json graph = report_on("{kind: graph, links: [" + links + "]}");
    EXPECT_EQ(graph["step"], report_on("torus")["step"]);
}

}  // namespace
}  // namespace hypar::test
