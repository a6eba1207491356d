#include "collective/bound.h"

#include <algorithm>
#include <numeric>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/push_relabel_max_flow.hpp>

#include "base/checked.h"

namespace hypar {
namespace {

/// Accelerators around each of which, and members between which, cuts are looked for.
constexpr std::uint64_t kMostSides = 256;
constexpr std::size_t kMostMembers = 64;

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

CollectiveBound::CollectiveBound(const ArraySpec& array, const Topology& topology, const Levels& levels)
    : array_(array), topology_(topology), levels_(levels) {
    for (std::uint64_t i = 0; i < topology.accelerator_count(); ++i) {
        leaving_ = checked_add(leaving_, topology.link_sums(i).leaving);
    }
    for (std::uint64_t i = 0; i < std::min(kMostSides, levels.accelerators()); ++i) add_cut(side_of(i, 1));
    for (std::size_t level = 0; level < levels.count(); ++level) {
        add_cut(side_of(0, levels.accelerators() / levels.groups(level + 1)));
    }
}

Picoseconds CollectiveBound::of(const Collective& collective) {
    const std::uint64_t bytes = collective.bytes();
    if (bytes == 0) return 0;
    const std::vector<std::vector<std::uint64_t>> groups = groups_of(collective.levels, levels_);
    if (groups.front().size() <= kMostMembers && searched_.insert(collective.levels).second) {
        add_narrowest_cuts(groups.front());
    }
    Picoseconds bound = sent(collective, bytes);
    for (const Cut& cut : cuts_) bound = std::max(bound, over(cut, collective, groups));
    return bound;
}

Picoseconds CollectiveBound::sent(const Collective& collective, std::uint64_t bytes) const {
    std::uint64_t added = 0;
    for (const Exchange& exchange : collective.exchanges) {
        if (!exchange.adds) continue;
        for (const std::uint64_t sent : exchange.sent_bytes()) added = checked_add(added, sent);
    }
    const std::uint64_t moved = checked_add(checked_multiply(2, bytes), added) / topology_.accelerator_count();
    return std::max(transfer_time(bytes, leaving_),
                    transfer_time(moved, array_.mapping_target().memory_bits_per_second));
}

/// Of a group that lies on one side, nothing need cross.
Picoseconds CollectiveBound::over(const Cut& cut, const Collective& collective,
                                  const std::vector<std::vector<std::uint64_t>>& groups) const {
    std::uint64_t out = 0;
    std::uint64_t in = 0;
    const auto is_inside = [&](std::uint64_t member) { return cut.side[member]; };
    if (collective.kind == CollectiveKind::Swap) {
        for (const Exchange& exchange : collective.exchanges) {
            for (const Round& round : exchange.rounds) {
                for (std::uint64_t i = 0; i < round.sent_bytes.size(); ++i) {
                    const bool to_inside = is_inside(levels_.shifted(i, exchange.group, round.offset));
                    if (is_inside(i) == to_inside) continue;
                    (to_inside ? in : out) += round.sent_bytes[i];
                }
            }
        }
    } else {
        for (const auto& members : groups) {
            std::uint64_t inside = 0;
            std::uint64_t outside = 0;
            const auto count = std::count_if(members.begin(), members.end(), is_inside);
            if (count == 0 || static_cast<std::size_t>(count) == members.size()) continue;
            for (const std::uint64_t member : members) {
                (is_inside(member) ? inside : outside) += collective.blocks[member];
            }
            if (collective.scatters()) out += outside, in += inside;
            if (collective.gathers()) out += inside, in += outside;
        }
    }
    return std::max(cut.out == 0 ? 0 : transfer_time(out, cut.out), cut.in == 0 ? 0 : transfer_time(in, cut.in));
}

CollectiveBound::Side CollectiveBound::side_of(std::uint64_t first, std::uint64_t count) const {
    Side side(topology_.accelerator_count());
    std::fill_n(side.begin() + static_cast<std::ptrdiff_t>(first), count, true);
    return side;
}

void CollectiveBound::add_cut(const Side& side) {
    if (!sides_.insert(side).second) return;
    Side others = side;
    others.flip();
    if (std::find(others.begin(), others.end(), true) == others.end()) return;
    cuts_.push_back({side, capacity(side, others), capacity(others, side)});
}

/// What links can carry from some accelerators to others (Ford and Fulkerson, 1956). `source_side`, if wanted, gets
/// the accelerators on the first side of the narrowest cut.
std::uint64_t CollectiveBound::capacity(const Side& from, const Side& to, Side* source_side) const {
    constexpr std::size_t kSource = 0;  // all that it comes from are one, and all that it goes to
    constexpr std::size_t kSink = 1;
    std::vector<std::size_t> vertices(topology_.node_count());
    std::size_t count = 2;
    for (std::size_t node = 0; node < vertices.size(); ++node) {
        const bool is_end = node < from.size() && (from[node] || to[node]);
        vertices[node] = !is_end ? count++ : from[node] ? kSource : kSink;
    }
    FlowGraph graph(count);
    for (const LinkSpec& link : topology_.links()) {
        if (vertices[link.from] == vertices[link.to]) continue;
        add_arc(graph, vertices[link.from], vertices[link.to], link.bits_per_second);
    }
    const std::int64_t flow = boost::push_relabel_max_flow(graph, kSource, kSink);
    if (source_side != nullptr) {
        const std::vector<bool> is_reached = reached(graph, kSource);
        for (std::uint64_t i = 0; i < source_side->size(); ++i) (*source_side)[i] = is_reached[vertices[i]];
    }
    return static_cast<std::uint64_t>(flow);
}

void CollectiveBound::add_narrowest_cuts(const std::vector<std::uint64_t>& members) {
    for (std::size_t other = 1; other < members.size(); ++other) {
        for (const auto& [from, to] :
             {std::pair(members.front(), members[other]), std::pair(members[other], members.front())}) {
            Side side(topology_.accelerator_count());
            capacity(side_of(from, 1), side_of(to, 1), &side);
            add_cut(side);
        }
    }
}

}  // namespace hypar
