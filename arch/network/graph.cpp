#include "arch/network/graph.h"

#include <cassert>
#include <utility>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/push_relabel_max_flow.hpp>

#include "base/checked.h"

namespace hypar {
namespace {

using Traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;
using FlowGraph = boost::adjacency_list<
    boost::vecS, boost::vecS, boost::directedS, boost::no_property,
    boost::property<boost::edge_capacity_t, std::int64_t,
                    boost::property<boost::edge_residual_capacity_t, std::int64_t,
                                    boost::property<boost::edge_reverse_t, Traits::edge_descriptor>>>>;

void add_arc(FlowGraph& graph, std::size_t from, std::size_t to, std::uint64_t capacity) {
    const auto forward = boost::add_edge(from, to, graph).first;
    const auto back = boost::add_edge(to, from, graph).first;
    put(boost::edge_capacity, graph, forward, static_cast<std::int64_t>(capacity));
    put(boost::edge_capacity, graph, back, 0);
    put(boost::edge_reverse, graph, forward, back);
    put(boost::edge_reverse, graph, back, forward);
}

/// Nodes that can be reached from `start` where something is left.
std::vector<bool> reached(const FlowGraph& graph, std::size_t start) {
    std::vector<bool> is_reached(num_vertices(graph));
    std::vector<std::size_t> open{start};
    is_reached[start] = true;
    while (!open.empty()) {
        const std::size_t node = open.back();
        open.pop_back();
        for (auto [edge, end] = out_edges(node, graph); edge != end; ++edge) {
            const std::size_t next = target(*edge, graph);
            if (is_reached[next] || get(boost::edge_residual_capacity, graph, *edge) == 0) continue;
            is_reached[next] = true;
            open.push_back(next);
        }
    }
    return is_reached;
}

}  // namespace

std::size_t Graph::add_node(std::string name) {
    names_.push_back(std::move(name));
    links_from_.emplace_back();
    links_into_.emplace_back();
    return names_.size() - 1;
}

void Graph::add_link(const LinkSpec& link) {
    links_from_[link.from].push_back(links_.size());
    links_into_[link.to].push_back(links_.size());
    links_.push_back(link);
}

void Graph::add_wire(LinkSpec link) {
    add_link(link);
    std::swap(link.from, link.to);
    add_link(link);
}

void Graph::make_endpoints(std::size_t accelerators) {
    for (std::size_t node = 0; node < accelerators; ++node) {
        if (links_from_[node].size() != 1 || links_into_[node].size() != 1) continue;
        LinkSpec& leaving = links_[links_from_[node].front()];
        LinkSpec& entering = links_[links_into_[node].front()];
        if (leaving.to < accelerators || entering.from < accelerators) continue;
        leaving.from_endpoint = true;
        entering.to_endpoint = true;
    }
}

std::size_t Graph::link_between(std::size_t from, std::size_t to) const {
    for (const std::size_t link : links_from_[from]) {
        if (links_[link].to == to) return link;
    }
    assert(false && "neighbours are joined by a link");
    return links_.size();
}

std::vector<std::uint32_t> Graph::distances_to(std::size_t destination) const {
    boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS> backwards(node_count());
    for (const LinkSpec& link : links_) boost::add_edge(link.to, link.from, backwards);
    std::vector<std::uint32_t> distances(node_count(), kUnreachable);
    distances[destination] = 0;
    boost::breadth_first_search(
        backwards, destination,
        boost::visitor(boost::make_bfs_visitor(boost::record_distances(distances.data(), boost::on_tree_edge()))));
    return distances;
}

Graph::Cut Graph::narrowest_cut(const std::vector<bool>& from, const std::vector<bool>& to) const {
    constexpr std::size_t kSource = 0;  // all that it comes from are one vertex, and all that it goes to
    constexpr std::size_t kSink = 1;
    std::vector<std::size_t> vertices(node_count());
    std::size_t count = 2;
    for (std::size_t node = 0; node < node_count(); ++node) {
        const bool is_source = node < from.size() && from[node];
        const bool is_sink = node < to.size() && to[node];
        vertices[node] = is_source ? kSource : is_sink ? kSink : count++;
    }
    FlowGraph graph(count);
    double all = 0;
    for (const LinkSpec& link : links_) all += static_cast<double>(link.bits_per_second);
    const auto unit = static_cast<std::uint64_t>(all / 4e18) + 1;  // so that sums stay in 63 bits
    for (const LinkSpec& link : links_) {
        if (vertices[link.from] == vertices[link.to]) continue;
        add_arc(graph, vertices[link.from], vertices[link.to], ceil_divide(link.bits_per_second, unit));
    }
    const auto units = static_cast<std::uint64_t>(boost::push_relabel_max_flow(graph, kSource, kSink));
    Cut cut{units > UINT64_MAX / unit ? UINT64_MAX : units * unit, {}};
    const std::vector<bool> is_reached = reached(graph, kSource);
    for (const std::size_t vertex : vertices) cut.side.push_back(is_reached[vertex]);
    return cut;
}

}  // namespace hypar
