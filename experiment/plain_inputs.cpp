#include "experiment/plain_inputs.h"

#include <algorithm>
#include <set>
#include <type_traits>
#include <utility>

#include <nlohmann/json.hpp>

#include "experiment/experiment.h"
#include "experiment/spec_reader.h"
#include "experiment/strategy_reader.h"
#include "experiment/yaml/quantity.h"

namespace hypar {
namespace {

/// The entry at a key of at most one dot; null if it is not there.
YamlEntry* entry_at(YamlValue& map, const std::string& key) {
    const std::size_t dot = key.find('.');
    YamlEntry* entry = map.find(key.substr(0, dot));
    return dot == std::string::npos || entry == nullptr ? entry : entry->value.find(key.substr(dot + 1));
}

void make_plain_quantity(YamlValue& value) {
    if (value.kind != YamlValue::Kind::Scalar) return;
    if (auto text = plain_quantity(value.text)) value.text = std::move(*text);
}

/// A kind alone is its name; links have quantities; a graph that says nothing of its routing takes shortest ways.
void make_plain_topology(YamlValue& value) {
    const auto is_default = [](const YamlEntry& entry) {
        return entry.key == "routing" && entry.value.text == "shortest";
    };
    value.entries.erase(std::remove_if(value.entries.begin(), value.entries.end(), is_default), value.entries.end());
    YamlEntry* links = value.find("links");
    if (links != nullptr) {
        for (YamlValue& link : links->value.items) {
            for (const char* key : {"bandwidth", "latency", "energy"}) {
                if (YamlEntry* entry = link.find(key)) make_plain_quantity(entry->value);
            }
        }
    }
    if (value.entries.size() == 1 && value.find("kind") != nullptr) value = YamlValue(value.find("kind")->value);
}

/// A map has an algorithm for every kind; one for all is its name.
void make_plain_collectives(YamlValue& given) {
    if (given.kind != YamlValue::Kind::Map) return;
    std::set<std::string> algorithms;
    std::size_t kinds = 0;
    const CollectiveSpec spec;
    CollectiveSpec::for_each_field(spec, [&](const Key& key, CollectiveAlgorithm algorithm, const auto&) {
        if (given.find(key.name) == nullptr) {
            YamlValue usual;
            usual.kind = YamlValue::Kind::Scalar;
            usual.place = given.place;
            usual.text = name_of(algorithm);
            given.entries.push_back({key.name, given.place, std::move(usual)});
        }
        algorithms.insert(given.find(key.name)->value.text);
        ++kinds;
    });
    if (algorithms.size() == 1 && given.entries.size() == kinds) given = YamlValue(given.entries.front().value);
}

void make_plain_schedule(YamlValue& given);

/// Writes the values of a map in one way.
struct PlainWriter {
    YamlValue& map;

    template <typename Value, typename Kind>
    void operator()(const Key& key, const Value& value, const Kind& kind) {
        if (YamlEntry* entry = entry_at(map, key.name)) make_plain(entry->value, kind, value);
        if constexpr (is_either<Kind>) {
            if (YamlEntry* entry = entry_at(map, kind.other.name)) make_plain_quantity(entry->value);
        }
    }

private:
    template <typename Value, typename Kind>
    static void make_plain(YamlValue& given, const Kind&, const Value&) {
        if constexpr (std::is_same_v<Kind, Section>) {
            const auto spec = as_chosen_by<Value>(given);
            Value::for_each_field(spec, PlainWriter{given});
        } else if constexpr (std::is_same_v<Kind, Amount> || is_either<Kind>) {
            make_plain_quantity(given);
        } else if constexpr (std::is_same_v<Kind, Text>) {
            given.quoted = true;
        } else if constexpr (std::is_same_v<Value, TopologySpec>) {
            make_plain_topology(given);
        } else if constexpr (std::is_same_v<Value, CollectiveSpec>) {
            make_plain_collectives(given);
        } else if constexpr (std::is_same_v<Value, ScheduleSpec>) {
            make_plain_schedule(given);
        } else if constexpr (std::is_same_v<Value, StrategyChoice>) {
            make_plain_strategy(given);
        } else if constexpr (std::is_same_v<Value, std::vector<Phase>>) {
            sort_as(given, phase_names());
        }
    }
};

/// A schedule that only has a kind is its name.
void make_plain_schedule(YamlValue& given) {
    if (given.kind != YamlValue::Kind::Map) return;
    const ScheduleSpec schedule;
    ScheduleSpec::for_each_field(schedule, PlainWriter{given});
    const bool is_only_kind = given.entries.size() == 1 && given.entries.front().key == "kind";
    if (is_only_kind) given = YamlValue(given.entries.front().value);
}

bool is_integer(const YamlValue& value) {
    constexpr std::size_t kMostDigits = 18;
    return !value.quoted && !value.text.empty() && value.text.size() <= kMostDigits &&
           value.text.find_first_not_of("0123456789") == std::string::npos &&
           (value.text.size() == 1 || value.text.front() != '0');
}

/// Levels that an experiment has which says nothing of them.
void leave_out_default_levels(YamlValue& root) {
    const YamlEntry* accelerators = entry_at(root, "accelerators");
    if (accelerators == nullptr) accelerators = entry_at(root, "array.accelerators");
    const auto levels = std::find_if(root.entries.begin(), root.entries.end(),
                                     [](const YamlEntry& entry) { return entry.key == "levels"; });
    if (levels == root.entries.end() || accelerators == nullptr || !is_integer(accelerators->value)) return;
    const std::uint64_t count = std::stoull(accelerators->value.text);
    if (count < 1 || count > kMostShared) return;
    const std::vector<std::uint32_t> usual = default_levels(count).sizes();
    const std::vector<YamlValue>& given = levels->value.items;
    const bool is_usual =
        std::equal(usual.begin(), usual.end(), given.begin(), given.end(),
                   [](std::uint32_t size, const YamlValue& item) { return item.text == std::to_string(size); });
    if (is_usual) root.entries.erase(levels);
}

nlohmann::json json_of(const YamlValue& value) {
    switch (value.kind) {
        case YamlValue::Kind::Null: return nullptr;
        case YamlValue::Kind::Scalar:
            if (is_integer(value)) return std::stoull(value.text);
            return value.text;
        case YamlValue::Kind::Sequence: {
            auto list = nlohmann::json::array();
            for (const YamlValue& item : value.items) list.push_back(json_of(item));
            return list;
        }
        case YamlValue::Kind::Map: break;
    }
    auto map = nlohmann::json::object();
    for (const YamlEntry& entry : value.entries) map[entry.key] = json_of(entry.value);
    return map;
}

}  // namespace

YamlValue plain(YamlValue root) {
    const Training training;
    Training::for_each_field(training, PlainWriter{root});
    const ArraySpec array_spec;
    if (YamlEntry* array = root.find("array")) ArraySpec::for_each_field(array_spec, PlainWriter{array->value});
    if (YamlEntry* topology = root.find("topology")) make_plain_topology(topology->value);
    leave_out_default_levels(root);
    return root;
}

std::string inputs_json(const YamlValue& root) { return json_of(root).dump(); }

std::string meaning_of(const std::string& key, const YamlValue& value) {
    YamlValue root = value;
    for (std::size_t end = key.size(); end != std::string::npos;) {
        const std::size_t dot = key.rfind('.', end - 1);
        const std::size_t begin = dot == std::string::npos ? 0 : dot + 1;
        YamlValue map;
        map.kind = YamlValue::Kind::Map;
        map.entries.push_back(YamlEntry{key.substr(begin, end - begin), value.place, std::move(root)});
        root = std::move(map);
        end = dot;
    }
    return inputs_json(plain(std::move(root)));
}

std::string cell_of(const std::string& key, const YamlValue& value) {
    if (key == "strategy") {
        if (const auto title = title_of_strategy(value)) return *title;
    }
    return value.kind == YamlValue::Kind::Scalar ? value.text : json_of(value).dump();
}

}  // namespace hypar
