#include "experiment/experiment.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <stdexcept>

#include <fmt/format.h>

#include "base/mistakes.h"
#include "base/text.h"
#include "experiment/array_reader.h"
#include "experiment/catalogue.h"
#include "experiment/experiment_reader.h"
#include "experiment/loading.h"
#include "experiment/memory_bandwidth.h"
#include "experiment/network_reader.h"
#include "experiment/overrides.h"
#include "experiment/references.h"
#include "experiment/spec_reader.h"
#include "sim/fastest_plan.h"

namespace hypar {
namespace {

std::vector<Setting> settings_of(const std::vector<Override>& overrides) {
    std::vector<Setting> settings;
    std::transform(overrides.begin(), overrides.end(), std::back_inserter(settings), setting_of);
    return settings;
}

/// A map with one key.
YamlValue map_of(const std::string& key, YamlValue value) {
    YamlValue map;
    map.kind = YamlValue::Kind::Map;
    map.place = value.place;
    map.entries.push_back({key, map.place, std::move(value)});
    return map;
}

/// Throws ConfigError if an override is of no key below `part`.
void check_below(const Override& setting, const std::string& part, const char* example) {
    if (setting.key.rfind(part + ".", 0) == 0) return;
    throw ConfigError(
        "", fmt::format("expected a key of the {}, such as {}, not \"{}\"", part, example, printable(setting.key)),
        printable(setting.place, 200));
}

/// `root` with what follows from other keys of its array.
YamlValue with_settled_array(YamlValue root) {
    YamlEntry* array = root.find("array");
    array->value = with_vault_bandwidth(std::move(array->value), array->key);
    return root;
}

ArraySpec read_checked_array(const Field& field) {
    ArraySpec array = read_array(field);
    try {
        check_topology(array);
    } catch (const ConfigError& error) {
        throw field.located(error);
    }
    return array;
}

}  // namespace

Network network_of(const YamlValue& root) { return read_network(Field(root, {})); }

ArraySpec array_of(const YamlValue& root, const FileReference& file) {
    const YamlValue array = with_vault_bandwidth(with_base(root, file), "");
    return read_checked_array(Field(array, {}));
}

YamlValue read_experiment_file(const FileReference& file) {
    YamlValue root = read_yaml_file(file.path, file.label);
    if (is_network(root)) return map_of("network", std::move(root));
    check_kind(root, FileKind::Experiment);
    return root;
}

YamlValue resolved_experiment(YamlValue root, const FileReference& file, const std::vector<Setting>& settings,
                              FileTrees& trees) {
    std::map<std::string, std::filesystem::path> folders;
    std::vector<Setting> deeper;
    for (const Setting& setting : settings) {
        if (!is_top_level(setting)) {
            deeper.push_back(setting);
            continue;
        }
        root = apply_setting(std::move(root), setting);
        folders[setting.key] = setting.folder;
    }
    if (root.find("array") == nullptr) {
        YamlValue array;
        array.kind = YamlValue::Kind::Scalar;
        array.place = root.place;
        array.text = kDefaultArray;
        root.entries.push_back({"array", root.place, std::move(array)});
    }
    Mistakes mistakes;
    for (const FileKind kind : {FileKind::Network, FileKind::Array}) {
        const auto& folder = folders.try_emplace(name_of(kind), file.path.parent_path()).first->second;
        mistakes.collect([&] { resolve(root, kind, folder, trees); });
    }
    const auto& folder = folders.try_emplace("strategy", file.path.parent_path()).first->second;
    mistakes.collect([&] { resolve_plan(root, folder); });
    mistakes.throw_if_any();
    return with_settled_array(apply_settings(std::move(root), deeper));
}

Experiment experiment_of(const YamlValue& root, const FileReference& file, const std::vector<Override>& overrides) {
    FileTrees trees;
    return experiment_of(root, file, settings_of(overrides), trees);
}

Experiment experiment_of(const YamlValue& root, const FileReference& file, const std::vector<Setting>& settings,
                         FileTrees& trees) {
    return read_experiment(resolved_experiment(root, file, settings, trees), printable(file.path.stem().string()));
}

Experiment experiment_to_plan(const YamlValue& root, const FileReference& file,
                              const std::vector<Setting>& settings) {
    FileTrees trees;
    return read_experiment(resolved_experiment(root, file, settings, trees), printable(file.path.stem().string()),
                           Purpose::Plan);
}

namespace {

/// Of H1's parts, where each has accelerators of one kind alone; else none.
std::vector<std::uint64_t> shares_of(const ArraySpec& array, const Levels& levels) {
    std::vector<std::uint64_t> shares;
    if (array.kinds.empty() || levels.count() == 0) return shares;
    const std::uint64_t of_a_part = array.accelerators / levels.size(0);
    for (std::uint64_t first = 0; first < array.accelerators; first += of_a_part) {
        const std::uint32_t kind = array.kind_of(first);
        if (array.kind_of(first + of_a_part - 1) != kind) return {};
        shares.push_back(array.kinds[kind].share);
    }
    return shares;
}

}  // namespace

Levels division_of(const Training& training, const ArraySpec& array) {
    const Levels levels = training.levels.empty() ? default_levels(array.accelerators) : Levels(training.levels);
    return levels.with_shares(shares_of(array, levels));
}

SearchResult Experiment::search_plan() const {
    try {
        if (strategy.minimise == Minimise::Traffic) return choose_plan(strategy, network, step(), division());
        check_topology(array);
        const Levels divided = division();
        const StepShape shape = step();
        return fastest_plan(space_of(strategy, network, shape, divided), {array, phases, capacity, schedule});
    } catch (const ConfigError& error) {
        throw located(error);
    } catch (const std::overflow_error& error) {
        throw located(ConfigError("network", fmt::format("too large to be planned: {}", error.what())));
    }
}

ConfigError Experiment::located(const ConfigError& error) const {
    if (!error.place().empty()) return error;
    std::string key = error.key();
    while (places.count(key) == 0) {
        const std::size_t dot = key.rfind('.');
        key = dot == std::string::npos ? "" : key.substr(0, dot);
        if (key.empty()) break;
    }
    const auto found = places.find(key);
    return found == places.end() ? error : error.at(found->second);
}

std::vector<std::string> comparable_keys() {
    std::vector<std::string> keys = keys_of<Training>();
    const auto is_list = [](const std::string& key) { return key == "phases" || key == "levels"; };
    keys.erase(std::remove_if(keys.begin(), keys.end(), is_list), keys.end());
    return keys;
}

Experiment load_experiment(const std::string& reference, const std::vector<Override>& overrides) {
    const FileReference file = resolve_reference(FileKind::Experiment, reference);
    return experiment_of(read_experiment_file(file), file, overrides);
}

Network load_network(const std::string& reference, const std::vector<Override>& overrides) {
    const FileReference file = resolve_reference(FileKind::Network, reference);
    YamlValue root = read_yaml_file(file.path, file.label);
    const bool is_experiment = root.find("network") != nullptr && root.find("layers") == nullptr;
    if (!is_experiment) {
        check_kind(root, FileKind::Network);
        if (overrides.empty()) return network_of(root);
        root = map_of("network", std::move(root));
    }
    for (const Override& setting : overrides) {
        if (setting.key != "network") check_below(setting, "network", "network.input");
    }
    FileTrees trees;
    root = resolved_experiment(std::move(root), file, settings_of(overrides), trees);
    const YamlEntry* network = root.find("network");
    return read_network(Field(network->value, network->key));
}

ArraySpec load_array(const std::string& reference, const std::vector<Override>& overrides) {
    const FileReference file = resolve_reference(FileKind::Array, reference);
    const YamlValue array = read_file(FileKind::Array, file);
    if (overrides.empty()) return array_of(array, file);
    YamlValue root = map_of("array", with_base(array, file));
    for (const Override& setting : overrides) check_below(setting, "array", "array.clock");
    root = with_settled_array(apply_settings(std::move(root), settings_of(overrides)));
    return read_checked_array(Field(root.entries.front().value, "array"));
}

}  // namespace hypar
