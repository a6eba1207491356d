#pragma once

#include <cstddef>
#include <optional>
#include <tuple>
#include <vector>

#include "arch/array/hardware_use.h"
#include "arch/kernel/activity.h"
#include "arch/kernel/array_cycles.h"
#include "arch/kernel/time.h"
#include "sim/program/program.h"

namespace hypar {

/// The unit, vector unit or network interface that a segment waited for last; of several on one clock edge the
/// lowest.
struct LastWorker {
    std::size_t accelerator = 0;
    /// Of the vector unit: the number of processing units. Of the interface: the place of the flow that ended last
    /// among those that enter.
    std::size_t unit = 0;
    Cycles at = 0;      ///< from the segment's start until it told that it was done
    ArrayCycles spent;  ///< of the unit

    /// All that it is.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.accelerator, self.unit, self.at, self.spent);
    }
};

/// The flow that an exchange waited for last, whose interface was `last`.
const Flow& last_flow(const Segment& segment, const LastWorker& last);

/// What one segment took and did.
struct SegmentResult {
    Cycles cycles = 0;
    HardwareUse use;
    std::optional<LastWorker> last;  ///< none where there was nothing to do
    std::vector<Cycles> ends;        ///< by accelerator: when all of its workers had told that they were done
    std::optional<SegmentActivity> activity;  ///< where it was written down

    /// What is remembered: all but activities.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.cycles, self.use, self.last, self.ends);
    }
};

}  // namespace hypar
