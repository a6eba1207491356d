#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "report/text_style.h"
#include "sim/analysis/run_report.h"

namespace hypar {

/// The load of groups of links that do alike work, such as those of a level of a tree, and of the busiest links;
/// empty where none was in use.
std::string link_table(const RunReport& report, const TextStyle& style);

nlohmann::ordered_json links_json(const RunReport& report);

}  // namespace hypar
