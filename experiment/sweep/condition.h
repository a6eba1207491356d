#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "experiment/yaml/place.h"

namespace hypar {

/// What conditions compare: a number, a quantity, or a text.
struct ConditionValue {
    std::string text;              ///< as it was written
    std::optional<double> number;  ///< of a number; of a quantity in its kind's smallest unit
    std::string kind;              ///< of a quantity: "bandwidth"

    /// A scalar as files have it: 16, 1.6 Gb/s, vgg-a.
    static ConditionValue of(const std::string& text);
    static ConditionValue of(double number);

    bool is_plain_number() const { return number.has_value() && kind.empty(); }
};

/// The value of a key; nothing where it has none, with which every comparison is false.
using FindValue = std::function<std::optional<ConditionValue>(const std::string& key)>;

/// Words that a condition may use as keys.
struct ConditionKeys {
    std::vector<std::string> names;
    std::vector<std::string> prefixes;  ///< "array.": any key that begins so

    bool contains(const std::string& word) const;
};

/// An expression that is true or false of what has values for keys:
///
///     accelerators <= 16 and network in [vgg-a, vgg-b]
///     not (topology == torus or batch / accelerators < 4)
///     array.interconnect.total_bandwidth >= 25.6 Gb/s
///
/// From what binds least to what binds most: or; and; not; == != < <= > >= in; + -; * /. A word is a key if it is
/// known as one, else a text; what stands in quotes is always a text. Operators of words and arithmetic stand
/// between spaces.
class Condition {
public:
    struct Node;

    /// Throws ConfigError at the column of what is wrong; `place` is that of the first character.
    Condition(std::string text, const ConditionKeys& keys, Place place);

    const std::string& text() const { return text_; }
    const Place& place() const { return place_; }

    /// Throws ConfigError where it compares what cannot be compared, such as a number with a text.
    bool holds(const FindValue& find) const;

private:
    std::string text_;
    Place place_;
    std::shared_ptr<const Node> root_;
};

/// What a side of a comparison is, alone: a key, or what is calculated of keys and numbers (seconds * energy_joules).
class Expression {
public:
    /// Throws ConfigError as a Condition does.
    Expression(const std::string& text, const ConditionKeys& keys, Place place);

    /// Nothing where one of its keys has no value, or what is divided by is 0. Throws ConfigError where it calculates
    /// with what is no number.
    std::optional<ConditionValue> value(const FindValue& find) const;

private:
    Place place_;
    std::shared_ptr<const Condition::Node> root_;
};

}  // namespace hypar
