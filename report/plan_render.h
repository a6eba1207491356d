#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "partition/search/plan_report.h"
#include "report/text_style.h"
#include "report/text_table.h"

namespace hypar {

/// The plan as a grid of layers and levels, as Figure 5 of the paper draws it, and the bytes of every level.
std::string plan_text(const PlanReport& report, const TextStyle& style = {});

/// docs/report-format.md, "hypar partition". `alternatives` of `--explain plan` are left out where there are none.
std::string plan_json(const PlanReport& report, const std::vector<CellAlternative>& alternatives = {});

/// The "alternatives" of a JSON report.
nlohmann::ordered_json alternatives_json(const std::vector<std::string>& layers,
                                         const std::vector<CellAlternative>& alternatives);

/// The grid alone: a row a layer, a column a level.
std::string plan_grid(const Plan& plan, const std::vector<std::string>& layers, const TextStyle& style = {});

/// `--explain plan`: for each cell, what the whole plan would cost with the other choice there. Empty without cells.
std::string explain_plan(const PlanReport& report, const std::vector<CellAlternative>& alternatives,
                         const TextStyle& style = {});

/// "H1"
std::string level_name(std::size_t level);

/// The short name of a choice; all but data parallelism stand out.
TextTable::Cell choice_cell(Parallelism choice);

/// "16 accelerators, batch 256", with the levels where not all of them halve.
std::string shape_of(const Plan& plan, std::uint64_t batch);

/// A line for each of the splits: what its short name means.
std::string legend(SplitSet splits);

/// Objective bytes: an integer where they are whole, three decimals where exact halves left a fraction.
std::string format_objective(double bytes);

}  // namespace hypar
