#pragma once

#include <cstdint>
#include <vector>

#include "arch/kernel/event_counts.h"
#include "arch/kernel/time.h"
#include "arch/network/link_use.h"
#include "base/checked.h"

namespace hypar {

/// Payload of one accelerator's network interface.
struct InterfaceUse {
    std::uint64_t sent_bytes = 0;
    std::uint64_t received_bytes = 0;

    InterfaceUse& operator+=(const InterfaceUse& other) {
        sent_bytes = checked_add(sent_bytes, other.sent_bytes);
        received_bytes = checked_add(received_bytes, other.received_bytes);
        return *this;
    }
    InterfaceUse& operator-=(const InterfaceUse& other) {
        sent_bytes -= other.sent_bytes;
        received_bytes -= other.received_bytes;
        return *this;
    }
};

/// What an array did up to now.
struct HardwareUse {
    EventCounts counts;
    std::vector<InterfaceUse> accelerators;
    std::vector<LinkUse> links;            ///< by link of the topology
    std::vector<Picoseconds> vaults_busy;  ///< time in which each data bus moved data, by accelerator and vault
    std::uint64_t peak_buffer_bytes = 0;   ///< of the fullest buffer

    /// Leaves what was done since `earlier`; the peak stays.
    HardwareUse& operator-=(const HardwareUse& earlier);
};

}  // namespace hypar
