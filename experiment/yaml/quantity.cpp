#include "experiment/yaml/quantity.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/names.h"
#include "base/text.h"
#include "base/units.h"

namespace hypar {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::size_t kMostDigits = 18;  // so that digits x any unit's factor fit into 128 bits

struct Unit {
    std::string name;
    std::uint64_t factor;  ///< in the kind's smallest unit
};

struct Kind {
    const char* name;
    const char* article_and_name;
    const char* example;
    const char* counted;  ///< in whole ones of these
    std::vector<Unit> units;
};

/// The prefixes before each of `bases`.
std::vector<Unit> prefixed(const std::vector<Unit>& bases) {
    std::vector<Unit> units;
    for (const Unit& base : bases) {
        units.push_back(base);
        std::uint64_t decimal = 1;
        for (const char* prefix : {"k", "M", "G", "T"}) {
            decimal *= 1000;
            units.push_back({prefix + base.name, decimal * base.factor});
        }
        std::uint64_t binary = 1;
        for (const char* prefix : {"Ki", "Mi", "Gi", "Ti"}) {
            binary *= 1024;
            units.push_back({prefix + base.name, binary * base.factor});
        }
    }
    return units;
}

/// In the order of Quantity.
const std::vector<Kind>& kinds() {
    static const std::vector<Kind> kKinds = {
        {"frequency",
         "a frequency",
         "250 MHz",
         "hertz",
         {{"Hz", 1}, {"kHz", kKilo}, {"MHz", kMega}, {"GHz", kGiga}, {"THz", kTera}}},
        {"bandwidth", "a bandwidth", "10 GB/s", "bits per second", prefixed({{"b/s", 1}, {"B/s", 8}})},
        {"size", "a size", "108 KiB", "bytes", prefixed({{"B", 1}})},
        {"time",
         "a time",
         "4 ns",
         "picoseconds",
         {{"ps", 1}, {"ns", kKilo}, {"us", kMega}, {"ms", kGiga}, {"s", kTera}}},
        {"energy",
         "an energy",
         "0.9 pJ",
         "femtojoules",
         {{"fJ", 1}, {"pJ", kKilo}, {"nJ", kMega}, {"uJ", kGiga}, {"mJ", kTera}, {"J", kTera * kKilo}}},
        {"power", "a power", "5 W", "microwatts", {{"uW", 1}, {"mW", kKilo}, {"W", kMega}, {"kW", kGiga}}},
        {"share", "a share", "5 %", "hundredths of a per cent", {{"%", 100}}}};
    return kKinds;
}

const Kind& kind_of(Quantity quantity) { return kinds()[static_cast<std::size_t>(quantity)]; }

/// digits / 10^decimals of the kind's smallest unit
struct Exact {
    Wide digits = 0;
    unsigned decimals = 0;

    Wide divisor() const {
        Wide power = 1;
        for (unsigned place = 0; place < decimals; ++place) power *= 10;
        return power;
    }
    bool is_whole() const { return digits % divisor() == 0; }
    Wide whole() const { return digits / divisor(); }
};

bool operator<(const Exact& a, const Exact& b) { return a.digits * b.divisor() < b.digits * a.divisor(); }

struct NumberAndUnit {
    std::string_view number;
    std::string_view unit;
};

/// Nothing unless `text` begins with a decimal number: 12, 0.9, but not .9, 09, 1e3 or -1.
std::optional<NumberAndUnit> split(std::string_view text) {
    const std::size_t number_end = std::min(text.find_first_not_of("0123456789."), text.size());
    const std::string_view number = text.substr(0, number_end);
    const std::size_t point = std::min(number.find('.'), number.size());
    const bool has_point = point < number.size();
    if (point == 0 || (point > 1 && number.front() == '0')) return std::nullopt;
    if (has_point && (point + 1 == number.size() || number.find('.', point + 1) != std::string_view::npos)) {
        return std::nullopt;
    }
    const std::size_t unit_begin = std::min(text.find_first_not_of(' ', number_end), text.size());
    return NumberAndUnit{number, text.substr(unit_begin)};
}

/// The digits of a decimal number, without needless zeros at its end; nothing if they are too many.
std::optional<Exact> exact(std::string_view number) {
    Exact result;
    std::string digits;
    const std::size_t point = number.find('.');
    if (point == std::string_view::npos) {
        digits = number;
    } else {
        const std::size_t last = number.find_last_not_of('0');
        const std::string_view decimals = number.substr(point + 1, last - point);
        digits = std::string(number.substr(0, point)) + std::string(decimals.substr(0, last - point));
        result.decimals = static_cast<unsigned>(std::min(decimals.size(), kMostDigits + 1));
    }
    if (digits.size() > kMostDigits) return std::nullopt;
    for (const char digit : digits) result.digits = result.digits * 10 + static_cast<unsigned>(digit - '0');
    return result;
}

const Unit* find_unit(const Kind& kind, std::string_view name) {
    const auto found =
        std::find_if(kind.units.begin(), kind.units.end(), [&](const Unit& unit) { return unit.name == name; });
    return found == kind.units.end() ? nullptr : &*found;
}

/// What was meant by a unit that none is called by, where that is no matter of letters alone; else empty.
std::string meant_by(const std::string& name, const Kind& kind) {
    for (const char* micro : {"\u00b5", "\u03bc"}) {
        const std::string_view letter(micro);
        if (name.compare(0, letter.size(), letter) == 0 && find_unit(kind, "u" + name.substr(letter.size()))) {
            return fmt::format("\"u{}\"", name.substr(letter.size()));
        }
    }
    if (find_unit(kind, name + "/s") != nullptr) return fmt::format("\"{}/s\"", name);
    if (name.empty() || name.front() != 'K') return {};
    const std::string unit = name.substr(1);
    if (find_unit(kind, "k" + unit) == nullptr || find_unit(kind, "Ki" + unit) == nullptr) return {};
    return fmt::format("\"k{0}\", of 1000, or \"Ki{0}\", of 1024", unit);
}

[[noreturn]] void refuse_unit(const Field& field, const Kind& kind, const std::string& name) {
    for (const Kind& other : kinds()) {
        if (find_unit(other, name) == nullptr) continue;
        throw field.error(fmt::format("expected {}, such as \"{}\", not the {} \"{}\"", kind.article_and_name,
                                      kind.example, other.name, printable(field.value().text)));
    }
    std::vector<std::string> names;
    for (const Unit& unit : kind.units) names.push_back(unit.name);
    if (const std::string meant = meant_by(name, kind); !meant.empty()) {
        throw field.error(
            fmt::format("unknown unit of {} \"{}\"; did you mean {}?", kind.name, printable(name), meant));
    }
    if (&kind == &kind_of(Quantity::Size) && find_unit(kind_of(Quantity::Bandwidth), name + "/s") != nullptr) {
        throw field.error(fmt::format("\"{}\" counts bits; expected {} in bytes, such as \"{}\"", printable(name),
                                      kind.article_and_name, kind.example));
    }
    throw field.error(unknown_name(fmt::format("unit of {}", kind.name), printable(name), names));
}

Exact read_exact(const Field& field, const Kind& kind) {
    const YamlValue& value = field.value();
    std::optional<NumberAndUnit> parts;
    if (value.kind == YamlValue::Kind::Scalar) parts = split(value.text);
    if (!parts || parts->unit.empty()) {
        throw field.expected(fmt::format("{} with its unit, such as \"{}\"", kind.article_and_name, kind.example));
    }
    const Unit* unit = find_unit(kind, parts->unit);
    if (unit == nullptr) refuse_unit(field, kind, std::string(parts->unit));
    std::optional<Exact> number = exact(parts->number);
    if (!number) throw field.expected(fmt::format("{} of at most {} digits", kind.article_and_name, kMostDigits));
    number->digits *= unit->factor;
    return *number;
}

/// `amount` with that unit; nothing if it has too many decimals.
std::optional<std::string> text_in(const Exact& amount, const Unit& unit) {
    constexpr unsigned kMostDecimals = 3;
    Wide factor = Wide{unit.factor} * amount.divisor();
    Wide digits = amount.digits;
    unsigned decimals = 0;
    for (; digits % factor != 0; digits *= 10) {
        if (++decimals > kMostDecimals) return std::nullopt;
    }
    const Wide number = digits / factor;
    if (number > UINT64_MAX) return std::nullopt;
    std::string text = std::to_string(static_cast<std::uint64_t>(number));
    if (decimals > 0) {
        if (text.size() <= decimals) text.insert(0, decimals + 1 - text.size(), '0');
        text.insert(text.size() - decimals, ".");
    }
    return text + " " + unit.name;
}

/// In the unit that makes it shortest, of several the largest; bandwidths in bits.
std::optional<std::string> plain_text(const Exact& amount, const Kind& kind) {
    const Unit* best = nullptr;
    std::optional<std::string> shortest;
    for (const Unit& unit : kind.units) {
        if (unit.name.find("B/s") != std::string::npos) continue;
        const std::optional<std::string> text = text_in(amount, unit);
        if (!text || (shortest && text->size() > shortest->size())) continue;
        if (shortest && text->size() == shortest->size() && unit.factor < best->factor) continue;
        shortest = text;
        best = &unit;
        if (amount.digits == 0) break;
    }
    return shortest;
}

Exact read_in_range(const Field& field, const Kind& kind, const QuantityRange& range) {
    const auto limit = [&](std::uint64_t amount) { return plain_text({amount, 0}, kind).value_or(""); };
    const Exact read = read_exact(field, kind);
    if (read < Exact{range.least, 0}) {
        throw field.expected(fmt::format("{} of at least {}", kind.article_and_name, limit(range.least)));
    }
    if (Exact{range.most, 0} < read) {
        throw field.expected(fmt::format("{} of at most {}", kind.article_and_name, limit(range.most)));
    }
    return read;
}

}  // namespace

Clock read_frequency(const Field& field, const QuantityRange& range) {
    const Exact hertz = read_in_range(field, kind_of(Quantity::Frequency), range);
    const Wide dividend = Wide{kPicosecondsPerSecond} * hertz.divisor();
    return {static_cast<Picoseconds>((dividend + hertz.digits / 2) / hertz.digits)};
}

std::uint64_t read_whole(const Field& field, Quantity quantity, const QuantityRange& range) {
    const Kind& kind = kind_of(quantity);
    const Exact read = read_in_range(field, kind, range);
    if (!read.is_whole()) throw field.expected(fmt::format("a whole number of {}", kind.counted));
    assert(read.whole() <= UINT64_MAX);
    return static_cast<std::uint64_t>(read.whole());
}

double read_energy(const Field& field, const QuantityRange& range) {
    Exact femtojoules = read_in_range(field, kind_of(Quantity::Energy), range);
    // The decimal number is converted once, which is exact to the last bit: "0.9 pJ" is 0.9.
    std::string digits;
    for (; femtojoules.digits > 0; femtojoules.digits /= 10) {
        digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(femtojoules.digits % 10)));
    }
    const std::string text = fmt::format("0{}e-{}", digits, femtojoules.decimals + 3);
    double picojoules = 0;
    std::from_chars(text.data(), text.data() + text.size(), picojoules);
    return picojoules;
}

namespace {

struct KnownQuantity {
    const Kind* kind;
    Exact amount;  ///< in the kind's smallest unit
};

std::optional<KnownQuantity> known_quantity(const std::string& text) {
    const std::optional<NumberAndUnit> parts = split(text);
    if (!parts || parts->unit.empty()) return std::nullopt;
    std::optional<Exact> number = exact(parts->number);
    if (!number) return std::nullopt;
    for (const Kind& kind : kinds()) {
        const Unit* unit = find_unit(kind, parts->unit);
        if (unit == nullptr) continue;
        number->digits *= unit->factor;
        return KnownQuantity{&kind, *number};
    }
    return std::nullopt;
}

}  // namespace

std::string quantity_text(Quantity quantity, std::uint64_t amount) {
    return plain_text({amount, 0}, kind_of(quantity)).value_or("");
}

std::optional<std::string> plain_quantity(const std::string& text) {
    const std::optional<KnownQuantity> known = known_quantity(text);
    return known ? plain_text(known->amount, *known->kind) : std::nullopt;
}

std::vector<std::string> unit_names(Quantity quantity) {
    std::vector<std::string> names;
    for (const Unit& unit : kind_of(quantity).units) names.push_back(unit.name);
    return names;
}

std::optional<Measure> measure_of(const std::string& text) {
    const std::optional<KnownQuantity> known = known_quantity(text);
    if (!known) return std::nullopt;
    return Measure{known->kind->name,
                   static_cast<double>(known->amount.digits) / static_cast<double>(known->amount.divisor())};
}

}  // namespace hypar
