#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "experiment/catalogue.h"
#include "experiment/overrides.h"
#include "experiment/yaml/yaml.h"

namespace hypar {

/// A choice of the model, turned: what experiments get in place of what they say.
struct ModelChoice {
    std::string name;
    std::string title;                                       ///< a sentence
    std::vector<std::pair<std::string, std::string>> where;  ///< values of the experiments that it turns; none: all
    std::vector<Setting> settings;

    /// Whether an experiment's map says all of `where`.
    bool applies(const YamlValue& experiment) const;
};

/// All choices of a figure at once, and all that there are; where choices are named, none of them.
constexpr const char* kAllChoices = "all";
constexpr const char* kNoChoices = "none";

/// The file of a paper's choices, beside its figures.
constexpr const char* kChoicesFile = "choices.yaml";

/// What a file of choices describes. Throws ConfigError with place and key, also for settings that no experiment can
/// have: they are tried on lenet-c.
std::vector<ModelChoice> choices_of(const YamlValue& root, const FileReference& file);

/// The choices in `folder`; none if it has no such file.
std::vector<ModelChoice> load_choices(const std::filesystem::path& folder);

std::vector<std::string> names_of(const std::vector<ModelChoice>& choices);

/// What those of `choices` that apply to an experiment's map set in it, in their order.
std::vector<Setting> settings_for(const std::vector<ModelChoice>& choices, const YamlValue& experiment);

}  // namespace hypar
