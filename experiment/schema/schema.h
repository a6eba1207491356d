#pragma once

#include <string>
#include <vector>

namespace hypar {

/// The kinds of files that have a schema: "experiment", "network", "array", "sweep", and "plan", an experiment with a
/// plan of its own.
std::vector<std::string> schema_names();

/// The JSON Schema (draft 7) of a kind of file, for editors: its keys, which of them there must be, and what their
/// values may be one by one. Rules among keys are the readers' alone.
std::string schema_json(const std::string& name);

}  // namespace hypar
