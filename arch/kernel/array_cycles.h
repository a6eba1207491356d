#pragma once

#include <cstdint>
#include <tuple>

#include "arch/kernel/time.h"
#include "base/checked.h"

namespace hypar {

/// Cycles of a processing unit's array by what they go to.
struct ArrayCycles {
    Cycles multiply = 0;  ///< the fullest processing element multiplies and adds
    Cycles fill = 0;      ///< filters, first features and earlier sums are loaded before a pass can begin
    Cycles delivery = 0;  ///< the elements wait for one of the three networks
    Cycles buffer = 0;    ///< the networks wait for the buffer's banks
    Cycles drain = 0;     ///< the last sums leave

    Cycles total() const { return multiply + fill + delivery + buffer + drain; }
    /// All of them.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.multiply, self.fill, self.delivery, self.buffer, self.drain);
    }
    ArrayCycles& operator+=(const ArrayCycles& other) {
        multiply = checked_add(multiply, other.multiply);
        fill = checked_add(fill, other.fill);
        delivery = checked_add(delivery, other.delivery);
        buffer = checked_add(buffer, other.buffer);
        drain = checked_add(drain, other.drain);
        return *this;
    }
    ArrayCycles times(std::uint64_t passes) const {
        return {checked_multiply(multiply, passes), checked_multiply(fill, passes),
                checked_multiply(delivery, passes), checked_multiply(buffer, passes),
                checked_multiply(drain, passes)};
    }
};

}  // namespace hypar
