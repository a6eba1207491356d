#pragma once

#include <functional>
#include <string>

#include "sweep/results/results_store.h"

namespace hypar {

/// A field as RFC 4180 asks for it.
std::string csv_field(const std::string& text);

/// docs/report-format.md, "hypar sweep": a header line, then a line for each point in order, handed on as they come.
void results_csv(const ResultsStore& store, const std::function<void(const std::string&)>& write);

}  // namespace hypar
