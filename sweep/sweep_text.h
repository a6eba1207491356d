#pragma once

#include <string>

#include "experiment/sweep.h"
#include "sweep/results_store.h"

namespace hypar {

/// "key=value key=value ..." of a point.
std::string point_line(const Sweep& sweep, std::size_t point);

/// The summary for people: what was done, the fastest points, and every failure up to a number. `ran` points were run
/// this time.
std::string sweep_text(const std::string& name, const ResultsStore& store, std::size_t ran);

}  // namespace hypar
