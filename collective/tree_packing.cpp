#include "collective/tree_packing.h"

#include <algorithm>
#include <queue>
#include <tuple>

#include "arch/kernel/time.h"
#include "base/checked.h"

namespace hypar {
namespace {

/// Times of links are compared for so many bytes.
constexpr std::uint64_t kUnitBytes = std::uint64_t{1} << 20U;

/// Members that one is tried to be joined to: on a switch, all are neighbours.
constexpr std::size_t kMostNeighbours = 16;

}  // namespace

TreePacking::TreePacking(const Topology& topology, TreeUse use)
    : topology_(topology), use_(use), loads_(topology.links().size()) {
    for (const LinkSpec& link : topology.links()) {
        unit_times_.push_back(transfer_time(kUnitBytes, link.bits_per_second));
    }
}

SpanningTree TreePacking::next(const std::vector<std::uint64_t>& members, std::size_t root) {
    using Offer = std::tuple<std::uint64_t, std::size_t, std::size_t, const Edge*>;  // load, links, depth
    const auto later = [](const Offer& a, const Offer& b) {
        const auto key = [](const Offer& offer) {
            const auto& [load, links, depth, edge] = offer;
            return std::make_tuple(load, links, depth, edge->from, edge->to);
        };
        return key(b) < key(a);
    };
    std::priority_queue<Offer, std::vector<Offer>, decltype(later)> offers(later);
    const std::vector<std::vector<Edge>>& edges = edges_of(members);
    constexpr std::size_t kOutside = SIZE_MAX;
    SpanningTree tree{std::vector<std::size_t>(members.size(), kOutside), {}};
    std::vector<std::size_t> depths(members.size());
    const auto reach = [&](std::size_t place, std::size_t parent) {
        tree.parent[place] = parent;
        tree.order.push_back(place);
        depths[place] = place == parent ? 0 : depths[parent] + 1;
        for (const Edge& edge : edges[place]) {
            if (tree.parent[edge.to] != kOutside) continue;
            offers.push({busiest_with(edge), edge.links.size(), depths[place], &edge});
        }
    };
    reach(root, root);
    while (tree.order.size() < members.size()) {
        const auto [load, links, depth, edge] = offers.top();
        offers.pop();
        if (tree.parent[edge->to] != kOutside) continue;
        if (const std::uint64_t now = busiest_with(*edge); now > load) {
            offers.push({now, links, depth, edge});
            continue;
        }
        for (const std::size_t link : edge->links) loads_[link] = checked_add(loads_[link], unit_times_[link]);
        reach(edge->to, edge->from);
    }
    return tree;
}

std::uint64_t TreePacking::busiest() const { return *std::max_element(loads_.begin(), loads_.end()); }

std::uint64_t TreePacking::busiest_with(const Edge& edge) const {
    std::uint64_t busiest = 0;
    for (const std::size_t link : edge.links) busiest = std::max(busiest, loads_[link] + unit_times_[link]);
    return busiest;
}

const std::vector<std::vector<TreePacking::Edge>>& TreePacking::edges_of(const std::vector<std::uint64_t>& members) {
    if (members_ == members) return edges_;
    members_ = members;
    edges_.clear();
    for (std::size_t place = 0; place < members.size(); ++place) edges_.push_back(edges_from(members, place));
    return edges_;
}

/// To the nearest of those to whom no way leads past another, and to the next one in any case.
std::vector<TreePacking::Edge> TreePacking::edges_from(const std::vector<std::uint64_t>& members,
                                                       std::size_t place) const {
    std::vector<Edge> edges;
    for (std::size_t step = 1; step < members.size(); ++step) {
        const std::size_t other = (place + step) % members.size();
        const Route down = topology_.route(members[place], members[other]);
        const bool passes_a_member = std::any_of(down.begin(), down.end(), [&](const Hop& hop) {
            const std::size_t node = topology_.links()[hop.link].to;
            return node != members[other] && std::binary_search(members.begin(), members.end(), node);
        });
        if (passes_a_member && step > 1) continue;
        Edge edge{place, other, {}};
        const auto add = [&](const Route& route) {
            for (const Hop& hop : route) edge.links.push_back(hop.link);
        };
        if (use_.down) add(down);
        if (use_.up) add(topology_.route(members[other], members[place]));
        edges.push_back(std::move(edge));
    }
    std::stable_sort(edges.begin(), edges.end(),
                     [](const Edge& a, const Edge& b) { return a.links.size() < b.links.size(); });
    const auto next = std::find_if(edges.begin(), edges.end(),
                                   [&](const Edge& edge) { return edge.to == (place + 1) % members.size(); });
    if (next - edges.begin() >= static_cast<std::ptrdiff_t>(kMostNeighbours)) {
        std::swap(edges[kMostNeighbours - 1], *next);
    }
    if (edges.size() > kMostNeighbours) edges.resize(kMostNeighbours);
    return edges;
}

}  // namespace hypar
