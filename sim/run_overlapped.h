#pragma once

#include "sim/analysis/run_report.h"
#include "sim/program/program.h"
#include "sim/program/run_input.h"
#include "sim/replay/replay.h"

namespace hypar {

/// Runs a program that was lowered for an overlapped schedule and adds what it did to a report, which has its
/// topology. Counts are those of one step, times those of the last. Throws RunError if it is stopped.
void add_overlapped(RunReport& report, const RunInput& input, const Program& program, Remembered& remembered,
                    const ReplayOptions& options, const ReplayOptions& of_path);

}  // namespace hypar
