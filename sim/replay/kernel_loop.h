#pragma once

#include <functional>
#include <string>

#include "arch/kernel/calendar.h"
#include "arch/network/interconnect_model.h"

namespace hypar {

/// What a kernel is run for.
struct KernelLoop {
    std::function<bool()> is_finished;
    std::function<bool()> goes_on;      ///< asked now and then
    std::function<std::string()> what;  ///< is under way, for messages
};

/// Lets the kernel go on until it is finished, or `goes_on` says no: then false. Throws RunError at a standstill, and
/// where simulated time is more than can be counted, and what components throw.
bool run_kernel_loop(const KernelLoop& loop, const Calendar& calendar, const InterconnectModel& interconnect);

}  // namespace hypar
