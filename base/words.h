#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace hypar {

/// What processes of this program tell each other, as words of the machine.
using Words = std::vector<std::uint64_t>;

inline std::uint64_t bits_of(double number) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &number, sizeof bits);
    return bits;
}

inline double double_of(std::uint64_t bits) {
    double number = 0;
    std::memcpy(&number, &bits, sizeof number);
    return number;
}

/// Its length and its bytes, filled up with zeros.
inline void append_text(Words& words, const std::string& text) {
    words.push_back(text.size());
    const std::size_t begin = words.size();
    words.resize(begin + (text.size() + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t));
    if (!text.empty()) std::memcpy(words.data() + begin, text.data(), text.size());
}

inline void append_words(Words& words, const Words& more) {
    words.push_back(more.size());
    words.insert(words.end(), more.begin(), more.end());
}

/// Reads words in their order. Throws std::out_of_range behind the last one.
class WordReader {
public:
    explicit WordReader(const Words& words) : words_(words) {}

    bool at_end() const { return at_ == words_.size(); }
    std::uint64_t next() { return *take(1); }
    std::string text() {
        const std::uint64_t size = next();
        const std::uint64_t* bytes = take(size / sizeof(std::uint64_t) + (size % sizeof(std::uint64_t) != 0 ? 1 : 0));
        return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
    }
    Words words() {
        const std::uint64_t size = next();
        const std::uint64_t* begin = take(size);
        return {begin, begin + size};
    }

private:
    const std::uint64_t* take(std::uint64_t count) {
        if (count > words_.size() - at_) throw std::out_of_range("a message ends too early");
        const std::uint64_t* begin = words_.data() + at_;
        at_ += static_cast<std::size_t>(count);
        return begin;
    }

    const Words& words_;
    std::size_t at_ = 0;
};

namespace detail {

template <typename Type>
constexpr bool is_number = std::is_integral_v<Type> || std::is_enum_v<Type>;
template <typename Type>
struct Shape {
    static constexpr bool is_optional = false, is_array = false, is_vector = false;
};
struct Visitor {
    template <typename... Values>
    void operator()(const Values&...) const {}
};
template <typename Type, typename = void>
constexpr bool has_fields = false;
template <typename Type>
constexpr bool has_fields<Type, decltype(Type::for_each_field(std::declval<const Type&>(), Visitor()))> = true;
template <typename Item>
struct Shape<std::optional<Item>> : Shape<void> {
    static constexpr bool is_optional = true;
};
template <typename Item, std::size_t size>
struct Shape<std::array<Item, size>> : Shape<void> {
    static constexpr bool is_array = true;
};
template <typename Item>
struct Shape<std::vector<Item>> : Shape<void> {
    static constexpr bool is_vector = true;
};

}  // namespace detail

/// A number, a text, a list of values, all fields of a spec (base/fields.h), or all that a type's `numbers` are.
template <typename Value>
void append_value(Words& words, const Value& value) {
    using Shape = detail::Shape<Value>;
    if constexpr (detail::is_number<Value>) {
        words.push_back(static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_same_v<Value, double>) {
        words.push_back(bits_of(value));
    } else if constexpr (std::is_same_v<Value, std::string>) {
        append_text(words, value);
    } else if constexpr (Shape::is_optional) {
        words.push_back(std::uint64_t{value.has_value()});
        if (value) append_value(words, *value);
    } else if constexpr (Shape::is_array || Shape::is_vector) {
        if constexpr (Shape::is_vector) words.push_back(value.size());
        for (const auto& item : value) append_value(words, item);
    } else if constexpr (detail::has_fields<Value>) {
        Value::for_each_field(value,
                              [&](const auto&, const auto& field, const auto&) { append_value(words, field); });
    } else {
        std::apply([&](const auto&... parts) { (append_value(words, parts), ...); }, Value::numbers(value));
    }
}

/// What `append_value` has appended.
template <typename Value>
void read_value(WordReader& reader, Value& value) {
    using Shape = detail::Shape<Value>;
    if constexpr (detail::is_number<Value>) {
        value = static_cast<Value>(reader.next());
    } else if constexpr (std::is_same_v<Value, double>) {
        value = double_of(reader.next());
    } else if constexpr (Shape::is_optional) {
        value.reset();
        if (reader.next() != 0) read_value(reader, value.emplace());
    } else if constexpr (Shape::is_array || Shape::is_vector) {
        if constexpr (Shape::is_vector) value.resize(reader.next());
        for (auto& item : value) read_value(reader, item);
    } else {
        std::apply([&](auto&... parts) { (read_value(reader, parts), ...); }, Value::numbers(value));
    }
}

}  // namespace hypar
