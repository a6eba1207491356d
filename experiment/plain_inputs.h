#pragma once

#include <string>

#include "experiment/yaml/yaml.h"

namespace hypar {

/// An experiment's tree with every value written in one way, whichever way its file writes it: "1024 B" as "1 KiB",
/// phases in their order. What cannot be read stays as it is.
YamlValue plain(YamlValue root);

/// The tree as JSON on one line, keys sorted: of a plain one with defaults, equal for equal experiments.
std::string inputs_json(const YamlValue& root);

/// What a value says at a dotted path of an experiment: equal for values that say the same.
std::string meaning_of(const std::string& key, const YamlValue& value);

/// The value of a key as a cell of a table shows it: what results call a strategy, a scalar's text, else JSON.
std::string cell_of(const std::string& key, const YamlValue& value);

}  // namespace hypar
