#include "experiment/yaml/map_reader.h"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "base/mistakes.h"
#include "base/names.h"
#include "base/text.h"

namespace hypar {

MapReader::MapReader(Field map, std::vector<std::string> keys) : map_(std::move(map)), keys_(std::move(keys)) {
    if (map_.value().kind != YamlValue::Kind::Map) {
        throw map_.expected(fmt::format("a map with the keys {}", comma_separated(keys_)));
    }
    Mistakes unknown;
    for (const YamlEntry& entry : map_.value().entries) {
        if (std::find(keys_.begin(), keys_.end(), entry.key) != keys_.end()) continue;
        unknown.add({map_.key(), unknown_name("key", printable(entry.key), keys_), entry.place.text()});
    }
    unknown.throw_if_any();
}

Field MapReader::required(const std::string& key, const std::string& expected) const {
    std::optional<Field> found = optional(key);
    if (!found) throw map_.error(fmt::format("missing key \"{}\"; expected {}", key, expected));
    return *found;
}

ConfigError MapReader::contradiction(const std::vector<std::string>& keys, const std::string& expected) const {
    const auto distance = [&](const Field& field) {
        const Place& place = field.value().place;
        if (!place.has_line()) return 0;
        return place.is_beside(map_.value().place) ? 1 : 2;
    };
    const auto field_of = [&](const std::string& key) {
        return Field(nearest_value(map_.value(), key), map_.key_of(key));
    };
    const Field first = field_of(keys[0]);
    Field nearest = first;
    for (const std::string& key : keys) {
        const Field field = field_of(key);
        if (distance(field) < distance(nearest)) nearest = field;
    }
    if (nearest.key() == first.key()) return first.expected(expected);
    return nearest.error(
        fmt::format("does not go with {}, {}: expected there {}", keys[0], printable(first.value().text), expected));
}

std::optional<Field> MapReader::optional(const std::string& key) const {
    assert(std::find(keys_.begin(), keys_.end(), key) != keys_.end());
    const YamlEntry* entry = map_.value().find(key);
    if (entry == nullptr) return std::nullopt;
    return Field(entry->value, map_.key_of(key));
}

}  // namespace hypar
