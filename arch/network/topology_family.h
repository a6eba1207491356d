#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "arch/network/graph.h"
#include "arch/network/node_places.h"
#include "arch/network/routing.h"
#include "arch/network/topology_spec.h"

namespace hypar {

struct InterconnectSpec;
class Topology;

/// A key of a topology's map in an array's file, with the numbers of the spec that it gives.
struct TopologyKey {
    const char* name;
    std::vector<std::uint64_t> TopologySpec::*numbers;
    std::uint64_t least;       ///< that each of them may be
    std::size_t most_numbers;  ///< of a list of one or more; 0: a number and no list
    bool is_required;
};

/// The topologies of one kind: all that is particular to them.
struct TopologyFamily {
    /// The numbers of TopologySpec::size.
    using Size = std::vector<std::uint64_t>;

    TopologyKind kind = TopologyKind::HTree;
    const char* name = "";
    const char* description = "";

    std::vector<TopologyKey> keys = {};
    bool lists_links = false;  ///< its map has the key "links" in place of a size

    const char* size_form = "";  ///< how its size is written on the command line
    /// Where one number alone is there the number of accelerators: what is expected if it has no size for so many.
    const char* expected_count = nullptr;

    bool is_grid = false;             ///< the size is that of a grid, x first, in which accelerators stand in order
    std::size_t escape_channels = 1;  ///< that its deterministic routing needs beside adaptive ones; 0: half of all
    const char* switch_name = "switch";  ///< what a node is that is no accelerator

    /// The size where a spec has none. Throws ConfigError (key "topology" or "accelerators") if there is none for so
    /// many.
    Size (*default_size)(std::uint64_t accelerators) = nullptr;
    /// What has that size: "a torus of 4 x 4".
    std::string (*describe)(const Size& size) = nullptr;
    /// Throws std::overflow_error.
    std::uint64_t (*accelerators)(const Size& size) = product_of;

    /// Adds switches and links to a graph of accelerators, and says how packets find their way through them. Throws
    /// ConfigError where the spec does not fit them. The graph must outlive the routing.
    std::unique_ptr<Routing> (*build)(Graph& graph, const InterconnectSpec& spec, const Size& size,
                                      const ChannelClasses& channels) = nullptr;

    /// By link, the name of the links that do alike work.
    std::vector<std::string> (*link_groups)(const Topology& topology) = nullptr;
    /// What a user should know of how packets go there: texts without an end.
    std::vector<std::string> (*notes)(const Topology& topology, const InterconnectSpec& spec) = nothing_to_note;
    /// By node, where it stands when the topology is drawn; no two at one place.
    std::vector<Point> (*places)(const Topology& topology) = nullptr;
    /// Whether a link joins the two ends of a ring that is drawn as a line.
    bool (*wraps)(const Topology& topology, const LinkSpec& link) = nothing_wraps;

    static std::uint64_t product_of(const Size& size);
    static std::vector<std::string> nothing_to_note(const Topology&, const InterconnectSpec&) { return {}; }
    static bool nothing_wraps(const Topology&, const LinkSpec&) { return false; }
};

// arch/topology_tree.cpp
TopologyFamily htree_family();
// arch/topology_grid.cpp
TopologyFamily torus_family();
TopologyFamily mesh_family();
TopologyFamily ring_family();
// arch/topology_fat_tree.cpp
TopologyFamily fat_tree_family();
// arch/topology_dragonfly.cpp
TopologyFamily fully_connected_family();
TopologyFamily dragonfly_family();
// arch/topology_graph.cpp
TopologyFamily graph_family();

/// Every topology that a name selects.
const std::vector<TopologyFamily>& topology_families();
const TopologyFamily& family_of(TopologyKind kind);
const char* name_of(TopologyKind kind);

/// The size of a spec, or what follows from the number of accelerators. Throws ConfigError (key "topology" or
/// "accelerators") where they do not go together.
TopologyFamily::Size size_of(const TopologySpec& spec, std::uint64_t accelerators);

/// What one of `links` equal links gets of a total, or each gets if the spec says so. Throws ConfigError (key
/// "interconnect.total_bandwidth") if that is nothing.
std::uint64_t bandwidth_of_each(const InterconnectSpec& spec, std::uint64_t links);

/// Throws ConfigError (key "topology") if there are too many of them.
void expect_wires(std::uint64_t wires);

}  // namespace hypar
