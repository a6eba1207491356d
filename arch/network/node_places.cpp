#include "arch/network/node_places.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace hypar {
namespace {

double as_real(std::size_t count) { return static_cast<double>(count); }

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

/// Moved and scaled, both sides alike, into the square's middle.
void fit(std::vector<Point>& places) {
    const auto by_x = [](const Point& a, const Point& b) { return a.x < b.x; };
    const auto by_y = [](const Point& a, const Point& b) { return a.y < b.y; };
    const auto [left, right] = std::minmax_element(places.begin(), places.end(), by_x);
    const auto [above, below] = std::minmax_element(places.begin(), places.end(), by_y);
    const Point middle{(left->x + right->x) / 2, (above->y + below->y) / 2};
    const double scale = 2 * kCircleRadius / std::max({right->x - left->x, below->y - above->y, 1e-9});
    for (Point& place : places) {
        place = {0.5 + scale * (place.x - middle.x), 0.5 + scale * (place.y - middle.y)};
    }
}

/// Whether symbols of a hundredth of the square's side would not hide each other.
bool stand_apart(const std::vector<Point>& places) {
    for (std::size_t a = 0; a < places.size(); ++a) {
        for (std::size_t b = 0; b < a; ++b) {
            if (std::hypot(places[a].x - places[b].x, places[a].y - places[b].y) < 0.01) return false;
        }
    }
    return true;
}

}  // namespace

double middle_of_cell(std::size_t index, std::size_t count) { return (as_real(index) + 0.5) / as_real(count); }

Point on_circle(const Point& centre, double radius, double turn) {
    return {centre.x + radius * std::sin(2 * kPi * turn), centre.y - radius * std::cos(2 * kPi * turn)};
}

std::vector<Point> places_on_circle(std::size_t nodes) {
    std::vector<Point> places;
    if (nodes == 1) return {{0.5, 0.5}};
    for (std::size_t node = 0; node < nodes; ++node) {
        places.push_back(on_circle({0.5, 0.5}, kCircleRadius, as_real(node) / as_real(nodes)));
    }
    return places;
}

std::vector<Point> places_by_level(const std::vector<std::size_t>& levels) {
    if (levels.size() == 1) return places_on_circle(1);
    const std::size_t top = *std::max_element(levels.begin(), levels.end());
    std::vector<std::size_t> counts(top + 1, 0);
    for (const std::size_t level : levels) ++counts[level];
    std::vector<std::size_t> next(top + 1, 0);
    std::vector<Point> places;
    places.reserve(levels.size());
    for (const std::size_t level : levels) {
        places.push_back({middle_of_cell(next[level]++, counts[level]), 1 - as_real(level) / as_real(top)});
    }
    return places;
}

std::vector<Point> places_by_distance(const Graph& graph) {
    constexpr int kRounds = 200;
    constexpr std::size_t kMostNodes = 512;
    std::vector<Point> circle = places_on_circle(graph.node_count());
    if (circle.size() < 3 || circle.size() > kMostNodes) return circle;
    std::vector<Point> places = circle;
    const std::vector<std::vector<double>> wanted = distances(graph);
    for (int round = 0; round < kRounds; ++round) relax(places, wanted);
    fit(places);
    return stand_apart(places) ? places : circle;
}

}  // namespace hypar
