#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "report/text_style.h"
#include "sim/analysis/run_report.h"

namespace hypar {

/// What bounds the exchange of each phase that has one, and of the step. Empty if nothing is exchanged.
std::string exchange_table(const RunReport& report, const TextStyle& style = {});

nlohmann::ordered_json exchange_json(const ExchangeCycles& exchange);

}  // namespace hypar
