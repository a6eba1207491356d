#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "report/text_style.h"
#include "sim/analysis/run_report.h"

namespace hypar {

/// The step and its parts; of an overlapped schedule what is exposed and idle, and its bound.
std::string step_times(const RunReport& report);

/// The accelerators that are idle longest, if they differ; nothing of a sequential schedule.
std::string accelerator_table(const RunReport& report, const TextStyle& style);

/// docs/report-format.md: "overlap", of an overlapped schedule.
nlohmann::ordered_json overlap_json(const RunReport& report);

/// What an overlapped schedule assumes, and whether a sequential one would have been faster.
std::vector<std::string> overlap_notes(const RunReport& report);

}  // namespace hypar
