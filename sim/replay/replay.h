#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/array/hardware_use.h"
#include "arch/network/topology.h"
#include "sim/program/program.h"
#include "sim/replay/remembered.h"
#include "sim/replay/replay_hooks.h"
#include "sim/replay/segment_result.h"
#include "sim/replay/timeline.h"

namespace hypar {

/// Whether every event is replayed, or what repeats itself is skipped. Both find the same integers.
enum class Fidelity { Full, Fast };

const char* name_of(Fidelity fidelity);

/// How a replay went; nothing of it belongs to what was simulated.
struct ReplayUse {
    std::uint64_t events = 0;             ///< wake-ups of modules
    std::uint64_t pieces = 0;             ///< parts of the array in all segments
    std::uint64_t distinct_pieces = 0;    ///< that differ
    std::uint64_t simulated_pieces = 0;   ///< that were not remembered either
    std::uint64_t jumps = 0;              ///< over whole periods
    std::uint64_t simulated_cycles = 0;   ///< of the simulated pieces
    std::uint64_t skipped_cycles = 0;     ///< of those, jumped over
    std::set<std::string> without_state;  ///< components that ruled jumps out

    ReplayUse& operator+=(const ReplayUse& other);
};

/// One segment over all accelerators.
struct SegmentTotals {
    Cycles cycles = 0;
    EventCounts counts;
    Picoseconds busiest_link_time = 0;   ///< longest that one link was busy or stalled
    Picoseconds busiest_vault_time = 0;  ///< longest that one data bus moved data
    /// Which it was: of several the first on the way of the flow that ended last, or else the first.
    std::optional<std::size_t> busiest_link = {};
    std::optional<LastWorker> last = {};  ///< none where there was nothing to do
    std::size_t busiest_vault = 0;        ///< of the last worker's accelerator, the first where some are equal
};

/// What a program did on the simulated hardware.
struct ReplayResult {
    std::vector<SegmentTotals> segments;  ///< in program order; fewer than the program has if it was stopped
    std::vector<InterfaceUse> accelerators;
    std::vector<LinkUse> links;           ///< by link of the topology
    Picoseconds busiest_vault_time = 0;   ///< in which the busiest vault's data bus moved data
    std::uint64_t peak_buffer_bytes = 0;  ///< of the fullest buffer
    std::optional<Timeline> timeline;     ///< where one was asked for
    ReplayUse use;
};

struct ReplayOptions {
    Fidelity fidelity = Fidelity::Fast;
    Remembered* remembered = nullptr;  ///< of earlier replays; used by Fast alone
    /// Of a timeline of the step; 0 for none. What is remembered has none, so all is simulated for it.
    std::size_t timeline_slices = 0;
    Progress progress;
    OfferArrayState offer_state;  ///< empty: all that the array shows
};

/// Runs a program on the array. Throws RunError if it comes to a standstill before its end.
ReplayResult replay(const Program& program, const ArraySpec& array, const Topology& topology,
                    const ReplayOptions& options = {});

}  // namespace hypar
