#include "experiment/paper/choices.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iterator>

#include <fmt/format.h>

#include "base/mistakes.h"
#include "experiment/loading.h"
#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/scalar.h"

namespace hypar {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTriedNetwork = "lenet-c";

void check_map(const Field& field, const char* expected) {
    if (field.value().kind != YamlValue::Kind::Map) throw field.expected(expected);
    if (field.value().entries.empty()) throw field.error("expected at least one key");
}

std::string read_name(const Field& field, const std::vector<ModelChoice>& before) {
    std::string name = read_text(field);
    const bool is_name = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
    if (!is_name) throw field.expected("a name of small letters, digits and hyphens");
    if (name == kAllChoices || name == kNoChoices) throw field.error(fmt::format("\"{}\" is no single choice", name));
    const auto has_name = [&](const ModelChoice& choice) { return choice.name == name; };
    if (std::any_of(before.begin(), before.end(), has_name)) {
        throw field.error(fmt::format("\"{}\" is named twice", name));
    }
    return name;
}

ModelChoice read_choice_of(const Field& field, const std::vector<ModelChoice>& before, const fs::path& folder) {
    const MapReader map(field, {"name", "title", "where", "set"});
    ModelChoice choice;
    choice.name = read_name(map.required("name", "a name"), before);
    choice.title = read_text(map.required("title", "a sentence"));
    if (const auto where = map.optional("where")) {
        check_map(*where, "a map of keys with the value that an experiment has to have");
        for (const YamlEntry& entry : where->value().entries) {
            choice.where.emplace_back(entry.key, read_text(Field(entry.value, where->key_of(entry.key))));
        }
    }
    const Field set = map.required("set", "a map of settings by their dotted keys");
    check_map(set, "a map of settings by their dotted keys");
    for (const YamlEntry& entry : set.value().entries) {
        choice.settings.push_back({entry.key, entry.place, entry.value, folder});
    }
    return choice;
}

/// Throws ConfigError where the default experiment cannot have what a choice sets.
void try_out(const ModelChoice& choice, const FileReference& file, FileTrees& trees) {
    YamlValue name;
    name.kind = YamlValue::Kind::Scalar;
    name.text = kTriedNetwork;
    YamlValue root;
    root.kind = YamlValue::Kind::Map;
    root.entries.push_back({"network", {}, name});
    experiment_of(root, file, choice.settings, trees);
}

}  // namespace

bool ModelChoice::applies(const YamlValue& experiment) const {
    return std::all_of(where.begin(), where.end(), [&](const auto& expected) {
        const YamlEntry* entry = experiment.find(expected.first);
        return entry != nullptr && entry->value.text == expected.second;
    });
}

std::vector<ModelChoice> choices_of(const YamlValue& root_value, const FileReference& file) {
    const Field root(root_value, {});
    const MapReader map(root, {"choices"});
    std::vector<ModelChoice> choices;
    FileTrees trees;
    Mistakes mistakes;
    const Field list = map.required("choices", "a list of choices");
    for (const Field& item : read_list(list, "a list of choices")) {
        mistakes.collect([&] {
            choices.push_back(read_choice_of(item, choices, file.path.parent_path()));
            try_out(choices.back(), file, trees);
        });
    }
    mistakes.throw_if_any();
    if (choices.empty()) throw list.error("expected at least one choice");
    return choices;
}

std::vector<ModelChoice> load_choices(const fs::path& folder) {
    const fs::path path = folder / kChoicesFile;
    if (!fs::exists(path)) return {};
    return choices_of(read_yaml_file(path, path.string()), {path, path.string()});
}

std::vector<std::string> names_of(const std::vector<ModelChoice>& choices) {
    std::vector<std::string> names;
    std::transform(choices.begin(), choices.end(), std::back_inserter(names), std::mem_fn(&ModelChoice::name));
    return names;
}

std::vector<Setting> settings_for(const std::vector<ModelChoice>& choices, const YamlValue& experiment) {
    std::vector<Setting> settings;
    for (const ModelChoice& choice : choices) {
        if (!choice.applies(experiment)) continue;
        settings.insert(settings.end(), choice.settings.begin(), choice.settings.end());
    }
    return settings;
}

}  // namespace hypar
