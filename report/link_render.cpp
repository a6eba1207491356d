#include "report/link_render.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/format.h"
#include "report/run_render.h"
#include "report/text_table.h"

namespace hypar {
namespace {

double busy_seconds(const LinkReport& link) { return to_seconds(link.use.busy_time); }

double stalled_seconds(const LinkReport& link) { return to_seconds(link.use.stalled_time); }

double link_utilisation(const RunReport& report, const LinkReport& link) {
    const double step = seconds_of(report, report.cycles());
    return step == 0 ? 0 : busy_seconds(link) / step;
}

/// "acc0 -> acc1", "acc0 -> acc1 (2 links)"
std::string name_of_link(const RunReport& report, std::size_t index) {
    const LinkReport& link = report.links[index];
    const std::uint64_t members = report.topology.links()[index].members;
    return fmt::format("{} -> {}{}", link.from, link.to, members == 1 ? "" : fmt::format(" ({} links)", members));
}

/// Links that were in use, busiest first; of those that were busy equally long the ones that were stalled longer.
std::string busiest_links(const RunReport& report, const TextStyle& style) {
    constexpr std::size_t kShown = 8;
    std::vector<std::size_t> links;
    for (std::size_t index = 0; index < report.links.size(); ++index) {
        if (report.links[index].use.busy_time > 0) links.push_back(index);
    }
    if (links.empty()) return {};
    std::stable_sort(links.begin(), links.end(), [&](std::size_t a, std::size_t b) {
        const LinkUse& one = report.links[a].use;
        const LinkUse& other = report.links[b].use;
        return std::tie(one.busy_time, one.stalled_time) > std::tie(other.busy_time, other.stalled_time);
    });
    TextTable table({"busiest links", where_room("bandwidth"), "bytes", where_room("packets"), "busy", "of the step",
                     "stalled", "peak queue"});
    for (std::size_t index = 0; index < std::min(kShown, links.size()); ++index) {
        const LinkReport& link = report.links[links[index]];
        table.add_row({name_of_link(report, links[index]),
                       format_bandwidth(static_cast<double>(link.bits_per_second)),
                       format_bytes(static_cast<double>(link.use.payload_bytes)), format_count(link.use.packets),
                       format_seconds(busy_seconds(link)), format_percent(link_utilisation(report, link)),
                       format_seconds(stalled_seconds(link)), fmt::format("{} flits", link.use.peak_flits)});
    }
    return table.render(style);
}

/// Of the busiest link of a group how long it was busy and which part of the step that is, of all the mean of that
/// part; how long one was stalled at the most.
TextTable::Row group_row(const RunReport& report, const LinkGroup& group) {
    const LinkReport* busiest = &report.links[group.links.front()];
    std::uint64_t bytes = 0;
    double utilisations = 0;
    Picoseconds stalled = 0;
    for (const std::size_t index : group.links) {
        const LinkReport& link = report.links[index];
        if (link.use.busy_time > busiest->use.busy_time) busiest = &link;
        bytes = checked_add(bytes, link.use.payload_bytes);
        utilisations += link_utilisation(report, link);
        stalled = std::max(stalled, link.use.stalled_time);
    }
    return {group.name,
            format_count(group.links.size()),
            format_bytes(static_cast<double>(bytes)),
            format_seconds(busy_seconds(*busiest)),
            format_percent(link_utilisation(report, *busiest)),
            format_percent(utilisations / static_cast<double>(group.links.size())),
            format_seconds(to_seconds(stalled))};
}

/// In a user's graph each wire is one by itself.
bool has_groups(const RunReport& report) { return !report.topology.family().lists_links; }

}  // namespace

std::string link_table(const RunReport& report, const TextStyle& style) {
    std::string busiest = busiest_links(report, style);
    if (busiest.empty() || !has_groups(report)) return busiest;
    TextTable table({"links", "number", "bytes", "busy", "of the step", "mean", "stalled"});
    for (const LinkGroup& group : report.topology.link_groups()) table.add_row(group_row(report, group));
    return table.render(style) + "\n" + busiest;
}

nlohmann::ordered_json links_json(const RunReport& report) {
    auto json = nlohmann::ordered_json::array();
    std::vector<std::string> groups(report.links.size());
    for (const LinkGroup& group : report.topology.link_groups()) {
        for (const std::size_t index : group.links) groups[index] = group.name;
    }
    for (std::size_t index = 0; index < report.links.size(); ++index) {
        const LinkReport& link = report.links[index];
        json.push_back({{"from", link.from},
                        {"to", link.to},
                        {"bits_per_second", link.bits_per_second},
                        {"bytes", link.use.payload_bytes},
                        {"packets", link.use.packets},
                        {"flits", link.use.flits},
                        {"busy_seconds", busy_seconds(link)},
                        {"stalled_seconds", stalled_seconds(link)},
                        {"peak_queue_flits", link.use.peak_flits},
                        {"utilisation", link_utilisation(report, link)}});
        if (has_groups(report)) json.back()["group"] = groups[index];
        const Topology& topology = report.topology;
        if (topology.links()[index].members > 1) json.back()["members"] = topology.links()[index].members;
        if (topology.family().wraps(topology, topology.links()[index])) json.back()["wraps"] = true;
    }
    return json;
}

}  // namespace hypar
