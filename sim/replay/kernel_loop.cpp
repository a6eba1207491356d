#include "sim/replay/kernel_loop.h"

#include <algorithm>

#include <fmt/format.h>
#include <systemc>

#include "arch/kernel/time.h"
#include "arch/network/standstill.h"
#include "base/error.h"

namespace hypar {
namespace {

/// Simulated time between two looks at the progress, where something happens that often.
constexpr Picoseconds kSlice = kPicosecondsPerSecond / 1000;

/// Within this, sums of times stay within 64 bits: 53 days.
constexpr Picoseconds kLatest = UINT64_MAX / 4;

}  // namespace

bool run_kernel_loop(const KernelLoop& loop, const Calendar& calendar, const InterconnectModel& interconnect) {
    while (!loop.is_finished()) {
        if (!sc_core::sc_pending_activity()) throw standstill(loop.what(), interconnect);
        if (sc_core::sc_time_stamp().value() > kLatest) {
            throw RunError(fmt::format("the step takes more simulated time than can be counted; it is at {}",
                                       sc_core::sc_time_stamp().to_string()));
        }
        const Picoseconds slice = std::max<Picoseconds>(kSlice, sc_core::sc_time_to_pending_activity().value());
        sc_core::sc_start(sc_core::sc_time::from_value(slice), sc_core::SC_RUN_TO_TIME);
        calendar.throw_failure();
        if (!loop.goes_on()) return false;
    }
    return true;
}

}  // namespace hypar
