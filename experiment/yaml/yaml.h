#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "experiment/yaml/place.h"

namespace hypar {

struct YamlEntry;

/// A value of a YAML file with the place where it stands. Nothing is interpreted: a scalar is its text.
struct YamlValue {
    enum class Kind { Null, Scalar, Sequence, Map };

    Kind kind = Kind::Null;
    Place place;
    std::string text;                ///< of a scalar
    bool quoted = false;             ///< the scalar stood in quotes
    std::vector<YamlValue> items;    ///< of a sequence
    std::vector<YamlEntry> entries;  ///< of a map, in the file's order, no key twice

    /// Null if this is no map or has no such key.
    const YamlEntry* find(std::string_view key) const;
    YamlEntry* find(std::string_view key);
};

struct YamlEntry {
    std::string key;
    Place place;  ///< of the key
    YamlValue value;
};

/// Puts the items of a list in the order of `texts`, others behind them.
void sort_as(YamlValue& list, const std::vector<std::string>& texts);

/// The map that a file holds; messages name the file `label`. Throws ConfigError with file, line and column where it
/// cannot be read or is not one document with a map. Besides what is wrong in YAML, duplicate keys, anchors and
/// aliases, tags and nesting deeper than 32 levels are refused.
YamlValue read_yaml_file(const std::filesystem::path& path, const std::string& label);

/// The value of an option, read as YAML by the same rules; any kind of value. Messages name it `place`.
YamlValue read_yaml_option(const std::string& text, const std::string& place);

/// A text as a scalar in double quotes, which reads as the same text.
std::string quoted_yaml(const std::string& text);

}  // namespace hypar
