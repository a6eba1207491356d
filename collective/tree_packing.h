#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "arch/network/topology.h"

namespace hypar {

/// A spanning tree of a group, by place of the member: its parent, itself at the root. Parents come before children
/// in `order`.
struct SpanningTree {
    std::vector<std::size_t> parent;
    std::vector<std::size_t> order;
};

/// Which ways a tree is used.
struct TreeUse {
    bool up = false;    ///< to the root
    bool down = false;  ///< from the root
};

/// Packs spanning trees on the links of a topology, one after the other, each by the edges whose links then have
/// least to do, in time: a slow link gets few, and one that joins regions is crossed once (Thorup, Combinatorica
/// 27(1), 2007: trees that are least by the loads of those before come to the best packing). An edge joins two
/// members between whom no other one lies.
class TreePacking {
public:
    TreePacking(const Topology& topology, TreeUse use);

    /// The next tree of a group, from `root`, a place.
    SpanningTree next(const std::vector<std::uint64_t>& members, std::size_t root);

    /// The longest that a link is busy if each tree so far carries a unit of bytes.
    std::uint64_t busiest() const;

private:
    struct Edge {
        std::size_t from = 0;  ///< nearer to the root; place
        std::size_t to = 0;
        std::vector<std::size_t> links = {};  ///< that are used if it is in a tree
    };

    const std::vector<std::vector<Edge>>& edges_of(const std::vector<std::uint64_t>& members);
    std::vector<Edge> edges_from(const std::vector<std::uint64_t>& members, std::size_t place) const;
    std::uint64_t busiest_with(const Edge& edge) const;

    const Topology& topology_;
    TreeUse use_;
    std::vector<std::uint64_t> unit_times_;  ///< by link
    std::vector<std::uint64_t> loads_;       ///< by link
    std::vector<std::uint64_t> members_;     ///< whom `edges_` are of
    std::vector<std::vector<Edge>> edges_;   ///< by place of their beginning
};

}  // namespace hypar
