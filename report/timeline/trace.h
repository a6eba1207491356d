#pragma once

#include <string>

#include "sim/analysis/run_report.h"

namespace hypar {

/// docs/trace.md: the step's timeline, which the report must have, as a Chrome trace.
std::string trace_json(const RunReport& report);

}  // namespace hypar
