#include "experiment/network_expansion.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/names.h"
#include "base/text.h"
#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/scalar.h"

namespace hypar {
namespace {

constexpr std::uint64_t kMostRepetitions = 4096;

/// By name, the number as it is written.
using Parameters = std::map<std::string, std::string>;

Parameters read_parameters(const Field& field) {
    if (field.value().kind != YamlValue::Kind::Map) throw field.expected("a map of names and integers");
    Parameters parameters;
    for (const YamlEntry& entry : field.value().entries) {
        const Field value(entry.value, field.key_of(entry.key));
        parameters[entry.key] = std::to_string(read_integer(value, 0));
    }
    return parameters;
}

/// Keys whose values are names, never numbers.
bool is_text(const std::string& key) {
    static const std::set<std::string> kTexts{"name", "type", "kind", "rounding", "inputs", "weights", "source"};
    return kTexts.count(key) > 0;
}

class Expansion {
public:
    explicit Expansion(Field network) : network_(std::move(network)) {}

    YamlValue expand() {
        YamlValue root = network_.value();
        if (root.kind != YamlValue::Kind::Map) return root;
        if (const YamlEntry* entry = root.find("parameters")) {
            parameters_ = read_parameters(Field(entry->value, network_.key_of("parameters")));
        }
        for (YamlEntry& entry : root.entries) {
            if (entry.key == "layers" && entry.value.kind == YamlValue::Kind::Sequence) {
                entry.value.items =
                    expanded_layers(Field(network_.value().find("layers")->value, network_.key_of("layers")));
            } else if (entry.key != "parameters" && !is_text(entry.key)) {
                fill(entry.value);
            }
        }
        check_parameters();
        return root;
    }

private:
    /// One that nothing uses is a misspelt one.
    void check_parameters() const {
        const std::vector<std::string> used(used_.begin(), used_.end());
        for (const auto& [name, number] : parameters_) {
            if (used_.count(name) > 0) continue;
            const std::string key = "parameters." + name;
            const Field field(nearest_value(network_.value(), key), network_.key_of(key));
            throw used.empty() ? field.error("nothing in the network uses it")
                               : field.error(unknown_name("parameter", printable(name), used));
        }
    }

    /// Puts numbers where the value names parameters.
    void fill(YamlValue& value) {
        if (value.kind == YamlValue::Kind::Scalar && !value.quoted) {
            const auto found = parameters_.find(value.text);
            if (found != parameters_.end()) {
                used_.insert(found->first);
                value.text = found->second;
            }
        }
        for (YamlValue& item : value.items) fill(item);
        for (YamlEntry& entry : value.entries) {
            if (!is_text(entry.key)) fill(entry.value);
        }
    }

    std::vector<YamlValue> expanded_layers(const Field& layers) {
        std::vector<YamlValue> expanded;
        for (const Field& item : read_list(layers, "a list of layers")) {
            if (item.value().find("repeat") != nullptr) {
                repeat(item, expanded);
                continue;
            }
            expanded.push_back(item.value());
            fill(expanded.back());
        }
        return expanded;
    }

    void repeat(const Field& block, std::vector<YamlValue>& expanded) {
        const MapReader map(block, {"repeat", "name", "layers"});
        YamlValue count = map.required("repeat", "how often").value();
        fill(count);
        const std::uint64_t times = read_integer(Field(count, block.key_of("repeat")), 1, kMostRepetitions);
        const std::string name = read_text(map.required("name", "what the names of its layers begin with"));
        const std::vector<Field> layers = read_list(map.required("layers", "a list of layers"), "a list of layers");
        std::set<std::string> own;
        for (const Field& layer : layers) {
            if (const YamlEntry* entry = layer.value().find("name")) own.insert(entry->value.text);
        }
        for (std::uint64_t time = 1; time <= times; ++time) {
            const std::string prefix = fmt::format("{}{}.", name, time);
            const YamlEntry* above = expanded.empty() ? nullptr : expanded.back().find("name");
            const std::string before = above == nullptr ? "input" : above->value.text;
            for (const Field& layer : layers) {
                expanded.push_back(layer.value());
                fill(expanded.back());
                for (YamlEntry& entry : expanded.back().entries) rename(entry, prefix, before, own);
            }
        }
    }

    static void rename(YamlEntry& entry, const std::string& prefix, const std::string& before,
                       const std::set<std::string>& own) {
        const auto rename_text = [&](YamlValue& value) {
            if (value.kind != YamlValue::Kind::Scalar) return;
            if (own.count(value.text) > 0) {
                value.text = prefix + value.text;
            } else if (value.text == "input") {
                value.text = before;
            }
        };
        if (entry.key == "name" || entry.key == "weights") rename_text(entry.value);
        if (entry.key != "inputs") return;
        for (YamlValue& item : entry.value.items) rename_text(item);
    }

    Field network_;
    Parameters parameters_;
    std::set<std::string> used_;
};

}  // namespace

YamlValue expanded_network(const Field& network) { return Expansion(network).expand(); }

}  // namespace hypar
