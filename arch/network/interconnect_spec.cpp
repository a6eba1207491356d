#include "arch/network/interconnect_spec.h"

namespace hypar {

Picoseconds InterconnectSpec::link_time(std::uint64_t payload_bytes, std::uint64_t link_bits_per_second) const {
    const auto packet_time = [&](std::uint64_t bytes) {
        const std::uint64_t flits = bytes == 0 ? 0 : flits_of(bytes);
        if (flow_control == FlowControl::Wormhole) {
            return checked_multiply(flits, transfer_time(flit_bytes, link_bits_per_second));
        }
        return transfer_time(checked_multiply(flits, flit_bytes), link_bits_per_second);
    };
    return checked_add(checked_multiply(payload_bytes / packet_bytes, packet_time(packet_bytes)),
                       packet_time(payload_bytes % packet_bytes));
}

}  // namespace hypar
