#pragma once

#include <cstdint>

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
    /// Calls `visit` with each of them.
    template <typename Visit>
    void for_each(Visit visit) {
        for (Cycles* cycles : {&multiply, &fill, &delivery, &buffer, &drain}) visit(*cycles);
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
