#pragma once

#include <cstdint>

#include "arch/time.h"
#include "arch/topology.h"

namespace hypar {

/// A packet on its way. Its head is where it is queued; its tail follows at the pace of the link that it came over.
struct Packet {
    std::uint64_t payload_bytes = 0;
    const Route* route = nullptr;
    std::uint32_t hop = 0;   ///< links already crossed
    std::uint32_t step = 0;  ///< of the exchange that it belongs to
    Picoseconds tail = 0;    ///< when its last byte is in the input buffer
};

}  // namespace hypar
