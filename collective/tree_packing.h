#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
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

/// Two members between whom no other one lies, and the links between them.
struct TreeEdge {
    std::size_t from = 0;  ///< place
    std::size_t to = 0;
    std::vector<std::size_t> links = {};  ///< that are used if it is in a tree whose root is nearer to `from`
};

/// Spanning trees of groups on the links of a topology. Each takes the edges whose links then have least to do, in
/// time: a slow link gets few, and one that joins regions is crossed once (Thorup, Combinatorica 27(1), 2007: trees
/// that are least by the loads of those before come to the best packing).
class TreePacking {
public:
    TreePacking(const Topology& topology, TreeUse use, std::vector<std::vector<std::uint64_t>> groups);

    /// Adds a tree to a group, from `root`, a place.
    void add(std::size_t group, std::size_t root);
    /// Exchanges edges of the trees, which are used both ways, until no link carries more of them than there are
    /// trees for each on average, or no exchange helps (matroid partition; Edmonds, J. Res. NBS 69B, 1965). Of one
    /// group whose edges are links of equal bandwidth; others are left as they are.
    void balance();

    const std::vector<SpanningTree>& trees(std::size_t group) const { return trees_[group]; }
    /// The longest that a link is busy if each tree carries a unit of bytes.
    std::uint64_t busiest() const;

private:
    std::vector<TreeEdge> edges_from(const std::vector<std::uint64_t>& members, std::size_t place) const;
    TreeEdge edge_between(const std::vector<std::uint64_t>& members, std::size_t from, std::size_t to) const;
    bool find_like_edges();
    std::uint64_t load_of(const TreeEdge& edge) const;
    std::uint64_t busiest_with(const TreeEdge& edge) const;
    void count_loads();

    const Topology* topology_;
    TreeUse use_;
    std::vector<std::vector<std::uint64_t>> groups_;
    std::vector<std::vector<std::vector<TreeEdge>>> edges_;  ///< by group and place of their beginning
    std::vector<std::vector<SpanningTree>> trees_;           ///< by group
    std::vector<std::uint64_t> unit_times_;                  ///< by link
    std::vector<std::uint64_t> loads_;                       ///< by link
    std::uint64_t busiest_ = 0;                              ///< of them, while a tree is made
    bool has_like_edges_ = false;  ///< links of one bandwidth, of one group: then these are its edges
    std::vector<std::pair<std::size_t, std::size_t>> pairs_;
};

}  // namespace hypar
