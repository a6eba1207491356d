#pragma once

#include <string>

#include "sweep/results/results_store.h"

namespace hypar {

/// What the page of a sweep draws, as JSON on one line:
///
///     {"sweep": name, "tally": {status: points, ...},
///      "keys": [{"name", "values": [text, ...]}, ...],
///      "figures": [{"name", "label", "unit", "is_more_better"}, ...],
///      "errors": [text, ...],
///      "results": [[number of each key's value, figure, ...], or
///                  [number of each key's value, status, number of the error] of a point that is not done, ...],
///      "around": null or [{"key", "changes": [{"is_larger", "seconds", "joules"}, ...]}, ...]}
///
/// `results` are those of the first `most` points, in order. `around` are the sensitivities, strongest first, of a
/// sweep whose points differ from point 0 in one number each.
std::string sweep_json(const ResultsStore& store, std::size_t most = 20000);

}  // namespace hypar
