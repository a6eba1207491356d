#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "arch/array.h"

namespace hypar {

/// One direction of a wire between two nodes.
struct LinkSpec {
    std::size_t from = 0;  ///< node
    std::size_t to = 0;
    std::uint64_t bits_per_second = 1;
};

/// One link on a packet's way and the virtual channel it takes there.
struct Hop {
    std::size_t link = 0;
    std::size_t virtual_channel = 0;

    friend bool operator==(const Hop& a, const Hop& b) {
        return a.link == b.link && a.virtual_channel == b.virtual_channel;
    }
};

using Route = std::vector<Hop>;

/// Nodes and links of an interconnect with its routing. Nodes 0 .. N-1 are the accelerators.
class Topology {
public:
    /// Throws ConfigError (key "accelerators") unless their number is a power of two.
    static Topology make(const InterconnectSpec& spec, std::uint64_t accelerators);

    /// The topology of some of its nodes, in ascending order, and of the links between them. Routes must stay within
    /// them. Must not outlive this one.
    Topology part(const std::vector<std::size_t>& nodes) const;
    /// Links between `nodes`, which are in ascending order: those of their part, in its order.
    std::vector<std::size_t> links_between(const std::vector<std::size_t>& nodes) const;

    std::size_t accelerator_count() const { return accelerator_count_; }
    std::size_t node_count() const { return node_names_.size(); }
    const std::string& node_name(std::size_t node) const { return node_names_[node]; }
    const std::vector<LinkSpec>& links() const { return links_; }
    /// Links that leave `node`, in the order in which they were made.
    const std::vector<std::size_t>& links_from(std::size_t node) const { return links_from_[node]; }

    /// The links from accelerator `source` to `destination`, in order; deterministic and minimal.
    Route route(std::uint64_t source, std::uint64_t destination) const;

private:
    friend class HTreeBuilder;
    friend class TorusBuilder;

    std::size_t add_node(std::string name);
    /// Adds both directions of a wire.
    void add_wire(std::size_t a, std::size_t b, std::uint64_t bits_per_second);
    std::size_t link_between(std::size_t from, std::size_t to) const;

    Route route_up_and_down(std::uint64_t source, std::uint64_t destination) const;
    Route route_by_dimension(std::uint64_t source, std::uint64_t destination) const;
    /// Appends the way along one ring of the torus; returns the node where it ends.
    std::size_t follow_ring(Route& route, std::size_t node, std::size_t stride, std::size_t size,
                            std::size_t target) const;

    Route route_of_part(std::uint64_t source, std::uint64_t destination) const;

    TopologyKind kind_ = TopologyKind::HTree;
    std::size_t accelerator_count_ = 0;
    std::vector<std::string> node_names_;
    std::vector<LinkSpec> links_;
    std::vector<std::vector<std::size_t>> links_from_;
    std::vector<std::size_t> parent_;  ///< of every node of a tree; the root is its own
    std::size_t width_ = 1;            ///< of a torus
    std::size_t height_ = 1;
    const Topology* whole_ = nullptr;       ///< that this is a part of
    std::vector<std::size_t> whole_nodes_;  ///< by node of the part
    std::vector<std::size_t> whole_links_;  ///< by link of the part, ascending
};

}  // namespace hypar
