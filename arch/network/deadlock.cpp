#include "arch/network/deadlock.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/depth_first_search.hpp>

#include "arch/network/topology.h"
#include "base/error.h"

namespace hypar {
namespace {

constexpr std::size_t kMostShown = 12;  // links of a cycle

using Dependencies = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;

/// Virtual channels of links, numbered link by link, and which of them wait for which.
class ChannelGraph {
public:
    ChannelGraph(const Graph& graph, std::size_t virtual_channels)
        : virtual_channels_(virtual_channels), waits_for_(graph.links().size() * virtual_channels) {}

    void add(const Route& route) {
        for (std::size_t hop = 1; hop < route.size(); ++hop) {
            std::vector<std::size_t>& next = waits_for_[number_of(route[hop - 1])];
            const std::size_t channel = number_of(route[hop]);
            if (std::find(next.begin(), next.end(), channel) == next.end()) next.push_back(channel);
        }
    }

    std::vector<Hop> cycle() const {
        Dependencies dependencies(waits_for_.size());
        for (std::size_t channel = 0; channel < waits_for_.size(); ++channel) {
            for (const std::size_t next : waits_for_[channel]) boost::add_edge(channel, next, dependencies);
        }
        std::vector<std::size_t> found;
        try {
            boost::depth_first_search(dependencies, boost::visitor(CycleVisitor(found)));
        } catch (const CycleFound&) {
        }
        std::vector<Hop> cycle;
        cycle.reserve(found.size());
        for (const std::size_t channel : found) {
            cycle.push_back({channel / virtual_channels_, channel % virtual_channels_});
        }
        return cycle;
    }

private:
    struct CycleFound {};

    /// Keeps the way down to the channel that it is at, and stops where that leads back into itself.
    class CycleVisitor : public boost::default_dfs_visitor {
    public:
        explicit CycleVisitor(std::vector<std::size_t>& way) : way_(&way) {}
        template <typename G>
        void discover_vertex(std::size_t channel, const G&) {
            way_->push_back(channel);
        }
        template <typename G>
        void finish_vertex(std::size_t, const G&) {
            way_->pop_back();
        }
        template <typename Edge, typename G>
        void back_edge(const Edge& edge, const G& graph) {
            way_->erase(way_->begin(), std::find(way_->begin(), way_->end(), boost::target(edge, graph)));
            throw CycleFound();
        }

    private:
        std::vector<std::size_t>* way_;
    };

    std::size_t number_of(const Hop& hop) const { return hop.link * virtual_channels_ + hop.virtual_channel; }

    std::size_t virtual_channels_;
    std::vector<std::vector<std::size_t>> waits_for_;
};

}  // namespace

std::vector<Hop> find_cycle(const Graph& graph, const Routing& routing, std::size_t virtual_channels,
                            const std::vector<std::size_t>& sources, const std::vector<std::size_t>& destinations) {
    ChannelGraph channels(graph, virtual_channels);
    for (const std::size_t source : sources) {
        for (const std::size_t destination : destinations) channels.add(routing.route(source, destination));
    }
    return channels.cycle();
}

bool AcyclicChannels::add(std::size_t channel, std::size_t next) {
    const auto has = [&](const std::vector<std::size_t>& channels) {
        return std::find(channels.begin(), channels.end(), next) != channels.end();
    };
    if (has(next_[channel])) return true;
    if (has(closing_[channel])) return false;
    const bool closes = reaches(next, channel);
    (closes ? closing_ : next_)[channel].push_back(next);
    return !closes;
}

bool AcyclicChannels::reaches(std::size_t channel, std::size_t other) {
    ++searches_;
    std::vector<std::size_t> open = {channel};
    while (!open.empty()) {
        const std::size_t at = open.back();
        open.pop_back();
        if (at == other) return true;
        if (seen_[at] == searches_) continue;
        seen_[at] = searches_;
        open.insert(open.end(), next_[at].begin(), next_[at].end());
    }
    return false;
}

std::string describe_cycle(const Graph& graph, const std::vector<Hop>& cycle) {
    std::vector<std::string> channels;
    for (const Hop& hop : cycle) {
        if (channels.size() == kMostShown) {
            channels.push_back(fmt::format("and {} more", cycle.size() - kMostShown));
            break;
        }
        const LinkSpec& link = graph.links()[hop.link];
        channels.push_back(
            fmt::format("{} -> {} [{}]", graph.name(link.from), graph.name(link.to), hop.virtual_channel));
    }
    return fmt::format("{}", fmt::join(channels, ", "));
}

void check_deadlock_free(const Topology& topology, const Pairs& pairs) {
    const Graph& graph = topology.graph();
    const std::size_t count = topology.accelerator_count();
    // An adaptive packet may begin its deterministic way anywhere.
    const std::size_t sources = topology.is_adaptive() ? graph.node_count() : count;
    ChannelGraph channels(graph, topology.routed_channels());
    if (pairs.empty() || topology.is_adaptive()) {
        for (std::size_t source = 0; source < sources; ++source) {
            for (std::size_t other = 0; other < count; ++other) channels.add(topology.route(source, other));
        }
    }
    for (const auto& [source, destination] : pairs) channels.add(topology.route(source, destination));
    const std::vector<Hop> cycle = channels.cycle();
    if (cycle.empty()) return;
    throw ConfigError(
        "topology", fmt::format("packets can deadlock: each of these links (with its virtual channel) waits for the "
                                "next, and the last for the first: {}; more virtual channels may help",
                                describe_cycle(graph, cycle)));
}

}  // namespace hypar
