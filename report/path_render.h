#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "report/text_style.h"
#include "sim/analysis/run_report.h"

namespace hypar {

/// "12.3 %"
std::string share_of_step(const RunReport& report, Cycles cycles);

/// `--explain path`: what the step waits for, what it would take without each resource and layer, and its longest
/// segments. One line if the report has no critical path.
std::string explain_path(const RunReport& report, const TextStyle& style = {});

// docs/report-format.md: "timeline", "memory.over_step" and "critical_path", of a report that has one.
nlohmann::ordered_json timeline_json(const RunReport& report);
nlohmann::ordered_json over_step_json(const RunReport& report);
nlohmann::ordered_json critical_path_json(const RunReport& report);

}  // namespace hypar
