#include "report/placement.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace hypar {
namespace {

constexpr std::size_t kMostShown = 64;
constexpr const char* kAxes[] = {"x", "y", "z"};

std::size_t cell_width(const Topology& topology) {
    return fmt::formatted_size("{}", topology.accelerator_count() - 1) + 2;
}

/// Of an accelerator in each dimension, x first.
std::vector<std::uint64_t> grid_place(const Topology& topology, std::size_t accelerator) {
    std::vector<std::uint64_t> place;
    for (const std::uint64_t length : topology.grid()) {
        place.push_back(accelerator % length);
        accelerator /= length;
    }
    return place;
}

/// Nodes that have a link to or from it and are no accelerators, ascending.
std::set<std::size_t> switches_of(const Topology& topology, std::size_t accelerator) {
    const Graph& graph = topology.graph();
    std::set<std::size_t> nodes;
    for (const std::size_t link : graph.links_from(accelerator)) nodes.insert(graph.links()[link].to);
    for (const std::size_t link : graph.links_into(accelerator)) nodes.insert(graph.links()[link].from);
    nodes.erase(nodes.begin(), nodes.lower_bound(topology.accelerator_count()));
    return nodes;
}

/// "x = i mod 4, y = i / 4"
std::string grid_rule(const std::vector<std::uint64_t>& size) {
    std::string rule;
    std::uint64_t stride = 1;
    for (std::size_t dimension = 0; dimension < size.size(); ++dimension) {
        if (dimension > 0) rule += ", ";
        rule += fmt::format("{} = i", kAxes[dimension]);
        if (stride > 1) rule += fmt::format(" / {}", stride);
        stride *= size[dimension];
        if (dimension + 1 < size.size()) rule += fmt::format(" mod {}", size[dimension]);
    }
    return rule;
}

std::string grid_text(const Topology& topology, const TextStyle& style) {
    const std::vector<std::uint64_t>& size = topology.grid();
    const std::uint64_t width = size[0];
    const std::size_t cell = cell_width(topology);
    std::string text = fmt::format("  placement: accelerator i at {}\n", grid_rule(size));
    if (topology.accelerator_count() > kMostShown || width * cell > style.columns) return text;
    const std::uint64_t plane = width * (size.size() < 2 ? 1 : size[1]);
    const bool has_planes = plane < topology.accelerator_count();
    text += "\n";
    for (std::size_t i = 0; i < topology.accelerator_count(); ++i) {
        if (has_planes && i % plane == 0) text += fmt::format("{}  z = {}\n", i == 0 ? "" : "\n", i / plane);
        text += fmt::format("{:>{}}", i, cell);
        if (i % width == width - 1) text += "\n";
    }
    return text;
}

constexpr std::size_t kNoSwitch = SIZE_MAX;

/// Those joined to each switch, or to none.
using AcceleratorsBySwitch = std::map<std::size_t, std::vector<std::size_t>>;

AcceleratorsBySwitch accelerators_by_switch(const Topology& topology) {
    AcceleratorsBySwitch groups;
    for (std::size_t i = 0; i < topology.accelerator_count(); ++i) {
        const std::set<std::size_t> switches = switches_of(topology, i);
        for (const std::size_t node : switches) groups[node].push_back(i);
        if (switches.empty()) groups[kNoSwitch].push_back(i);
    }
    return groups;
}

/// "acc0 to acc7", "acc12", "acc13": three or more that follow each other as one.
std::vector<std::string> runs_of(const std::vector<std::size_t>& accelerators) {
    std::vector<std::string> runs;
    for (std::size_t first = 0; first < accelerators.size();) {
        std::size_t end = first + 1;
        while (end < accelerators.size() && accelerators[end] == accelerators[end - 1] + 1) ++end;
        if (end - first < 3) end = first + 1;
        runs.push_back(fmt::format("acc{}", accelerators[first]));
        if (end - first > 1) runs.back() += fmt::format(" to acc{}", accelerators[end - 1]);
        first = end;
    }
    return runs;
}

/// A name, and texts with commas between them in as many lines as it takes.
std::string wrapped_list(const std::string& name, std::size_t name_width, const std::vector<std::string>& texts,
                         const TextStyle& style) {
    const bool has_own_line = width_of(name) > name_width;
    std::string text = has_own_line ? "  " + name + "\n" : "";
    std::string line = fmt::format("  {:<{}} ", has_own_line ? "" : name, name_width);
    for (std::size_t index = 0; index < texts.size(); ++index) {
        const std::string word = texts[index] + (index + 1 < texts.size() ? "," : "");
        if (width_of(line) + 1 + width_of(word) > style.columns) {
            text += line + "\n";
            line = std::string(name_width + 3, ' ');
        }
        line += " " + word;
    }
    return text + line + "\n";
}

/// Of more than can be shown one by one.
std::string switch_rule(const Topology& topology, const AcceleratorsBySwitch& groups) {
    const std::size_t first = groups.begin()->first;
    const std::size_t each = groups.begin()->second.size();
    const bool in_turn = std::all_of(groups.begin(), groups.end(), [&](const auto& group) {
        const auto& [node, accelerators] = group;
        return accelerators.size() == each && accelerators.front() == (node - first) * each &&
               accelerators.back() == accelerators.front() + each - 1;
    });
    if (!in_turn) return fmt::format("  placement: accelerators at {} switches\n", groups.size());
    return fmt::format("  placement: {} accelerators each at {} to {}, in this order\n", each,
                       topology.node_name(first), topology.node_name(groups.rbegin()->first));
}

std::string switch_text(const Topology& topology, const TextStyle& style) {
    const AcceleratorsBySwitch groups = accelerators_by_switch(topology);
    if (groups.begin()->first == kNoSwitch) {
        return "  placement: accelerators are joined to each other, without switches\n";
    }
    if (topology.accelerator_count() > kMostShown) return switch_rule(topology, groups);
    const auto name_of_switch = [&](std::size_t node) {
        return node == kNoSwitch ? "no switch" : topology.node_name(node);
    };
    std::size_t name_width = 0;
    for (const auto& group : groups) name_width = std::max(name_width, width_of(name_of_switch(group.first)));
    name_width = std::min(name_width, style.columns / 4);  // a longer name gets a line of its own
    std::string text = "  placement: accelerators by the switch or router that they are joined to\n\n";
    for (const auto& [node, accelerators] : groups) {
        text += wrapped_list(name_of_switch(node), name_width, runs_of(accelerators), style);
    }
    return text;
}

/// One name, several, or null.
nlohmann::ordered_json switches_json(const Topology& topology, std::size_t accelerator) {
    std::vector<std::string> names;
    for (const std::size_t node : switches_of(topology, accelerator)) names.push_back(topology.node_name(node));
    if (names.empty()) return nullptr;
    if (names.size() == 1) return names.front();
    return names;
}

/// Places are given to so many parts of the drawing's side.
constexpr double kGrain = 1'000'000;

double rounded(double coordinate) { return std::round(coordinate * kGrain) / kGrain; }

}  // namespace

std::string placement_text(const Topology& topology, const TextStyle& style) {
    if (topology.accelerator_count() < 2) return {};
    return topology.grid().empty() ? switch_text(topology, style) : grid_text(topology, style);
}

nlohmann::ordered_json placement_json(const Topology& topology) {
    auto json = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < topology.accelerator_count(); ++i) {
        const bool is_grid = !topology.grid().empty();
        nlohmann::ordered_json at =
            is_grid ? nlohmann::ordered_json(grid_place(topology, i)) : switches_json(topology, i);
        json.push_back({{"accelerator", topology.node_name(i)}, {"at", std::move(at)}});
    }
    return json;
}

std::vector<Point> node_places(const Topology& topology) {
    std::vector<Point> places = topology.family().places(topology);
    for (Point& place : places) place = {rounded(place.x), rounded(place.y)};
    return places;
}

nlohmann::ordered_json nodes_json(const Topology& topology) {
    const std::vector<Point> places = node_places(topology);
    auto json = nlohmann::ordered_json::array();
    for (std::size_t node = 0; node < places.size(); ++node) {
        const bool is_accelerator = node < topology.accelerator_count();
        json.push_back({{"name", topology.node_name(node)},
                        {"kind", is_accelerator ? "accelerator" : topology.family().switch_name},
                        {"x", places[node].x},
                        {"y", places[node].y}});
    }
    return json;
}

}  // namespace hypar
