#include "experiment/sweep/condition.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "experiment/sweep/condition_parser.h"
#include "experiment/yaml/quantity.h"

namespace hypar {

namespace {

using Node = Condition::Node;

std::optional<double> number_of(const std::string& text) {
    double number = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(number)) return std::nullopt;
    return number;
}

/// Works out what a condition says of one set of values.
class Evaluation {
public:
    Evaluation(const Place& place, const FindValue& find) : place_(place), find_(find) {}

    bool holds(const Node& node) const {
        switch (node.kind) {
            case Node::Kind::And:
                return std::all_of(node.parts.begin(), node.parts.end(),
                                   [&](const Node& part) { return holds(part); });
            case Node::Kind::Or:
                return std::any_of(node.parts.begin(), node.parts.end(),
                                   [&](const Node& part) { return holds(part); });
            case Node::Kind::Not: return !holds(node.parts[0]);
            case Node::Kind::In:
                return std::any_of(node.parts.begin() + 1, node.parts.end(),
                                   [&](const Node& item) { return compares("==", node, node.parts[0], item); });
            default: return compares(node.word, node, node.parts[0], node.parts[1]);
        }
    }

    std::optional<ConditionValue> value_of(const Node& node) const {
        if (node.kind == Node::Kind::Key) return find_(node.word);
        if (node.kind == Node::Kind::Value) return node.value;
        const auto left = value_of(node.parts[0]);
        const auto right = value_of(node.parts[1]);
        if (!left || !right) return std::nullopt;
        if (!left->number || !right->number) {
            throw mistake(
                place_, node.position,
                fmt::format("expected numbers, not \"{}\"", printable(left->number ? right->text : left->text)));
        }
        if (node.word == "/" && *right->number == 0) return std::nullopt;
        return calculated(node, *left, *right);
    }

private:
    ConditionValue calculated(const Node& node, const ConditionValue& left, const ConditionValue& right) const {
        ConditionValue result;
        const bool is_sum = node.word == "+" || node.word == "-";
        const bool fits = is_sum || node.word == "/" ? left.kind == right.kind || (!is_sum && right.kind.empty())
                                                     : left.kind.empty() || right.kind.empty();
        if (!fits) throw mistake(place_, node.position, unlike(left, right));
        if (node.word == "+") result.number = *left.number + *right.number;
        if (node.word == "-") result.number = *left.number - *right.number;
        if (node.word == "*") result.number = *left.number * *right.number;
        if (node.word == "/") result.number = *left.number / *right.number;
        result.text = fmt::format("{}", *result.number);
        if (is_sum || left.kind != right.kind) result.kind = left.kind.empty() ? right.kind : left.kind;
        return result;
    }

    static std::string unlike(const ConditionValue& left, const ConditionValue& right) {
        const auto name = [](const ConditionValue& value) {
            const std::string kind = value.number ? value.kind.empty() ? "number" : value.kind : "text";
            return fmt::format("the {} \"{}\"", kind, printable(value.text));
        };
        return fmt::format("{} and {} have nothing in common", name(left), name(right));
    }

    bool compares(const std::string& sign, const Node& node, const Node& a, const Node& b) const {
        const auto left = value_of(a);
        const auto right = value_of(b);
        if (!left || !right) return false;
        const bool are_numbers = left->number && right->number && left->kind == right->kind;
        const bool are_texts = !left->number || !right->number;
        if (sign == "==" && are_texts) return left->text == right->text;
        if (sign == "!=" && are_texts) return left->text != right->text;
        if (!are_numbers) throw mistake(place_, node.position, unlike(*left, *right));
        const double x = *left->number;
        const double y = *right->number;
        if (sign == "==") return x == y;
        if (sign == "!=") return x != y;
        if (sign == "<") return x < y;
        if (sign == "<=") return x <= y;
        return sign == ">" ? x > y : x >= y;
    }

    const Place& place_;
    const FindValue& find_;
};

}  // namespace

ConditionValue ConditionValue::of(const std::string& text) {
    ConditionValue value{text, number_of(text), {}};
    if (value.number) return value;
    if (const auto measure = measure_of(text)) {
        value.number = measure->amount;
        value.kind = measure->kind;
    }
    return value;
}

ConditionValue ConditionValue::of(double number) { return {fmt::format("{}", number), number, {}}; }

bool ConditionKeys::contains(const std::string& word) const {
    return std::find(names.begin(), names.end(), word) != names.end() ||
           std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const std::string& prefix) { return word.compare(0, prefix.size(), prefix) == 0; });
}

Condition::Condition(std::string text, const ConditionKeys& keys, Place place)
    : text_(std::move(text)), place_(std::move(place)) {
    root_ = std::make_shared<const Node>(parse_condition(text_, keys, place_));
}

bool Condition::holds(const FindValue& find) const { return Evaluation(place_, find).holds(*root_); }

Expression::Expression(const std::string& text, const ConditionKeys& keys, Place place) : place_(std::move(place)) {
    root_ = std::make_shared<const Node>(parse_value(text, keys, place_));
}

std::optional<ConditionValue> Expression::value(const FindValue& find) const {
    return Evaluation(place_, find).value_of(*root_);
}

}  // namespace hypar
