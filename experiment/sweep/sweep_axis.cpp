#include "experiment/sweep/sweep_axis.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "experiment/plain_inputs.h"
#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/quantity.h"
#include "experiment/yaml/scalar.h"

namespace hypar {
namespace {

__extension__ using Wide = __int128;

constexpr std::size_t kMostValues = 1000000;
constexpr std::int64_t kScale = 1000000;  // numbers of ranges have at most six decimals

/// Exact, with its unit as it was written.
struct RangeNumber {
    Wide scaled = 0;    ///< the number times kScale
    std::string unit;   ///< with the space before it, if there is one; empty of an integer
    std::string kind;   ///< of quantity
    double factor = 1;  ///< of the unit, in the kind's smallest one

    double amount() const { return static_cast<double>(scaled) * factor; }
};

/// Nothing unless it is a decimal number of at most 12 digits before and 6 behind the point.
std::optional<Wide> scaled_number(const std::string& text) {
    if (text.empty()) return std::nullopt;
    const std::size_t point = std::min(text.find('.'), text.size());
    std::string decimals = point < text.size() ? text.substr(point + 1) : "";
    const std::string digits = text.substr(0, point);
    const bool is_number = !digits.empty() && digits.size() <= 12 && decimals.size() <= 6 &&
                           (digits + decimals).find_first_not_of("0123456789") == std::string::npos &&
                           (digits.size() == 1 || digits.front() != '0') && text.back() != '.';
    if (!is_number) return std::nullopt;
    decimals.resize(6, '0');
    return static_cast<Wide>(std::stoll(digits)) * kScale + std::stoll(decimals);
}

RangeNumber read_amount(const Field& field) {
    constexpr const char* kExpected = "an integer or a quantity, such as 4 or \"1.6 Gb/s\"";
    const YamlValue& value = field.value();
    if (value.kind != YamlValue::Kind::Scalar) throw field.expected(kExpected);
    const std::size_t end = std::min(value.text.find_first_not_of("0123456789."), value.text.size());
    const std::optional<Wide> number = scaled_number(value.text.substr(0, end));
    if (!number) throw field.expected(kExpected);
    RangeNumber amount{*number, value.text.substr(end), {}, 1};
    if (amount.unit.empty()) {
        if (value.quoted || *number % kScale != 0) throw field.expected(kExpected);
        return amount;
    }
    const std::optional<Measure> one = measure_of("1" + amount.unit);
    if (!one) throw field.expected(kExpected);
    amount.kind = one->kind;
    amount.factor = one->amount;
    return amount;
}

std::string text_of(Wide scaled, const std::string& unit) {
    std::string decimals = fmt::format("{:06}", static_cast<std::int64_t>(scaled % kScale));
    decimals.erase(decimals.find_last_not_of('0') + 1);
    return fmt::format("{}{}{}{}", static_cast<std::int64_t>(scaled / kScale), decimals.empty() ? "" : ".", decimals,
                       unit);
}

RangeNumber read_like(const Field& field, const RangeNumber& from) {
    const RangeNumber amount = read_amount(field);
    if (amount.kind != from.kind) {
        throw field.expected(from.kind.empty() ? std::string("an integer, as from is")
                                               : fmt::format("a {} with its unit, as from is", from.kind));
    }
    return amount;
}

/// `step` in the unit of `from`, times kScale.
Wide step_of(const Field& field, const RangeNumber& from) {
    const RangeNumber step = read_like(field, from);
    if (step.scaled == 0) throw field.expected("a step above 0");
    if (step.unit == from.unit) return step.scaled;
    const double scaled = step.amount() / from.factor;
    if (scaled < 1 || std::abs(scaled - std::round(scaled)) > 1e-6) {
        throw field.error(
            fmt::format("expected a step in the unit of from,{}{}", from.unit.front() == ' ' ? "" : " ", from.unit));
    }
    return std::llround(scaled);
}

Wide factor_of(const Field& field) {
    const YamlValue& value = field.value();
    std::optional<Wide> factor;
    if (value.kind == YamlValue::Kind::Scalar && !value.quoted) factor = scaled_number(value.text);
    if (!factor || *factor <= kScale) throw field.expected("a number above 1, such as 2");
    return *factor;
}

bool is_range(const YamlValue& value) { return value.kind == YamlValue::Kind::Map && value.find("from") != nullptr; }

std::vector<std::string> split_keys(const YamlEntry& entry, const std::string& above) {
    std::vector<std::string> keys;
    for (std::size_t begin = 0; begin <= entry.key.size();) {
        const std::size_t end = std::min(entry.key.find(',', begin), entry.key.size());
        std::string key = entry.key.substr(begin, end - begin);
        key.erase(0, key.find_first_not_of(' '));
        key.erase(key.find_last_not_of(' ') + 1);
        if (key.empty()) {
            throw ConfigError(above, "expected a key, or keys with commas between them", entry.place.text());
        }
        keys.push_back(key);
        begin = end + 1;
    }
    return keys;
}

void leave_out_repeated(SweepAxis& axis) {
    std::set<std::vector<std::string>> known;
    std::vector<std::vector<Setting>> values;
    for (std::vector<Setting>& settings : axis.values) {
        std::vector<std::string> meanings;
        for (const Setting& setting : settings) meanings.push_back(meaning_of(setting.key, setting.value));
        if (known.insert(std::move(meanings)).second) values.push_back(std::move(settings));
    }
    axis.repeated = axis.values.size() - values.size();
    axis.values = std::move(values);
}

/// What results call a value has to tell it from the others.
void check_titles(const SweepAxis& axis) {
    std::set<std::vector<std::string>> known;
    for (const std::vector<Setting>& settings : axis.values) {
        std::vector<std::string> cells;
        const Setting* strategy = nullptr;
        for (const Setting& setting : settings) {
            cells.push_back(cell_of(setting.key, setting.value));
            if (setting.key == "strategy") strategy = &setting;
        }
        if (strategy == nullptr || known.insert(cells).second) continue;
        const std::string title = cell_of(strategy->key, strategy->value);
        throw ConfigError("strategy",
                          fmt::format("two strategies are called \"{}\"; expected a label for each", title),
                          strategy->value.place.text());
    }
}

}  // namespace

std::vector<YamlValue> read_range(const Field& field) {
    const MapReader map(field, {"from", "to", "times", "step"});
    const RangeNumber from = read_amount(map.required("from", "the first value"));
    const Field to_field = map.required("to", "the largest value");
    const RangeNumber to = read_like(to_field, from);
    const auto times = map.optional("times");
    const auto step = map.optional("step");
    if (times.has_value() == step.has_value()) throw field.error("expected either times or step beside from and to");
    if (times && from.scaled == 0) throw field.error("a range that multiplies cannot begin at 0");
    const Wide addend = step ? step_of(*step, from) : 0;
    const Wide factor = times ? factor_of(*times) : 0;
    const double most = to.amount() * (1 + 1e-12);
    if (from.amount() > most) throw to_field.expected("at least the value of from");

    std::vector<YamlValue> values;
    for (Wide scaled = from.scaled; static_cast<double>(scaled) * from.factor <= most;) {
        if (values.size() == kMostValues) throw field.error(fmt::format("more than {} values", kMostValues));
        YamlValue value;
        value.kind = YamlValue::Kind::Scalar;
        value.place = field.value().place;
        value.text = text_of(scaled, from.unit);
        values.push_back(std::move(value));
        const Wide product = scaled * factor;
        const bool is_exact = times ? product % kScale == 0 : true;
        scaled = times ? product / kScale : scaled + addend;
        const bool is_last = static_cast<double>(scaled) * from.factor > most;
        if (!is_last && (!is_exact || (from.unit.empty() && scaled % kScale != 0))) {
            throw times->error(fmt::format("the value after {} is no {}", values.back().text,
                                           from.unit.empty() ? "integer" : "number of at most six decimals"));
        }
    }
    return values;
}

SweepAxis read_axis(const YamlEntry& entry, const std::string& above, const std::filesystem::path& folder) {
    SweepAxis axis;
    axis.keys = split_keys(entry, above);
    const Field field(entry.value, above + "." + entry.key);
    if (axis.keys.size() == 1) {
        constexpr const char* kExpected = "a list of values, or a range such as {from: 1, to: 64, times: 2}";
        if (entry.value.kind == YamlValue::Kind::Map && !is_range(entry.value)) throw field.expected(kExpected);
        std::vector<YamlValue> values;
        if (is_range(entry.value)) {
            values = read_range(field);
        } else {
            for (const Field& item : read_list(field, kExpected)) values.push_back(item.value());
        }
        for (YamlValue& value : values) {
            axis.values.push_back({Setting{axis.keys.front(), entry.place, std::move(value), folder}});
        }
    } else {
        const std::string expected = fmt::format("a list of {} values, one for each key", axis.keys.size());
        for (const Field& row : read_list(field, "a list of lists, each with a value for every key")) {
            const std::vector<Field> items = read_list(row, expected);
            if (items.size() != axis.keys.size()) {
                throw row.error(fmt::format("expected {}, not {}", expected, items.size()));
            }
            std::vector<Setting> settings;
            for (std::size_t key = 0; key < items.size(); ++key) {
                settings.push_back({axis.keys[key], entry.place, items[key].value(), folder});
            }
            axis.values.push_back(std::move(settings));
        }
    }
    if (axis.values.empty()) throw field.error("expected at least one value");
    if (axis.values.size() > kMostValues) throw field.error(fmt::format("more than {} values", kMostValues));
    if (!is_range(entry.value)) leave_out_repeated(axis);
    check_titles(axis);
    return axis;
}

std::optional<YamlValue> scaled_value(const YamlValue& value, unsigned times, unsigned over) {
    if (value.kind != YamlValue::Kind::Scalar) return std::nullopt;
    const std::size_t end = std::min(value.text.find_first_not_of("0123456789."), value.text.size());
    const std::string unit = value.text.substr(end);
    const std::optional<Wide> number = scaled_number(value.text.substr(0, end));
    if (!number || (!unit.empty() && !measure_of("1" + unit))) return std::nullopt;
    Wide scaled = *number * times;
    if (unit.empty()) scaled -= scaled % (Wide{kScale} * over);
    if (scaled == 0 || scaled % over != 0) return std::nullopt;
    YamlValue result = value;
    result.text = text_of(scaled / over, unit);
    return result;
}

}  // namespace hypar
