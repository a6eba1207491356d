#pragma once

#include <cstddef>
#include <cstdint>

/// A spec lists its fields once:
///
///     template <typename Self, typename Visit>
///     static void for_each_field(Self& self, Visit&& visit) {
///         visit(Key("rows", "rows of processing elements"), self.rows, Count{1, 4096});
///         ...
///     }
///
/// What reads files, the tables of docs/input-format.md, defaults, the identity of a sweep's points and what results
/// are remembered by all follow from this list.
namespace hypar {

/// What a field decides of what pieces of work take and do, by which what is remembered of them is known.
enum class Decides : std::uint8_t {
    Work,     ///< anything
    Links,    ///< links and deterministic routes alone, which a piece is known by as they are
    Nothing,  ///< or which work there is
};

/// The key of a field in files.
struct Key {
    constexpr Key(const char* key, const char* what) : name(key), meaning(what) {}

    /// It may be left out: then the spec's own initial value stands.
    constexpr Key optional() const {
        Key key = *this;
        key.is_optional = true;
        return key;
    }
    /// What its value has to meet beside its range.
    constexpr Key where(const char* words) const {
        Key key = *this;
        key.condition = words;
        return key;
    }
    /// Its value decides which other fields the list has; it comes first, and is a name out of a table.
    constexpr Key choosing() const {
        Key key = *this;
        key.chooses = true;
        return key;
    }
    constexpr Key deciding(Decides decided) const {
        Key key = *this;
        key.decides = decided;
        return key;
    }

    const char* name;     ///< dotted, if the file has maps that the spec does not have
    const char* meaning;  ///< for documents
    const char* condition = "";
    bool is_optional = false;
    bool chooses = false;
    Decides decides = Decides::Work;
};

/// The largest count that a file may give; products of a few of them are checked where they are made.
constexpr std::uint64_t kLargestCount = 2147483647;  // 2^31 - 1

// The kinds of values. Each says what is expected where a required key is missing.

/// An integer.
struct Count {
    std::uint64_t least = 1;
    std::uint64_t most = kLargestCount;
};

enum class Quantity : std::uint8_t { Frequency, Bandwidth, Size, Time, Energy, Power, Share };

/// A quantity with its unit: hertz, bits per second, bytes, picoseconds, femtojoules, microwatts or hundredths
/// of a per cent.
struct Amount {
    Quantity quantity;
    std::uint64_t least;
    std::uint64_t most;
    const char* example;
};

struct Text {
    const char* expected;
};

/// A name out of a table, whose items have a `name`.
template <typename Item>
struct OneOf {
    const Item* items;
    std::size_t size;
    const char* expected;

    const Item* begin() const { return items; }
    const Item* end() const { return items + size; }
};
template <typename Item, std::size_t size>
constexpr OneOf<Item> one_of(const Item (&items)[size], const char* expected) {
    return {items, size, expected};
}

template <typename Kind>
constexpr bool is_one_of = false;
template <typename Item>
constexpr bool is_one_of<OneOf<Item>> = true;

/// A name for a value.
template <typename Value>
struct Choice {
    const char* name;
    Value value;
};
/// What the name of an item of a table stands for.
template <typename Value>
constexpr const Value& value_of(const Choice<Value>& choice) {
    return choice.value;
}

template <typename Value, std::size_t size>
constexpr const char* name_in(const Choice<Value> (&choices)[size], Value value) {
    for (const Choice<Value>& choice : choices) {
        if (choice.value == value) return choice.name;
    }
    return "";
}

/// One of two keys, with the same kind of value: `is_other` says which.
template <typename Flag>
struct Either {
    Amount amount;
    Key other;
    Amount other_amount;
    Flag& is_other;
    const char* expected;
};
template <typename Kind>
constexpr bool is_either = false;
template <typename Flag>
constexpr bool is_either<Either<Flag>> = true;

template <typename Flag>
constexpr Either<Flag> either(Amount amount, Key other, Amount other_amount, Flag& is_other, const char* expected) {
    return {amount, other, other_amount, is_other, expected};
}

/// A spec with a list of its own.
struct Section {};

/// Something that has its own reader.
struct Apart {
    const char* expected;
};

/// Something that no member of the spec stands for; visited with the spec itself.
struct Elsewhere {
    const char* default_words = "";  ///< what stands where an optional key is left out
};

/// A member that no file gives.
struct Unwritten {};

}  // namespace hypar
