#pragma once

#include <cstdint>

#include "arch/state.h"
#include "base/checked.h"

namespace hypar {

/// What energy is paid for, in integers: the report multiplies them by the array's table.
struct EventCounts {
    std::uint64_t macs = 0;
    std::uint64_t adds = 0;          ///< of arriving partial sums and gradients
    std::uint64_t buffer_bytes = 0;  ///< into and out of the global buffers
    std::uint64_t dram_bytes = 0;    ///< read and written
    std::uint64_t link_bytes = 0;    ///< payload and headers, each time that they cross a link
    std::uint64_t sent_bytes = 0;    ///< payload that network interfaces injected

    /// Calls `visit(a, b)` with each pair of counters.
    template <typename Visit>
    static void for_each(EventCounts& a, const EventCounts& b, Visit visit) {
        visit(a.macs, b.macs);
        visit(a.adds, b.adds);
        visit(a.buffer_bytes, b.buffer_bytes);
        visit(a.dram_bytes, b.dram_bytes);
        visit(a.link_bytes, b.link_bytes);
        visit(a.sent_bytes, b.sent_bytes);
    }

    void offer_state(StateVisitor& visitor) {
        for_each(*this, *this, [&](std::uint64_t& a, std::uint64_t) { visitor.counter(a); });
    }

    EventCounts& operator+=(const EventCounts& other) {
        for_each(*this, other, [](std::uint64_t& a, std::uint64_t b) { a = checked_add(a, b); });
        return *this;
    }
    EventCounts& operator-=(const EventCounts& other) {
        for_each(*this, other, [](std::uint64_t& a, std::uint64_t b) { a -= b; });
        return *this;
    }
};

}  // namespace hypar
