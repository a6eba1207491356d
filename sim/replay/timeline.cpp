#include "sim/replay/timeline.h"

#include <algorithm>

#include "base/checked.h"

namespace hypar {
namespace {

/// While a timeline is made, tracks may have more slices than their share, since others may leave them theirs.
constexpr std::size_t kRoomWhileMade = 4;
constexpr std::size_t kRoomOfSegment = 16;
/// A segment's track has so many in any case: what comes before a jump, the jump, and what comes behind it.
constexpr std::size_t kLeastOfSegment = 8;

std::size_t track_count(const Program& program, const Topology& topology) {
    const std::size_t of_an_accelerator = program.vector_schedules.empty() ? 3 : 4;
    return of_an_accelerator * topology.accelerator_count() + topology.links().size();
}

/// The largest number that, as the most of each, keeps the sum of `counts` within `room`; at least 1.
std::size_t largest_share(std::vector<std::size_t> counts, std::size_t room) {
    std::sort(counts.begin(), counts.end());
    std::size_t left = room;
    for (std::size_t index = 0; index < counts.size(); ++index) {
        const std::size_t share = left / (counts.size() - index);
        if (counts[index] > share) return std::max<std::size_t>(1, share);
        left -= counts[index];
    }
    return SIZE_MAX;
}

}  // namespace

TimelineBuilder::TimelineBuilder(const Program& program, const Topology& topology, const Clock& clock,
                                 std::size_t most_slices)
    : program_(program), topology_(topology), clock_(clock), times_(topology.accelerator_count()) {
    timeline_.most_slices = most_slices;
    const ActivitySlices empty(
        std::max<std::size_t>(2, kRoomWhileMade * most_slices / track_count(program, topology)));
    units_.assign(topology.accelerator_count(), empty);
    interfaces_ = vaults_ = vector_units_ = units_;
    links_.assign(topology.links().size(), empty);
}

std::size_t TimelineBuilder::most_slices_of_segment(const Program& program, const Topology& topology,
                                                    std::size_t most_slices) {
    const std::size_t shares = track_count(program, topology) * std::max<std::size_t>(1, program.segments.size());
    return std::max(kLeastOfSegment, kRoomOfSegment * most_slices / shares);
}

void TimelineBuilder::place(const Part& part, const SegmentActivity& activity) {
    for (std::size_t i = 0; i < activity.units.size(); ++i) {
        std::uint64_t moved_bytes = 0;
        add(units_[part.nodes[i]], activity.units[i], moved_bytes);
        add(vector_units_[part.nodes[i]], activity.vector_units[i], moved_bytes);
        add(vaults_[part.nodes[i]], activity.vaults[i], segment_.memory_bytes);
        times_[part.nodes[i]] = activity.transfers[i];
    }
    for (std::size_t link = 0; link < activity.links.size(); ++link) {
        add(links_[part.links[link]], activity.links[link], segment_.link_bytes);
    }
}

void TimelineBuilder::add(ActivitySlices& track, const std::vector<Activity>& slices, std::uint64_t& bytes) {
    for (Activity slice : slices) {
        slice.from = checked_add(slice.from, segment_.from);
        slice.to = checked_add(slice.to, segment_.from);
        slice.work = timeline_.segments.size();
        bytes = checked_add(bytes, slice.bytes);
        track.add(slice);
    }
}

void TimelineBuilder::end_segment(Cycles cycles) {
    const Segment& segment = program_.segments[timeline_.segments.size()];
    segment_.layer = segment.layer;
    segment_.phase = segment.phase;
    segment_.cycles = cycles;
    if (!segment.is_compute()) {
        segment_.levels = segment.levels;
        add_transfers();
    }
    timeline_.segments.push_back(segment_);
    const Picoseconds end = checked_add(segment_.from, clock_.duration(cycles));
    segment_ = {};
    segment_.from = end;
    times_.assign(times_.size(), {});
}

void TimelineBuilder::add_transfers() {
    const std::size_t index = timeline_.segments.size();
    const std::vector<Flow>& flows = program_.segments[index].flows;
    const std::vector<FlowEnds> ends = flow_ends(flows, times_.size());
    std::vector<Picoseconds> received(flows.size());
    for (std::size_t i = 0; i < ends.size(); ++i) {
        for (std::size_t place = 0; place < ends[i].entering.size(); ++place) {
            received[ends[i].entering[place]] = segment_.from + times_[i].last_received[place];
        }
    }
    for (std::size_t i = 0; i < ends.size(); ++i) {
        if (ends[i].leaving.empty() && ends[i].entering.empty()) continue;
        std::uint64_t sent_bytes = 0;
        for (std::size_t place = 0; place < ends[i].leaving.size(); ++place) {
            const Flow& flow = flows[ends[i].leaving[place]];
            sent_bytes = checked_add(sent_bytes, flow.bytes);
            timeline_.transfers.push_back({index, i, flow.to, flow.bytes, segment_.from + times_[i].first_read[place],
                                           received[ends[i].leaving[place]]});
        }
        add_exchange(i, times_[i], sent_bytes);
    }
}

void TimelineBuilder::add_exchange(std::size_t accelerator, const TransferTimes& times, std::uint64_t sent_bytes) {
    Activity slice;
    slice.from = segment_.from + times.begin;
    slice.to = segment_.from + times.end;
    slice.busy = slice.duration();
    slice.bytes = sent_bytes;
    slice.items = 1;
    slice.work = timeline_.segments.size();
    interfaces_[accelerator].add(slice);
}

std::size_t TimelineBuilder::slices_of_track() const {
    std::vector<std::size_t> counts;
    for (const Tracks* tracks : {&units_, &vector_units_, &interfaces_, &vaults_, &links_}) {
        for (const ActivitySlices& track : *tracks) counts.push_back(track.slices().size());
    }
    return largest_share(std::move(counts), timeline_.most_slices);
}

Timeline TimelineBuilder::finish() {
    const std::size_t most = slices_of_track();
    const auto shrunk = [&](Tracks& tracks) {
        std::vector<TimelineTrack> finished;
        for (ActivitySlices& track : tracks) {
            track.shrink_to(most);
            finished.push_back(std::move(track.slices()));
        }
        return finished;
    };
    timeline_.units = shrunk(units_);
    timeline_.vector_units = shrunk(vector_units_);
    timeline_.interfaces = shrunk(interfaces_);
    timeline_.vaults = shrunk(vaults_);
    timeline_.links = shrunk(links_);
    return std::move(timeline_);
}

}  // namespace hypar
