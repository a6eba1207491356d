#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sim/program/program.h"
#include "sim/replay/segment_result.h"

namespace hypar {

/// The segments of a program that compute, or those that exchange.
struct ProgramPart {
    Program program;
    std::vector<std::size_t> places;  ///< by segment of the whole: its place in the part; 0 if it is not in it
};

ProgramPart part_of(const Program& program, bool computes);

/// What a piece did. Throws RunError if that is unknown because the run was stopped.
const SegmentResult& known(const std::optional<SegmentResult>& piece);

}  // namespace hypar
