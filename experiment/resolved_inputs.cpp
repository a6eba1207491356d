#include "experiment/resolved_inputs.h"

#include <algorithm>
#include <optional>
#include <type_traits>
#include <utility>

#include "experiment/experiment.h"
#include "experiment/layer_reader.h"
#include "experiment/spec_reader.h"
#include "experiment/yaml/quantity.h"

namespace hypar {
namespace {

YamlValue scalar(const YamlValue& near, std::string text, bool is_quoted = false) {
    YamlValue value;
    value.kind = YamlValue::Kind::Scalar;
    value.place = near.place;
    value.text = std::move(text);
    value.quoted = is_quoted;
    return value;
}

YamlValue list_of(const YamlValue& near, const std::vector<std::string>& texts) {
    YamlValue list;
    list.kind = YamlValue::Kind::Sequence;
    list.place = near.place;
    for (const std::string& text : texts) list.items.push_back(scalar(near, text));
    return list;
}

/// A spec's own value as a file would write it.
YamlValue written(const YamlValue& near, const Count&, std::uint64_t value) {
    return scalar(near, std::to_string(value));
}
YamlValue written(const YamlValue& near, const Amount& amount, std::uint64_t value) {
    return scalar(near, quantity_text(amount.quantity, value));
}
YamlValue written(const YamlValue& near, const Amount& amount, double value) = delete;
YamlValue written(const YamlValue& near, const Text&, const std::string& value) { return scalar(near, value, true); }
YamlValue written(const YamlValue& near, const Apart&, const StrategyChoice& strategy) {
    return scalar(near, strategy.name);
}
YamlValue written(const YamlValue& near, const Apart&, const CollectiveSpec& collectives) {
    return scalar(near, name_of(collectives.all_reduce));
}
YamlValue written(const YamlValue& near, const Apart&, const ScheduleSpec& schedule) {
    return scalar(near, name_in(ScheduleSpec::kKinds, schedule.kind));
}
YamlValue written(const YamlValue& near, const Apart&, const std::vector<Phase>& phases) {
    std::vector<std::string> names;
    names.reserve(phases.size());
    for (const Phase phase : phases) names.emplace_back(name_of(phase));
    return list_of(near, names);
}
template <typename Item, typename Value>
YamlValue written(const YamlValue& near, const OneOf<Item>& choices, const Value& value) {
    const auto found =
        std::find_if(choices.begin(), choices.end(), [&](const Item& item) { return value_of(item) == value; });
    return scalar(near, found->name);
}
template <typename Item, typename Value>
YamlValue written(const YamlValue& near, const OneOf<Item>& choices, const std::optional<Value>& value) = delete;
template <typename Kind, typename Value, typename = void>
constexpr bool kCanBeWritten = false;
template <typename Kind, typename Value>
constexpr bool kCanBeWritten<
    Kind, Value, decltype(void(written(std::declval<YamlValue>(), std::declval<Kind>(), std::declval<Value>())))> =
    true;

/// Adds the optional keys, which have no dots, that a map leaves out, with the values that the spec has then.
struct DefaultsWriter {
    YamlValue& map;

    template <typename Value, typename Kind>
    void operator()(const Key& key, const Value& value, const Kind& kind) {
        YamlEntry* entry = map.find(key.name);
        if constexpr (std::is_same_v<Kind, Section>) {
            if (entry == nullptr) return;
            const auto spec = as_chosen_by<Value>(entry->value);
            Value::for_each_field(spec, DefaultsWriter{entry->value});
        } else if constexpr (kCanBeWritten<Kind, Value>) {
            const bool is_missing = entry == nullptr && key.is_optional && map.kind == YamlValue::Kind::Map;
            if (is_missing) map.entries.push_back(YamlEntry{key.name, map.place, written(map, kind, value)});
        }
    }
};

void add_default(YamlValue& map, const char* key, YamlValue value) {
    if (map.kind == YamlValue::Kind::Map && map.find(key) == nullptr) {
        map.entries.push_back({key, map.place, std::move(value)});
    }
}

/// Keys of a convolution that results have always been known by, whether they were written or not.
bool is_always_written(LayerType type, const std::string& key) {
    return type == LayerType::Convolution && (key == "stride" || key == "padding" || key == "groups");
}

/// Writes what a layer's key is if it is left out, or leaves it out where it says so itself.
void settle_key(YamlValue& layer, LayerType type, const LayerKey& key) {
    if (is_always_written(type, key.name)) return add_default(layer, key.name, scalar(layer, key.initial));
    const auto is_initial = [&](const YamlEntry& entry) {
        return entry.key == key.name && entry.value.kind == YamlValue::Kind::Scalar &&
               entry.value.text == key.initial;
    };
    layer.entries.erase(std::remove_if(layer.entries.begin(), layer.entries.end(), is_initial), layer.entries.end());
}

/// What a layer reads and does if its file does not say so; `above` is the layer before it.
void add_layer_defaults(YamlValue& layer, const std::string& above) {
    const YamlEntry* type = layer.find("type");
    if (type == nullptr) return;
    add_default(layer, "inputs", list_of(layer, {above}));
    const std::vector<std::string> kinds = layer_kind_names();
    const auto kind = std::find(kinds.begin(), kinds.end(), layer.find("type")->value.text);
    if (kind == kinds.end()) return;
    const auto layer_type = static_cast<LayerType>(kind - kinds.begin());
    for (const LayerKey& key : keys_of(layer_type)) settle_key(layer, layer_type, key);
    YamlEntry* pool = layer.find("pool");
    if (pool == nullptr) return;
    if (const YamlEntry* size = pool->value.find("size")) add_default(pool->value, "stride", YamlValue(size->value));
}

void add_network_defaults(YamlValue& network) {
    add_default(network, "source", scalar(network, "", true));
    YamlEntry* layers = network.find("layers");
    if (layers == nullptr) return;
    std::string above = "input";
    for (YamlValue& layer : layers->value.items) {
        add_layer_defaults(layer, above);
        if (const YamlEntry* name = layer.find("name")) above = name->value.text;
    }
}

/// What an experiment says of its array itself, moved into the array.
void move_into_array(YamlValue& root) {
    YamlEntry* array = root.find("array");
    if (array == nullptr || array->value.kind != YamlValue::Kind::Map) return;
    for (const char* key : kSharedKeys) {
        const auto own = std::find_if(root.entries.begin(), root.entries.end(),
                                      [&](const YamlEntry& entry) { return entry.key == key; });
        if (own == root.entries.end()) continue;
        array = root.find("array");
        if (YamlEntry* of_array = array->value.find(key)) {
            of_array->value = own->value;
        } else {
            array->value.entries.push_back(*own);
        }
        root.entries.erase(own);
    }
}

/// An overlapped schedule with all that it has; a sequential one is its name.
void add_schedule_defaults(YamlValue& schedule) {
    constexpr const char* kKind = "kind";
    if (schedule.kind == YamlValue::Kind::Scalar && schedule.text == "overlapped") {
        YamlValue map;
        map.kind = YamlValue::Kind::Map;
        map.place = schedule.place;
        map.entries.push_back({kKind, schedule.place, schedule});
        schedule = std::move(map);
    }
    if (schedule.kind != YamlValue::Kind::Map) return;
    const YamlEntry* kind = schedule.find(kKind);
    if (kind != nullptr && kind->value.text == "sequential") {
        schedule = YamlValue(kind->value);
        return;
    }
    const ScheduleSpec spec;
    ScheduleSpec::for_each_field(spec, DefaultsWriter{schedule});
}

}  // namespace

YamlValue with_defaults(YamlValue root) {
    move_into_array(root);
    const Training training;
    Training::for_each_field(training, DefaultsWriter{root});
    if (YamlEntry* schedule = root.find("schedule")) add_schedule_defaults(schedule->value);
    const ArraySpec array_spec;
    if (YamlEntry* array = root.find("array")) ArraySpec::for_each_field(array_spec, DefaultsWriter{array->value});
    if (YamlEntry* network = root.find("network")) add_network_defaults(network->value);
    return root;
}

}  // namespace hypar
