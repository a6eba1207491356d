#pragma once

#include <functional>
#include <string>

#include "sweep/results/results_store.h"

namespace hypar {

/// docs/report-format.md, "hypar sweep": a header line, then a line for each point in order, handed on as they come.
void results_csv(const ResultsStore& store, const std::function<void(const std::string&)>& write);

}  // namespace hypar
