#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiment/yaml/field.h"
#include "experiment/yaml/yaml.h"

namespace hypar {

/// Accelerators of one kind that follow each other.
struct KindGroup {
    std::string kind;
    std::uint64_t accelerators = 0;
    std::uint64_t share = 0;  ///< 0 where the file says none
    YamlValue array;          ///< as if all were of this kind
};

/// An array whose `accelerators` are a list of kinds.
struct ArrayOfKinds {
    YamlValue array;  ///< with their number in place of the list, without `kinds`
    std::vector<KindGroup> groups;
};

/// What accelerators of a kind may have of their own; all else is that of the array.
const std::vector<std::string>& keys_of_a_kind();

/// Whether the array's accelerators are a list, or it has kinds of them.
bool has_kinds(const YamlValue& array);

/// Takes an array apart: each kind is what `kinds` says of it, laid over the array. Throws ConfigError where list and
/// kinds do not go together.
ArrayOfKinds take_kinds_apart(const Field& array);

}  // namespace hypar
