#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "experiment/yaml/yaml.h"

namespace hypar {

/// A value in the tree with its dotted path, for messages.
class Field {
public:
    Field(const YamlValue& value, std::string key) : value_(&value), key_(std::move(key)) {}

    const YamlValue& value() const { return *value_; }
    const std::string& key() const { return key_; }

    /// The path of a value below this one.
    std::string key_of(const std::string& name) const { return key_.empty() ? name : key_ + "." + name; }

    /// The mistake `problem` in this value.
    ConfigError error(const std::string& problem) const { return {key_, problem, value_->place.text()}; }
    /// The mistake "expected EXPECTED, not " and what is there.
    ConfigError expected(const std::string& expected) const;

    /// Adds a place to a mistake below this value that was found by code which knows no files: that of its key, or of
    /// the nearest key above it. This field's path goes before its key.
    ConfigError located(const ConfigError& error) const;

    /// What is there, in the words of a message: 010, "tours", the text "16", a list, a map, an empty value.
    std::string describe() const;

private:
    const YamlValue* value_;
    std::string key_;
};

/// The value at the dotted path `key` below `root`, or the last one on the way there.
const YamlValue& nearest_value(const YamlValue& root, const std::string& key);

/// The items of a sequence: "layers.0", "layers.1", ... Throws ConfigError, "expected EXPECTED", if it is none.
std::vector<Field> read_list(const Field& field, const std::string& expected);

}  // namespace hypar
