#pragma once

#include <vector>

#include "experiment/catalogue.h"
#include "experiment/experiment.h"
#include "experiment/figure.h"
#include "experiment/yaml.h"

namespace hypar {

/// What the whole map of a file describes. They throw ConfigError with place and key.
Network network_of(const YamlValue& root);
ArraySpec array_of(const YamlValue& root);
/// `file` is where `root` was read: paths in it are relative to its folder.
Experiment experiment_of(const YamlValue& root, const FileReference& file,
                         const std::vector<Override>& overrides = {});

Figure figure_of(const YamlValue& root, const FileReference& file);

}  // namespace hypar
