#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

#include "arch/kernel/event_counts.h"
#include "arch/kernel/time.h"
#include "arch/network/graph.h"
#include "base/checked.h"

namespace hypar {

/// What one direction of a link has carried.
struct LinkUse {
    std::uint64_t payload_bytes = 0;
    std::uint64_t packets = 0;
    std::uint64_t flits = 0;
    Picoseconds busy_time = 0;
    /// In which it was free and flits were ready for it, but the buffer behind it had no room, or another packet its
    /// virtual channel.
    Picoseconds stalled_time = 0;
    std::uint64_t peak_flits = 0;  ///< most that one buffer behind it has held or was promised

    /// All that it is.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.payload_bytes, self.packets, self.flits, self.busy_time, self.stalled_time,
                        self.peak_flits);
    }

    /// In which something was on it or ready for it.
    Picoseconds work_time() const { return checked_add(busy_time, stalled_time); }

    LinkUse& operator+=(const LinkUse& other) {
        payload_bytes = checked_add(payload_bytes, other.payload_bytes);
        packets = checked_add(packets, other.packets);
        flits = checked_add(flits, other.flits);
        busy_time = checked_add(busy_time, other.busy_time);
        stalled_time = checked_add(stalled_time, other.stalled_time);
        peak_flits = std::max(peak_flits, other.peak_flits);
        return *this;
    }
    /// Leaves what was carried since `earlier`; the peak stays.
    LinkUse& operator-=(const LinkUse& earlier) {
        payload_bytes -= earlier.payload_bytes;
        packets -= earlier.packets;
        flits -= earlier.flits;
        busy_time -= earlier.busy_time;
        stalled_time -= earlier.stalled_time;
        return *this;
    }
};

/// Counts flits that cross a link; their bytes as energy, if it has a price of its own.
void count_crossing(EventCounts& counts, const LinkSpec& link, std::uint64_t flits, std::uint64_t flit_bytes);

/// Counts all that has crossed `links`.
void count_crossings(EventCounts& counts, const std::vector<LinkSpec>& links, const std::vector<LinkUse>& use,
                     std::uint64_t flit_bytes);

}  // namespace hypar
