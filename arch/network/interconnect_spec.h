#pragma once

#include <cstdint>
#include <optional>

#include "arch/kernel/spec_limits.h"
#include "arch/kernel/time.h"
#include "arch/network/topology_spec.h"
#include "base/checked.h"

namespace hypar {

/// How the accelerators of a group carry out a collective.
enum class CollectiveAlgorithm : std::uint8_t {
    Pairwise,  ///< level by level, each with one other at a time: recursive halving and doubling
    Ring,      ///< two opposite rings through the group
    Bucket,    ///< rings along each dimension in turn, all dimensions and both directions at once
    Direct,    ///< each with all others at once
    Tree,      ///< spanning trees, packed by the links' bandwidths
    Best,      ///< the one of these whose predicted time is least
};

constexpr Choice<CollectiveAlgorithm> kCollectiveAlgorithms[] = {
    {"pairwise", CollectiveAlgorithm::Pairwise}, {"ring", CollectiveAlgorithm::Ring},
    {"bucket", CollectiveAlgorithm::Bucket},     {"direct", CollectiveAlgorithm::Direct},
    {"tree", CollectiveAlgorithm::Tree},         {"best", CollectiveAlgorithm::Best}};

constexpr const char* name_of(CollectiveAlgorithm algorithm) { return name_in(kCollectiveAlgorithms, algorithm); }

/// The algorithm for each kind of collective.
struct CollectiveSpec {
    CollectiveAlgorithm all_reduce = CollectiveAlgorithm::Best;
    CollectiveAlgorithm reduce_scatter = CollectiveAlgorithm::Best;
    CollectiveAlgorithm all_gather = CollectiveAlgorithm::Best;
    CollectiveAlgorithm swap = CollectiveAlgorithm::Best;

    static CollectiveSpec all(CollectiveAlgorithm algorithm) { return {algorithm, algorithm, algorithm, algorithm}; }

    template <typename Self, typename Visit>
    static void for_each_field(Self& self, Visit&& visit) {
        const auto algorithm = one_of(kCollectiveAlgorithms, "pairwise, ring, bucket, direct, tree or best");
        const auto key = [](const char* name, const char* meaning) {
            return Key(name, meaning).optional().deciding(Decides::Nothing);
        };
        visit(key("all-reduce", "of gradients, and of sums that are wanted whole"), self.all_reduce, algorithm);
        visit(key("reduce-scatter", "of sums that are wanted in shares"), self.reduce_scatter, algorithm);
        visit(key("all-gather", "of shares that are wanted whole"), self.all_gather, algorithm);
        visit(key("swap",
                  "of shares of one dimension for those of another, and of rows at borders: `pairwise`, or else "
                  "`direct`"),
              self.swap, algorithm);
    }
};

/// The network between accelerators.
struct InterconnectSpec {
    TopologySpec topology;
    CollectiveSpec collectives;
    RoutingRule routing = RoutingRule::Deterministic;
    FlowControl flow_control = FlowControl::VirtualCutThrough;
    /// Per direction: over all links that `total_scope` says; or, if `is_per_link`, of each link, in a tree of each
    /// below the lowest switches.
    std::uint64_t bits_per_second = 1;
    bool is_per_link = false;
    BandwidthScope total_scope = BandwidthScope::Level;
    /// None: what a port takes follows from the flits and the links.
    std::optional<std::uint64_t> port_bits_per_second;
    /// Of a network interface, requests to memory in flight at the most. None: as many as the links need.
    std::optional<std::uint64_t> outstanding_requests;
    Picoseconds link_latency = 1;
    std::uint64_t router_cycles = 1;
    InputReads input_reads = InputReads::One;
    Endpoints endpoints = Endpoints::Router;
    std::uint64_t packet_bytes = 1;
    std::uint64_t header_bytes = 0;
    std::uint64_t flit_bytes = 1;
    std::uint64_t buffer_flits = 1;
    std::uint64_t virtual_channels = 1;

    static constexpr std::uint64_t kMostVirtualChannels = 64;

    /// All but the topology, which files give beside it.
    template <typename Self, typename Visit>
    static void for_each_field(Self& self, Visit&& visit) {
        for_each_bandwidth(self, visit);
        visit(
            Key("outstanding_requests",
                "of a network interface, requests in flight at the most; if left out as many as its links need, and "
                "`dma.outstanding_requests` at least: [how many](models/network.md#sending)")
                .optional(),
            self.outstanding_requests, Count{1, kMostQueued});
        visit(Key("link_latency", "time on a link").deciding(Decides::Links), self.link_latency,
              Amount{Quantity::Time, 1, kTera, "4 ns"});
        visit(Key("router_cycles", "cycles from a flit's arrival in a router until it may leave"), self.router_cycles,
              Count{1, kMostCycles});
        visit(Key("input_reads",
                  "virtual channels of a router's input port that are read at a time: `one`, as of most routers, or "
                  "`all`, an ideal one: [how](models/network.md#routers)")
                  .optional(),
              self.input_reads, one_of(kInputReads, "one or all"));
        visit(
            Key("endpoints",
                "what an accelerator has whose one wire leads to a switch: a `router`, as all others, or, `direct`, "
                "none, and no `port_bandwidth`: [how](models/network.md#endpoints-without-routers)")
                .optional()
                .deciding(Decides::Links),
            self.endpoints, one_of(kEndpoints, "router or direct"));
        visit(Key("collectives",
                  "how groups of accelerators reduce and gather: `pairwise`, `ring`, `bucket`, `direct`, `tree`, or "
                  "`best`, the one that is expected to take least; or a map, for each kind of collective one: "
                  "[below](#collectives)")
                  .optional()
                  .deciding(Decides::Nothing),
              self.collectives, Apart{"an algorithm, such as best, or a map"});
        visit(Key("routing", "`deterministic`, or `minimal-adaptive`: any shortest way, by the room behind its links")
                  .optional(),
              self.routing, one_of(kRoutingRules, "deterministic or minimal-adaptive"));
        visit(Key("flow_control", "what moves as one: `virtual-cut-through` whole packets, `wormhole` flits"),
              self.flow_control, one_of(kFlowControls, "virtual-cut-through or wormhole"));
        visit(Key("packet", "payload of a full packet"), self.packet_bytes, block_size("1 KiB"));
        visit(Key("header", "bytes added to every packet").optional(), self.header_bytes,
              Amount{Quantity::Size, 0, kGibi, "8 B"});
        visit(Key("flit", "packets, with their headers, are padded to whole flits"), self.flit_bytes,
              block_size("16 B"));
        visit(Key("buffer_flits", "that fit into the input buffer of a virtual channel")
                  .where("under virtual cut-through at least a packet"),
              self.buffer_flits, Count{1, kMostQueued});
        visit(Key("virtual_channels",
                  "of every link; tori, rings and dragonflies may need 2, adaptive routing one more"),
              self.virtual_channels, Count{1, kMostVirtualChannels});
    }

    /// Of a packet, header and padding included.
    std::uint64_t flits_of(std::uint64_t payload_bytes) const {
        return ceil_divide(payload_bytes + header_bytes, flit_bytes);
    }
    /// Time that a link is busy with `payload_bytes` in packets, each transfer of its own (a packet, or in wormhole
    /// switching a flit) rounded up to a picosecond.
    Picoseconds link_time(std::uint64_t payload_bytes, std::uint64_t link_bits_per_second) const;

    /// Of all packets of a transfer.
    std::uint64_t flits_of_transfer(std::uint64_t bytes) const {
        const std::uint64_t rest = bytes % packet_bytes;
        return checked_add(checked_multiply(bytes / packet_bytes, flits_of(packet_bytes)),
                           rest == 0 ? 0 : flits_of(rest));
    }

private:
    template <typename Self, typename Visit>
    static void for_each_bandwidth(Self& self, Visit&& visit) {
        const auto bandwidth = [](std::uint64_t least) {
            return Amount{Quantity::Bandwidth, least, 1000 * kTera, "1.6 Gb/s"};
        };
        visit(
            Key("total_bandwidth",
                "in each direction, over all links of any topology but a tree, in which `total_bandwidth_over` says "
                "over which; the links' own bandwidths follow from it, the topology and the number of accelerators")
                .deciding(Decides::Links),
            self.bits_per_second,
            either(bandwidth(10 * kMega),
                   Key("link_bandwidth",
                       "in its place: of each link; in a tree of those at the accelerators, the others follow"),
                   bandwidth(kKilo), self.is_per_link,
                   "expected either total_bandwidth, of all links, or link_bandwidth, of each"));
        visit(Key("", "").deciding(Decides::Links), self.is_per_link, Unwritten{});
        visit(Key("total_bandwidth_over",
                  "of a tree: `level`, each level has the whole `total_bandwidth` for its links; `all`, all levels "
                  "share it, in equal parts unless `factor` says otherwise")
                  .optional()
                  .where("`level` beside `link_bandwidth`")
                  .deciding(Decides::Links),
              self.total_scope, one_of(kBandwidthScopes, "level or all"));
        visit(
            Key("port_bandwidth",
                "what the local port of an accelerator's router takes from it, and gives to it; if left out a flit a "
                "cycle, or as much as its links carry together where that is more")
                .optional(),
            self.port_bits_per_second, bandwidth(kKilo));
    }
};

}  // namespace hypar
