// The schemas take what the readers take, and refuse what they refuse, as far as single values go.

#include <algorithm>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiment/listing/listing.h"
#include "experiment/schema/schema.h"
#include "tests/experiment/support.h"

namespace hypar {
namespace {

using nlohmann::json;
using testing::IsEmpty;
using testing::Not;

/// What a schema has against a value: none, or the paths of what is wrong. Knows the words that ours have.
class Validator {
public:
    static std::vector<std::string> problems(const json& schema, const json& value) {
        Validator validator;
        validator.check(schema, value, "");
        return validator.problems_;
    }

private:
    static bool holds(const json& schema, const json& value) { return problems(schema, value).empty(); }

    static bool has_type(const std::string& type, const json& value) {
        if (type == "integer") return value.is_number_integer();
        if (type == "number") return value.is_number();
        if (type == "string") return value.is_string();
        if (type == "boolean") return value.is_boolean();
        if (type == "array") return value.is_array();
        return type == "object" && value.is_object();
    }

    void check(const json& schema, const json& value, const std::string& path) {
        for (const auto& [word, content] : schema.items()) {
            if (!check_word(schema, word, content, value, path)) problems_.push_back(path + ": " + word);
        }
    }

    bool check_word(const json& schema, const std::string& word, const json& content, const json& value,
                    const std::string& path) {
        const auto is_valid = [&](const json& other) { return holds(other, value); };
        if (word == "type") {
            const json types = content.is_array() ? content : json::array({content});
            return std::any_of(types.begin(), types.end(), [&](const json& type) { return has_type(type, value); });
        }
        if (word == "enum") return std::find(content.begin(), content.end(), value) != content.end();
        if (word == "const") return content == value;
        if (word == "minimum") return !value.is_number() || value >= content;
        if (word == "maximum") return !value.is_number() || value <= content;
        if (word == "pattern")
            return !value.is_string() || std::regex_search(value.get<std::string>(), std::regex(content));
        if (word == "anyOf") return std::any_of(content.begin(), content.end(), is_valid);
        if (word == "oneOf") return std::count_if(content.begin(), content.end(), is_valid) == 1;
        if (word == "minItems") return !value.is_array() || value.size() >= content;
        if (word == "maxItems") return !value.is_array() || value.size() <= content;
        if (word == "minProperties") return !value.is_object() || value.size() >= content;
        if (word == "allOf") {
            for (const json& part : content) check(part, value, path);
        } else if (word == "if") {
            const char* next = holds(content, value) ? "then" : "else";
            if (schema.contains(next)) check(schema[next], value, path);
        } else if (word == "items" && value.is_array()) {
            for (const json& item : value) check(content, item, path + "[]");
        } else if (word == "required" && value.is_object()) {
            return std::all_of(content.begin(), content.end(), [&](const json& key) { return value.contains(key); });
        } else if (word == "properties" && value.is_object()) {
            for (const auto& [key, property] : content.items()) {
                if (value.contains(key)) check(property, value[key], path + "." + key);
            }
        } else if (word == "additionalProperties" && value.is_object()) {
            check_others(schema, content, value, path);
        }
        return true;
    }

    void check_others(const json& schema, const json& content, const json& value, const std::string& path) {
        for (const auto& [key, other] : value.items()) {
            if (schema.contains("properties") && schema["properties"].contains(key)) continue;
            if (content.is_boolean()) {
                problems_.push_back(path + "." + key + ": unknown");
            } else {
                check(content, other, path + "." + key);
            }
        }
    }

    std::vector<std::string> problems_;
};

/// As an editor reads YAML.
json json_of(const YamlValue& value) {
    if (value.kind == YamlValue::Kind::Null) return nullptr;
    if (value.kind == YamlValue::Kind::Scalar) {
        const bool is_plain = !value.quoted && (json::accept(value.text) && value.text.front() != '"');
        return is_plain ? json::parse(value.text) : json(value.text);
    }
    json result = value.kind == YamlValue::Kind::Map ? json::object() : json::array();
    for (const YamlValue& item : value.items) result.push_back(json_of(item));
    for (const YamlEntry& entry : value.entries) result[entry.key] = json_of(entry.value);
    return result;
}

std::vector<std::string> problems_of(const std::string& schema, const std::string& yaml) {
    static std::map<std::string, json> known;
    json& parsed = known[schema];
    if (parsed.is_null()) parsed = json::parse(schema_json(schema));
    return Validator::problems(parsed, json_of(yaml_of(yaml)));
}

TEST(Schema, TakesEveryFileThatIsShipped) {
    std::size_t files = 0;
    for (const auto& [folder, schema] :
         std::vector<std::pair<std::string, std::string>>{{"workloads/networks", "network"},
                                                          {"configs/arrays", "array"},
                                                          {"configs/experiments", "experiment"},
                                                          {"configs/sweeps", "sweep"}}) {
        for (const auto& file : std::filesystem::directory_iterator(std::string(HYPAR_SOURCE_DIR) + "/" + folder)) {
            EXPECT_THAT(problems_of(schema, project_file(folder + "/" + file.path().filename().string())), IsEmpty())
                << file.path();
            ++files;
        }
    }
    EXPECT_GE(files, 77U);
}

/// Mistakes that the readers refuse as well.
TEST(Schema, RefusesWrongKeysAndValues) {
    for (const auto& [schema, yaml] : std::vector<std::pair<std::string, std::string>>{
             {"experiment", "network: vgg-a\nbatchsize: 4"},
             {"experiment", "batch: 4"},
             {"experiment", "network: vgg-a\nbatch: 0"},
             {"experiment", "network: vgg-a\nbatch: many"},
             {"experiment", "network: vgg-a\nprecision: float31"},
             {"experiment", "network: vgg-a\nphases: [forward, sideways]"},
             {"experiment", "network: vgg-a\nstrategy: {nam: data}"},
             {"experiment", "network: vgg-a\nstrategy: {name: optimal, splits: [left]}"},
             {"experiment", "network: vgg-a\nstrategy: {plan: [\"0x\"]}"},
             {"experiment", "network: vgg-a\nschedule: {kind: overlapped, bucket: 25}"},
             {"experiment", "network: vgg-a\ntopology: {kind: torus, arity: [2]}"},
             {"experiment", "network: vgg-a\ntopology: {kind: graph}"},
             {"experiment", "network: vgg-a\narray: {memory: {vaults: 4}}"},
             {"experiment", "network: vgg-a\narray: {base: hpca19, memory: {vault: 4}}"},
             {"array", "base: hpca19\nclock: 250"},
             {"array", "base: hpca19\nclock: \"250 GB\""},
             {"array", "base: hpca19\npe_array: {kind: systolic, registers: {filter: 4}}"},
             {"network", "name: x\ninput: {channels: 1, height: 8}\nlayers: [{name: a, type: fc, out_features: 1}]"},
             {"network", "name: x\ninput: {tokens: 1}\nlayers: [{name: a, type: fc, out_channels: 1}]"},
             {"network", "name: x\ninput: {tokens: 1}\nlayers: [{name: a, type: fcc, out_features: 1}]"},
             {"network", "name: x\ninput: {tokens: 1}\nlayers: [{type: fc, out_features: 1}]"},
             {"network", "name: x\ninput: {tokens: 1}\nlayers: []"},
             {"sweep", "base: vgg-a"},
             {"sweep", "base: vgg-a\nvary: {batch: {from: 1, to: 4}}"},
             {"sweep", "base: vgg-a\nvary: {batch: 4}"},
             {"plan", "network: vgg-a\nstrategy: data"},
         }) {
        EXPECT_THAT(problems_of(schema, yaml), Not(IsEmpty())) << yaml;
        const TemporaryFolder folder;
        if (schema != "plan") {
            EXPECT_NE(message_of([&] { check_file(folder.write("a.yaml", yaml)); }), "") << yaml;
        }
    }
}

/// What the shipped files have not.
TEST(Schema, TakesWhatTheReadersTake) {
    const std::string deep = "network: lenet-c\naccelerators: 4\n";
    for (const auto& [schema, yaml] : std::vector<std::pair<std::string, std::string>>{
             {"experiment",
              deep + "strategy: {plan: [\"01?1\", \"????\"], name: optimal, minimise: traffic, label: my}"},
             {"experiment", deep + "levels: [2, 2]\noptimizer: adam\noptimizer_state: sharded"},
             {"experiment", deep + "schedule: {kind: overlapped, bucket: \"1 MB\", steps: 2}"},
             {"experiment", deep + "topology: {kind: graph, links: [{between: [acc0, hub]}, {between: [acc1, hub]}, "
                                   "{between: [acc2, hub], bandwidth: \"8 Gb/s\"}, {between: [acc3, hub]}]}"},
             {"experiment", deep + "array: {base: hpca19, memory: {bandwidth: \"640 GB/s\"}}"},
             {"experiment", deep + "array: {base: hpca19, interconnect: {link_bandwidth: \"8 Gb/s\"}}"},
             {"experiment", deep + "array: {base: hpca19, interconnect: {collectives: {all-reduce: ring}}}"},
             {"experiment", deep + "array: {base: hpca19, mapping: {minimise: {energy_within: \"5 %\"}}}"},
             {"experiment",
              "network: lenet-c\narray: {base: hpca19, accelerators: [{count: 2, kind: fast}, "
              "{count: 2, kind: slow}], kinds: {fast: {}, slow: {processing_units: 8}}}"},
             {"experiment", deep + "array: {base: hpca19, memory: {scheduler: fr-fcfs, window: 8}}"},
             {"plan", deep + "strategy: {plan: [\"0111\", \"0111\"]}"},
         }) {
        EXPECT_THAT(problems_of(schema, yaml), IsEmpty()) << yaml;
        const TemporaryFolder folder;
        EXPECT_EQ(message_of([&] { check_file(folder.write("a.yaml", yaml)); }), "") << yaml;
    }
}

/// The keys of a map that no table lists, as a reader names them: "unknown key "x"; known: a, b".
std::vector<std::string> known_to_reader(const std::string& yaml) {
    const TemporaryFolder folder;
    const std::string message = message_of([&] { check_file(folder.write("a.yaml", yaml)); });
    std::smatch found;
    EXPECT_TRUE(std::regex_search(message, found, std::regex("unknown key \"[^\"]*\"; known: ([^\\n(]*)")))
        << message;
    std::vector<std::string> keys;
    std::istringstream words(found[1]);
    for (std::string word; words >> word;) keys.push_back(word.substr(0, word.find(',')));
    std::sort(keys.begin(), keys.end());
    return keys;
}

std::vector<std::string> keys_of(const json& map) {
    std::vector<std::string> keys;
    for (const auto& [key, property] : map["properties"].items()) keys.push_back(key);
    std::sort(keys.begin(), keys.end());
    return keys;
}

TEST(Schema, HasTheKeysThatNoTableLists) {
    const json network = json::parse(schema_json("network"));
    const json sweep = json::parse(schema_json("sweep"));
    const std::string layers = "layers: [{name: a, type: fc, out_features: 1}]\n";
    EXPECT_EQ(keys_of(network), known_to_reader("name: x\ninput: {tokens: 1}\nwrong: 1\n" + layers));
    const json& inputs = network["properties"]["input"]["anyOf"];
    EXPECT_EQ(keys_of(inputs[0]), known_to_reader("name: x\ninput: {channels: 1, wrong: 1}\n" + layers));
    EXPECT_EQ(keys_of(inputs[1]), known_to_reader("name: x\ninput: {tokens: 1, wrong: 1}\n" + layers));
    EXPECT_EQ(keys_of(network["properties"]["layers"]["items"]["then"]),
              known_to_reader("name: x\ninput: {tokens: 1}\nlayers: [{repeat: 1, name: x, wrong: 1}]\n"));
    EXPECT_EQ(keys_of(sweep), known_to_reader("base: lenet-c\nvary: {batch: [1]}\nwrong: 1"));
    EXPECT_EQ(keys_of(sweep["properties"]["vary"]["additionalProperties"]["anyOf"][1]),
              known_to_reader("base: lenet-c\nvary: {batch: {from: 1, to: 2, times: 2, wrong: 1}}"));
    const json graph = json::parse(schema_json("experiment"))["properties"]["topology"]["anyOf"].back();
    EXPECT_EQ(keys_of(graph), known_to_reader("network: sfc\ntopology: {kind: graph, links: [], wrong: 1}"));
    EXPECT_EQ(keys_of(graph["properties"]["links"]["items"]),
              known_to_reader("network: sfc\ntopology: {kind: graph, links: [{wrong: 1}]}"));
}

}  // namespace
}  // namespace hypar
