#pragma once

#include <string>
#include <vector>

#include "apps/terminal/command_line.h"
#include "experiment/experiment.h"

namespace hypar {

/// Options that stand for keys of an experiment.
struct ExperimentOptions {
    std::string network;
    std::string topology;
    std::string accelerators;
    std::string batch;
    std::string strategy;
    std::vector<std::string> settings;
};

/// Adds them to a command, with one value each or lists of values.
void add_experiment_options(Command& command, ExperimentOptions& options, bool have_lists);

/// The overrides of options with one value each; those of --set come first.
std::vector<Override> overrides_of(const ExperimentOptions& options);

/// The overrides of each combination of the values of lists: network by network, in these topology by topology,
/// accelerators, batch and strategy within. Throws ConfigError naming the option.
std::vector<std::vector<Override>> variants_of(const ExperimentOptions& options);

}  // namespace hypar
