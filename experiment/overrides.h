#pragma once

#include "experiment/experiment.h"
#include "experiment/yaml.h"

namespace hypar {

/// `root` with the value of one override at its dotted path. A segment is a map's key, the index of a list's item or
/// the item's `name`; maps that are missing on the way are created. Throws ConfigError, placed at the override.
YamlValue apply_override(YamlValue root, const Override& setting);

/// Whether the override's path is a single key.
bool is_top_level(const Override& setting);

}  // namespace hypar
