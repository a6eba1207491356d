#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "arch/kernel/event_counts.h"
#include "arch/kernel/time.h"
#include "arch/network/link_use.h"
#include "base/checked.h"

namespace hypar {

/// Payload bytes that one accelerator's network interface has sent and received.
struct InterfaceUse {
    std::uint64_t sent_bytes = 0;
    std::uint64_t received_bytes = 0;

    /// All that it is.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.sent_bytes, self.received_bytes);
    }

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
    std::vector<InterfaceUse> accelerators;   ///< by accelerator
    std::vector<LinkUse> links;               ///< by link of the topology
    std::vector<std::uint64_t> vault_bursts;  ///< that each data bus moved, by accelerator and vault
    std::uint64_t peak_buffer_bytes = 0;      ///< the most that a global buffer held

    /// All that it is.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.counts, self.accelerators, self.links, self.vault_bursts, self.peak_buffer_bytes);
    }

    /// Leaves what was done since `earlier`; the peak stays.
    HardwareUse& operator-=(const HardwareUse& earlier);
};

}  // namespace hypar
