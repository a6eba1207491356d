#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "arch/kernel/activity.h"
#include "arch/network/topology.h"
#include "sim/program/program.h"
#include "sim/replay/collapse.h"
#include "workloads/phase.h"

namespace hypar {

/// Slices of all units', vector units', vaults', interfaces' and links' tracks that a timeline has room for. A track
/// may have at least one all the same.
constexpr std::size_t kTimelineSlices = 100'000;

/// One segment of the step.
struct TimelineSegment {
    std::size_t layer = 0;
    Phase phase = Phase::Forward;
    LevelSet levels = 0;  ///< of the array at which it exchanges; none where it computes
    Picoseconds from = 0;
    Cycles cycles = 0;
    std::uint64_t memory_bytes = 0;  ///< read and written in all memories
    std::uint64_t link_bytes = 0;    ///< payload, each time that it crosses a link
};

/// What one accelerator sent to another in a segment.
struct TimelineTransfer {
    std::size_t segment = 0;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::uint64_t bytes = 0;
    Picoseconds sent = 0;      ///< when the sender began to read its first packet
    Picoseconds received = 0;  ///< when its last packet came to the receiver
};

/// Slices in order that do not overlap; `work` is their segment.
using TimelineTrack = std::vector<Activity>;

/// When every part of the array was at work in a step, from its beginning on.
struct Timeline {
    std::vector<TimelineSegment> segments;
    std::vector<TimelineTrack> units;         ///< processing units, by accelerator
    std::vector<TimelineTrack> vector_units;  ///< by accelerator
    std::vector<TimelineTrack> interfaces;    ///< by accelerator; one item is one exchange, its bytes those sent
    std::vector<TimelineTrack> vaults;        ///< by accelerator
    std::vector<TimelineTrack> links;         ///< by link of the topology
    std::vector<TimelineTransfer> transfers;
    std::size_t most_slices = 0;  ///< that there was room for
    /// Of an overlapped step so many of the segments follow each other; the others, at any time, are what slices are
    /// of.
    std::optional<std::size_t> in_a_row = {};
};

/// Places what parts of the array did in each segment on the time line of the step.
class TimelineBuilder {
public:
    /// All must outlive it.
    TimelineBuilder(const Program& program, const Topology& topology, const Clock& clock, std::size_t most_slices);

    /// Most slices that are worth writing down of one track in one segment.
    static std::size_t most_slices_of_segment(const Program& program, const Topology& topology,
                                              std::size_t most_slices);

    /// What a part did in the segment that comes next.
    void place(const Part& part, const SegmentActivity& activity);
    /// The segment ends after `cycles`.
    void end_segment(Cycles cycles);

    /// Shares the room among the tracks: those with few slices keep all, the others get the same number.
    Timeline finish();

private:
    using Tracks = std::vector<ActivitySlices>;

    void add(ActivitySlices& track, const std::vector<Activity>& slices, std::uint64_t& bytes);
    void add_exchange(std::size_t accelerator, const TransferTimes& times, std::uint64_t sent_bytes);
    void add_transfers();
    std::size_t slices_of_track() const;

    const Program& program_;
    const Topology& topology_;
    Clock clock_;
    Timeline timeline_;
    TimelineSegment segment_;           ///< that comes next
    std::vector<TransferTimes> times_;  ///< in it, by accelerator
    Tracks units_;
    Tracks vector_units_;
    Tracks interfaces_;
    Tracks vaults_;
    Tracks links_;
};

}  // namespace hypar
