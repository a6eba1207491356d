#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "arch/kernel/time.h"
#include "base/fields.h"

namespace hypar {

enum class TopologyKind : std::uint8_t { HTree, Torus, Mesh, Ring, FullyConnected, FatTree, Dragonfly, Graph };

/// A wire that a user's graph names. What it does not say is as the interconnect says for all links.
struct EdgeSpec {
    std::string from;
    std::string to;
    bool both_ways = true;
    std::optional<std::uint64_t> bits_per_second = {};
    std::optional<Picoseconds> latency = {};
    std::optional<std::uint64_t> femtojoules_per_bit = {};
};

/// Which ways between two accelerators of a graph are best.
enum class PathRule : std::uint8_t {
    Shortest,  ///< of the fewest links
    Widest,    ///< whose narrowest link has most bandwidth; of those that of the fewest links
};

constexpr Choice<PathRule> kPathRules[] = {{"shortest", PathRule::Shortest}, {"widest", PathRule::Widest}};

/// The shape of an interconnect.
struct TopologySpec {
    TopologyKind kind = TopologyKind::HTree;
    /// None: follows from the number of accelerators. Otherwise
    /// torus, mesh: accelerators in each dimension, x first; ring, fully-connected: all of them;
    /// htree: children of a switch at each level, from the leaves up; fat-tree: arity, levels;
    /// dragonfly: accelerators of a router, routers of a group, groups.
    std::vector<std::uint64_t> size = {};
    /// Of an htree: bandwidth of a link over that of one a level further down, from the second level up. None: as
    /// many as there are children, which keeps the total of every level.
    std::vector<std::uint64_t> factors = {};
    std::vector<EdgeSpec> edges = {};  ///< of a graph
    PathRule path_rule = PathRule::Shortest;
};

/// What a total bandwidth is shared by. All but trees have one level.
enum class BandwidthScope : std::uint8_t {
    Level,  ///< the links of one level of a tree: each level has the whole
    All,    ///< the links of all levels
};

constexpr Choice<BandwidthScope> kBandwidthScopes[] = {{"level", BandwidthScope::Level},
                                                       {"all", BandwidthScope::All}};

/// How packets choose their way.
enum class RoutingRule : std::uint8_t {
    Deterministic,    ///< always the same way from one accelerator to another
    MinimalAdaptive,  ///< any shortest way, by the room behind the links; the deterministic one as a way out
};

constexpr Choice<RoutingRule> kRoutingRules[] = {{"deterministic", RoutingRule::Deterministic},
                                                 {"minimal-adaptive", RoutingRule::MinimalAdaptive}};

/// What moves as one over links and through buffers.
enum class FlowControl : std::uint8_t {
    VirtualCutThrough,  ///< packets: a buffer behind a link has room for a whole one before it starts
    Wormhole,           ///< flits: each as soon as there is room for it; a packet may lie in several routers
};

constexpr Choice<FlowControl> kFlowControls[] = {{"virtual-cut-through", FlowControl::VirtualCutThrough},
                                                 {"wormhole", FlowControl::Wormhole}};

/// How many of the virtual channels of an input port are read at a time.
enum class InputReads : std::uint8_t {
    One,  ///< and packets pass route computation, virtual-channel and switch allocation
    All,  ///< and allocation takes no time
};

constexpr Choice<InputReads> kInputReads[] = {{"one", InputReads::One}, {"all", InputReads::All}};

/// What an accelerator has that one wire joins to a switch.
enum class Endpoints : std::uint8_t {
    Router,  ///< a router, as all others
    Direct,  ///< the wire, which its network interface fills and empties
};

constexpr Choice<Endpoints> kEndpoints[] = {{"router", Endpoints::Router}, {"direct", Endpoints::Direct}};

}  // namespace hypar
