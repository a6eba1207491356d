#pragma once

#include <string>

#include "sim/analysis/run_report.h"

namespace hypar {

/// What every trace begins with.
constexpr const char* kTraceBeginning = "{\"displayTimeUnit\"";

/// docs/trace.md: the step's timeline, which the report must have, as a Chrome trace.
std::string trace_json(const RunReport& report);

}  // namespace hypar
