#pragma once

#include <array>
#include <string>

#include "experiment/yaml/yaml.h"

namespace hypar {

/// Key of an array that files may give in place of those that follow from it.
constexpr const char* kMemoryBandwidth = "memory.bandwidth";
constexpr std::array<const char*, 2> kFromMemoryBandwidth = {"memory.vault_bandwidth", "memory.timing.tCCD"};

/// An array's map with the keys that follow from `memory.bandwidth` in place of it: each vault's part, and the time
/// in which that moves a burst. `key` is the array's own path. Throws ConfigError if that is no whole number of
/// clocks.
YamlValue with_vault_bandwidth(YamlValue array, const std::string& key);

}  // namespace hypar
