#include "experiment/overrides.h"

#include <memory>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/names.h"
#include "experiment/yaml/source_text.h"

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

bool is_top_level(const Setting& setting) { return setting.key.find('.') == std::string::npos; }

}  // namespace hypar
