#include "report/probe/noc_render.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/format.h"
#include "report/placement.h"
#include "report/text_table.h"

namespace hypar {
namespace {

std::string pattern_name(NocPattern pattern) {
    for (const NocPatternName& entry : noc_patterns()) {
        if (entry.pattern == pattern) return entry.name;
    }
    return "";
}

double accepted(const NocReport& report, const NocPoint& point) {
    return point.accepted(report.topology.accelerator_count(), report.traffic.cycles);
}

double hops_mean(const NocPoint& point) {
    return static_cast<double>(point.hops) / static_cast<double>(point.latencies.count());
}

/// "torus 4 x 4", "fat-tree 4, 2"
std::string shape(const NocReport& report) {
    const std::vector<std::uint64_t>& grid = report.topology.grid();
    const std::vector<std::uint64_t>& size = report.spec.topology.size;
    const std::string kind = name_of(report.spec.topology.kind);
    if (!grid.empty()) return kind + fmt::format(" {}", fmt::join(grid, " x "));
    return size.empty() ? kind : kind + fmt::format(" {}", fmt::join(size, ", "));
}

/// Flits a cycle of the slowest and of the fastest link.
std::string pace(const NocReport& report) {
    const auto flits = [&](std::uint64_t bits_per_second) {
        return static_cast<double>(bits_per_second) / 8 / static_cast<double>(report.spec.flit_bytes) *
               static_cast<double>(report.clock.period) / static_cast<double>(kPicosecondsPerSecond);
    };
    const auto [slowest, fastest] = report.topology.wiring().link;
    if (slowest == fastest) return fmt::format("{:.3g}", flits(slowest));
    return fmt::format("{:.3g} to {:.3g}", flits(slowest), flits(fastest));
}

std::string many(std::uint64_t count, const char* what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// Nodes that have none.
std::string exception_of_routers(const Topology& topology) {
    std::uint64_t endpoints = 0;
    for (std::size_t node = 0; node < topology.accelerator_count(); ++node) {
        if (topology.is_endpoint(node)) ++endpoints;
    }
    return endpoints == 0 ? "" : fmt::format(", none at {}", many(endpoints, "node"));
}

std::string heading(const NocReport& report, const TextStyle& style) {
    const NocTraffic& traffic = report.traffic;
    const InterconnectSpec& spec = report.spec;
    std::string text =
        wrapped("",
                fmt::format("{}{}, {}, {} of {} flits a cycle", report.array.empty() ? "" : report.array + ", ",
                            shape(report), many(report.topology.accelerator_count(), "node"),
                            many(report.topology.links().size(), "link"), pace(report)),
                style);
    text = style.paint(Tone::Heading, text);
    text += wrapped(
        "",
        fmt::format("{}, {} routing{}, {} of {}, routers of {}{}", name_in(kFlowControls, spec.flow_control),
                    name_in(kRoutingRules, spec.routing), traffic.ways == NocWays::Random ? " with random ways" : "",
                    many(spec.virtual_channels, "virtual channel"), many(spec.buffer_flits, "flit"),
                    many(spec.router_cycles, "cycle"), exception_of_routers(report.topology)),
        style);
    text += wrapped("",
                    fmt::format("{} traffic, packets of {}, {} cycles measured after {}, seed {}",
                                pattern_name(traffic.pattern), many(traffic.packet_flits, "flit"),
                                format_count(traffic.cycles), format_count(traffic.warmup), traffic.seed),
                    style);
    return text + "\n";
}

}  // namespace

std::string noc_text(const NocReport& report, const TextStyle& style) {
    TextTable table({"rate", "accepted", where_room("packets"), "mean", "p50", where_room("p90"), where_room("p95"),
                     "p99", "max", "hops", ""});
    for (const NocPoint& point : report.points) {
        const LatencyCounts& latencies = point.latencies;
        const bool is_empty = latencies.count() == 0;
        const auto cell = [&](const std::string& text) { return is_empty ? std::string("-") : text; };
        const auto percentile = [&](std::uint64_t percent) {
            return cell(fmt::format("{}", latencies.percentile(percent)));
        };
        table.add_row({fmt::format("{:g}", point.rate),
                       fmt::format("{:.4g}", accepted(report, point)),
                       format_count(latencies.count()),
                       cell(is_empty ? "" : fmt::format("{:.2f}", latencies.mean())),
                       percentile(50),
                       percentile(90),
                       percentile(95),
                       percentile(99),
                       percentile(100),
                       cell(is_empty ? "" : fmt::format("{:.2f}", hops_mean(point))),
                       {point.is_stable() ? "" : "unstable", Tone::Warning}});
    }
    std::string text = heading(report, style) + table.render(style) + "\n";
    const std::string placement = placement_text(report.topology, style);
    if (!placement.empty()) text += placement + "\n";
    text += wrapped_note(
        "rate and accepted in flits for each node and cycle; latencies in cycles, from a packet's creation until its "
        "last flit is out of the network",
        style);
    if (!std::all_of(report.points.begin(), report.points.end(),
                     [](const auto& point) { return point.is_stable(); })) {
        text += wrapped_note(
            "unstable: what waits grew over the measurement, or latencies grew by half from its first to its second "
            "half, or nothing was delivered in it; latencies depend on how long it is",
            style);
    }
    return text;
}

std::string noc_json(const NocReport& report) {
    nlohmann::ordered_json json;
    json["array"] = nullptr;
    if (!report.array.empty()) json["array"] = report.array;
    json["topology"] = name_of(report.spec.topology.kind);
    json["size"] = report.spec.topology.size.empty() ? report.topology.grid() : report.spec.topology.size;
    json["nodes"] = report.topology.accelerator_count();
    json["links"] = report.topology.links().size();
    const Wiring::Range links = report.topology.wiring().link;
    json["slowest_link_bits_per_second"] = links.least;
    json["fastest_link_bits_per_second"] = links.most;
    json["routing"] = name_in(kRoutingRules, report.spec.routing);
    json["flow_control"] = name_in(kFlowControls, report.spec.flow_control);
    json["virtual_channels"] = report.spec.virtual_channels;
    json["buffer_flits"] = report.spec.buffer_flits;
    json["flit_bytes"] = report.spec.flit_bytes;
    json["router_cycles"] = report.spec.router_cycles;
    json["endpoints"] = name_in(kEndpoints, report.spec.endpoints);
    json["link_latency_picoseconds"] = report.spec.link_latency;
    json["clock_picoseconds"] = report.clock.period;
    json["placement"] = placement_json(report.topology);
    json["traffic"] = pattern_name(report.traffic.pattern);
    json["ways"] = name_in(kNocWays, report.traffic.ways);
    json["packet_flits"] = report.traffic.packet_flits;
    json["warmup"] = report.traffic.warmup;
    json["cycles"] = report.traffic.cycles;
    json["seed"] = report.traffic.seed;
    json["points"] = nlohmann::ordered_json::array();
    for (const NocPoint& point : report.points) {
        nlohmann::ordered_json entry;
        entry["rate"] = point.rate;
        if (point.latencies.count() == 0) {
            entry["latency_cycles"] = {{"mean", nullptr}, {"p50", nullptr}, {"p99", nullptr}, {"max", nullptr}};
        } else {
            entry["latency_cycles"] = {{"mean", point.latencies.mean()},
                                       {"p50", point.latencies.percentile(50)},
                                       {"p99", point.latencies.percentile(99)},
                                       {"max", point.latencies.percentile(100)}};
        }
        entry["accepted"] = accepted(report, point);
        entry["stable"] = point.is_stable();
        entry["hops_mean"] = nullptr;
        if (point.latencies.count() > 0) entry["hops_mean"] = hops_mean(point);
        entry["packets"] = point.latencies.count();
        json["points"].push_back(std::move(entry));
    }
    return json.dump(2) + "\n";
}

std::string noc_csv(const NocReport& report) {
    std::string text = "rate,accepted,stable,latency_mean,latency_p50,latency_p99,latency_max,hops_mean,packets\n";
    for (const NocPoint& point : report.points) {
        text += fmt::format("{},{},{},", point.rate, accepted(report, point), point.is_stable());
        const LatencyCounts& latencies = point.latencies;
        text += latencies.count() == 0
                    ? ",,,,"
                    : fmt::format("{},{},{},{},{}", latencies.mean(), latencies.percentile(50),
                                  latencies.percentile(99), latencies.percentile(100), hops_mean(point));
        text += fmt::format(",{}\n", latencies.count());
    }
    return text;
}

}  // namespace hypar
