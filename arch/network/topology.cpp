#include "arch/network/topology.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <stdexcept>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"

namespace hypar {
namespace {

/// Virtual channels for deterministic ways: all, or as few as those need beside adaptive ones.
std::size_t routed_channels(const InterconnectSpec& spec) {
    if (spec.routing == RoutingRule::Deterministic) return spec.virtual_channels;
    std::size_t escape = family_of(spec.topology.kind).escape_channels;
    if (escape == 0) escape = std::max<std::size_t>(1, spec.virtual_channels / 2);
    if (spec.virtual_channels > escape) return escape;
    throw ConfigError(
        "interconnect.virtual_channels",
        fmt::format("expected at least {} for minimal-adaptive routing on this topology, {} of them for "
                    "the deterministic way out, not {}",
                    escape + 1, escape, spec.virtual_channels));
}

/// Sums that exceed 64 bits stay there: at that pace a flit takes a picosecond.
std::vector<LinkSums> link_sums_of(const Graph& graph, std::size_t accelerators) {
    std::vector<LinkSums> sums(accelerators);
    const auto add = [](std::uint64_t& sum, const LinkSpec& link) {
        sum += std::min(link.bits_per_second, UINT64_MAX - sum);
    };
    for (const LinkSpec& link : graph.links()) {
        if (link.from < accelerators) add(sums[link.from].leaving, link);
        if (link.to < accelerators) add(sums[link.to].entering, link);
    }
    return sums;
}

LinkSums largest_of(const std::vector<LinkSums>& sums) {
    LinkSums largest;
    for (const LinkSums& each : sums) {
        largest.leaving = std::max(largest.leaving, each.leaving);
        largest.entering = std::max(largest.entering, each.entering);
    }
    return largest;
}

}  // namespace

Topology Topology::make(const InterconnectSpec& spec, std::uint64_t accelerators) {
    Topology topology;
    topology.family_ = &family_of(spec.topology.kind);
    topology.accelerator_count_ = accelerators;
    topology.routed_channels_ = hypar::routed_channels(spec);
    auto graph = std::make_shared<Graph>();
    for (std::size_t index = 0; index < accelerators; ++index) graph->add_node(fmt::format("acc{}", index));
    try {
        const ChannelClasses channels(topology.routed_channels_);
        topology.size_ = size_of(spec.topology, accelerators);
        topology.routing_ = topology.family_->build(*graph, spec, topology.size_, channels);
        if (spec.endpoints == Endpoints::Direct) graph->make_endpoints(accelerators);
        topology.link_sums_ = link_sums_of(*graph, accelerators);
        topology.largest_link_sums_ = largest_of(topology.link_sums_);
    } catch (const std::overflow_error&) {
        throw ConfigError("topology", "its size or its links' bandwidth cannot be counted in 64 bits");
    }
    topology.graph_ = graph;
    if (spec.routing == RoutingRule::MinimalAdaptive) {
        constexpr std::uint64_t kMostAdaptive = 4096;  // distances of all pairs are kept
        if (accelerators > kMostAdaptive) {
            throw ConfigError("interconnect.routing", fmt::format("minimal-adaptive takes at most {} accelerators, "
                                                                  "not {}",
                                                                  kMostAdaptive, accelerators));
        }
        auto distances = std::make_shared<std::vector<std::vector<std::uint32_t>>>();
        for (std::size_t index = 0; index < accelerators; ++index) distances->push_back(graph->distances_to(index));
        topology.distances_ = std::move(distances);
    }
    return topology;
}

const TopologyFamily::Size& Topology::grid() const {
    static const TopologyFamily::Size kNone;
    return family_->is_grid ? size_ : kNone;
}

std::vector<std::size_t> Topology::links_between(const std::vector<std::size_t>& nodes) const {
    std::vector<std::size_t> links;
    for (const std::size_t node : nodes) {
        for (const std::size_t link : links_from(node)) {
            if (std::binary_search(nodes.begin(), nodes.end(), this->links()[link].to)) links.push_back(link);
        }
    }
    std::sort(links.begin(), links.end());
    return links;
}

Topology Topology::part(const std::vector<std::size_t>& nodes) const {
    Topology part;
    part.routed_channels_ = routed_channels_;
    part.family_ = family_;
    part.routing_ = routing_;
    part.distances_ = distances_;
    part.largest_link_sums_ = largest_link_sums_;
    part.whole_ = this;
    part.whole_nodes_ = nodes;
    part.whole_links_ = links_between(nodes);
    auto graph = std::make_shared<Graph>();
    for (const std::size_t node : nodes) {
        graph->add_node(node_name(node));
        if (node >= accelerator_count_) continue;
        ++part.accelerator_count_;
        part.link_sums_.push_back(link_sums_[node]);
    }
    const auto number = [&](std::size_t node) {
        return static_cast<std::size_t>(std::lower_bound(nodes.begin(), nodes.end(), node) - nodes.begin());
    };
    for (const std::size_t whole_link : part.whole_links_) {
        LinkSpec link = links()[whole_link];
        link.from = number(link.from);
        link.to = number(link.to);
        graph->add_link(link);
    }
    part.graph_ = std::move(graph);
    return part;
}

Topology Topology::with_links(const std::function<void(std::size_t, LinkSpec&)>& change) const {
    Topology changed = *this;
    auto graph = std::make_shared<Graph>();
    for (std::size_t node = 0; node < node_count(); ++node) graph->add_node(node_name(node));
    for (std::size_t index = 0; index < links().size(); ++index) {
        LinkSpec link = links()[index];
        change(index, link);
        graph->add_link(link);
    }
    changed.link_sums_ = link_sums_of(*graph, accelerator_count_);
    changed.largest_link_sums_ = largest_of(changed.link_sums_);
    changed.graph_ = std::move(graph);
    return changed;
}

std::vector<LinkGroup> Topology::link_groups() const {
    std::vector<LinkGroup> groups;
    std::map<std::string, std::size_t> numbers;
    const std::vector<std::string> names = family_->link_groups(*this);
    for (std::size_t link = 0; link < names.size(); ++link) {
        const auto [found, is_new] = numbers.try_emplace(names[link], groups.size());
        if (is_new) groups.push_back({names[link], {}});
        groups[found->second].links.push_back(link);
    }
    return groups;
}

Wiring Topology::wiring() const {
    const auto range_of = [](const std::vector<std::uint64_t>& values) {
        if (values.empty()) return Wiring::Range{};
        const auto [least, most] = std::minmax_element(values.begin(), values.end());
        return Wiring::Range{*least, *most};
    };
    std::vector<std::uint64_t> each;
    std::vector<std::uint64_t> into;
    for (const LinkSums& sums : link_sums_) into.push_back(sums.entering);
    std::uint64_t both_ways = 0;
    for (const LinkSpec& link : graph_->idle_links()) both_ways = checked_add(both_ways, link.bits_per_second);
    for (const LinkSpec& link : links()) {
        each.push_back(link.bits_per_second);
        both_ways = checked_add(both_ways, link.bits_per_second);
    }
    return {both_ways / 2, range_of(each), range_of(into)};
}

bool Topology::is_endpoint(std::size_t accelerator) const {
    const std::vector<std::size_t>& leaving = links_from(accelerator);
    return !leaving.empty() && links()[leaving.front()].from_endpoint;
}

Route Topology::route(std::size_t node, std::size_t accelerator) const {
    if (whole_ == nullptr) return routing_->route(node, accelerator);
    Route route = whole_->route(whole_nodes_[node], whole_nodes_[accelerator]);
    for (Hop& hop : route) {
        const auto found = std::lower_bound(whole_links_.begin(), whole_links_.end(), hop.link);
        assert(found != whole_links_.end() && *found == hop.link);
        hop.link = static_cast<std::size_t>(found - whole_links_.begin());
    }
    return route;
}

bool Topology::is_closer(std::size_t link, std::size_t accelerator) const {
    if (whole_ != nullptr) return whole_->is_closer(whole_links_[link], whole_nodes_[accelerator]);
    const std::vector<std::uint32_t>& distances = (*distances_)[accelerator];
    return distances[links()[link].to] + 1 == distances[links()[link].from];
}

}  // namespace hypar
