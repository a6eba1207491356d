#pragma once

#include "sim/analysis/run_report.h"
#include "sim/program/program.h"
#include "sim/program/run_input.h"

namespace hypar {

/// Throws RunError unless what was sent, received, computed and moved is what the plan and its program ask for, and
/// no link, buffer or processing element has done more than it can.
void check_conservation(const RunInput& input, const Program& program, const RunReport& report);

}  // namespace hypar
