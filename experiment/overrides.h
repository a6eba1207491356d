#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "experiment/experiment.h"
#include "experiment/yaml/place.h"
#include "experiment/yaml/yaml.h"

namespace hypar {

/// A value for a dotted path, with where it was written.
struct Setting {
    std::string key;
    Place place;  ///< of the key
    YamlValue value;
    std::filesystem::path folder;  ///< paths in the value are relative to it
};

/// An override of the command line; its paths are relative to the working directory.
Setting setting_of(const Override& given);

/// `root` with the value of one setting at its dotted path. A segment is a map's key, the index of a list's item or
/// the item's `name`; maps that are missing on the way are created. Throws ConfigError, placed at the setting.
YamlValue apply_setting(YamlValue root, const Setting& setting);

/// All of them, in this order. One of two keys of which a file gives one takes the place of the other, unless both
/// are set.
YamlValue apply_settings(YamlValue root, const std::vector<Setting>& settings);

/// Whether the setting's path is a single key.
bool is_top_level(const Setting& setting);

}  // namespace hypar
