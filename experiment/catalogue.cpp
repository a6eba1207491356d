#include "experiment/catalogue.h"

#include <algorithm>
#include <array>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include "base/data_folder.h"
#include "base/names.h"
#include "base/text.h"

namespace hypar {
namespace {

struct KindEntry {
    FileKind kind;
    const char* name;
    const char* with_article;
    const char* folder;
    const char* telling_key;  ///< every file of the kind has it, no other kind knows it
};

constexpr KindEntry kKinds[] = {
    {FileKind::Network, "network", "a network", "workloads/networks", "layers"},
    {FileKind::Array, "array", "an array", "configs/arrays", "pe_array"},
    {FileKind::Experiment, "experiment", "an experiment", "configs/experiments", "network"},
    {FileKind::Sweep, "sweep", "a sweep", "configs/sweeps", "vary"},
};

const KindEntry& entry_of(FileKind kind) {
    return *std::find_if(std::begin(kKinds), std::end(kKinds),
                         [&](const KindEntry& entry) { return entry.kind == kind; });
}

const KindEntry* find_kind(const YamlValue& root) {
    const auto found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                    [&](const KindEntry& entry) { return root.find(entry.telling_key) != nullptr; });
    return found == std::end(kKinds) ? nullptr : found;
}

std::filesystem::path folder_of(FileKind kind) {
    return data_folder() / entry_of(kind).folder;
}

/// `path`, without the working directory's own path before it.
std::string shortened(const std::filesystem::path& path) {
    std::error_code error;
    const std::filesystem::path here = std::filesystem::current_path(error);
    if (error) return path.string();
    const std::filesystem::path relative = path.lexically_relative(here);
    return relative.empty() || *relative.begin() == ".." ? path.string() : relative.string();
}

/// What files end in.
constexpr std::array<const char*, 2> kEndings = {".yaml", ".yml"};

/// The kinds of files that a name may be of, where one of `kind` is wanted.
std::vector<FileKind> kinds_for(FileKind kind) {
    return kind == FileKind::Experiment ? std::vector<FileKind>{kind, FileKind::Network}
                                        : std::vector<FileKind>{kind};
}

std::optional<FileReference> find_in_catalogue(FileKind kind, const std::string& name) {
    const std::vector<std::string> names = catalogue_names(kind);
    const auto found =
        std::find_if(names.begin(), names.end(), [&](const std::string& known) { return is_same_name(known, name); });
    if (found == names.end()) return std::nullopt;
    const std::filesystem::path path = folder_of(kind) / (*found + ".yaml");
    return FileReference{path, shortened(path)};
}

std::optional<FileReference> find_next_door(const std::string& name, const std::filesystem::path& base) {
    for (const char* ending : kEndings) {
        const std::filesystem::path path = base / (name + ending);
        if (std::error_code error; std::filesystem::is_regular_file(path, error))
            return FileReference{path, path.string()};
    }
    return std::nullopt;
}

}  // namespace

bool is_path(const std::string& reference) {
    const std::string ending = std::filesystem::path(reference).extension().string();
    return reference.find('/') != std::string::npos ||
           std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

const char* name_of(FileKind kind) { return entry_of(kind).name; }

std::vector<std::string> catalogue_names(FileKind kind) {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& file : std::filesystem::directory_iterator(folder_of(kind), error)) {
        if (file.path().extension() == ".yaml") names.push_back(file.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

FileReference resolve_reference(FileKind kind, const std::string& reference, const std::filesystem::path& base) {
    if (is_path(reference)) {
        const std::filesystem::path path = (base / reference).lexically_normal();
        return {path, path.string()};
    }
    std::vector<std::string> names;
    for (const FileKind candidate : kinds_for(kind)) {
        if (const auto found = find_in_catalogue(candidate, reference)) return *found;
        for (const std::string& name : catalogue_names(candidate)) names.push_back(name);
    }
    if (const auto found = find_next_door(reference, base)) return *found;
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    throw ConfigError({}, unknown_name(name_of(kind), printable(reference), names));
}

void check_kind(const YamlValue& root, FileKind expected) {
    const KindEntry* found = find_kind(root);
    if (found == nullptr || found->kind == expected || root.find(entry_of(expected).telling_key) != nullptr) return;
    throw ConfigError({},
                      fmt::format("expected {}, but its key \"{}\" makes it {}", entry_of(expected).with_article,
                                  found->telling_key, found->with_article),
                      root.find(found->telling_key)->place.text());
}

bool is_network(const YamlValue& root) {
    const KindEntry* found = find_kind(root);
    return found != nullptr && found->kind == FileKind::Network;
}

FileKind kind_of(const YamlValue& root) {
    if (const KindEntry* found = find_kind(root)) return found->kind;
    if (root.find("base") != nullptr) return FileKind::Array;  // which has all else from there
    std::vector<std::string> known;
    for (const KindEntry& entry : kKinds) known.push_back(fmt::format("\"{}\" ({})", entry.telling_key, entry.name));
    throw ConfigError({}, "unknown kind of file: expected one of the keys " + comma_separated(known),
                      root.place.text());
}

}  // namespace hypar
