#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "sim/analysis/run_report.h"

namespace hypar {

/// A line for each kind of accelerators; nothing where all are alike.
std::string kinds_text(const RunReport& report);

/// docs/report-format.md, `hardware.kinds`.
nlohmann::ordered_json kinds_json(const RunReport& report);

}  // namespace hypar
