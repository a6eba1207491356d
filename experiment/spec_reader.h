#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "arch/kernel/time.h"
#include "base/fields.h"
#include "base/mistakes.h"
#include "experiment/yaml/field.h"
#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/scalar.h"

namespace hypar {

/// What a value of each kind is, in the words of a message about a missing key.
std::string expected(const Count& count);
std::string expected(const Amount& amount);
std::string expected(const Section& section);
template <typename Kind>
std::string expected(const Kind& kind) {
    return kind.expected;
}

/// Values of each kind. They throw ConfigError.
void read_field(const Field& field, const Count& count, std::uint64_t& value);
void read_field(const Field& field, const Amount& amount, std::uint64_t& value);
void read_field(const Field& field, const Amount& frequency, Clock& clock);
void read_field(const Field& field, const Amount& energy, double& picojoules);
void read_field(const Field& field, const Text& text, std::string& value);
template <typename Kind>
void read_field(const Field& field, const Kind& kind, std::optional<std::uint64_t>& value) {
    read_field(field, kind, value.emplace());
}
template <typename Item, typename Value>
void read_field(const Field& field, const OneOf<Item>& choices, Value& value) {
    std::vector<std::string> names;
    for (const Item& item : choices) names.emplace_back(item.name);
    value = value_of(choices.items[read_choice(field, names)]);
}

/// The keys of a spec's fields, in the order of its list; dotted ones as they are.
template <typename Spec>
std::vector<std::string> keys_of(const Spec& spec = {}) {
    std::vector<std::string> keys;
    Spec::for_each_field(spec, [&](const Key& key, const auto&, const auto& kind) {
        using Kind = std::decay_t<decltype(kind)>;
        if constexpr (!std::is_same_v<Kind, Unwritten>) keys.emplace_back(key.name);
        if constexpr (is_either<Kind>) keys.emplace_back(kind.other.name);
    });
    return keys;
}

/// The key that a file gives of two of which it has to give one.
struct GivenKey {
    Field field;
    bool is_other;
};
GivenKey given_of(const Field& field, const MapReader& map, const char* key, const char* other, const char* expected);

/// Reads the fields that decide which others a spec has.
template <typename Spec>
void read_choices(const Field& field, Spec& spec) {
    Spec::for_each_field(spec, [&](const Key& key, auto& value, const auto& kind) {
        const YamlEntry* given = key.chooses ? field.value().find(key.name) : nullptr;
        if constexpr (is_one_of<std::decay_t<decltype(kind)>>) {
            if (given != nullptr) read_field(Field(given->value, field.key_of(key.name)), kind, value);
        }
    });
}

/// A spec with the fields that a map has by its choices; where these are mistakes, with those of none.
template <typename Spec>
Spec as_chosen_by(const YamlValue& map) {
    Spec spec;
    try {
        read_choices(Field(map, {}), spec);
    } catch (const ConfigError&) {  // the reader tells of it
        return {};
    }
    return spec;
}

/// Reads a map into a spec by the list of its fields, and tells of the mistakes of all. `rest` is called with the map
/// and each spec that has been read, for what is to hold among several values, and with the field, the kind and the
/// value of what is read `Apart`.
template <typename Spec, typename Rest>
void read_spec(const Field& field, Spec& spec, const Rest& rest);

template <typename Rest>
class SpecReader {
public:
    SpecReader(Field field, std::vector<std::string> keys, const Rest& rest)
        : field_(std::move(field)), keys_(std::move(keys)), rest_(rest) {
        map_of("");
    }

    const MapReader& map() const { return maps_.at(""); }

    template <typename Value, typename Kind>
    void operator()(const Key& key, Value& value, const Kind& kind) {
        if constexpr (std::is_same_v<Kind, Unwritten> || std::is_same_v<Kind, Elsewhere>) {
            return;
        } else {
            mistakes_.collect([&] { read_key(key, value, kind); });
        }
    }

    void throw_mistakes() const { mistakes_.throw_if_any(); }

private:
    template <typename Value, typename Kind>
    void read_key(const Key& key, Value& value, const Kind& kind) {
        const std::string path = key.name;
        const std::size_t dot = path.find('.');
        const MapReader& map = map_of(dot == std::string::npos ? "" : path.substr(0, dot));
        if constexpr (is_either<Kind>) {
            const GivenKey given = given_of(field_, map, key.name, kind.other.name, kind.expected);
            kind.is_other = given.is_other;
            read_field(given.field, given.is_other ? kind.other_amount : kind.amount, value);
        } else {
            const std::string name = path.substr(dot == std::string::npos ? 0 : dot + 1);
            const std::optional<Field> given =
                key.is_optional ? map.optional(name) : map.required(name, expected(kind));
            if (given) read(*given, value, kind);
        }
    }

    template <typename Value, typename Kind>
    void read(const Field& field, Value& value, const Kind& kind) {
        if constexpr (std::is_same_v<Kind, Section>) {
            read_spec(field, value, rest_);
        } else if constexpr (std::is_same_v<Kind, Apart>) {
            rest_(field, value);
        } else {
            read_field(field, kind, value);
        }
    }

    /// The map at `head`, a key with dotted keys below it.
    const MapReader& map_of(const std::string& head) {
        const auto known = maps_.find(head);
        if (known != maps_.end()) return known->second;
        std::vector<std::string> names;
        for (const std::string& key : keys_) {
            const std::size_t dot = key.find('.');
            const std::string above = dot == std::string::npos ? "" : key.substr(0, dot);
            const std::string name = head.empty() ? key.substr(0, dot) : key.substr(dot + 1);
            if (!head.empty() && above != head) continue;
            if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
        }
        const Field map = head.empty() ? field_ : maps_.at("").required(head, expected(Section{}));
        return maps_.emplace(head, MapReader(map, names)).first->second;
    }

    Field field_;
    std::vector<std::string> keys_;
    const Rest& rest_;
    std::map<std::string, MapReader> maps_;
    Mistakes mistakes_;
};

template <typename Spec, typename Rest>
void read_spec(const Field& field, Spec& spec, const Rest& rest) {
    read_choices(field, spec);
    SpecReader<Rest> reader(field, keys_of(spec), rest);
    Spec::for_each_field(spec, reader);
    reader.throw_mistakes();
    rest(reader.map(), std::as_const(spec));
}

}  // namespace hypar
