#pragma once

#include <cstdint>
#include <tuple>

#include "arch/kernel/time.h"
#include "base/checked.h"

namespace hypar {

/// Cycles of a processing unit's array, or of a vector unit, by what they go to.
struct ArrayCycles {
    Cycles multiply = 0;  ///< the fullest processing element multiplies and adds
    Cycles fill = 0;      ///< filters, first features and earlier sums are loaded before a pass can begin
    Cycles delivery = 0;  ///< the elements wait for one of the three networks
    Cycles buffer = 0;    ///< the networks wait for the buffer's banks
    Cycles drain = 0;     ///< the last sums leave
    Cycles vector = 0;    ///< a vector unit's lanes are at work

    Cycles total() const { return multiply + fill + delivery + buffer + drain + vector; }
    /// All of them.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.multiply, self.fill, self.delivery, self.buffer, self.drain, self.vector);
    }
    ArrayCycles& operator+=(const ArrayCycles& other) {
        multiply = checked_add(multiply, other.multiply);
        fill = checked_add(fill, other.fill);
        delivery = checked_add(delivery, other.delivery);
        buffer = checked_add(buffer, other.buffer);
        drain = checked_add(drain, other.drain);
        vector = checked_add(vector, other.vector);
        return *this;
    }
    ArrayCycles times(std::uint64_t passes) const {
        return {checked_multiply(multiply, passes), checked_multiply(fill, passes),
                checked_multiply(delivery, passes), checked_multiply(buffer, passes),
                checked_multiply(drain, passes),    checked_multiply(vector, passes)};
    }
};

}  // namespace hypar
