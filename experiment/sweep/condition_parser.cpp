#include "experiment/sweep/condition_parser.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/names.h"
#include "base/text.h"
#include "experiment/yaml/quantity.h"

namespace hypar {
namespace {

using Node = Condition::Node;

struct Token {
    enum class Kind { Word, Quoted, Sign, End };

    Kind kind = Kind::End;
    std::string text;
    std::size_t position = 0;
};

bool is_word_character(char character) {
    const auto byte = static_cast<unsigned char>(character);
    return byte >= 0x80 || std::isalnum(byte) != 0 || std::string_view("._-/").find(character) != std::string::npos;
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
        if (ConditionValue::of(token.text).is_plain_number() && next().kind == Token::Kind::Word && !is_next("and") &&
            !is_next("or") && !is_next("in") && !keys_.contains(next().text)) {
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

}  // namespace

Condition::Node parse_condition(const std::string& text, const ConditionKeys& keys, const Place& place) {
    return Parser(text, keys, place).parse();
}

Condition::Node parse_value(const std::string& text, const ConditionKeys& keys, const Place& place) {
    return Parser(text, keys, place).parse_value();
}

}  // namespace hypar
