#include "report/noc_render.h"

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

/// "4 x 4 torus", "fat-tree"
std::string shape(const NocReport& report) {
    const std::vector<std::uint64_t>& grid = report.topology.grid();
    const char* kind = name_of(report.spec.topology.kind);
    return grid.size() < 2 ? kind : fmt::format("{} {}", fmt::join(grid, " x "), kind);
}

std::string heading(const NocReport& report) {
    const NocTraffic& traffic = report.traffic;
    std::string text =
        fmt::format("{}, {} nodes, {} links; {} traffic, packets of {} flit{}\n", shape(report),
                    report.topology.accelerator_count(), report.topology.links().size(),
                    pattern_name(traffic.pattern), traffic.packet_flits, traffic.packet_flits == 1 ? "" : "s");
    text += fmt::format("{}, {} routing, {} virtual channel{} of {} flits, routers of {} cycle{}\n",
                        name_of(report.spec.flow_control), name_of(report.spec.routing), report.spec.virtual_channels,
                        report.spec.virtual_channels == 1 ? "" : "s", report.spec.buffer_flits,
                        report.spec.router_cycles, report.spec.router_cycles == 1 ? "" : "s");
    return text + fmt::format("{} cycles measured after {}, seed {}\n\n", format_count(traffic.cycles),
                              format_count(traffic.warmup), traffic.seed);
}

}  // namespace

std::string noc_text(const NocReport& report) {
    TextTable table({"rate", "accepted", "mean", "p50", "p99", "max", "hops", ""});
    for (const NocPoint& point : report.points) {
        const LatencyCounts& latencies = point.latencies;
        const bool is_empty = latencies.count() == 0;
        const auto cell = [&](const std::string& text) { return is_empty ? std::string("-") : text; };
        table.add_row(
            {fmt::format("{:g}", point.rate), fmt::format("{:.4f}", accepted(report, point)),
             cell(is_empty ? "" : fmt::format("{:.2f}", latencies.mean())),
             cell(fmt::format("{}", latencies.percentile(50))), cell(fmt::format("{}", latencies.percentile(99))),
             cell(fmt::format("{}", latencies.percentile(100))),
             cell(is_empty ? "" : fmt::format("{:.2f}", hops_mean(point))), point.is_stable() ? "" : "unstable"});
    }
    std::string text = heading(report) + table.render() + "\n";
    const std::string placement = placement_text(report.topology);
    if (!placement.empty()) text += placement + "\n";
    text += wrapped_note(
        "rate and accepted in flits for each node and cycle; latencies in cycles, from a packet's creation until its "
        "last flit is out of the network");
    if (!std::all_of(report.points.begin(), report.points.end(),
                     [](const auto& point) { return point.is_stable(); })) {
        text += wrapped_note(
            "unstable: what waits grew by more than a twentieth of what was created; the latencies depend on how "
            "long "
            "the measurement is");
    }
    return text;
}

std::string noc_json(const NocReport& report) {
    nlohmann::ordered_json json;
    json["topology"] = name_of(report.spec.topology.kind);
    json["size"] = report.spec.topology.size.empty() ? report.topology.grid() : report.spec.topology.size;
    json["nodes"] = report.topology.accelerator_count();
    json["links"] = report.topology.links().size();
    json["routing"] = name_of(report.spec.routing);
    json["flow_control"] = name_of(report.spec.flow_control);
    json["virtual_channels"] = report.spec.virtual_channels;
    json["buffer_flits"] = report.spec.buffer_flits;
    json["flit_bytes"] = report.spec.flit_bytes;
    json["router_cycles"] = report.spec.router_cycles;
    json["link_latency_picoseconds"] = report.spec.link_latency;
    json["clock_picoseconds"] = report.clock.period;
    json["placement"] = placement_json(report.topology);
    json["traffic"] = pattern_name(report.traffic.pattern);
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
