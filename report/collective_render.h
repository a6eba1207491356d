#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "report/text_style.h"
#include "sim/analysis/run_report.h"

namespace hypar {

/// What the collectives took beside what they cannot take less than: the sum, and the furthest from it; empty where
/// nothing is exchanged.
std::string collective_table(const RunReport& report, const TextStyle& style);

nlohmann::ordered_json collectives_json(const RunReport& report);

}  // namespace hypar
