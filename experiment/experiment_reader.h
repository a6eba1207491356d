#pragma once

#include <string>

#include "experiment/experiment.h"
#include "experiment/yaml/yaml.h"

namespace hypar {

/// What an experiment is read for.
enum class Purpose {
    Run,
    Plan  ///< alone: whether the topology suits the accelerators is not asked
};

/// The experiment that a tree describes whose network and array are maps. Throws ConfigError with the place and the
/// path of the value at fault.
Experiment read_experiment(const YamlValue& root, const std::string& name, Purpose purpose = Purpose::Run);

}  // namespace hypar
