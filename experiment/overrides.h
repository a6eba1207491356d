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

/// All of them, in this order. Keys of the array take the place of what the experiment says of it itself, and of
/// their alternatives unless these are set, too.
YamlValue apply_settings(YamlValue root, const std::vector<Setting>& settings);

/// Takes from an array's map what it does not give beside the key at `path`, of two keys of which it gives one,
/// unless that is among those `given`.
void drop_alternatives(YamlValue& array, const std::string& path, const std::vector<std::string>& given);

/// Whether the setting's path is a single key.
bool is_top_level(const Setting& setting);

}  // namespace hypar
