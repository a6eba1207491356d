#include "sim/replay.h"

#include <algorithm>

#include <fmt/format.h>
#include <systemc>

#include "base/checked.h"
#include "base/error.h"
#include "sim/kernel_scope.h"

namespace hypar {
namespace {

/// Simulated time between two looks at the progress, where something happens that often.
constexpr Picoseconds kSlice = kPicosecondsPerSecond / 1000;

/// Within this, sums of times stay within 64 bits: 53 days.
constexpr Picoseconds kLatest = UINT64_MAX / 4;

void run_to_end(const Sequencer& sequencer, const ArrayModel& model, std::uint64_t planned_bytes,
                const Progress& progress) {
    while (!sequencer.is_finished()) {
        if (!sc_core::sc_pending_activity()) {
            throw RunError(fmt::format("the array came to a standstill in segment {} at {}",
                                       sequencer.results().size(), sc_core::sc_time_stamp().to_string()));
        }
        if (sc_core::sc_time_stamp().value() > kLatest) {
            throw RunError(fmt::format("the step takes more simulated time than can be counted; it is at {}",
                                       sc_core::sc_time_stamp().to_string()));
        }
        const Picoseconds slice = std::max<Picoseconds>(kSlice, sc_core::sc_time_to_pending_activity().value());
        sc_core::sc_start(sc_core::sc_time::from_value(slice), sc_core::SC_RUN_TO_TIME);
        if (progress) {
            progress(static_cast<double>(model.counts().dram_bytes) /
                     static_cast<double>(std::max<std::uint64_t>(1, planned_bytes)));
        }
    }
}

}  // namespace

std::uint64_t planned_memory_bytes(const Program& program) {
    std::uint64_t sum = 0;
    for (const Segment& segment : program.segments) {
        for (const auto& units : segment.compute) {
            for (const std::uint32_t schedule : units) {
                sum = checked_add(sum, program.schedules[schedule].memory_bytes());
            }
        }
        for (const Exchange& exchange : segment.exchanges) {
            // Read by the sender and written by the receiver, who first reads what it adds to.
            const std::uint64_t accesses = exchange.pattern == Pattern::ReduceScatter ? 3 : 2;
            for (const std::uint64_t sent : exchange.sent_bytes) {
                sum = checked_add(sum, checked_multiply(accesses, sent));
            }
        }
    }
    return sum;
}

ReplayResult replay(const Program& program, const ArraySpec& array, const Topology& topology,
                    const Progress& progress) {
    const KernelScope kernel;
    Calendar calendar("calendar");
    Sequencer sequencer("sequencer", calendar, program, array);
    ArrayModel model("array", calendar, array, topology, sequencer);
    sequencer.start(model);
    run_to_end(sequencer, model, planned_memory_bytes(program), progress);

    ReplayResult result;
    result.segments = sequencer.results();
    for (const auto& accelerator : model.accelerators()) {
        result.accelerators.push_back(
            {accelerator->interface().sent_bytes(), accelerator->interface().received_bytes()});
        for (const auto& vault : accelerator->vaults()) {
            result.busiest_vault_time = std::max(result.busiest_vault_time, vault->busy_time());
        }
        for (const auto& unit : accelerator->units()) {
            result.peak_buffer_bytes = std::max(result.peak_buffer_bytes, unit->buffer().peak());
        }
    }
    result.links = model.link_use();
    result.events = calendar.wake_ups();
    return result;
}

}  // namespace hypar
