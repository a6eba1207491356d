#pragma once

#include <optional>
#include <string>

#include "experiment/yaml/field.h"
#include "partition/levels.h"
#include "partition/search/strategy_choice.h"
#include "workloads/network.h"

namespace hypar {

/// Reads how a plan is chosen: a strategy's name, or the map of a StrategyChoice. Throws ConfigError.
StrategyChoice read_strategy(const Field& field, const Network& network, const Levels& division);

/// What results call the strategy that is written so; none where no network could have it.
std::optional<std::string> title_of_strategy(const YamlValue& value);

/// Writes a strategy in one way: without what is its own and what results call it, and as a name where that is all.
void make_plain_strategy(YamlValue& value);

}  // namespace hypar
