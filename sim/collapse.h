#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "arch/topology.h"
#include "sim/program.h"

namespace hypar {

/// Accelerators and switches that work in a segment without regard to all others. Parts of one kind have the same
/// links and routes: numbered in their own order they cannot be told apart.
struct Part {
    std::size_t kind = 0;
    std::vector<std::size_t> nodes;  ///< of the topology, ascending: accelerators come first
    std::vector<std::size_t> links;  ///< between them, ascending
};

/// What a part of some kind does in some segment.
struct Piece {
    std::size_t kind = 0;
    Segment segment;  ///< by accelerator of the part; partners are numbered within it
};

struct Occurrence {
    std::size_t piece = 0;
    std::size_t part = 0;
};

/// A program taken apart into what its independent parts do, each distinct piece once.
struct CollapsedProgram {
    std::vector<Part> parts;
    std::vector<std::size_t> kinds;                      ///< a part of each kind
    std::vector<std::vector<std::uint64_t>> signatures;  ///< by kind: what its parts have in common
    std::vector<Piece> pieces;
    std::vector<std::vector<Occurrence>> segments;  ///< by segment of the program
};

/// Takes a program apart. An accelerator computes by itself; accelerators that exchange are of one part if their
/// packets meet in a node.
CollapsedProgram collapse(const Program& program, const Topology& topology);

/// The whole array as one part, and each segment as one piece.
CollapsedProgram leave_whole(const Program& program, const Topology& topology);

}  // namespace hypar
