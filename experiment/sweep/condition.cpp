#include "experiment/sweep/condition.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/names.h"
#include "base/text.h"
#include "experiment/yaml/quantity.h"

namespace hypar {

struct Condition::Node {
    enum class Kind { Key, Value, Arithmetic, Comparison, In, And, Or, Not };

    Kind kind = Kind::Value;
    std::string word;      ///< the key or the operator
    ConditionValue value;  ///< of Value
    std::size_t position = 0;
    std::vector<Node> parts;

    bool is_truth() const { return kind >= Kind::Comparison; }
};

namespace {

using Node = Condition::Node;

struct Token {
    enum class Kind { Word, Quoted, Sign, End };

    Kind kind = Kind::End;
    std::string text;
    std::size_t position = 0;
};

std::optional<double> number_of(const std::string& text) {
    double number = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(number)) return std::nullopt;
    return number;
}

bool is_word_character(char character) {
    const auto byte = static_cast<unsigned char>(character);
    return byte >= 0x80 || std::isalnum(byte) != 0 || std::string_view("._-/").find(character) != std::string::npos;
}

ConfigError mistake(const Place& place, std::size_t position, const std::string& problem) {
    return {"", problem, place.moved(static_cast<int>(position)).text()};
}

/// Cuts the text into words, quoted texts and signs.
std::vector<Token> tokens_of(const std::string& text, const Place& place) {
    std::vector<Token> tokens;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        const char character = text[at];
        if (character == ' ') {
            ++at;
        } else if (character == '"' || character == '\'') {
            at = text.find(character, begin + 1);
            if (at == std::string::npos) throw mistake(place, begin, "expected a second quote");
            tokens.push_back({Token::Kind::Quoted, text.substr(begin + 1, at - begin - 1), begin});
            ++at;
        } else if (is_word_character(character)) {
            while (at < text.size() && is_word_character(text[at])) ++at;
            const std::string word = text.substr(begin, at - begin);
            tokens.push_back({word == "-" || word == "/" ? Token::Kind::Sign : Token::Kind::Word, word, begin});
        } else {
            static const std::vector<std::string> kSigns = {"==", "!=", "<=", ">=", "<", ">", "(",
                                                            ")",  "[",  "]",  ",",  "+", "*"};
            const auto sign = std::find_if(kSigns.begin(), kSigns.end(), [&](const std::string& candidate) {
                return text.compare(begin, candidate.size(), candidate) == 0;
            });
            if (sign == kSigns.end()) {
                const bool is_single = character == '=';
                throw mistake(place, begin,
                              is_single ? std::string("expected ==, not =")
                                        : fmt::format("unexpected \"{}\"", printable(text.substr(begin, 1))));
            }
            tokens.push_back({Token::Kind::Sign, *sign, begin});
            at += sign->size();
        }
    }
    tokens.push_back({Token::Kind::End, "", text.size()});
    return tokens;
}

/// Recursive descent over the tokens, a function for each level of binding.
class Parser {
public:
    Parser(const std::string& text, const ConditionKeys& keys, const Place& place)
        : keys_(keys), place_(place), tokens_(tokens_of(text, place)) {}

    Node parse() {
        Node root = parse_or();
        if (next().kind != Token::Kind::End) throw unexpected("and, or or the end");
        if (!root.is_truth()) throw mistake(place_, root.position, "expected a comparison, such as batch >= 16");
        return root;
    }

    Node parse_value() {
        Node root = parse_sum();
        if (next().kind != Token::Kind::End) throw unexpected("an operator of arithmetic or the end");
        want_key(root);
        return root;
    }

private:
    const Token& next() const { return tokens_[at_]; }

    bool is_next(const char* text) const { return next().kind != Token::Kind::Quoted && next().text == text; }

    bool accept(const char* text) {
        if (!is_next(text) || next().kind == Token::Kind::End) return false;
        ++at_;
        return true;
    }

    ConfigError unexpected(const std::string& expected) const {
        const std::string found =
            next().kind == Token::Kind::End ? "the end" : fmt::format("\"{}\"", printable(next().text));
        return mistake(place_, next().position, fmt::format("expected {}, not {}", expected, found));
    }

    void want_truth(const Node& node, bool wanted) const {
        if (node.is_truth() == wanted) return;
        throw mistake(place_, node.position,
                      wanted ? "expected a comparison, such as batch >= 16" : "expected a key or a value");
    }

    Node joined(Node::Kind kind, const Token& sign, Node left, Node right) const {
        Node node;
        node.kind = kind;
        node.word = sign.text;
        node.position = sign.position;
        node.parts.reserve(2);
        node.parts.push_back(std::move(left));
        node.parts.push_back(std::move(right));
        return node;
    }

    Node parse_or() { return parse_chain("or", Node::Kind::Or, &Parser::parse_and); }
    Node parse_and() { return parse_chain("and", Node::Kind::And, &Parser::parse_not); }

    /// All that the word joins is in one node, however long it is.
    Node parse_chain(const char* word, Node::Kind kind, Node (Parser::*part)()) {
        Node first = (this->*part)();
        if (!is_next(word)) return first;
        Node chain;
        chain.kind = kind;
        chain.position = next().position;
        chain.parts.push_back(std::move(first));
        while (accept(word)) {
            chain.parts.push_back((this->*part)());
            for (const Node* joined : {&chain.parts[chain.parts.size() - 2], &chain.parts.back()}) {
                want_truth(*joined, true);
            }
        }
        return chain;
    }

    Node parse_not() {
        if (!is_next("not")) return parse_comparison();
        Node node;
        node.kind = Node::Kind::Not;
        node.position = next().position;
        ++at_;
        enter();
        node.parts.push_back(parse_not());
        --depth_;
        want_truth(node.parts.front(), true);
        return node;
    }

    Node parse_comparison() {
        Node left = parse_sum();
        for (const char* sign : {"==", "!=", "<=", ">=", "<", ">"}) {
            if (!is_next(sign)) continue;
            const Token token = tokens_[at_++];
            Node right = parse_sum();
            check_words(left, right, token);
            return joined(Node::Kind::Comparison, token, std::move(left), std::move(right));
        }
        if (is_next("in")) return parse_in(std::move(left));
        return left;
    }

    Node parse_in(Node left) {
        Node node;
        node.kind = Node::Kind::In;
        node.position = next().position;
        ++at_;
        want_key(left);
        node.parts.push_back(std::move(left));
        if (!accept("[")) throw unexpected("a list, such as [vgg-a, vgg-b]");
        do {
            Node item = parse_sum();
            want_truth(item, false);
            node.parts.push_back(std::move(item));
        } while (accept(","));
        if (!accept("]")) throw unexpected("a comma or ]");
        return node;
    }

    /// Words that are no keys are texts: only behind == and !=, and not on both sides.
    void check_words(const Node& left, const Node& right, const Token& sign) const {
        want_truth(left, false);
        want_truth(right, false);
        want_key(left);
        if (sign.text != "==" && sign.text != "!=") want_key(right);
    }

    void want_key(const Node& node) const {
        want_truth(node, false);
        if (node.kind == Node::Kind::Value && !node.value.number) {
            throw mistake(place_, node.position, unknown_name("key", printable(node.value.text), keys_.names));
        }
    }

    Node parse_sum() { return parse_arithmetic({"+", "-"}, &Parser::parse_product); }
    Node parse_product() { return parse_arithmetic({"*", "/"}, &Parser::parse_atom); }

    Node parse_arithmetic(std::pair<const char*, const char*> signs, Node (Parser::*part)()) {
        Node left = (this->*part)();
        for (int operators = 1; is_next(signs.first) || is_next(signs.second); ++operators) {
            if (operators > kDeepest) throw mistake(place_, next().position, "nested too deeply");
            const Token sign = tokens_[at_++];
            Node right = (this->*part)();
            want_key(left);
            want_key(right);
            left = joined(Node::Kind::Arithmetic, sign, std::move(left), std::move(right));
        }
        return left;
    }

    static constexpr int kDeepest = 100;

    void enter() {
        if (++depth_ > kDeepest) throw mistake(place_, next().position, "nested too deeply");
    }

    Node parse_atom() {
        if (accept("(")) {
            enter();
            Node inner = parse_or();
            --depth_;
            if (!accept(")")) throw unexpected(")");
            return inner;
        }
        const Token token = next();
        const bool is_operator =
            token.kind == Token::Kind::Word && (token.text == "and" || token.text == "or" || token.text == "in");
        if (token.kind == Token::Kind::Sign || token.kind == Token::Kind::End || is_operator) {
            throw unexpected("a key or a value");
        }
        ++at_;
        Node node;
        node.position = token.position;
        if (token.kind == Token::Kind::Word && keys_.contains(token.text)) {
            node.kind = Node::Kind::Key;
            node.word = token.text;
        } else {
            node.value = token.kind == Token::Kind::Quoted ? ConditionValue{token.text, {}, {}} : read_value(token);
        }
        return node;
    }

    /// A number, with the unit that may follow it, or a text.
    ConditionValue read_value(const Token& token) {
        if (number_of(token.text) && next().kind == Token::Kind::Word && !is_next("and") && !is_next("or") &&
            !is_next("in") && !keys_.contains(next().text)) {
            const std::string quantity = token.text + " " + next().text;
            if (!measure_of(quantity)) {
                throw mistake(place_, next().position, fmt::format("unknown unit \"{}\"", printable(next().text)));
            }
            ++at_;
            return ConditionValue::of(quantity);
        }
        return ConditionValue::of(token.text);
    }

    const ConditionKeys& keys_;
    const Place& place_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

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

Condition::Condition(const std::string& text, const ConditionKeys& keys, const Place& place)
    : text_(text), place_(place) {
    root_ = std::make_shared<const Node>(Parser(text_, keys, place_).parse());
}

bool Condition::holds(const FindValue& find) const { return Evaluation(place_, find).holds(*root_); }

Expression::Expression(const std::string& text, const ConditionKeys& keys, const Place& place) : place_(place) {
    root_ = std::make_shared<const Node>(Parser(text, keys, place_).parse_value());
}

std::optional<ConditionValue> Expression::value(const FindValue& find) const {
    return Evaluation(place_, find).value_of(*root_);
}

}  // namespace hypar
