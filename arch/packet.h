#pragma once

#include <cstddef>
#include <cstdint>

#include "arch/state.h"
#include "arch/time.h"
#include "arch/topology.h"

namespace hypar {

/// A packet on its way. Its head is where it is queued; its tail follows at the pace of the link that it came over.
struct Packet {
    std::uint64_t payload_bytes = 0;
    const Route* route = nullptr;
    std::size_t hop = 0;   ///< links already crossed
    Picoseconds tail = 0;  ///< when its last byte is in the input buffer

    void offer_state(StateVisitor& visitor) {
        visitor.value(payload_bytes);
        visitor.value(reinterpret_cast<std::uintptr_t>(route));
        visitor.value(hop);
        visitor.time(tail);
    }
};

}  // namespace hypar
