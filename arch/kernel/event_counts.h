#pragma once

#include <cstdint>
#include <tuple>

#include "arch/kernel/array_cycles.h"
#include "arch/kernel/state.h"
#include "base/checked.h"

namespace hypar {

/// What happened in an array, in integers: events, most of which the report multiplies by the array's energy table,
/// and the cycles of all processing and vector units, by what they went to.
struct EventCounts {
    std::uint64_t macs = 0;
    std::uint64_t vector_operations = 0;  ///< of vector units, each on one element
    std::uint64_t adds = 0;               ///< additions of arriving partial sums and gradients
    std::uint64_t register_bytes = 0;     ///< read from and written to the register files of processing elements
    std::uint64_t array_bytes = 0;        ///< that processing elements receive, from the buffer or from each other
    std::uint64_t buffer_bytes = 0;       ///< into and out of the global buffers and those of vector units
    std::uint64_t dram_bytes = 0;         ///< read from and written to the memories
    std::uint64_t link_bytes = 0;  ///< bytes of flits, each time that they cross a link that has no price of its own
    std::uint64_t priced_link_femtojoules = 0;  ///< energy of crossing links that have a price of their own
    std::uint64_t link_flits = 0;               ///< each time that one crosses a link, priced or not
    std::uint64_t injected_flits = 0;           ///< that network interfaces sent
    std::uint64_t endpoint_flits = 0;  ///< each time that one leaves or reaches an accelerator without a router
    std::uint64_t sent_bytes = 0;      ///< payload that network interfaces injected
    ArrayCycles unit_cycles;

    /// Each time that a flit passes a router: the one at its sender, and one at the end of every link, where there is
    /// one.
    std::uint64_t router_flits() const { return checked_add(injected_flits, link_flits) - endpoint_flits; }

    /// All counters.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.macs, self.vector_operations, self.adds, self.register_bytes, self.array_bytes,
                        self.buffer_bytes, self.dram_bytes, self.link_bytes, self.priced_link_femtojoules,
                        self.link_flits, self.injected_flits, self.endpoint_flits, self.sent_bytes,
                        self.unit_cycles.multiply, self.unit_cycles.fill, self.unit_cycles.delivery,
                        self.unit_cycles.buffer, self.unit_cycles.drain, self.unit_cycles.vector);
    }

    /// Calls `visit(a, b)` with each pair of counters.
    template <typename Visit>
    static void for_each(EventCounts& a, const EventCounts& b, Visit visit) {
        std::apply([&](auto&... of_a) { std::apply([&](auto&... of_b) { (visit(of_a, of_b), ...); }, numbers(b)); },
                   numbers(a));
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
