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
    family.places = [](const Topology& topology) { return places_by_distance(topology.graph()); };
    return family;
}

}  // namespace hypar
