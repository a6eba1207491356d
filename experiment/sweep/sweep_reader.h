#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "experiment/catalogue.h"
#include "experiment/loading.h"
#include "experiment/sweep/condition.h"
#include "experiment/sweep/sweep.h"
#include "experiment/sweep/sweep_axis.h"

namespace hypar {

/// What a sweep is made of, and which of its points are left.
class Sweep::Impl {
public:
    /// Drops what the conditions drop. Throws ConfigError for too many combinations or none left.
    Impl(std::string sweep_name, YamlValue base, FileReference base_file, std::vector<SweepAxis> axes,
         std::vector<Condition> conditions, const Place& place);

    std::string name;
    std::vector<std::string> keys;
    std::vector<SweepAxis> axes;
    std::vector<DroppedPoints> dropped;
    std::uint64_t combinations = 1;
    std::vector<std::uint32_t> points;  ///< numbers of the combinations left

    std::vector<Setting> settings(std::uint64_t combination) const;
    /// With defaults; throws ConfigError.
    YamlValue tree(std::uint64_t combination) const;
    Experiment experiment(std::uint64_t combination) const;

    /// Throws the ConfigError of a value with which no experiment can be read, whatever the others are.
    void check_values() const;

private:
    std::vector<std::size_t> positions(std::uint64_t combination) const;
    bool keeps(const Condition& condition, std::uint64_t combination);
    std::optional<ConditionValue> value_of(const std::string& key, const std::vector<std::size_t>& at,
                                           std::uint64_t combination);
    void drop(const std::vector<Condition>& conditions);

    YamlValue base_;
    FileReference base_file_;
    mutable FileTrees trees_;
    /// Values of keys that do not vary themselves, by key and the positions on the axes that may decide them.
    std::map<std::pair<std::string, std::vector<std::size_t>>, std::optional<ConditionValue>> resolved_;
};

/// The sweep that a file's whole map describes. Throws ConfigError with place and key.
Sweep sweep_of(const YamlValue& root, const FileReference& file);

}  // namespace hypar
