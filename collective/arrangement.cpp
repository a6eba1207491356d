#include "collective/arrangement.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace hypar {
namespace {

std::size_t product(const std::vector<std::size_t>& sizes) {
    return std::accumulate(sizes.begin(), sizes.end(), std::size_t{1}, std::multiplies<>());
}

/// Members and their coordinates; only dimensions in which they differ are kept.
Arrangement from_coordinates(const std::vector<std::uint64_t>& members,
                             const std::vector<std::vector<std::uint64_t>>& coordinates) {
    Arrangement arrangement;
    std::vector<std::size_t> places(members.size());
    std::size_t stride = 1;
    for (const std::vector<std::uint64_t>& of_members : coordinates) {
        const std::set<std::uint64_t> values(of_members.begin(), of_members.end());
        if (values.size() == 1) continue;
        for (std::size_t i = 0; i < members.size(); ++i) {
            places[i] += stride * static_cast<std::size_t>(std::distance(values.begin(), values.find(of_members[i])));
        }
        stride *= values.size();
        arrangement.sizes.push_back(values.size());
    }
    if (stride != members.size()) return {};
    arrangement.members.resize(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) arrangement.members[places[i]] = members[i];
    return arrangement;
}

/// Places along all dimensions but `first`, each next to the one before: there and back.
std::vector<std::size_t> rows_there_and_back(const Arrangement& arrangement, std::size_t first) {
    std::vector<std::size_t> rows{0};
    for (std::size_t dimension = 0; dimension < arrangement.sizes.size(); ++dimension) {
        if (dimension == first) continue;
        const std::vector<std::size_t> before = rows;
        for (std::size_t coordinate = 1; coordinate < arrangement.sizes[dimension]; ++coordinate) {
            const auto at = [&](std::size_t place) {
                return arrangement.at_coordinate(place, dimension, coordinate);
            };
            if (coordinate % 2 == 1) {
                std::transform(before.rbegin(), before.rend(), std::back_inserter(rows), at);
            } else {
                std::transform(before.begin(), before.end(), std::back_inserter(rows), at);
            }
        }
    }
    return rows;
}

}  // namespace

std::size_t Arrangement::coordinate(std::size_t place, std::size_t dimension) const {
    for (std::size_t lower = 0; lower < dimension; ++lower) place /= sizes[lower];
    return place % sizes[dimension];
}

std::size_t Arrangement::at_coordinate(std::size_t place, std::size_t dimension, std::size_t coordinate) const {
    std::size_t stride = 1;
    for (std::size_t lower = 0; lower < dimension; ++lower) stride *= sizes[lower];
    return place + (coordinate - this->coordinate(place, dimension)) * stride;
}

Arrangement arrangement_of(const std::vector<std::uint64_t>& members, LevelSet set, const Levels& levels,
                           const Topology& topology) {
    std::vector<std::vector<std::uint64_t>> coordinates;
    std::uint64_t stride = 1;
    for (const std::uint64_t size : topology.grid()) {
        coordinates.emplace_back();
        for (const std::uint64_t member : members) coordinates.back().push_back(member / stride % size);
        stride *= size;
    }
    if (!coordinates.empty()) {
        Arrangement arrangement = from_coordinates(members, coordinates);
        if (!arrangement.members.empty()) return arrangement;
    }
    coordinates.clear();
    for (std::size_t level = levels.count(); level-- > 0;) {
        if (!contains_level(set, level)) continue;
        coordinates.emplace_back();
        for (const std::uint64_t member : members) coordinates.back().push_back(levels.place(member, level));
    }
    return from_coordinates(members, coordinates);
}

std::vector<std::uint64_t> ring_through(const Arrangement& arrangement) {
    std::size_t across = 0;  // the dimension that rows lie along
    while (across < arrangement.sizes.size() && product(arrangement.sizes) / arrangement.sizes[across] % 2 == 1) {
        ++across;
    }
    const bool has_way_home = across < arrangement.sizes.size();
    if (!has_way_home) across = 0;
    const std::size_t length = arrangement.sizes[across];
    const std::vector<std::size_t> rows = rows_there_and_back(arrangement, across);
    std::vector<std::uint64_t> ring;
    const auto add = [&](std::size_t row, std::size_t coordinate) {
        ring.push_back(arrangement.members[arrangement.at_coordinate(rows[row], across, coordinate)]);
    };
    const std::size_t first = has_way_home ? 1 : 0;  // the first column is the way home
    for (std::size_t row = 0; row < rows.size(); ++row) {
        for (std::size_t step = first; step < length; ++step)
            add(row, row % 2 == 0 ? step : length + first - 1 - step);
    }
    for (std::size_t row = has_way_home ? rows.size() : 0; row-- > 0;) add(row, 0);
    return ring;
}

}  // namespace hypar
