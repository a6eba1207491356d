// A user's own list of wires.

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "arch/network/deadlock.h"
#include "arch/network/interconnect_spec.h"
#include "arch/network/topology.h"
#include "base/error.h"

namespace hypar {
namespace {

/// A shortest way; of several next links one by the destination's number, so that all carry load.
class ShortestPathRouting final : public Routing {
public:
    enum class Channels : std::uint8_t {
        Any,    ///< the same on all links of a way
        Climb,  ///< each link's above the one before, as far as they last
    };

    ShortestPathRouting(const Graph& graph, std::size_t accelerators, const ChannelClasses& channels, Channels rule)
        : graph_(graph), channels_(channels), rule_(rule) {
        for (std::size_t destination = 0; destination < accelerators; ++destination) {
            distances_.push_back(graph.distances_to(destination));
            for (std::size_t source = 0; source < accelerators; ++source) {
                if (distances_.back()[source] != Graph::kUnreachable) continue;
                throw ConfigError("topology.links", fmt::format("there is no way from {} to {}", graph.name(source),
                                                                graph.name(destination)));
            }
        }
    }

    Route route(std::size_t node, std::size_t accelerator) const override {
        Route route;
        const std::vector<std::uint32_t>& distances = distances_[accelerator];
        // Not by the number alone, which chooses among links.
        const std::size_t any = ChannelClasses::pick(channels_.any(), accelerator + accelerator / channels_.count());
        if (distances[node] == Graph::kUnreachable) return route;  // a switch that has no part in it
        while (node != accelerator) {
            const std::size_t link = next_link(node, accelerator, distances);
            const std::size_t climbed = std::min(route.size(), channels_.count() - 1);
            route.push_back({link, rule_ == Channels::Any ? any : climbed});
            node = graph_.links()[link].to;
        }
        return route;
    }

private:
    std::size_t next_link(std::size_t node, std::size_t accelerator,
                          const std::vector<std::uint32_t>& distances) const {
        const auto is_closer = [&](std::size_t link) {
            return distances[graph_.links()[link].to] + 1 == distances[node];
        };
        const std::vector<std::size_t>& links = graph_.links_from(node);
        std::size_t turn =
            accelerator % static_cast<std::size_t>(std::count_if(links.begin(), links.end(), is_closer));
        return *std::find_if(links.begin(), links.end(),
                             [&](std::size_t link) { return is_closer(link) && turn-- == 0; });
    }

    const Graph& graph_;
    ChannelClasses channels_;
    Channels rule_;
    std::vector<std::vector<std::uint32_t>> distances_;  ///< by accelerator and node
};

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

std::unique_ptr<Routing> build_graph(Graph& graph, const InterconnectSpec& spec, const TopologyFamily::Size&,
                                     const ChannelClasses& channels) {
    const std::size_t accelerators = graph.node_count();
    const std::vector<EdgeSpec>& edges = spec.topology.edges;
    const std::uint64_t bits_per_second = bandwidth_of_each(spec, edges.size());
    NamedNodes nodes(graph);
    for (std::size_t index = 0; index < edges.size(); ++index) {
        const EdgeSpec& edge = edges[index];
        const std::string key = fmt::format("topology.links.{}", index);
        const std::size_t from = nodes.find(edge.from, key);
        const std::size_t to = nodes.find(edge.to, key);
        if (from == to) throw ConfigError(key, fmt::format("the link from {} ends where it starts", edge.from));
        const LinkSpec link{from, to, edge.bits_per_second.value_or(bits_per_second),
                            edge.latency.value_or(spec.link_latency), edge.femtojoules_per_bit};
        if (edge.both_ways) {
            graph.add_wire(link);
        } else {
            graph.add_link(link);
        }
    }
    using Channels = ShortestPathRouting::Channels;
    auto routing = std::make_unique<ShortestPathRouting>(graph, accelerators, channels, Channels::Any);
    if (channels.count() == 1) return routing;
    std::vector<std::size_t> all(accelerators);
    std::iota(all.begin(), all.end(), 0);
    // An adaptive packet may begin its deterministic way anywhere.
    std::vector<std::size_t> sources(spec.routing == RoutingRule::MinimalAdaptive ? graph.node_count()
                                                                                  : accelerators);
    std::iota(sources.begin(), sources.end(), 0);
    if (find_cycle(graph, *routing, channels.count(), sources, all).empty()) return routing;
    return std::make_unique<ShortestPathRouting>(graph, accelerators, channels, Channels::Climb);
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
