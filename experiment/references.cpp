#include "experiment/references.h"

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "experiment/overrides.h"
#include "experiment/yaml/field.h"

namespace hypar {
namespace {

constexpr const char* kBase = "base";

/// Files of arrays, each based on the next one.
using Chain = std::vector<FileReference>;

/// The file that a name or a path refers to; `expected` says what else there may be.
FileReference file_of(const Field& field, FileKind kind, const std::filesystem::path& folder, const char* expected) {
    if (field.value().kind != YamlValue::Kind::Scalar) throw field.expected(expected);
    FileReference file;
    try {
        file = resolve_reference(kind, field.value().text, folder);
    } catch (const ConfigError& error) {
        throw field.located(error);
    }
    std::error_code error;
    if (!std::filesystem::exists(file.path, error) || std::filesystem::is_directory(file.path, error)) {
        throw field.error(fmt::format("there is no file \"{}\"", printable(file.label)));
    }
    return file;
}

/// Throws ConfigError if a file is based on itself.
void check_chain(const Field& field, const Chain& chain, const FileReference& next) {
    const auto is_next = [&](const FileReference& file) { return file.path == next.path; };
    const auto first = std::find_if(chain.begin(), chain.end(), is_next);
    if (first == chain.end()) return;
    std::string circle;
    for (auto file = first; file != chain.end(); ++file) circle += printable(file->label) + " -> ";
    throw field.error("arrays that are based on each other in a circle: " + circle + printable(next.label));
}

/// What is of another kind has other keys.
bool is_of_another_kind(const YamlValue& base, const YamlValue& own) {
    const YamlEntry* one = base.find("kind");
    const YamlEntry* other = own.find("kind");
    return other != nullptr && (one == nullptr || one->value.text != other->value.text);
}

/// The paths of all entries below `value`.
void collect_paths(const YamlValue& value, const std::string& above, std::vector<std::string>& paths) {
    for (const YamlEntry& entry : value.entries) {
        paths.push_back(above + entry.key);
        collect_paths(entry.value, paths.back() + ".", paths);
    }
}

YamlValue inheriting(const Field& map, FileKind kind, const std::filesystem::path& folder, const Chain& chain,
                     FileTrees& trees);

/// The map of the file that `field` names; `chain` leads to it.
YamlValue referred(const Field& field, FileKind kind, const FileReference& file, Chain chain, FileTrees& trees) {
    check_chain(field, chain, file);
    const auto known = trees.find(file.path.string());
    if (known != trees.end()) return known->second;
    YamlValue root = read_file(kind, file);
    chain.push_back(file);
    if (kind == FileKind::Array) root = inheriting(Field(root, {}), kind, file.path.parent_path(), chain, trees);
    trees.emplace(file.path.string(), root);
    return root;
}

/// A map of `kind` with what its base has beside it.
YamlValue inheriting(const Field& map, FileKind kind, const std::filesystem::path& folder, const Chain& chain,
                     FileTrees& trees) {
    YamlValue own = map.value();
    const auto entry = std::find_if(own.entries.begin(), own.entries.end(),
                                    [](const YamlEntry& candidate) { return candidate.key == kBase; });
    if (entry == own.entries.end()) return own;
    const Field field(entry->value, map.key_of(kBase));
    const FileReference file = file_of(field, kind, folder, "a name or a path");
    YamlValue whole = referred(field, kind, file, chain, trees);
    own.entries.erase(entry);
    lay_over(whole, own);
    std::vector<std::string> given;
    collect_paths(own, "", given);
    for (const std::string& path : given) drop_alternatives(whole, path, given);
    return whole;
}

}  // namespace

void lay_over(YamlValue& base, const YamlValue& own) {
    const bool are_maps = base.kind == YamlValue::Kind::Map && own.kind == YamlValue::Kind::Map;
    if (!are_maps || is_of_another_kind(base, own)) {
        base = own;
        return;
    }
    base.place = own.place;
    for (const YamlEntry& entry : own.entries) {
        if (YamlEntry* found = base.find(entry.key)) {
            lay_over(found->value, entry.value);
        } else {
            base.entries.push_back(entry);
        }
    }
}

YamlValue read_file(FileKind kind, const FileReference& file) {
    YamlValue root = read_yaml_file(file.path, file.label);
    check_kind(root, kind);
    return root;
}

void resolve(YamlValue& root, FileKind kind, const std::filesystem::path& folder, FileTrees& trees) {
    YamlEntry* entry = root.find(name_of(kind));
    if (entry == nullptr) return;
    const Field field(entry->value, entry->key);
    if (entry->value.kind != YamlValue::Kind::Map) {
        const FileReference file = file_of(field, kind, folder, "a name, a path or the map itself");
        entry->value = referred(field, kind, file, {}, trees);
    } else {
        entry->value = inheriting(field, kind, folder, {}, trees);
    }
}

void resolve_plan(YamlValue& root, const std::filesystem::path& folder) {
    YamlEntry* entry = root.find("strategy");
    if (entry == nullptr || entry->value.kind != YamlValue::Kind::Scalar || !is_path(entry->value.text)) return;
    const Field field(entry->value, entry->key);
    const FileReference file = file_of(field, FileKind::Experiment, folder, "");
    const YamlValue experiment = read_file(FileKind::Experiment, file);
    const YamlEntry* strategy = experiment.find(entry->key);
    if (strategy == nullptr || strategy->value.find("plan") == nullptr) {
        throw field.error(fmt::format("{} has no plan; expected an experiment whose strategy is a map with a plan",
                                      printable(file.label)));
    }
    YamlValue plan = strategy->value;
    if (plan.find("label") == nullptr) {
        YamlValue label = entry->value;
        label.text = file.path.stem().string();
        label.quoted = true;
        plan.entries.push_back({"label", label.place, label});
    }
    entry->value = std::move(plan);
}

YamlValue with_base(const YamlValue& array, const FileReference& file) {
    FileTrees trees;
    return inheriting(Field(array, {}), FileKind::Array, file.path.parent_path(), {file}, trees);
}

}  // namespace hypar
