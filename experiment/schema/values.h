#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/fields.h"

namespace hypar::schema {

using Json = nlohmann::ordered_json;

// Schemas of single values, as a reader takes them from YAML.

Json integer(std::uint64_t least, std::uint64_t most = kLargestCount);
Json quantity(const Amount& amount);
/// One line.
Json text();
/// One of `names`.
Json choice(const std::vector<std::string>& names);
Json list_of(Json item, std::size_t least = 1);
Json any_of(std::vector<Json> schemas);
/// A name, or a path.
Json reference(const std::string& what);

/// A map that has none but these properties, each a schema by its key.
Json map_of(Json properties, const std::vector<std::string>& required);

/// `schema` with a description: Markdown without what links point at.
Json described(Json schema, const std::string& description);

}  // namespace hypar::schema
