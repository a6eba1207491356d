#pragma once

#include <cstddef>
#include <vector>

#include "sim/program/program.h"
#include "sim/replay/pieces.h"

namespace hypar {

/// The segments of a program that compute, or those that exchange.
struct ProgramPart {
    Program program;
    std::vector<std::size_t> places;  ///< by segment of the whole: its place in the part; 0 if it is not in it
};

ProgramPart part_of(const Program& program, bool computes);

/// Throws RunError if pieces are unknown, because they were stopped.
void check_known(const Pieces& pieces);

}  // namespace hypar
