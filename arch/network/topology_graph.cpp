// A user's own list of wires.

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "arch/network/interconnect_spec.h"
#include "arch/network/topology.h"
#include "arch/network/topology_grid.h"
#include "base/checked.h"
#include "base/error.h"

namespace hypar {
namespace {

/// Nodes by name; those that are no accelerators are switches, in the order in which they are named.
class NamedNodes {
public:
    explicit NamedNodes(Graph& graph) : graph_(graph), accelerators_(graph.node_count()) {
        for (std::size_t node = 0; node < accelerators_; ++node) nodes_.emplace(graph.name(node), node);
    }

    std::size_t find(const std::string& name, const std::string& key) {
        const auto [found, is_new] = nodes_.try_emplace(name, graph_.node_count());
        if (!is_new) return found->second;
        if (is_accelerator(name)) {
            throw ConfigError(key, fmt::format("there is no {}; the {}", name,
                                               accelerators_ == 1 ? "only accelerator is acc0"
                                                                  : fmt::format("accelerators are acc0 to acc{}",
                                                                                accelerators_ - 1)));
        }
        return graph_.add_node(name);
    }

private:
    static bool is_accelerator(const std::string& name) {
        return name.size() > 3 && name.compare(0, 3, "acc") == 0 &&
               std::all_of(name.begin() + 3, name.end(), [](char c) { return c >= '0' && c <= '9'; });
    }

    Graph& graph_;
    std::size_t accelerators_;
    std::map<std::string, std::size_t> nodes_;
};

/// Links from one node to another, side by side.
struct ParallelLinks {
    std::vector<LinkSpec> links;
    std::vector<std::string> keys;  ///< of each, where the file lists it
};

/// Time of a full packet over a link alone, until its tail is there.
Picoseconds packet_time(const LinkSpec& link, const InterconnectSpec& spec) {
    const std::uint64_t bytes = checked_multiply(spec.flits_of(spec.packet_bytes), spec.flit_bytes);
    return checked_add(link.latency, transfer_time(bytes, link.bits_per_second));
}

/// A trunk with one more member. Packets are striped over all by the byte: it is as fast as they are together, and as
/// late as the latest. A bit costs what it does on average, rounded up to a femtojoule.
LinkSpec with_member(const LinkSpec& trunk, const LinkSpec& link) {
    LinkSpec sum = trunk;
    sum.bits_per_second = checked_add(trunk.bits_per_second, link.bits_per_second);
    sum.latency = std::max(trunk.latency, link.latency);
    ++sum.members;
    if (!trunk.femtojoules_per_bit) return sum;
    const bool is_dearer = *link.femtojoules_per_bit > *trunk.femtojoules_per_bit;
    const LinkSpec& dear = is_dearer ? link : trunk;
    const LinkSpec& cheap = is_dearer ? trunk : link;
    sum.femtojoules_per_bit =
        *cheap.femtojoules_per_bit + ceil_multiply_divide(*dear.femtojoules_per_bit - *cheap.femtojoules_per_bit,
                                                          dear.bits_per_second, sum.bits_per_second);
    return sum;
}

/// Adds links beside each other as one: a trunk of the fastest and of all those with which a full packet is not
/// later, and of which each carries at least a byte. The others carry nothing.
void add_trunk(Graph& graph, const ParallelLinks& parallel, const InterconnectSpec& spec) {
    std::vector<LinkSpec> links = parallel.links;
    if (links.size() == 1) return graph.add_link(links.front());
    for (std::size_t index = 1; index < links.size(); ++index) {
        if (links[index].femtojoules_per_bit.has_value() == links[0].femtojoules_per_bit.has_value()) continue;
        throw ConfigError(parallel.keys[index], fmt::format("of the links from {} to {} some have an energy and some "
                                                            "have none; expected all or none, as they are one trunk",
                                                            graph.name(links[0].from), graph.name(links[0].to)));
    }
    std::stable_sort(links.begin(), links.end(), [&](const LinkSpec& a, const LinkSpec& b) {
        return packet_time(a, spec) < packet_time(b, spec);
    });
    LinkSpec trunk = links.front();
    for (std::size_t index = 1; index < links.size(); ++index) {
        const LinkSpec wider = with_member(trunk, links[index]);
        const std::uint64_t bytes = checked_multiply(spec.flits_of(spec.packet_bytes), spec.flit_bytes);
        const bool has_a_byte = ceil_divide(wider.bits_per_second, links[index].bits_per_second) <= bytes;
        if (has_a_byte && packet_time(wider, spec) <= packet_time(trunk, spec)) {
            trunk = wider;
        } else {
            graph.add_idle_link(links[index]);
        }
    }
    graph.add_link(trunk);
}

/// The links of the file, those from one node to another together, in the order in which the first of them comes.
std::vector<ParallelLinks> listed_links(Graph& graph, const InterconnectSpec& spec) {
    const std::vector<EdgeSpec>& edges = spec.topology.edges;
    const std::uint64_t bits_per_second = bandwidth_of_each(spec, edges.size());
    NamedNodes nodes(graph);
    std::vector<ParallelLinks> listed;
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> places;
    const auto add = [&](const LinkSpec& link, const std::string& key) {
        const auto [place, is_new] = places.try_emplace({link.from, link.to}, listed.size());
        if (is_new) listed.emplace_back();
        listed[place->second].links.push_back(link);
        listed[place->second].keys.push_back(key);
    };
    for (std::size_t index = 0; index < edges.size(); ++index) {
        const EdgeSpec& edge = edges[index];
        const std::string key = fmt::format("topology.links.{}", index);
        const std::size_t from = nodes.find(edge.from, key);
        const std::size_t to = nodes.find(edge.to, key);
        if (from == to) throw ConfigError(key, fmt::format("the link from {} ends where it starts", edge.from));
        LinkSpec link{from, to, edge.bits_per_second.value_or(bits_per_second),
                      edge.latency.value_or(spec.link_latency), edge.femtojoules_per_bit};
        add(link, key);
        if (!edge.both_ways) continue;
        std::swap(link.from, link.to);
        add(link, key);
    }
    return listed;
}

std::unique_ptr<Routing> build_graph(Graph& graph, const InterconnectSpec& spec, const TopologyFamily::Size&,
                                     const ChannelClasses& channels) {
    const std::size_t accelerators = graph.node_count();
    const PathRule rule = spec.topology.path_rule;
    const bool is_adaptive = spec.routing == RoutingRule::MinimalAdaptive;
    if (is_adaptive && rule == PathRule::Widest) {
        throw ConfigError("topology.routing", "minimal-adaptive routing takes shortest ways; expected shortest");
    }
    for (const ParallelLinks& parallel : listed_links(graph, spec)) add_trunk(graph, parallel, spec);
    if (rule == PathRule::Shortest && graph.node_count() == accelerators) {
        if (auto routing = grid_routing(graph, channels)) return routing;
    }
    // An adaptive packet may begin its deterministic way anywhere.
    const std::size_t sources = is_adaptive ? graph.node_count() : accelerators;
    return balanced_routing(graph, accelerators, rule, sources, channels);
}

/// Each wire by itself, both ways.
std::vector<std::string> graph_link_groups(const Topology& topology) {
    std::vector<std::string> names;
    for (const LinkSpec& link : topology.links()) {
        const auto [low, high] = std::minmax(link.from, link.to);
        names.push_back(fmt::format("links {}-{}", topology.node_name(low), topology.node_name(high)));
    }
    return names;
}

/// "a - b, c -> d and 3 more": one direction alone with an arrow.
std::string names_of(const Graph& graph, std::vector<LinkSpec> links) {
    constexpr std::size_t kMostShown = 4;
    std::vector<std::string> names;
    while (!links.empty()) {
        const LinkSpec link = links.front();
        links.erase(links.begin());
        const auto back = std::find_if(links.begin(), links.end(), [&](const LinkSpec& other) {
            return other.from == link.to && other.to == link.from;
        });
        names.push_back(
            fmt::format("{} {} {}", graph.name(link.from), back == links.end() ? "->" : "-", graph.name(link.to)));
        if (back != links.end()) links.erase(back);
    }
    const std::size_t more = names.size() - std::min(names.size(), kMostShown);
    names.resize(names.size() - more);
    return fmt::format("{}{}", fmt::join(names, ", "), more == 0 ? "" : fmt::format(" and {} more", more));
}

/// By link, whether packets to some accelerator may take it.
std::vector<bool> links_in_use(const Topology& topology) {
    const Graph& graph = topology.graph();
    std::vector<bool> is_used(graph.links().size());
    for (std::size_t destination = 0; destination < topology.accelerator_count(); ++destination) {
        std::vector<bool> is_met(graph.node_count());
        for (std::size_t source = 0; source < topology.accelerator_count(); ++source) {
            std::vector<std::size_t> open = {source};
            while (topology.is_adaptive() && !open.empty()) {
                const std::size_t node = open.back();
                open.pop_back();
                if (is_met[node]) continue;
                is_met[node] = true;
                for (const std::size_t link : graph.links_from(node)) {
                    if (!topology.is_closer(link, destination)) continue;
                    is_used[link] = true;
                    open.push_back(graph.links()[link].to);
                }
            }
            for (const Hop& hop : topology.route(source, destination)) is_used[hop.link] = true;
        }
    }
    return is_used;
}

std::string share_of_total(const InterconnectSpec& spec) {
    const std::vector<EdgeSpec>& edges = spec.topology.edges;
    const bool is_shared = !spec.is_per_link && std::any_of(edges.begin(), edges.end(), [](const EdgeSpec& edge) {
        return !edge.bits_per_second;
    });
    return is_shared ? "; those with no bandwidth of their own still take their part of total_bandwidth" : "";
}

void note_unused(const Topology& topology, const InterconnectSpec& spec, std::vector<std::string>& notes) {
    const Graph& graph = topology.graph();
    const std::vector<bool> is_used = links_in_use(topology);
    std::vector<LinkSpec> unused;
    for (std::size_t link = 0; link < is_used.size(); ++link) {
        if (!is_used[link]) unused.push_back(graph.links()[link]);
    }
    if (!unused.empty()) {
        notes.push_back(fmt::format("links that no route uses: {}{}", names_of(graph, unused), share_of_total(spec)));
    }
    if (!graph.idle_links().empty()) {
        notes.push_back(
            fmt::format("of parallel links these carry nothing, as packets would be later with them: {}{}",
                        names_of(graph, graph.idle_links()), share_of_total(spec)));
    }
}

/// Bandwidth of the narrowest link of a way, and the latencies of all.
LinkSpec as_one_link(const Topology& topology, const Route& route) {
    LinkSpec way{0, 0, UINT64_MAX, 0, {}};
    for (const Hop& hop : route) {
        const LinkSpec& link = topology.links()[hop.link];
        way.bits_per_second = std::min(way.bits_per_second, link.bits_per_second);
        way.latency = checked_add(way.latency, link.latency);
    }
    return way;
}

/// The pair that gains most by a widest way, and how many gain.
void note_narrow_ways(const Topology& topology, const InterconnectSpec& spec, std::vector<std::string>& notes) {
    if (spec.topology.path_rule == PathRule::Widest || topology.links().empty()) return;
    const Wiring::Range range = topology.wiring().link;
    if (range.least == range.most) return;
    InterconnectSpec other = spec;
    other.routing = RoutingRule::Deterministic;
    other.topology.path_rule = PathRule::Widest;
    const Topology widest = Topology::make(other, topology.accelerator_count());
    std::size_t pairs = 0;
    Picoseconds most = 0;
    std::string text;
    for (std::size_t from = 0; from < topology.accelerator_count(); ++from) {
        for (std::size_t to = 0; to < topology.accelerator_count(); ++to) {
            if (from == to) continue;
            const LinkSpec way = as_one_link(topology, topology.route(from, to));
            const Route wide_route = widest.route(from, to);
            const LinkSpec wide = as_one_link(widest, wide_route);
            if (packet_time(wide, spec) >= packet_time(way, spec)) continue;
            ++pairs;
            const Picoseconds gain = packet_time(way, spec) - packet_time(wide, spec);
            if (gain <= most) continue;
            most = gain;
            text = fmt::format(
                "{} to {}: a way of {} links is {:.1f} times as wide as the shortest, and a packet is "
                "there sooner; routing: widest in the topology takes it",
                topology.node_name(from), topology.node_name(to), wide_route.size(),
                static_cast<double>(wide.bits_per_second) / static_cast<double>(way.bits_per_second));
        }
    }
    if (pairs > 1) text += fmt::format(" (it is so for {} pairs)", pairs);
    if (pairs > 0) notes.push_back(text);
}

std::vector<std::string> graph_notes(const Topology& topology, const InterconnectSpec& spec) {
    std::vector<std::string> notes;
    note_unused(topology, spec, notes);
    note_narrow_ways(topology, spec, notes);
    return notes;
}

}  // namespace

TopologyFamily graph_family() {
    TopologyFamily family;
    family.kind = TopologyKind::Graph;
    family.name = "graph";
    family.description = "the links that an array's file lists";
    family.lists_links = true;
    family.escape_channels = 0;
    family.default_size = [](std::uint64_t) { return TopologyFamily::Size{}; };
    family.build = build_graph;
    family.link_groups = graph_link_groups;
    family.notes = graph_notes;
    family.places = [](const Topology& topology) { return places_by_distance(topology.graph()); };
    return family;
}

}  // namespace hypar
