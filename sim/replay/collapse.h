#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "arch/network/topology.h"
#include "sim/program/program.h"

namespace hypar {

/// What parts of the array have in common that cannot be told apart once numbered in their own order.
struct PartKind {
    Topology topology;                     ///< of one of them
    std::vector<std::uint64_t> signature;  ///< all that its modules are made from: nodes, links, routes, kinds
    std::vector<std::uint32_t> kinds;      ///< of its accelerators; none where all of the array are alike
};

/// Accelerators and switches that work in a segment without regard to all others.
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
    std::vector<PartKind> kinds;
    std::vector<Piece> pieces;
    std::vector<std::vector<Occurrence>> segments;  ///< by segment of the program
};

/// Takes a program apart. An accelerator computes by itself; accelerators that exchange are of one part if their
/// packets meet in a node. `kinds` are those of the accelerators, none where all are alike. `topology` must outlive
/// what it returns.
CollapsedProgram collapse(const Program& program, const Topology& topology,
                          const std::vector<std::uint32_t>& kinds = {});

/// All of a topology.
Part whole_part(const Topology& topology);

/// The whole array as one part, and each segment as one piece.
CollapsedProgram leave_whole(const Program& program, const Topology& topology,
                             const std::vector<std::uint32_t>& kinds = {});

}  // namespace hypar
