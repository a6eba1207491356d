#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiment/overrides.h"
#include "experiment/yaml/field.h"

namespace hypar {

/// Keys that vary together, and the values that they take.
struct SweepAxis {
    std::vector<std::string> keys;
    std::vector<std::vector<Setting>> values;  ///< for each value a setting for each key
    std::uint64_t repeated = 0;                ///< values that were left out: they say what one before them says
};

/// One entry of `vary`: a key with a list or a range of values, or several keys joined by commas with a list of
/// lists. Paths in values are relative to `folder`. Throws ConfigError.
SweepAxis read_axis(const YamlEntry& entry, const std::string& above, const std::filesystem::path& folder);

/// The values of a range: {from, to, times} multiplies, {from, to, step} adds, `to` included if it is met; of
/// integers or of quantities, in the unit of `from`. Throws ConfigError.
std::vector<YamlValue> read_range(const Field& field);

/// An integer or a quantity, times `times` and divided by `over`, integers rounded down. Nothing if `value` is
/// neither, if it would be 0, or if it would have more than six decimals.
std::optional<YamlValue> scaled_value(const YamlValue& value, unsigned times, unsigned over);

}  // namespace hypar
