#pragma once

#include <cstddef>
#include <vector>

#include "arch/network/graph.h"

namespace hypar {

/// A place in a square from 0, left and above, to 1.
struct Point {
    double x = 0;
    double y = 0;
};

constexpr double kPi = 3.14159265358979323846;

/// Of circles that fill the square.
constexpr double kCircleRadius = 0.48;

/// The middle of cell `index` where a side of the square has `count` of them.
double middle_of_cell(std::size_t index, std::size_t count);

/// `turn` times round from the top, clockwise.
Point on_circle(const Point& centre, double radius, double turn);

/// All nodes on the circle that fills the square; one alone in its middle.
std::vector<Point> places_on_circle(std::size_t nodes);

/// Nodes by their level, 0 below; those of each in equal cells, so that what joins neighbours stands over their
/// middle.
std::vector<Point> places_by_level(const std::vector<std::size_t>& levels);

/// So that distances are as near as can be to the links between; on a circle where that makes no drawing, or has more
/// nodes than one could tell apart.
std::vector<Point> places_by_distance(const Graph& graph);

}  // namespace hypar
