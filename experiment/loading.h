#pragma once

#include <string>
#include <vector>

#include "experiment/catalogue.h"
#include "experiment/experiment.h"
#include "experiment/overrides.h"
#include "experiment/references.h"
#include "experiment/yaml/yaml.h"

namespace hypar {

/// The map of an experiment's file, or for that of a network the map of an experiment that says nothing else. Throws
/// ConfigError where it cannot be read or is a file of another kind.
YamlValue read_experiment_file(const FileReference& file);

/// The experiment's map with every reference replaced by what it refers to, and every setting applied: those of a
/// single key before what they refer to is read, all others behind. `file` is where `root` was read: paths in it are
/// relative to its folder.
YamlValue resolved_experiment(YamlValue root, const FileReference& file, const std::vector<Setting>& settings,
                              FileTrees& trees);

/// What the whole map of a file describes. They throw ConfigError with place and key. `file` is where `root` was
/// read: paths in it are relative to its folder.
Network network_of(const YamlValue& root);
ArraySpec array_of(const YamlValue& root, const FileReference& file);
Experiment experiment_of(const YamlValue& root, const FileReference& file,
                         const std::vector<Override>& overrides = {});
/// One with settings; `trees` has the files that were read before.
Experiment experiment_of(const YamlValue& root, const FileReference& file, const std::vector<Setting>& settings,
                         FileTrees& trees);
/// One of which the plan is all that is wanted: it may be one that its array's topology does not allow to be run.
Experiment experiment_to_plan(const YamlValue& root, const FileReference& file, const std::vector<Setting>& settings);

}  // namespace hypar
