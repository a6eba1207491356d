#include "report/probe/memory_render.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/format.h"

namespace hypar {
namespace {

/// Above this part of a bound the traffic is said to be bound by it.
constexpr double kAtBound = 0.9;

std::string pattern_name(const MemoryProbeReport& report) {
    for (const TrafficPatternName& entry : traffic_patterns()) {
        if (entry.pattern == report.traffic.pattern) return entry.name;
    }
    return "";
}

double bytes_per_second(const MemoryProbeReport& report) {
    return static_cast<double>(report.result.bytes) * static_cast<double>(kPicosecondsPerSecond) /
           static_cast<double>(report.result.duration);
}

std::string rate(double bytes_per_second) { return format_bytes(bytes_per_second) + "/s"; }

std::string time(double picoseconds) {
    return format_seconds(picoseconds / static_cast<double>(kPicosecondsPerSecond));
}

std::string scheduler_words(const MemorySpec& memory) {
    if (memory.scheduler == VaultScheduler::InOrder) return "";
    return fmt::format(", {} among {}", name_in(kVaultSchedulers, memory.scheduler), memory.window);
}

std::string heading(const MemoryProbeReport& report, const TextStyle& style) {
    const MemoryTraffic& traffic = report.traffic;
    const std::string offered =
        traffic.bits_per_second ? rate(static_cast<double>(*traffic.bits_per_second) / 8)
                                : fmt::format("as fast as {} outstanding in each vault allow", traffic.outstanding);
    const std::string title =
        fmt::format("{}: {} requests of {} B, {}, {} vault{}", report.array.name, format_count(traffic.requests),
                    traffic.block_bytes, pattern_name(report), traffic.vaults, traffic.vaults == 1 ? "" : "s");
    return style.paint(Tone::Heading, wrapped("", title, style)) +
           fmt::format("{} reads, {}, page {}{}\n\n", format_percent(traffic.read_fraction), offered,
                       name_in(kPagePolicies, report.array.memory.page), scheduler_words(report.array.memory));
}

std::string bound_line(const char* name, double bound, double achieved) {
    return fmt::format("  {:<30}{:>10}   {} of it{}\n", name, rate(bound), format_percent(achieved / bound),
                       achieved >= kAtBound * bound ? ": the bound" : "");
}

}  // namespace

std::string memory_probe_text(const MemoryProbeReport& report, const TextStyle& style) {
    const MemoryTrafficResult& result = report.result;
    const double achieved = bytes_per_second(report);
    std::string text = heading(report, style);
    text += fmt::format("  {:<30}{:>10}\n", "bandwidth", rate(achieved));
    const TrafficBounds bounds = traffic_bounds(report.array.memory, report.traffic);
    text += bound_line("  the data buses move", bounds.data_bus, achieved);
    if (bounds.row_cycle) text += bound_line("  a row every tRC allows", *bounds.row_cycle, achieved);
    if (bounds.activate_window) text += bound_line("  four rows in tFAW allow", *bounds.activate_window, achieved);
    text += "\n";
    text += fmt::format("  {:<30}{:>10}   from arrival to last data\n", "latency, mean", time(result.mean_latency()));
    const auto latency = [&](const char* name, Picoseconds value) {
        text += fmt::format("  {:<30}{:>10}\n", name, time(static_cast<double>(value)));
    };
    latency("  least", result.latencies.front());
    latency("  half are within", result.percentile(50));
    latency("  99 % are within", result.percentile(99));
    latency("  most", result.latencies.back());
    const std::uint64_t accesses = result.rows.hits + result.rows.misses;
    text += fmt::format("\n  {:<30}{:>10}   {} of the accesses to rows\n", "row hits", format_count(result.rows.hits),
                        format_percent(static_cast<double>(result.rows.hits) / static_cast<double>(accesses)));
    text += fmt::format("  {:<30}{:>10}\n", "row misses", format_count(result.rows.misses));
    return text;
}

std::string memory_probe_json(const MemoryProbeReport& report) {
    const MemoryTraffic& traffic = report.traffic;
    const MemoryTrafficResult& result = report.result;
    const auto nanoseconds = [](Picoseconds time) { return static_cast<double>(time) / 1000; };
    nlohmann::ordered_json json;
    json["array"] = report.array.name;
    json["pattern"] = pattern_name(report);
    json["read_fraction"] = traffic.read_fraction;
    json["rate_bytes_per_second"] = nullptr;
    if (traffic.bits_per_second) json["rate_bytes_per_second"] = static_cast<double>(*traffic.bits_per_second) / 8;
    const MemorySpec& memory = report.array.memory;
    if (memory.scheduler != VaultScheduler::InOrder) {
        json["scheduler"] = name_in(kVaultSchedulers, memory.scheduler);
        json["window"] = memory.window;
    }
    json["vaults"] = traffic.vaults;
    json["block_bytes"] = traffic.block_bytes;
    json["requests"] = traffic.requests;
    json["seed"] = traffic.seed;
    json["bandwidth_bytes_per_second"] = bytes_per_second(report);
    json["latency_nanoseconds"] = {{"mean", result.mean_latency() / 1000},
                                   {"min", nanoseconds(result.latencies.front())},
                                   {"p50", nanoseconds(result.percentile(50))},
                                   {"p99", nanoseconds(result.percentile(99))},
                                   {"max", nanoseconds(result.latencies.back())}};
    json["row_hits"] = result.rows.hits;
    json["row_misses"] = result.rows.misses;
    return json.dump(2) + "\n";
}

}  // namespace hypar
