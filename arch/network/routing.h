#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "arch/network/graph.h"
#include "arch/network/topology_spec.h"

namespace hypar {

struct InterconnectSpec;

/// One link on a packet's way and the virtual channel it takes there.
struct Hop {
    std::size_t link = 0;
    std::size_t virtual_channel = 0;

    friend bool operator==(const Hop& a, const Hop& b) {
        return a.link == b.link && a.virtual_channel == b.virtual_channel;
    }
};

using Route = std::vector<Hop>;

/// The virtual channels of every link, in two halves for routing that climbs from one to the other.
class ChannelClasses {
public:
    explicit ChannelClasses(std::size_t channels) : channels_(channels) {}

    struct Range {
        std::size_t first;
        std::size_t end;
    };
    Range any() const { return {0, channels_}; }
    Range low() const { return {0, channels_ < 2 ? 1 : channels_ / 2}; }
    Range high() const { return {channels_ < 2 ? 0 : channels_ / 2, channels_}; }
    std::size_t count() const { return channels_; }

    /// One of a range, by the destination's number: packets of a pair stay in order, neighbours have different ones,
    /// and those to a busy accelerator do not hold up others. Parts of a topology that are alike should number their
    /// places alike, so that they remain so.
    static std::size_t pick(Range range, std::size_t destination) {
        return range.first + destination % (range.end - range.first);
    }

private:
    std::size_t channels_;
};

/// The deterministic way of packets on one topology.
class Routing {
public:
    virtual ~Routing() = default;

    /// The links from any node to an accelerator, in order; none if it is there.
    virtual Route route(std::size_t node, std::size_t accelerator) const = 0;
};

/// Adds switches and links to a graph of accelerators, and says how packets find their way through them. Throws
/// ConfigError where the topology's size does not fit them. The graph must outlive the routing.
using BuildTopology = std::unique_ptr<Routing> (*)(Graph& graph, const InterconnectSpec& spec,
                                                   const ChannelClasses& channels);

// arch/topology_grid.cpp
std::unique_ptr<Routing> build_torus(Graph& graph, const InterconnectSpec& spec, const ChannelClasses& channels);
std::unique_ptr<Routing> build_mesh(Graph& graph, const InterconnectSpec& spec, const ChannelClasses& channels);
std::unique_ptr<Routing> build_ring(Graph& graph, const InterconnectSpec& spec, const ChannelClasses& channels);
/// Accelerators in each dimension of a torus, mesh or ring.
std::vector<std::uint64_t> grid_size(const TopologySpec& spec, std::uint64_t accelerators);

// arch/topology_tree.cpp
std::unique_ptr<Routing> build_htree(Graph& graph, const InterconnectSpec& spec, const ChannelClasses& channels);
// arch/topology_fat_tree.cpp
std::unique_ptr<Routing> build_fat_tree(Graph& graph, const InterconnectSpec& spec, const ChannelClasses& channels);
// arch/topology_dragonfly.cpp
/// Accelerators of a router, routers of a group, groups of a dragonfly.
std::vector<std::uint64_t> dragonfly_size(const TopologySpec& spec, std::uint64_t accelerators);
std::unique_ptr<Routing> build_dragonfly(Graph& graph, const InterconnectSpec& spec, const ChannelClasses& channels);
std::unique_ptr<Routing> build_fully_connected(Graph& graph, const InterconnectSpec& spec,
                                               const ChannelClasses& channels);
// arch/topology_graph.cpp
std::unique_ptr<Routing> build_graph(Graph& graph, const InterconnectSpec& spec, const ChannelClasses& channels);

/// What one of `links` equal links gets of a total, or each gets if the spec says so. Throws ConfigError (key
/// "interconnect.total_bandwidth") if that is nothing.
std::uint64_t bandwidth_of_each(const InterconnectSpec& spec, std::uint64_t links);

/// Throws ConfigError (key "topology") unless a topology of `described` size has as many accelerators as there are.
void expect_accelerators(const std::string& described, std::uint64_t has, std::uint64_t accelerators);

/// Throws ConfigError (key "topology") if there are too many of them.
void expect_wires(std::uint64_t wires);

}  // namespace hypar
