#include "report/drawing.h"

#include <cmath>

#include <nlohmann/json.hpp>

namespace hypar {
namespace {

/// Places are given to so many parts of the drawing's side.
constexpr double kGrain = 1'000'000;

double rounded(double coordinate) { return std::round(coordinate * kGrain) / kGrain; }

}  // namespace

std::vector<Point> node_places(const Topology& topology) {
    std::vector<Point> places = topology.family().places(topology);
    for (Point& place : places) place = {rounded(place.x), rounded(place.y)};
    return places;
}

nlohmann::ordered_json nodes_json(const Topology& topology) {
    const std::vector<Point> places = node_places(topology);
    auto json = nlohmann::ordered_json::array();
    for (std::size_t node = 0; node < places.size(); ++node) {
        const bool is_accelerator = node < topology.accelerator_count();
        json.push_back({{"name", topology.node_name(node)},
                        {"kind", is_accelerator ? "accelerator" : topology.family().switch_name},
                        {"x", places[node].x},
                        {"y", places[node].y}});
    }
    return json;
}

}  // namespace hypar
