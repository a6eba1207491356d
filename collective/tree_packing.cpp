#include "collective/tree_packing.h"

#include <algorithm>
#include <map>
#include <queue>
#include <set>
#include <tuple>

#include "arch/kernel/time.h"
#include "base/checked.h"
#include "collective/tree_balance.h"

namespace hypar {
namespace {

/// Times of links are compared for so many bytes.
constexpr std::uint64_t kUnitBytes = std::uint64_t{1} << 20U;

/// Members that one is tried to be joined to: on a switch, all are neighbours.
constexpr std::size_t kMostNeighbours = 16;

/// An edge that a tree may be given next: what its busiest link would have to do, its links, and how deep it would
/// lie.
struct Offer {
    std::uint64_t load;
    std::size_t links;
    std::size_t depth;
    const TreeEdge* edge;

    auto key() const { return std::make_tuple(load, links, depth, edge->from, edge->to); }
    friend bool operator<(const Offer& a, const Offer& b) { return b.key() < a.key(); }  // the least is on top
};

/// Whether all places can be reached from the first.
bool join_all(const std::vector<std::vector<TreeEdge>>& edges) {
    std::vector<bool> is_reached(edges.size());
    std::vector<std::size_t> open{0};
    is_reached[0] = true;
    std::size_t count = 1;
    while (!open.empty()) {
        const std::size_t place = open.back();
        open.pop_back();
        for (const TreeEdge& edge : edges[place]) {
            if (is_reached[edge.to]) continue;
            is_reached[edge.to] = true;
            ++count;
            open.push_back(edge.to);
        }
    }
    return count == edges.size();
}

}  // namespace

TreePacking::TreePacking(const Topology& topology, TreeUse use, std::vector<std::vector<std::uint64_t>> groups)
    : topology_(&topology),
      use_(use),
      groups_(std::move(groups)),
      trees_(groups_.size()),
      loads_(topology.links().size()) {
    for (const LinkSpec& link : topology.links()) {
        unit_times_.push_back(transfer_time(kUnitBytes, link.bits_per_second));
    }
    for (const auto& members : groups_) {
        edges_.emplace_back();
        for (std::size_t place = 0; place < members.size(); ++place) {
            edges_.back().push_back(edges_from(members, place));
        }
        if (join_all(edges_.back())) continue;
        for (std::size_t place = 0; place < members.size(); ++place) {
            edges_.back()[place].push_back(edge_between(members, place, (place + 1) % members.size()));
        }
    }
    has_like_edges_ = find_like_edges();
}

void TreePacking::add(std::size_t group, std::size_t root) {
    constexpr std::size_t kOutside = SIZE_MAX;
    const std::size_t members = groups_[group].size();
    std::priority_queue<Offer> offers;
    SpanningTree tree{std::vector<std::size_t>(members, kOutside), {}};
    std::vector<std::size_t> depths(members);
    const auto reach = [&](std::size_t place, std::size_t parent) {
        tree.parent[place] = parent;
        tree.order.push_back(place);
        depths[place] = place == parent ? 0 : depths[parent] + 1;
        for (const TreeEdge& edge : edges_[group][place]) {
            if (tree.parent[edge.to] != kOutside) continue;
            offers.push({load_of(edge), edge.links.size(), depths[place], &edge});
        }
    };
    busiest_ = busiest();
    reach(root, root);
    while (tree.order.size() < members) {
        Offer least = offers.top();
        offers.pop();
        if (tree.parent[least.edge->to] != kOutside) continue;
        if (const std::uint64_t now = load_of(*least.edge); now > least.load) {
            least.load = now;
            offers.push(least);
            continue;
        }
        for (const std::size_t link : least.edge->links) {
            loads_[link] = checked_add(loads_[link], unit_times_[link]);
            busiest_ = std::max(busiest_, loads_[link]);
        }
        reach(least.edge->to, least.edge->from);
    }
    trees_[group].push_back(std::move(tree));
}

/// Of one group, each edge of which is a link each way, all of one bandwidth.
bool TreePacking::find_like_edges() {
    if (groups_.size() > 1 || !use_.up || !use_.down) return false;
    std::set<std::size_t> links;
    for (const auto& edges : edges_.front()) {
        for (const TreeEdge& edge : edges) {
            if (edge.links.size() != 2 || unit_times_[edge.links.front()] != unit_times_.front()) return false;
            if (edge.from < edge.to) pairs_.emplace_back(edge.from, edge.to);
            links.insert(edge.links.begin(), edge.links.end());
        }
    }
    return links.size() == 2 * pairs_.size();
}

void TreePacking::balance() {
    if (!has_like_edges_) return;
    std::vector<SpanningTree>& trees = trees_.front();
    const std::size_t edges = trees.size() * (groups_.front().size() - 1);
    if (balance_trees(trees, pairs_, ceil_divide(edges, pairs_.size()))) count_loads();
}

void TreePacking::count_loads() {
    std::fill(loads_.begin(), loads_.end(), 0);
    for (const SpanningTree& tree : trees_.front()) {
        for (std::size_t place = 0; place < tree.parent.size(); ++place) {
            for (const TreeEdge& edge : edges_.front()[tree.parent[place]]) {
                if (edge.to != place) continue;
                for (const std::size_t link : edge.links) loads_[link] += unit_times_[link];
            }
        }
    }
}

std::uint64_t TreePacking::busiest() const { return *std::max_element(loads_.begin(), loads_.end()); }

/// Where edges can be exchanged later, all that make no link busier than the busiest are alike, so that trees get no
/// deeper than need be.
std::uint64_t TreePacking::load_of(const TreeEdge& edge) const {
    const std::uint64_t load = busiest_with(edge);
    return has_like_edges_ && load <= busiest_ ? 0 : load;
}

std::uint64_t TreePacking::busiest_with(const TreeEdge& edge) const {
    std::uint64_t busiest = 0;
    for (const std::size_t link : edge.links) busiest = std::max(busiest, loads_[link] + unit_times_[link]);
    return busiest;
}

TreeEdge TreePacking::edge_between(const std::vector<std::uint64_t>& members, std::size_t from,
                                   std::size_t to) const {
    TreeEdge edge{from, to, {}};
    const auto add = [&](const Route& route) {
        for (const Hop& hop : route) edge.links.push_back(hop.link);
    };
    if (use_.down) add(topology_->route(members[from], members[to]));
    if (use_.up) add(topology_->route(members[to], members[from]));
    return edge;
}

/// To the nearest of those to whom no way leads past another.
std::vector<TreeEdge> TreePacking::edges_from(const std::vector<std::uint64_t>& members, std::size_t place) const {
    std::vector<TreeEdge> edges;
    for (std::size_t step = 1; step < members.size(); ++step) {
        const std::size_t other = (place + step) % members.size();
        const Route down = topology_->route(members[place], members[other]);
        const bool passes_a_member = std::any_of(down.begin(), down.end(), [&](const Hop& hop) {
            const std::size_t node = topology_->links()[hop.link].to;
            return node != members[other] && std::binary_search(members.begin(), members.end(), node);
        });
        if (!passes_a_member) edges.push_back(edge_between(members, place, other));
    }
    std::stable_sort(edges.begin(), edges.end(),
                     [](const TreeEdge& a, const TreeEdge& b) { return a.links.size() < b.links.size(); });
    if (edges.size() > kMostNeighbours) edges.resize(kMostNeighbours);
    return edges;
}

}  // namespace hypar
