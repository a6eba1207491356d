#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "experiment/yaml/field.h"

namespace hypar {

/// The kinds of files that experiments and sweeps are made of.
enum class FileKind { Network, Array, Experiment, Sweep };

const char* name_of(FileKind kind);

/// Names of the files of one kind that come with the program, sorted.
std::vector<std::string> catalogue_names(FileKind kind);

/// A file to read, and how messages name it.
struct FileReference {
    std::filesystem::path path;
    std::string label;
};

/// Whether a reference is a path (it has a slash, or ends in .yaml or .yml) and not a name.
bool is_path(const std::string& reference);

/// What `reference` refers to: a path, relative to the folder `base`, or a name: one in the catalogue, in capitals or
/// not, of an experiment also that of a network; if there is none, of a file NAME.yaml or NAME.yml in `base`. Throws
/// ConfigError, without a place, for an unknown name.
FileReference resolve_reference(FileKind kind, const std::string& reference, const std::filesystem::path& base = {});

/// Throws ConfigError if the map `root` is a file of another kind than `expected`, as far as its keys tell.
void check_kind(const YamlValue& root, FileKind expected);

/// Whether the keys of the map `root` make it a network.
bool is_network(const YamlValue& root);

/// The kind that the keys of the map `root` tell. Throws ConfigError if they tell none.
FileKind kind_of(const YamlValue& root);

}  // namespace hypar
