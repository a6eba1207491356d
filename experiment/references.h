#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "experiment/catalogue.h"
#include "experiment/yaml/yaml.h"

namespace hypar {

/// Files that were read, so that each is read once; arrays with all that they inherit.
using FileTrees = std::map<std::string, YamlValue>;

/// The map of a file; throws ConfigError where it cannot be read or is a file of another kind.
YamlValue read_file(FileKind kind, const FileReference& file);

/// Replaces the name or path at the key of `kind` by the map that it refers to, and a map that has a `base` by all
/// that it inherits. A path is relative to `folder`.
void resolve(YamlValue& root, FileKind kind, const std::filesystem::path& folder, FileTrees& trees);

/// Replaces a path at the key "strategy" by the strategy of the experiment that it refers to, which has a plan; what
/// results call it is the file's name, unless it has a label.
void resolve_plan(YamlValue& root, const std::filesystem::path& folder);

/// Puts what `own` says in the place of what `base` says: in maps key by key, at any depth, but for a map that says
/// another `kind`; all else as a whole.
void lay_over(YamlValue& base, const YamlValue& own);

/// The map of an array's file, which is `file`, laid over that of the array that its `base` names: maps key by key,
/// all else as a whole.
YamlValue with_base(const YamlValue& array, const FileReference& file);

}  // namespace hypar
