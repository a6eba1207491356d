// Links that are as fast as memories: what feeds them, and what reports say where it does not.

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
using testing::Not;

json json_of(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--format", "json"});
    const Outcome outcome = run_program(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    return json::parse(outcome.output);
}

/// Two accelerators of hpca19 reduce 16 MiB of gradients: each sends and receives half of them to add, and half
/// again.
json run_with_links_of(const std::string& bandwidth, const std::vector<std::string>& settings = {}) {
    std::vector<std::string> arguments{"run", "lenet-c", "--explain", "path"};
    const auto set = [&](const std::string& setting) { arguments.insert(arguments.end(), {"--set", setting}); };
    set("network={name: one, input: {channels: 1024, height: 1, width: 1}, "
        "layers: [{name: f, type: fc, out_features: 4096}]}");
    set("batch=64");
    set("accelerators=2");
    set("strategy=data");
    set("array.interconnect.link_bandwidth=" + bandwidth);
    for (const std::string& setting : settings) set("array.interconnect." + setting);
    return json_of(arguments);
}

constexpr double kSentBytes = 16.0 * 1024 * 1024;

double exchange_seconds(const json& report) { return report["step"]["communication_seconds"]; }

std::string bound_of_exchange(const json& report) {
    for (const json& phase : report["layers"][0]["phases"]) {
        if (phase["communication_cycles"] > 0) return phase["exchange"]["bound"];
    }
    return "";
}

/// Cycles of the step, and without a resource of the critical path.
std::uint64_t cycles_without(const json& report, const std::string& name) {
    for (const json& resource : report["critical_path"]["resources"]) {
        if (resource["name"] == name) return resource["step_cycles_without"];
    }
    ADD_FAILURE() << name << " is not on the critical path";
    return 0;
}

TEST(FastLinks, AreFedByDefault) {
    for (const auto& [bandwidth, bytes_per_second] : {std::pair("25.6 Gb/s", 3.2e9), std::pair("400 Gb/s", 50e9)}) {
        const json report = run_with_links_of(bandwidth);
        EXPECT_EQ(bound_of_exchange(report), "bandwidth");
        EXPECT_GE(exchange_seconds(report), kSentBytes / bytes_per_second);
        EXPECT_LE(exchange_seconds(report), 1.02 * kSentBytes / bytes_per_second) << bandwidth;
        EXPECT_THAT(report["notes"].dump(), Not(HasSubstr("links carry")));
    }
}

// 400 GB/s each way, and 320 GB/s of memory: halves are read, and read and written where they are added, then read
// and written. Vaults that turn from reading to writing move less; how much less `hypar memory` finds without a
// network.
TEST(FastLinks, AreHeldBackByMemory) {
    const json report = run_with_links_of("3200 Gb/s");
    EXPECT_EQ(bound_of_exchange(report), "memory");
    EXPECT_THAT(report["notes"].dump(), HasSubstr("more than its memory moves for both: 320 GB/s"));
    const json memory = json_of({"memory", "--vaults", "32", "--block-bytes", "1024", "--read-fraction", "0.6"});
    const double bytes_per_second = memory["bandwidth_bytes_per_second"];
    EXPECT_NEAR(exchange_seconds(report), 2.5 * kSentBytes / bytes_per_second, 0.01 * exchange_seconds(report));
}

TEST(FastLinks, AreHeldBackByAPortAsSlowAsTheArraySays) {
    const json fed = run_with_links_of("400 Gb/s");
    const json report = run_with_links_of("400 Gb/s", {"port_bandwidth=32 Gb/s"});
    EXPECT_EQ(bound_of_exchange(report), "port");
    EXPECT_NEAR(exchange_seconds(report), kSentBytes / 4e9, 0.002 * exchange_seconds(report));
    EXPECT_THAT(report["notes"].dump(), HasSubstr("more than its local port takes each way: 4 GB/s"));
    EXPECT_EQ(cycles_without(report, "port"), fed["step"]["cycles"]);
}

// A request of 1024 bytes is answered in 134.4 ns: four at a time move 30.5 GB/s, 2.5 times 16 MiB in 1.376 ms.
TEST(FastLinks, AreHeldBackByAsFewRequestsAsTheArraySays) {
    const json fed = run_with_links_of("400 Gb/s");
    const json report = run_with_links_of("400 Gb/s", {"outstanding_requests=4"});
    EXPECT_EQ(bound_of_exchange(report), "dma");
    EXPECT_NEAR(exchange_seconds(report), 2.5 * kSentBytes * 134.4e-9 / 4096, 0.05 * exchange_seconds(report));
    EXPECT_THAT(report["notes"].dump(),
                HasSubstr("its interface moves for both with 4 requests of 1024 B in flight"));
    EXPECT_NEAR(static_cast<double>(cycles_without(report, "dma")), fed["step"]["cycles"].get<double>(),
                0.02 * exchange_seconds(fed) / 4e-9);
}

}  // namespace
}  // namespace hypar::test
