#pragma once

#include <string>
#include <vector>

#include "partition/search/plan_report.h"
#include "report/text_style.h"
#include "sim/analysis/run_report.h"

namespace hypar {

/// A sentence on what a partial report covers, for its text.
std::string partial_note(const RunReport& report);

/// The report for people.
std::string run_text(const RunReport& report, const TextStyle& style = {});

/// docs/report-format.md, "hypar run". `alternatives` of `--explain plan` are left out where there are none.
std::string run_json(const RunReport& report, const std::vector<CellAlternative>& alternatives = {});

/// What the models leave out and where the numbers differ from the paper or from silicon.
std::vector<std::string> run_notes(const RunReport& report);

/// Multiply-accumulates over what all processing elements could do in the compute time; 0 where there is none.
double utilisation(const RunReport& report, const PhaseReport& phase);

/// A multiply-accumulate a cycle in each element of all accelerators.
double peak_macs_per_second(const RunReport& report);

double to_seconds(Picoseconds time);

/// Seconds of `cycles` of the array's clock.
double seconds_of(const RunReport& report, Cycles cycles);

}  // namespace hypar
