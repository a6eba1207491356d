#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "report/text_style.h"
#include "sim/analysis/run_report.h"

namespace hypar {

/// `--explain mapping`: for each layer and phase how it is laid on the processing units, and what holds it back.
std::string explain_mapping(const RunReport& report, const TextStyle& style = {});

/// docs/report-format.md: "mapping" and "unit_cycles" of a phase; null where nothing is computed.
nlohmann::ordered_json mapping_json(const PhaseReport& phase);
nlohmann::ordered_json unit_cycles_json(const PhaseReport& phase, const ArraySpec& array);
/// Cycles of units by what they go to; of vector units' lanes only where the array has some.
nlohmann::ordered_json spent_json(const ArrayCycles& spent, Cycles waiting, const ArraySpec& array);

}  // namespace hypar
