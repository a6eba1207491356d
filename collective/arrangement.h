#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "arch/network/topology.h"
#include "partition/levels.h"

namespace hypar {

/// A group's members as a grid of their own: in a torus, mesh or ring by their coordinates, where these make one, and
/// else by their places at the levels that the group spans.
struct Arrangement {
    std::vector<std::size_t> sizes;      ///< of dimensions, each more than one
    std::vector<std::uint64_t> members;  ///< the first dimension's neighbours next to each other

    std::size_t size() const { return members.size(); }
    /// Of the member at `place` in `members`.
    std::size_t coordinate(std::size_t place, std::size_t dimension) const;
    /// The place of the one that differs from `place` in one coordinate alone.
    std::size_t at_coordinate(std::size_t place, std::size_t dimension, std::size_t coordinate) const;
};

Arrangement arrangement_of(const std::vector<std::uint64_t>& members, LevelSet set, const Levels& levels,
                           const Topology& topology);

/// The members in an order in which each is next to the one before, and the last next to the first, where the
/// arrangement allows it (a comb: there and back over all rows, and home along the first column).
std::vector<std::uint64_t> ring_through(const Arrangement& arrangement);

}  // namespace hypar
