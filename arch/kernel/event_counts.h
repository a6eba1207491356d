#pragma once

#include <cstdint>

#include "arch/kernel/array_cycles.h"
#include "arch/kernel/state.h"
#include "base/checked.h"

namespace hypar {

/// What happened, in integers: what energy is paid for, which the report multiplies by the array's table, and what
/// the cycles of the arrays of processing elements went to, over all processing units.
struct EventCounts {
    std::uint64_t macs = 0;
    std::uint64_t adds = 0;            ///< of arriving partial sums and gradients
    std::uint64_t register_bytes = 0;  ///< read from and written to the register files of processing elements
    std::uint64_t array_bytes = 0;     ///< that processing elements receive, from the buffer or from each other
    std::uint64_t buffer_bytes = 0;    ///< into and out of the global buffers
    std::uint64_t dram_bytes = 0;      ///< read and written
    std::uint64_t link_bytes = 0;      ///< of flits, each time that they cross a link of the table's price
    std::uint64_t priced_link_femtojoules = 0;  ///< of crossing links that have a price of their own
    std::uint64_t sent_bytes = 0;               ///< payload that network interfaces injected
    ArrayCycles unit_cycles;

    /// Calls `visit(a, b)` with each pair of counters.
    template <typename Visit>
    static void for_each(EventCounts& a, const EventCounts& b, Visit visit) {
        visit(a.macs, b.macs);
        visit(a.adds, b.adds);
        visit(a.register_bytes, b.register_bytes);
        visit(a.array_bytes, b.array_bytes);
        visit(a.buffer_bytes, b.buffer_bytes);
        visit(a.dram_bytes, b.dram_bytes);
        visit(a.link_bytes, b.link_bytes);
        visit(a.priced_link_femtojoules, b.priced_link_femtojoules);
        visit(a.sent_bytes, b.sent_bytes);
        visit(a.unit_cycles.multiply, b.unit_cycles.multiply);
        visit(a.unit_cycles.fill, b.unit_cycles.fill);
        visit(a.unit_cycles.delivery, b.unit_cycles.delivery);
        visit(a.unit_cycles.buffer, b.unit_cycles.buffer);
        visit(a.unit_cycles.drain, b.unit_cycles.drain);
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
