#pragma once

#include "experiment/schema/values.h"

namespace hypar::schema {

/// An array as a whole, and one with a `base`.
Json array_map();
/// The map of an experiment, but for its network.
Json experiment_map(const Json& network);
/// The map that says which plan a step has.
Json strategy_map();

}  // namespace hypar::schema
