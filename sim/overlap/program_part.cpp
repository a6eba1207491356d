#include "sim/overlap/program_part.h"

#include "base/error.h"

namespace hypar {

ProgramPart part_of(const Program& program, bool computes) {
    ProgramPart part;
    if (computes) {
        part.program.schedules = program.schedules;
        part.program.vector_schedules = program.vector_schedules;
    }
    for (const Segment& segment : program.segments) {
        const bool is_in_it = segment.is_compute() == computes;
        part.places.push_back(is_in_it ? part.program.segments.size() : 0);
        if (is_in_it) part.program.segments.push_back(segment);
    }
    return part;
}

const SegmentResult& known(const std::optional<SegmentResult>& piece) {
    if (!piece) throw RunError("stopped; of an overlapped schedule there are no results before its end");
    return *piece;
}

}  // namespace hypar
