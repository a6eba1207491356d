#include "experiment/schema/spec_schema.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include <nlohmann/json.hpp>

#include "arch/array/array_spec.h"
#include "arch/network/topology_family.h"
#include "experiment/accelerator_kinds.h"
#include "experiment/experiment.h"
#include "experiment/memory_bandwidth.h"
#include "experiment/yaml/field.h"
#include "partition/levels.h"
#include "partition/split.h"

namespace hypar::schema {
namespace {

/// How much of a map there must be: all, or what differs from a base.
enum class Wanted { All, Part };

template <typename Spec>
Json map_of_spec(Wanted wanted);

template <typename Item>
Json value_of(const OneOf<Item>& choices) {
    std::vector<std::string> names;
    for (const Item& item : choices) names.emplace_back(item.name);
    return choice(names);
}
Json value_of(const Count& count) { return integer(count.least, count.most); }
Json value_of(const Amount& amount) { return quantity(amount); }
Json value_of(const Text&) { return text(); }

Json link_map() {
    const Amount bandwidth{Quantity::Bandwidth, 1, 1, "1.6 Gb/s"};
    const Amount latency{Quantity::Time, 1, 1, "4 ns"};
    const Amount energy{Quantity::Energy, 0, 1, "4 pJ"};
    Json ends = list_of(text(), 2);
    ends["maxItems"] = 2;
    Json map = map_of({{"between", ends},
                       {"from", text()},
                       {"to", text()},
                       {"bandwidth", quantity(bandwidth)},
                       {"latency", quantity(latency)},
                       {"energy", quantity(energy)}},
                      {});
    map["anyOf"] = {{{"required", {"between"}}}, {{"required", {"from", "to"}}}};
    return map;
}

/// A topology's name or its map, in which the keys are those of its kind.
Json value_of(const TopologySpec&) {
    std::vector<std::string> names;
    std::vector<Json> schemas;
    for (const TopologyFamily& family : topology_families()) {
        Json properties = {{"kind", {{"const", family.name}}}};
        std::vector<std::string> required = {"kind"};
        for (const TopologyKey& key : family.keys) {
            const Json one = integer(key.least, kMostAccelerators);
            properties[key.name] = key.most_numbers > 0 ? list_of(one) : one;
            if (key.most_numbers > 0) properties[key.name]["maxItems"] = key.most_numbers;
            if (key.is_required) required.emplace_back(key.name);
        }
        if (family.lists_links) {
            properties["links"] = list_of(link_map());
            properties["routing"] = value_of(one_of(kPathRules, ""));
            required.emplace_back("links");
        } else {
            names.emplace_back(family.name);
        }
        schemas.push_back(described(map_of(std::move(properties), required), family.description));
    }
    schemas.insert(schemas.begin(), choice(names));
    return any_of(std::move(schemas));
}

// What has a reader of its own.
Json value_of(const MappingGoal&) {
    return any_of({value_of(one_of(MappingGoal::kKinds, "")), map_of_spec<MappingGoal>(Wanted::All)});
}
Json value_of(const std::vector<MappingPin>&) { return list_of(map_of_spec<MappingPin>(Wanted::All), 0); }
Json value_of(const CollectiveSpec&) {
    return any_of({value_of(one_of(kCollectiveAlgorithms, "")), map_of_spec<CollectiveSpec>(Wanted::All)});
}
Json value_of(const ScheduleSpec&) {
    return any_of({value_of(one_of(ScheduleSpec::kKinds, "")), map_of_spec<ScheduleSpec>(Wanted::All)});
}
Json value_of(const std::vector<Phase>&) { return list_of(choice(phase_names())); }
Json value_of(const std::vector<std::uint32_t>&) { return list_of(integer(2, kMostGroups), 0); }
Json value_of(const StrategyChoice&) {
    return any_of({reference("a strategy, or of an experiment with a plan"), strategy_map()});
}
Json value_of(const std::string&) { return choice(strategy_names()); }  // of a strategy
Json value_of(const SplitSet&) {
    std::vector<std::string> names;
    for (const SplitEntry& split : kSplits) names.emplace_back(split.split_name);
    return list_of(choice(names));
}
Json value_of(const PlanCells&) {
    std::string digits = "?";
    for (const SplitEntry& split : kSplits) digits += split.digit;
    // Digits alone may stand without quotes.
    return list_of({{"type", {"string", "integer"}}, {"pattern", "^[" + digits + "]*$"}}, 0);
}

/// Writes the fields of a spec as the properties of a map.
class MapWriter {
public:
    explicit MapWriter(Wanted wanted) : wanted_(wanted) {}

    template <typename Value, typename Kind>
    void operator()(const Key& key, const Value& value, const Kind& kind) {
        if constexpr (std::is_same_v<Kind, Unwritten>) {
            return;
        } else if constexpr (is_either<Kind>) {
            add(key, quantity(kind.amount));
            add(kind.other, quantity(kind.other_amount));
            const Json one_each = {{{"required", {key.name}}}, {{"required", {kind.other.name}}}};
            if (wanted_ == Wanted::All) one_of_.push_back(one_each);
        } else {
            if (!key.is_optional) require(key.name);
            if constexpr (std::is_same_v<Kind, Section>) {
                add(key, map_of_spec<Value>(wanted_));
            } else if constexpr (std::is_same_v<Kind, Apart>) {
                add(key, value_of(value));
            } else if constexpr (std::is_same_v<Kind, Elsewhere>) {
                add(key, Json::object());
            } else {
                add(key, value_of(kind));
            }
        }
    }

    Json map() const {
        Json map = map_of(properties_, required_);
        for (const auto& [head, names] : heads_) {
            Json& below = map["properties"][head];
            if (wanted_ == Wanted::All) below["required"] = names;
        }
        if (!one_of_.empty()) map["oneOf"] = one_of_.front();
        return map;
    }

private:
    /// The property at a key, which may have a dot.
    void add(const Key& key, Json schema) {
        const std::string name = key.name;
        const std::string condition = key.condition;
        schema = described(std::move(schema), key.meaning + (condition.empty() ? "" : "; " + condition));
        const std::size_t dot = name.find('.');
        if (dot == std::string::npos) {
            properties_[name] = std::move(schema);
            return;
        }
        Json& head = properties_[name.substr(0, dot)];
        if (head.is_null()) head = map_of(Json::object(), {});
        head["properties"][name.substr(dot + 1)] = std::move(schema);
    }
    void require(const std::string& name) {
        const std::size_t dot = name.find('.');
        if (wanted_ == Wanted::Part) return;
        const std::string head = name.substr(0, dot);
        if (std::find(required_.begin(), required_.end(), head) == required_.end()) required_.push_back(head);
        if (dot != std::string::npos) heads_[head].push_back(name.substr(dot + 1));
    }

    Wanted wanted_;
    Json properties_ = Json::object();
    std::vector<std::string> required_;
    std::map<std::string, std::vector<std::string>> heads_;  ///< required below a dotted key's head
    std::vector<Json> one_of_;
};

/// The spec for each value of the field that decides which others it has, with its name and that value's; all there
/// is, without names, if no field does.
template <typename Spec>
struct Variant {
    std::string key;
    std::string name;
    bool is_initial = true;
    Spec spec;
};
template <typename Spec>
std::vector<Variant<Spec>> variants_of() {
    std::vector<Variant<Spec>> variants;
    const Spec initial;
    Spec::for_each_field(initial, [&](const Key& key, const auto& value, const auto& kind) {
        if constexpr (is_one_of<std::decay_t<decltype(kind)>>) {
            if (!key.chooses) return;
            for (const auto& item : kind) {
                Variant<Spec> variant{key.name, item.name, value_of(item) == value, {}};
                Spec::for_each_field(variant.spec, [&](const Key& other, auto& chosen, const auto&) {
                    using Chosen = std::decay_t<decltype(chosen)>;
                    if constexpr (std::is_same_v<Chosen, std::decay_t<decltype(value)>>) {
                        if (other.chooses) chosen = value_of(item);
                    }
                });
                variants.push_back(std::move(variant));
            }
        }
    });
    if (variants.empty()) variants.push_back({});
    return variants;
}

template <typename Spec>
Json map_of_spec(Wanted wanted) {
    Json cases = Json::array();
    std::vector<Json> maps;
    Json last;
    for (const Variant<Spec>& variant : variants_of<Spec>()) {
        MapWriter writer(wanted);
        Spec::for_each_field(variant.spec, writer);
        Json map = writer.map();
        if (variant.key.empty()) return map;
        // Over a base that is of one of the others the key may be left out in each.
        map["properties"][variant.key] = {{"const", variant.name}};
        Json is_it = {{"properties", {{variant.key, {{"const", variant.name}}}}}};
        if (!variant.is_initial) is_it["required"] = {variant.key};
        maps.push_back(map);
        cases.push_back({{"if", is_it}, {"then", std::move(map)}});
    }
    if (wanted == Wanted::Part) return any_of(std::move(maps));
    return {{"type", "object"}, {"allOf", cases}};
}

std::string after_dot(const std::string& path) { return path.substr(path.find('.') + 1); }

/// `change(map)` for each variant's map of a schema that map_of_spec made.
template <typename Change>
void for_each_map(Json& schema, Change change) {
    if (schema.contains("allOf")) {
        for (Json& variant : schema["allOf"]) change(variant["then"]);
    } else if (schema.contains("anyOf")) {
        for (Json& variant : schema["anyOf"]) change(variant);
    } else {
        change(schema);
    }
}

/// `memory.bandwidth` may stand in place of what follows from it.
void allow_bandwidth(Json& memory, Wanted wanted) {
    const Amount bandwidth{Quantity::Bandwidth, 1, 1, "160 GB/s"};
    memory["properties"][after_dot(kMemoryBandwidth)] =
        described(quantity(bandwidth), "of all vaults, in place of each one's and of the time of a burst");
    if (wanted == Wanted::Part) return;
    const std::string each = after_dot(kFromMemoryBandwidth[0]);
    const std::string burst = after_dot(after_dot(kFromMemoryBandwidth[1]));
    Json& timing = memory["properties"]["timing"];
    for (const auto& [map, key] : {std::pair{&memory, each}, std::pair{&timing, burst}}) {
        Json& required = (*map)["required"];
        required.erase(std::find(required.begin(), required.end(), key));
    }
    memory["oneOf"] = {{{"required", {after_dot(kMemoryBandwidth)}}},
                       {{"required", {each}}, {"properties", {{"timing", {{"required", {burst}}}}}}}};
}

/// The number of accelerators, or how many there are of each kind.
Json accelerators() {
    return any_of({integer(1, kMostAccelerators),
                   list_of(map_of({{"count", integer(1, kMostShared)}, {"kind", text()}, {"share", integer(1)}},
                                  {"count", "kind"}))});
}

/// By name, what accelerators of a kind have of their own; `part`: all that an array over a base may have.
Json kinds(const Json& part) {
    Json own = Json::object();
    for (const std::string& key : keys_of_a_kind()) own[key] = part["properties"][key];
    return described({{"type", "object"},
                      {"minProperties", 1},
                      {"additionalProperties", any_of({{{"const", nullptr}}, map_of(own, {})})}},
                     "what accelerators of each kind have of their own");
}

void allow_kinds(Json& array, const Json& part) {
    Json& number = array["properties"]["accelerators"];
    number = described(accelerators(), number["description"]);
    array["properties"]["kinds"] = kinds(part);
}

}  // namespace

Json strategy_map() { return map_of_spec<StrategyChoice>(Wanted::All); }

Json array_map() {
    Json whole = map_of_spec<ArraySpec>(Wanted::All);
    for_each_map(whole["properties"]["memory"], [](Json& memory) { allow_bandwidth(memory, Wanted::All); });
    Json part = map_of_spec<ArraySpec>(Wanted::Part);
    for_each_map(part["properties"]["memory"], [](Json& memory) { allow_bandwidth(memory, Wanted::Part); });
    allow_kinds(whole, part);
    allow_kinds(part, part);
    part["properties"]["base"] = reference("the array that this one differs from");
    part["required"] = {"base"};
    return {{"if", {{"required", {"base"}}}}, {"then", std::move(part)}, {"else", std::move(whole)}};
}

Json experiment_map(const Json& network) {
    Json map = map_of_spec<Training>(Wanted::All);
    const ArraySpec array;
    const std::pair<const char*, Json> elsewhere[] = {{"network", any_of({reference("a network"), network})},
                                                      {"array", any_of({reference("an array"), array_map()})},
                                                      {"accelerators", accelerators()},
                                                      {"topology", value_of(array.interconnect.topology)},
                                                      {"precision", value_of(one_of(kPrecisions, ""))}};
    for (const auto& [key, schema] : elsewhere) {
        const std::string description = map["properties"][key]["description"];
        map["properties"][key] = schema;
        map["properties"][key]["description"] = description;
    }
    return map;
}

}  // namespace hypar::schema
