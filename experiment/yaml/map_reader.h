#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiment/yaml/field.h"

namespace hypar {

/// Reads the entries of a map.
class MapReader {
public:
    /// Throws ConfigError if `map` is no map, or if it has keys that are none of `keys`.
    MapReader(Field map, std::vector<std::string> keys);

    /// Throws ConfigError at the map if the key is missing; `expected` says what its value should be.
    Field required(const std::string& key, const std::string& expected) const;
    std::optional<Field> optional(const std::string& key) const;

    /// The mistake "expected EXPECTED, not " of the first of `keys`, dotted ones too, whose values do not go
    /// together. If another of them stands nearer to the user, in an option, or in the map's own file and the first
    /// one in a base of it, the mistake is that one's.
    ConfigError contradiction(const std::vector<std::string>& keys, const std::string& expected) const;

private:
    Field map_;
    std::vector<std::string> keys_;
};

}  // namespace hypar
