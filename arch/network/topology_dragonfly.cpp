// Dragonfly (Kim et al., ISCA 2008): groups of routers, all routers of a group joined to each other, and one wire
// between each two groups; and, as one such group whose routers are the accelerators, the fully connected topology.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "arch/network/interconnect_spec.h"
#include "arch/network/topology.h"
#include "base/checked.h"
#include "base/error.h"
#include "base/power_of_two.h"

namespace hypar {
namespace {

class DirectRouting final : public Routing {
public:
    DirectRouting(const Graph& graph, const ChannelClasses& channels) : graph_(graph), channels_(channels) {}

    Route route(std::size_t node, std::size_t accelerator) const override {
        if (node == accelerator) return {};
        return {{graph_.link_between(node, accelerator), ChannelClasses::pick(channels_.any(), accelerator)}};
    }

    ChannelClasses::Range alike(std::size_t) const override { return channels_.any(); }

private:
    const Graph& graph_;
    ChannelClasses channels_;
};

struct Dragonfly {
    std::uint64_t terminals = 1;  ///< accelerators of a router
    std::uint64_t routers = 1;    ///< of a group
    std::uint64_t groups = 1;

    std::uint64_t accelerators() const { return checked_multiply(terminals, routers, groups); }
    std::uint64_t wires() const {
        return accelerators() + groups * (routers * (routers - 1) / 2) + groups * (groups - 1) / 2;
    }
    std::size_t router_node(std::uint64_t group, std::uint64_t router) const {
        return accelerators() + group * routers + router;
    }
    /// The router of `group` at which the wire to another group starts: each has as many, the last ones may have
    /// fewer.
    std::size_t gateway(std::uint64_t group, std::uint64_t other) const {
        const std::uint64_t wires_of_router = ceil_divide(groups - 1, routers);
        return router_node(group, (other + groups - group - 1) % groups / wires_of_router);
    }
};

/// To the router at which the wire to the other group starts, over that wire, and on within that group. Before the
/// wire in the low virtual channels, behind it in the high ones, so that no circle of packets can wait.
class DragonflyRouting final : public Routing {
public:
    DragonflyRouting(const Graph& graph, const Dragonfly& dragonfly, const ChannelClasses& channels)
        : graph_(graph), dragonfly_(dragonfly), channels_(channels) {}

    Route route(std::size_t node, std::size_t accelerator) const override {
        Route route;
        if (node == accelerator) return route;
        const auto go_to = [&](std::size_t next, ChannelClasses::Range range) {
            if (node == next) return;
            route.push_back({graph_.link_between(node, next), ChannelClasses::pick(range, accelerator)});
            node = next;
        };
        const std::size_t target = router_of(accelerator);
        if (node < dragonfly_.accelerators()) go_to(router_of(node), channels_.any());
        if (group_of(node) == group_of(target)) {
            go_to(target, channels_.any());
        } else {
            const std::uint64_t group = group_of(node);
            go_to(dragonfly_.gateway(group, group_of(target)), channels_.low());
            go_to(dragonfly_.gateway(group_of(target), group), channels_.any());
            go_to(target, channels_.high());
        }
        go_to(accelerator, channels_.any());
        return route;
    }

    ChannelClasses::Range alike(std::size_t channel) const override { return channels_.half_of(channel); }

private:
    std::size_t router_of(std::size_t accelerator) const {
        return dragonfly_.accelerators() + accelerator / dragonfly_.terminals;
    }
    std::uint64_t group_of(std::size_t router) const {
        return (router - dragonfly_.accelerators()) / dragonfly_.routers;
    }

    const Graph& graph_;
    Dragonfly dragonfly_;
    ChannelClasses channels_;
};

/// Of a power of two: about its third root each, the rest in groups.
TopologyFamily::Size third_roots(std::uint64_t accelerators) {
    if (!is_power_of_two(accelerators)) {
        throw ConfigError("topology",
                          fmt::format("a dragonfly of {} accelerators needs terminals, routers and groups, "
                                      "such as {{kind: dragonfly, terminals: 2, routers: 2, groups: 4}}",
                                      accelerators));
    }
    const std::uint64_t third = std::uint64_t{1} << ceil_log2(accelerators) / 3;
    return {third, third, accelerators / (third * third)};
}

Dragonfly dragonfly_of(const TopologyFamily::Size& size) { return {size[0], size[1], size[2]}; }

std::unique_ptr<Routing> build_dragonfly(Graph& graph, const InterconnectSpec& spec, const TopologyFamily::Size& size,
                                         const ChannelClasses& channels) {
    const Dragonfly dragonfly = dragonfly_of(size);
    expect_wires(dragonfly.wires());
    std::vector<std::pair<std::size_t, std::size_t>> wires;
    for (std::uint64_t group = 0; group < dragonfly.groups; ++group) {
        for (std::uint64_t router = 0; router < dragonfly.routers; ++router) {
            const std::size_t node = graph.add_node(fmt::format("router{}.{}", group, router));
            const std::size_t first = (node - dragonfly.accelerators()) * dragonfly.terminals;
            for (std::size_t terminal = 0; terminal < dragonfly.terminals; ++terminal) {
                wires.emplace_back(first + terminal, node);
            }
            for (std::uint64_t other = 0; other < router; ++other) {
                wires.emplace_back(dragonfly.router_node(group, other), node);
            }
        }
        for (std::uint64_t other = 0; other < group; ++other) {
            wires.emplace_back(dragonfly.gateway(other, group), dragonfly.gateway(group, other));
        }
    }
    const std::uint64_t bits_per_second = bandwidth_of_each(spec, wires.size());
    for (const auto& [a, b] : wires) {
        graph.add_wire({a, b, bits_per_second, spec.link_latency, {}});
    }
    return std::make_unique<DragonflyRouting>(graph, dragonfly, channels);
}

std::unique_ptr<Routing> build_fully_connected(Graph& graph, const InterconnectSpec& spec,
                                               const TopologyFamily::Size&, const ChannelClasses& channels) {
    const std::size_t nodes = graph.node_count();
    const std::uint64_t wires = nodes * (nodes - 1) / 2;
    expect_wires(wires);
    const std::uint64_t bits_per_second = bandwidth_of_each(spec, wires);
    for (std::size_t a = 0; a < nodes; ++a) {
        for (std::size_t b = a + 1; b < nodes; ++b) {
            graph.add_wire({a, b, bits_per_second, spec.link_latency, {}});
        }
    }
    return std::make_unique<DirectRouting>(graph, channels);
}

std::vector<std::string> dragonfly_link_groups(const Topology& topology) {
    const std::uint64_t routers = dragonfly_of(topology.size()).routers;
    const auto group_of = [&](std::size_t node) { return (node - topology.accelerator_count()) / routers; };
    std::vector<std::string> names;
    for (const LinkSpec& link : topology.links()) {
        const auto [low, high] = std::minmax(link.from, link.to);
        if (low < topology.accelerator_count()) {
            names.emplace_back("links acc-router");
        } else {
            names.emplace_back(group_of(low) == group_of(high) ? "links in groups" : "links between groups");
        }
    }
    return names;
}

/// Groups on a circle; in each its routers on a small one and their accelerators round it.
std::vector<Point> dragonfly_places(const Topology& topology) {
    const auto [terminals, routers, groups] = dragonfly_of(topology.size());
    const std::size_t of_group = terminals * routers;
    constexpr double kGroups = 0.36;  // radius of the circle that they are on
    const double half_way_on = std::sin(kPi / static_cast<double>(groups));
    const double radius = groups == 1 ? kCircleRadius : std::min(0.12, 0.9 * kGroups * half_way_on);
    const auto place = [&, groups = groups](std::size_t group, double share, double turn) {
        const double of_all = static_cast<double>(group) / static_cast<double>(groups);
        const Point centre = groups == 1 ? Point{0.5, 0.5} : on_circle({0.5, 0.5}, kGroups, of_all);
        return on_circle(centre, share * radius, of_all + turn);
    };
    std::vector<Point> places;
    for (std::size_t i = 0; i < topology.accelerator_count(); ++i) {
        places.push_back(place(i / of_group, 1, middle_of_cell(i % of_group, of_group)));
    }
    for (std::size_t router = 0; router < routers * groups; ++router) {
        places.push_back(place(router / routers, routers == 1 ? 0 : 0.5, middle_of_cell(router % routers, routers)));
    }
    return places;
}

}  // namespace

TopologyFamily dragonfly_family() {
    TopologyFamily family;
    family.kind = TopologyKind::Dragonfly;
    family.name = "dragonfly";
    family.description = "groups of routers, each two groups joined by a wire";
    family.keys = {{"terminals", &TopologySpec::size, 1, 0, true},
                   {"routers", &TopologySpec::size, 1, 0, true},
                   {"groups", &TopologySpec::size, 1, 0, true}};
    family.size_form = "terminals,routers,groups, such as 2,2,4";
    family.escape_channels = 2;
    family.switch_name = "router";
    family.default_size = third_roots;
    family.describe = [](const TopologyFamily::Size& size) {
        const Dragonfly dragonfly = dragonfly_of(size);
        return fmt::format("a dragonfly of {} groups of {} routers with {} accelerators each", dragonfly.groups,
                           dragonfly.routers, dragonfly.terminals);
    };
    family.build = build_dragonfly;
    family.link_groups = dragonfly_link_groups;
    family.places = dragonfly_places;
    return family;
}

TopologyFamily fully_connected_family() {
    TopologyFamily family;
    family.kind = TopologyKind::FullyConnected;
    family.name = "fully-connected";
    family.description = "a wire between each two accelerators";
    family.size_form = "8";
    family.default_size = [](std::uint64_t accelerators) { return TopologyFamily::Size{accelerators}; };
    family.describe = [](const TopologyFamily::Size& size) {
        return fmt::format("a fully connected topology of {}", size[0]);
    };
    family.build = build_fully_connected;
    family.link_groups = [](const Topology& topology) {
        return std::vector<std::string>(topology.links().size(), "links");
    };
    family.places = [](const Topology& topology) { return places_on_circle(topology.node_count()); };
    return family;
}

}  // namespace hypar
