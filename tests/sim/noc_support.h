#pragma once

#include <cstdint>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/network/standstill.h"
#include "sim/probe/noc.h"

namespace hypar::tests {

constexpr Picoseconds kNocPeriod = 1000;

/// Links of one flit of 16 bytes a cycle, routers and links of one cycle, which read all inputs.
inline InterconnectSpec noc_spec(TopologyKind kind, const std::vector<std::uint64_t>& size = {},
                                 std::uint64_t virtual_channels = 4, std::uint64_t buffer_flits = 8) {
    InterconnectSpec spec;
    spec.topology.kind = kind;
    spec.topology.size = size;
    spec.flow_control = FlowControl::Wormhole;
    spec.bits_per_second = 128'000'000'000;
    spec.is_per_link = true;
    spec.link_latency = kNocPeriod;
    spec.input_reads = InputReads::All;
    spec.flit_bytes = 16;
    spec.buffer_flits = buffer_flits;
    spec.virtual_channels = virtual_channels;
    return spec;
}

}  // namespace hypar::tests
