#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "arch/array.h"
#include "arch/event_counts.h"
#include "arch/router.h"
#include "arch/topology.h"
#include "sim/program.h"
#include "sim/sequencer.h"

namespace hypar {

/// Payload of one accelerator's network interface.
struct InterfaceUse {
    std::uint64_t sent_bytes = 0;
    std::uint64_t received_bytes = 0;
};

/// What a program did on the simulated hardware.
struct ReplayResult {
    std::vector<SegmentResult> segments;  ///< in program order
    std::vector<InterfaceUse> accelerators;
    std::vector<LinkUse> links;           ///< by link of the topology
    Picoseconds busiest_vault_time = 0;   ///< in which the busiest vault's data bus moved data
    std::uint64_t peak_buffer_bytes = 0;  ///< of the fullest buffer
    std::uint64_t events = 0;             ///< wake-ups of modules
};

/// Told now and then which fraction (0 to 1) of the work is done.
using Progress = std::function<void(double)>;

/// Runs a program on the array, event by event. Throws RunError if it comes to a standstill before its end.
ReplayResult replay(const Program& program, const ArraySpec& array, const Topology& topology,
                    const Progress& progress);

/// Bytes that a program reads from and writes to all memories, as its schedules and exchanges say.
std::uint64_t planned_memory_bytes(const Program& program);

}  // namespace hypar
