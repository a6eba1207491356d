#include "sim/overlap/computed_tasks.h"

#include <algorithm>

#include "base/error.h"

namespace hypar {
namespace {

Program computing_of(const Program& program) {
    Program computing;
    computing.schedules = program.schedules;
    computing.vector_schedules = program.vector_schedules;
    for (const Segment& segment : program.segments) {
        if (segment.is_compute()) computing.segments.push_back(segment);
    }
    return computing;
}

}  // namespace

ComputedTasks::ComputedTasks(const OverlappedProgram& input, const ReplayOptions& options)
    : program_(computing_of(input.program)),
      options_(options),
      pieces_(program_, input.memory.computing, input.topology, options_) {
    std::size_t computing = 0;
    for (const Segment& segment : input.program.segments) places_.push_back(segment.is_compute() ? computing++ : 0);
    pieces_.find();
    check_known(pieces_);
}

const SegmentResult& ComputedTasks::result(std::size_t segment, std::size_t accelerator) const {
    return *pieces_.result(pieces_.collapsed().segments[places_[segment]][accelerator].piece);
}

std::size_t ComputedTasks::start(const TaskStart& start, Cycles now, ResultBuilder& builder) const {
    const Occurrence& occurrence = pieces_.collapsed().segments[places_[start.task]][start.accelerator];
    const SegmentResult& piece = *pieces_.result(occurrence.piece);
    builder.count(start.task, piece.use.counts);
    builder.add(pieces_.collapsed().parts[occurrence.part], piece.use);
    const std::vector<Picoseconds>& busy = piece.use.vaults_busy;
    const auto busiest = std::max_element(busy.begin(), busy.end()) - busy.begin();
    return builder.add({static_cast<std::uint32_t>(start.accelerator), start.task, start.step, now, 0,
                        piece.last->unit, static_cast<std::size_t>(busiest), piece.last->spent});
}

void check_known(const Pieces& pieces) {
    const auto& segments = pieces.collapsed().segments;
    const bool are_known =
        std::all_of(segments.begin(), segments.end(), [&](const auto& segment) { return pieces.knows(segment); });
    if (!are_known) throw RunError("stopped; of an overlapped schedule there are no results before its end");
}

}  // namespace hypar
