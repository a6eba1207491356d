#include "experiment/resolved_inputs.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace hypar {
namespace {

YamlValue scalar(const YamlValue& near, std::string text) {
    YamlValue value;
    value.kind = YamlValue::Kind::Scalar;
    value.place = near.place;
    value.text = std::move(text);
    return value;
}

void add_default(YamlValue& root, const char* key, const char* text) {
    if (root.find(key) == nullptr) root.entries.push_back({key, root.place, scalar(root, text)});
}

bool is_integer(const YamlValue& value) {
    constexpr std::size_t kMostDigits = 18;
    return !value.quoted && !value.text.empty() && value.text.size() <= kMostDigits &&
           value.text.find_first_not_of("0123456789") == std::string::npos &&
           (value.text.size() == 1 || value.text.front() != '0');
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

YamlValue with_defaults(YamlValue root) {
    for (const char* key : {"accelerators", "topology", "precision"}) {
        const auto own = std::find_if(root.entries.begin(), root.entries.end(),
                                      [&](const YamlEntry& entry) { return entry.key == key; });
        YamlEntry* array = root.find("array");
        if (own == root.entries.end() || array == nullptr || array->value.kind != YamlValue::Kind::Map) continue;
        if (YamlEntry* of_array = array->value.find(key)) {
            of_array->value = own->value;
        } else {
            array->value.entries.push_back(*own);
        }
        root.entries.erase(own);
    }
    add_default(root, "batch", "256");
    add_default(root, "strategy", "hypar");
    add_default(root, "schedule", "sequential");
    add_default(root, "partial_sums", "pooled");
    add_default(root, "capacity", "refuse");
    add_default(root, "optimizer", "sgd");
    if (root.find("phases") == nullptr) {
        YamlValue phases;
        phases.kind = YamlValue::Kind::Sequence;
        phases.place = root.place;
        for (const char* phase : {"forward", "backward", "gradient", "update"})
            phases.items.push_back(scalar(root, phase));
        root.entries.push_back({"phases", root.place, std::move(phases)});
    }
    return root;
}

std::string inputs_json(const YamlValue& root) { return json_of(root).dump(); }

std::string cell_of(const YamlValue& value) {
    return value.kind == YamlValue::Kind::Scalar ? value.text : json_of(value).dump();
}

}  // namespace hypar
