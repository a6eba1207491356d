#include "sim/analysis/overlap_timeline.h"

#include <algorithm>

#include "base/checked.h"

namespace hypar {
namespace {

/// What a task moves to and from memory, in how many tiles.
void add_tiles(Activity& slice, const Program& program, const TaskTime& task) {
    const Segment& segment = program.segments[task.task];
    if (!segment.compute.empty()) {
        for (const std::uint32_t number : segment.compute[task.accelerator]) {
            slice.bytes = checked_add(slice.bytes, program.schedules[number].memory_bytes());
            slice.items = checked_add(slice.items, program.schedules[number].size());
        }
    }
    if (segment.vector_work.empty()) return;
    const VectorSchedule& work = program.vector_schedules[segment.vector_work[task.accelerator]];
    slice.bytes = checked_add(slice.bytes, work.memory_bytes());
    slice.items = checked_add(slice.items, work.size());
}

void add_sent(Activity& slice, const OverlappedProgram& input, const TaskTime& task) {
    slice.items = 1;
    const std::vector<Flow>& flows = input.program.segments[task.task].flows;
    for (const std::uint32_t number : input.groups[*input.groups.group_of(task.task, task.accelerator)].flows) {
        const Flow& flow = flows[number];
        if (flow.from == task.accelerator) slice.bytes = checked_add(slice.bytes, flow.bytes);
    }
}

std::vector<TimelineTrack> tracks_of(std::vector<ActivitySlices>& tracks, std::size_t most) {
    std::vector<TimelineTrack> finished;
    for (ActivitySlices& track : tracks) {
        track.shrink_to(most);
        finished.push_back(std::move(track.slices()));
    }
    return finished;
}

}  // namespace

Timeline overlapped_timeline(const OverlappedProgram& input, const OverlappedResult& result,
                             const std::vector<PathSegment>& path, Cycles window_start, std::size_t most_slices) {
    const Clock& clock = input.memory.computing.clock;
    Timeline timeline;
    timeline.most_slices = most_slices;
    for (const PathSegment& segment : path) {
        timeline.segments.push_back({segment.entry.layer, segment.entry.phase, segment.entry.levels,
                                     clock.duration(segment.entry.start), segment.entry.cycles, 0, 0});
    }
    timeline.in_a_row = timeline.segments.size();
    for (const Segment& segment : input.program.segments) {
        timeline.segments.push_back({segment.layer, segment.phase, segment.levels, 0, 0, 0, 0});
    }
    const std::size_t accelerators = input.topology.accelerator_count();
    const std::size_t most = std::max<std::size_t>(2, most_slices / (2 * accelerators));
    std::vector<ActivitySlices> units(accelerators, ActivitySlices(most));
    std::vector<ActivitySlices> interfaces = units;
    for (const TaskTime& task : result.tasks) {
        if (task.end <= window_start) continue;
        Activity slice;
        slice.from = clock.duration(std::max(task.start, window_start) - window_start);
        slice.to = clock.duration(task.end - window_start);
        slice.busy = slice.duration();
        slice.work = *timeline.in_a_row + task.task;
        const bool computes = input.program.segments[task.task].is_compute();
        if (computes) {
            add_tiles(slice, input.program, task);
        } else {
            add_sent(slice, input, task);
        }
        (computes ? units : interfaces)[task.accelerator].add(slice);
    }
    timeline.units = tracks_of(units, most);
    timeline.interfaces = tracks_of(interfaces, most);
    timeline.vector_units.resize(accelerators);
    timeline.vaults.resize(accelerators);
    return timeline;
}

}  // namespace hypar
