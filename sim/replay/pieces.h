#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/network/topology.h"
#include "sim/program/program.h"
#include "sim/replay/collapse.h"
#include "sim/replay/remembered.h"
#include "sim/replay/replay.h"
#include "sim/replay/segment_result.h"

namespace hypar {

/// The pieces of a program, each distinct one simulated once: those of one kind of part after each other in one
/// kernel.
class Pieces {
public:
    /// All must outlive it.
    Pieces(const Program& program, const ArraySpec& array, const Topology& topology, const ReplayOptions& options);

    /// Simulates those that are not remembered; `options`' progress may stop it, so that some are unknown.
    void find();
    /// Simulates a piece if it is unknown, and all others of its kind with it. None if it was stopped.
    const std::optional<SegmentResult>& find(std::size_t piece);

    const CollapsedProgram& collapsed() const { return collapsed_; }
    /// None of a piece that is unknown.
    const std::optional<SegmentResult>& result(std::size_t piece) const { return results_[piece]; }
    bool knows(const std::vector<Occurrence>& segment) const;
    /// What it took; its pieces are those of all segments.
    ReplayUse use() const;

private:
    bool is_fast() const { return options_.fidelity == Fidelity::Fast; }
    bool has_timeline() const { return options_.timeline_slices > 0; }
    void recall();
    Program program_of(std::size_t kind) const;
    bool simulate(std::size_t kind);
    void take(std::size_t piece, SegmentResult result);

    const Program& program_;
    const ArraySpec& array_;
    const Topology& topology_;
    const ReplayOptions& options_;
    CollapsedProgram collapsed_;
    std::vector<std::optional<SegmentResult>> results_;  ///< by piece
    std::vector<Remembered::Key> keys_;                  ///< by piece
    std::vector<std::vector<std::size_t>> to_simulate_;  ///< pieces, by kind
    double done_ = 0;                                    ///< part of the pieces that are known
    ReplayUse use_;
};

}  // namespace hypar
