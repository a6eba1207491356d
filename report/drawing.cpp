#include "report/drawing.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "arch/network/link_group.h"
#include "arch/network/routing.h"

namespace hypar {
namespace {

constexpr double kPi = 3.14159265358979323846;

/// Of circles that fill the drawing.
constexpr double kRadius = 0.48;

/// Places are given to so many parts of the drawing's side.
constexpr double kGrain = 1'000'000;

double as_real(std::size_t count) { return static_cast<double>(count); }

/// The middle of cell `index` of `count`.
double cell(std::size_t index, std::size_t count) { return (as_real(index) + 0.5) / as_real(count); }

/// `turn` times round from the top, clockwise.
Point on_circle(const Point& centre, double radius, double turn) {
    return {centre.x + radius * std::sin(2 * kPi * turn), centre.y - radius * std::cos(2 * kPi * turn)};
}

std::vector<Point> circle(std::size_t nodes) {
    std::vector<Point> places;
    if (nodes == 1) return {{0.5, 0.5}};
    for (std::size_t node = 0; node < nodes; ++node) {
        places.push_back(on_circle({0.5, 0.5}, kRadius, as_real(node) / as_real(nodes)));
    }
    return places;
}

/// Every level's nodes in equal cells, so a switch stands over the middle of what is below it.
std::vector<Point> tree(const Topology& topology) {
    const std::vector<std::size_t> levels = tree_levels(topology);
    if (levels.size() == 1) return circle(1);
    const std::size_t top = *std::max_element(levels.begin(), levels.end());
    std::vector<std::size_t> counts(top + 1, 0);
    for (const std::size_t level : levels) ++counts[level];
    std::vector<std::size_t> next(top + 1, 0);
    std::vector<Point> places;
    for (const std::size_t level : levels) {
        places.push_back({cell(next[level]++, counts[level]), 1 - as_real(level) / as_real(top)});
    }
    return places;
}

/// Planes beside each other, a column's width apart.
std::vector<Point> grid(const Topology& topology) {
    std::vector<std::uint64_t> size = topology.grid();
    size.resize(3, 1);
    const std::size_t columns = size[2] * (size[0] + 1) - 1;
    std::vector<Point> places;
    for (std::size_t i = 0; i < topology.node_count(); ++i) {
        const std::size_t plane = i / (size[0] * size[1]);
        places.push_back({cell(plane * (size[0] + 1) + i % size[0], columns), cell(i / size[0] % size[1], size[1])});
    }
    return places;
}

/// Groups on a circle; in each its routers on a small one and their accelerators round it.
std::vector<Point> dragonfly(const Topology& topology, const TopologySpec& spec) {
    const std::vector<std::uint64_t> size = dragonfly_size(spec, topology.accelerator_count());
    const std::size_t routers = size[1];
    const std::size_t groups = size[2];
    const std::size_t terminals = size[0] * routers;  // of a group
    constexpr double kGroups = 0.36;                  // radius of the circle that they are on
    const double radius = groups == 1 ? kRadius : std::min(0.12, 0.9 * kGroups * std::sin(kPi / as_real(groups)));
    const auto place = [&](std::size_t group, double share, double turn) {
        const double of_group = as_real(group) / as_real(groups);
        const Point centre = groups == 1 ? Point{0.5, 0.5} : on_circle({0.5, 0.5}, kGroups, of_group);
        return on_circle(centre, share * radius, of_group + turn);
    };
    std::vector<Point> places;
    for (std::size_t i = 0; i < topology.accelerator_count(); ++i) {
        places.push_back(place(i / terminals, 1, cell(i % terminals, terminals)));
    }
    for (std::size_t router = 0; router < routers * groups; ++router) {
        places.push_back(place(router / routers, routers == 1 ? 0 : 0.5, cell(router % routers, routers)));
    }
    return places;
}

/// Links between every two nodes, the shorter way; more than any way has where there is none.
std::vector<std::vector<double>> distances(const Graph& graph) {
    const std::size_t nodes = graph.node_count();
    std::vector<std::vector<double>> between(nodes, std::vector<double>(nodes, as_real(nodes)));
    for (std::size_t to = 0; to < nodes; ++to) {
        const std::vector<std::uint32_t> links = graph.distances_to(to);
        for (std::size_t from = 0; from < nodes; ++from) {
            if (links[from] == Graph::kUnreachable) continue;
            between[from][to] = between[to][from] = std::min<double>(between[from][to], links[from]);
        }
    }
    return between;
}

/// One round of stress majorization (Gansner, Koren, North, Graph Drawing 2004), with weights distance^-2: each node
/// goes to the mean of where the others would have it.
void relax(std::vector<Point>& places, const std::vector<std::vector<double>>& wanted) {
    for (std::size_t node = 0; node < places.size(); ++node) {
        Point sum;
        double weights = 0;
        for (std::size_t other = 0; other < places.size(); ++other) {
            if (other == node) continue;
            const double dx = places[node].x - places[other].x;
            const double dy = places[node].y - places[other].y;
            const double stretch = wanted[node][other] / std::max(1e-9, std::hypot(dx, dy));
            const double weight = 1 / (wanted[node][other] * wanted[node][other]);
            sum.x += weight * (places[other].x + stretch * dx);
            sum.y += weight * (places[other].y + stretch * dy);
            weights += weight;
        }
        places[node] = {sum.x / weights, sum.y / weights};
    }
}

/// Moved and scaled, both sides alike, into the drawing's middle.
void fit(std::vector<Point>& places) {
    const auto by_x = [](const Point& a, const Point& b) { return a.x < b.x; };
    const auto by_y = [](const Point& a, const Point& b) { return a.y < b.y; };
    const auto [left, right] = std::minmax_element(places.begin(), places.end(), by_x);
    const auto [above, below] = std::minmax_element(places.begin(), places.end(), by_y);
    const Point middle{(left->x + right->x) / 2, (above->y + below->y) / 2};
    const double scale = 2 * kRadius / std::max({right->x - left->x, below->y - above->y, 1e-9});
    for (Point& place : places) {
        place = {0.5 + scale * (place.x - middle.x), 0.5 + scale * (place.y - middle.y)};
    }
}

Point rounded(const Point& place) {
    return {std::round(place.x * kGrain) / kGrain, std::round(place.y * kGrain) / kGrain};
}

/// Whether symbols of a hundredth of the drawing's side would not hide each other.
bool stand_apart(const std::vector<Point>& places) {
    for (std::size_t a = 0; a < places.size(); ++a) {
        for (std::size_t b = 0; b < a; ++b) {
            if (std::hypot(places[a].x - places[b].x, places[a].y - places[b].y) < 0.01) return false;
        }
    }
    return true;
}

/// From a circle on; it stays one where that makes no drawing, or has more nodes than one could tell apart.
std::vector<Point> graph(const Graph& graph) {
    constexpr int kRounds = 200;
    constexpr std::size_t kMostNodes = 512;
    const std::vector<Point> start = circle(graph.node_count());
    if (start.size() < 3 || start.size() > kMostNodes) return start;
    std::vector<Point> places = start;
    const std::vector<std::vector<double>> wanted = distances(graph);
    for (int round = 0; round < kRounds; ++round) relax(places, wanted);
    fit(places);
    return stand_apart(places) ? places : start;
}

std::vector<Point> places_of(const Topology& topology, const TopologySpec& spec) {
    switch (spec.kind) {
        case TopologyKind::HTree:
        case TopologyKind::FatTree: return tree(topology);
        case TopologyKind::Torus:
        case TopologyKind::Mesh: return grid(topology);
        case TopologyKind::Ring:
        case TopologyKind::FullyConnected: break;
        case TopologyKind::Dragonfly: return dragonfly(topology, spec);
        case TopologyKind::Graph: return graph(topology.graph());
    }
    return circle(topology.node_count());
}

}  // namespace

std::vector<Point> node_places(const Topology& topology, const TopologySpec& spec) {
    std::vector<Point> places = places_of(topology, spec);
    for (Point& place : places) place = rounded(place);
    return places;
}

bool wraps(const Topology& topology, const TopologySpec& spec, std::size_t link) {
    if (spec.kind != TopologyKind::Torus) return false;
    std::size_t from = topology.links()[link].from;
    std::size_t to = topology.links()[link].to;
    for (const std::uint64_t length : topology.grid()) {
        const std::size_t ends = std::max(from % length, to % length) - std::min(from % length, to % length);
        if (ends > 1) return true;  // neighbours are one apart or the length of the ring but one
        from /= length;
        to /= length;
    }
    return false;
}

nlohmann::ordered_json nodes_json(const Topology& topology, const TopologySpec& spec) {
    const std::vector<Point> places = node_places(topology, spec);
    auto json = nlohmann::ordered_json::array();
    for (std::size_t node = 0; node < places.size(); ++node) {
        const char* beyond = spec.kind == TopologyKind::Dragonfly ? "router" : "switch";
        json.push_back({{"name", topology.node_name(node)},
                        {"kind", node < topology.accelerator_count() ? "accelerator" : beyond},
                        {"x", places[node].x},
                        {"y", places[node].y}});
    }
    return json;
}

}  // namespace hypar
