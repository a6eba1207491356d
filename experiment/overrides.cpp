#include "experiment/overrides.h"

#include <algorithm>
#include <memory>
#include <type_traits>
#include <vector>

#include <fmt/format.h>

#include "arch/array/array_spec.h"
#include "base/error.h"
#include "base/names.h"
#include "base/text.h"
#include "experiment/memory_bandwidth.h"

namespace hypar {
namespace {

/// Walks down the tree along a setting's path.
class Descent {
public:
    explicit Descent(const Setting& setting) : setting_(setting), place_(setting.place) {}

    std::vector<std::string> segments() const {
        std::vector<std::string> segments(1);
        for (const char character : setting_.key) {
            if (character == '.') {
                segments.emplace_back();
            } else {
                segments.back() += character;
            }
        }
        for (const std::string& segment : segments) {
            if (segment.empty()) {
                throw error(
                    {}, fmt::format("expected a key, or keys joined by dots, not \"{}\"", printable(setting_.key)));
            }
        }
        return segments;
    }

    /// The value below `parent` that `segment` names; `above` is the path of `parent`.
    YamlValue& step(YamlValue& parent, const std::string& above, const std::string& segment) const {
        switch (parent.kind) {
            case YamlValue::Kind::Null:
                parent.kind = YamlValue::Kind::Map;
                parent.place = place_;
                return entry(parent, segment);
            case YamlValue::Kind::Map: return entry(parent, segment);
            case YamlValue::Kind::Sequence: return item(parent, above, segment);
            case YamlValue::Kind::Scalar: break;
        }
        throw error(above,
                    fmt::format("\"{}\" has no keys, so no \"{}\"", printable(parent.text), printable(segment)));
    }

private:
    YamlValue& entry(YamlValue& map, const std::string& key) const {
        if (YamlEntry* found = map.find(key)) return found->value;
        YamlValue missing;
        missing.place = place_;
        map.entries.push_back({key, place_, std::move(missing)});
        return map.entries.back().value;
    }

    YamlValue& item(YamlValue& list, const std::string& above, const std::string& segment) const {
        std::vector<std::string> names;
        for (std::size_t index = 0; index < list.items.size(); ++index) {
            YamlValue& candidate = list.items[index];
            if (segment == std::to_string(index)) return candidate;
            const YamlEntry* name = candidate.find("name");
            if (name == nullptr || name->value.kind != YamlValue::Kind::Scalar) continue;
            if (segment == name->value.text) return candidate;
            names.push_back(printable(name->value.text));
        }
        const std::string items =
            list.items.empty() ? "has no items" : fmt::format("has items 0 to {}", list.items.size() - 1);
        if (names.empty() || segment.find_first_not_of("0123456789") == std::string::npos) {
            throw error(above, fmt::format("no item \"{}\": the list {}", printable(segment), items));
        }
        throw error(above, unknown_name("item", printable(segment), names));
    }

    ConfigError error(const std::string& key, const std::string& problem) const {
        return {printable(key), problem, place_.text()};
    }

    const Setting& setting_;
    Place place_;
};

/// Finds the paths of the keys in whose place the one at `path` stands.
struct AlternativeFinder {
    const std::string& path;
    std::string above;
    std::vector<std::string>& found;

    template <typename Value, typename Kind>
    void operator()(const Key& key, const Value& value, const Kind& kind) const {
        if constexpr (std::is_same_v<Kind, Section>) {
            Value::for_each_field(value, AlternativeFinder{path, above + key.name + ".", found});
        } else if constexpr (is_either<Kind>) {
            const std::string one = above + key.name;
            const std::string other = above + kind.other.name;
            if (path == one) found.push_back(other);
            if (path == other) found.push_back(one);
        }
    }
};

/// Keys of an array that it does not give beside the one at `path`.
std::vector<std::string> alternatives_to(const std::string& path) {
    std::vector<std::string> found;
    const ArraySpec array;
    ArraySpec::for_each_field(array, AlternativeFinder{path, "", found});
    if (path == kMemoryBandwidth) found.assign(kFromMemoryBandwidth.begin(), kFromMemoryBandwidth.end());
    const auto* const end = kFromMemoryBandwidth.end();
    if (std::find(kFromMemoryBandwidth.begin(), end, path) != end) found.emplace_back(kMemoryBandwidth);
    return found;
}

void remove(YamlValue& root, const std::string& path) {
    YamlValue* map = &root;
    std::size_t begin = 0;
    for (std::size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', begin)) {
        YamlEntry* entry = map->find(path.substr(begin, dot - begin));
        if (entry == nullptr) return;
        map = &entry->value;
        begin = dot + 1;
    }
    std::vector<YamlEntry>& entries = map->entries;
    const auto is_it = [&](const YamlEntry& entry) { return entry.key == path.substr(begin); };
    entries.erase(std::remove_if(entries.begin(), entries.end(), is_it), entries.end());
}

/// What an experiment says of its array itself would undo a setting of the array.
void drop_shared_key(YamlValue& root, const std::string& path) {
    const std::string key = path.substr(0, path.find('.'));
    if (is_shared_key(key)) remove(root, key);
}

/// What a map inherits is in it before any of its keys is set.
void refuse_base(const Setting& setting) {
    for (const auto& [kind, example] : {std::pair("array", "hpca19"), std::pair("network", "gpt2")}) {
        if (setting.key != std::string(kind) + ".base") continue;
        throw ConfigError(setting.key,
                          fmt::format("cannot be set, for it is read before; expected a whole {0}, such as "
                                      "{0}={{base: {1}}}",
                                      kind, example),
                          setting.place.text());
    }
}

}  // namespace

Setting setting_of(const Override& given) {
    const Place place(std::make_shared<const std::string>(printable(given.place, 200)));
    return {given.key, place, read_yaml_option(given.value, given.place), {}};
}

YamlValue apply_setting(YamlValue root, const Setting& setting) {
    const Descent descent(setting);
    YamlValue* target = &root;
    std::string path;
    for (const std::string& segment : descent.segments()) {
        target = &descent.step(*target, path, segment);
        path += (path.empty() ? "" : ".") + segment;
    }
    *target = setting.value;
    return root;
}

void drop_alternatives(YamlValue& array, const std::string& path, const std::vector<std::string>& given) {
    for (const std::string& other : alternatives_to(path)) {
        if (std::find(given.begin(), given.end(), other) == given.end()) remove(array, other);
    }
}

YamlValue apply_settings(YamlValue root, const std::vector<Setting>& settings) {
    const std::string above = "array.";
    std::vector<std::string> given;
    for (const Setting& setting : settings) {
        if (setting.key.rfind(above, 0) == 0) given.push_back(setting.key.substr(above.size()));
    }
    for (const Setting& setting : settings) {
        refuse_base(setting);
        root = apply_setting(std::move(root), setting);
        YamlEntry* array = root.find("array");
        if (array == nullptr || setting.key.rfind(above, 0) != 0) continue;
        const std::string path = setting.key.substr(above.size());
        drop_alternatives(array->value, path, given);
        drop_shared_key(root, path);
    }
    return root;
}

bool is_top_level(const Setting& setting) { return setting.key.find('.') == std::string::npos; }

}  // namespace hypar
