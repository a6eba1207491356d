#pragma once

#include <cstdint>

#include "arch/kernel/time.h"
#include "arch/network/topology_spec.h"
#include "base/checked.h"

namespace hypar {

/// The network between accelerators.
struct InterconnectSpec {
    TopologySpec topology;
    RoutingRule routing = RoutingRule::Deterministic;
    FlowControl flow_control = FlowControl::VirtualCutThrough;
    /// Per direction: over all links of one level of a tree, or over all wires of any other topology; or, if
    /// `is_per_link`, of each link, in a tree of each below the lowest switches.
    std::uint64_t bits_per_second = 1;
    bool is_per_link = false;
    Picoseconds link_latency = 1;
    std::uint64_t router_cycles = 1;     ///< from a flit's arrival in a router until it may leave
    std::uint64_t packet_bytes = 1;      ///< payload of a full packet
    std::uint64_t header_bytes = 0;      ///< of every packet, serialised with it and counted apart
    std::uint64_t flit_bytes = 1;        ///< packets are whole numbers of them; local ports take one a cycle
    std::uint64_t buffer_flits = 1;      ///< that the buffer of each virtual channel takes
    std::uint64_t virtual_channels = 1;  ///< of every link

    /// Of a packet, header and padding included.
    std::uint64_t flits_of(std::uint64_t payload_bytes) const {
        return ceil_divide(payload_bytes + header_bytes, flit_bytes);
    }
    /// Of all packets of a transfer.
    std::uint64_t flits_of_transfer(std::uint64_t bytes) const {
        const std::uint64_t rest = bytes % packet_bytes;
        return checked_add(checked_multiply(bytes / packet_bytes, flits_of(packet_bytes)),
                           rest == 0 ? 0 : flits_of(rest));
    }
};

const char* name_of(RoutingRule rule);
const char* name_of(FlowControl flow_control);

}  // namespace hypar
