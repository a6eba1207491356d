#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/error.h"
#include "experiment/sweep/condition.h"

namespace hypar {

/// A part of a condition, with the parts that it joins.
struct Condition::Node {
    enum class Kind { Key, Value, Arithmetic, Comparison, In, And, Or, Not };

    Kind kind = Kind::Value;
    std::string word;      ///< the key or the operator
    ConditionValue value;  ///< of Value
    std::size_t position = 0;
    std::vector<Node> parts;

    bool is_truth() const { return kind >= Kind::Comparison; }
};

/// What is wrong at a character of a condition whose first one is at `place`.
inline ConfigError mistake(const Place& place, std::size_t position, const std::string& problem) {
    return {"", problem, place.moved(static_cast<int>(position)).text()};
}

/// The whole text as a condition, or as a value. They throw ConfigError.
Condition::Node parse_condition(const std::string& text, const ConditionKeys& keys, const Place& place);
Condition::Node parse_value(const std::string& text, const ConditionKeys& keys, const Place& place);

}  // namespace hypar
