#pragma once

#include <cstddef>

#include "sim/overlap/overlapped_run.h"
#include "sim/overlap/program_part.h"
#include "sim/overlap/result_builder.h"
#include "sim/overlap/task_scheduler.h"
#include "sim/replay/pieces.h"

namespace hypar {

/// What accelerators compute, each distinct task simulated by itself: it takes the same time whatever is exchanged
/// meanwhile (memory_share.h).
class ComputedTasks {
public:
    /// `input` must outlive it. Where `options`' progress stops it, what it would tell throws RunError.
    ComputedTasks(const OverlappedProgram& input, ReplayOptions options);

    Cycles cycles(std::size_t segment, std::size_t accelerator) const { return result(segment, accelerator).cycles; }
    /// Notes what the task does, but for its end. Returns its place in the result.
    std::size_t start(const TaskStart& start, Cycles now, ResultBuilder& builder) const;
    ReplayUse use() const { return pieces_.use(); }

private:
    const SegmentResult& result(std::size_t segment, std::size_t accelerator) const;

    ProgramPart part_;
    ReplayOptions options_;
    Pieces pieces_;
};

}  // namespace hypar
