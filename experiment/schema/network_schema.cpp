#include "experiment/schema/network_schema.h"

#include <nlohmann/json.hpp>

#include "experiment/layer_reader.h"
#include "workloads/layer_kind.h"

namespace hypar::schema {
namespace {

/// An integer, or a parameter's name in its place.
Json number(std::uint64_t least) {
    Json schema = integer(least);
    schema["type"] = {"integer", "string"};
    return schema;
}

Json numbers(std::uint64_t least, std::size_t count) {
    Json list = list_of(number(least), count);
    list["maxItems"] = count;
    return list;
}

Json pool_map();

Json value_of(const LayerKey& key) {
    switch (key.value) {
        case LayerValue::Integer: return number(key.least);
        case LayerValue::Extent: return any_of({number(key.least), numbers(key.least, 2)});
        case LayerValue::Padding: return any_of({number(key.least), numbers(key.least, 2), numbers(key.least, 4)});
        case LayerValue::Flag: return choice({"false", "true"});
        case LayerValue::Range: return numbers(key.least, 2);
        case LayerValue::Text: return text();
        case LayerValue::PoolKind: return choice({"max", "average"});
        case LayerValue::Rounding: return choice({"down", "up"});
        case LayerValue::Pool: break;
    }
    return pool_map();
}

/// The keys that are a kind's own, beside those in `properties`.
Json map_of_keys(LayerType type, Json properties, std::vector<std::string> required) {
    for (const LayerKey& key : keys_of(type)) {
        properties[key.name] = described(value_of(key), key.meaning);
        const bool is_required = std::string(key.initial).empty();
        // Only what is global has no size.
        if (is_required && (type != LayerType::Pool || key.value == LayerValue::PoolKind))
            required.emplace_back(key.name);
    }
    Json map = map_of(properties, required);
    if (type == LayerType::Pool) map["anyOf"] = {{{"required", {"size"}}}, {{"required", {"global"}}}};
    return map;
}

Json pool_map() { return map_of_keys(LayerType::Pool, Json::object(), {}); }

/// A layer: which keys it may have is up to its type.
Json layer_map() {
    std::vector<std::string> names;
    Json cases = Json::array();
    for (const LayerKind& kind : kLayerKinds) {
        names.emplace_back(kind.name);
        Json own = {{"name", text()}, {"type", {{"const", kind.name}}}, {"inputs", list_of(text())}};
        cases.push_back(
            {{"if", {{"properties", {{"type", {{"const", kind.name}}}}}, {"required", {"type"}}}},
             {"then", described(map_of_keys(kind.type, std::move(own), {"name", "type"}), kind.description)}});
    }
    return {{"type", "object"},
            {"required", {"name", "type"}},
            {"properties", {{"name", text()}, {"type", choice(names)}}},
            {"allOf", cases}};
}

Json input_map() {
    return any_of({map_of({{"channels", number(1)}, {"height", number(1)}, {"width", number(1)}},
                          {"channels", "height", "width"}),
                   map_of({{"tokens", number(1)}, {"features", number(1)}}, {"tokens"})});
}

}  // namespace

Json network_map() {
    const Json layer = layer_map();
    const Json block =
        map_of({{"repeat", number(1)}, {"name", text()}, {"layers", list_of(layer)}}, {"repeat", "name", "layers"});
    Json item = {{"if", {{"required", {"repeat"}}}}, {"then", block}, {"else", layer}};
    const Json parameters = {{"type", "object"}, {"additionalProperties", integer(0)}};
    return map_of({{"name", described(text(), "the network's name")},
                   {"source", described(text(), "where its shapes come from")},
                   {"parameters", described(parameters, "names that stand for numbers")},
                   {"input", described(input_map(), "what the first layer reads, of one sample")},
                   {"layers", list_of(std::move(item))}},
                  {"name", "input", "layers"});
}

Json network_in_experiment() {
    const Json whole = network_map();
    Json properties = whole["properties"];
    properties["base"] = reference("the network that this one differs from");
    return {{"if", {{"required", {"base"}}}}, {"then", map_of(properties, {"base"})}, {"else", whole}};
}

}  // namespace hypar::schema
