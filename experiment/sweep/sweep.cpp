#include "experiment/sweep/sweep.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/names.h"
#include "base/text.h"
#include "experiment/experiment_reader.h"
#include "experiment/plain_inputs.h"
#include "experiment/resolved_inputs.h"
#include "experiment/strategy_reader.h"
#include "experiment/sweep/sweep_reader.h"

namespace hypar {
namespace {

constexpr std::uint64_t kMostCombinations = 10000000;

/// A point without an experiment: what is wrong is told when it is run.
struct NoExperiment {};

std::string head_of(const std::string& key) { return key.substr(0, key.find('.')); }

/// Whether a value of `varied` may decide what the resolved key `key` is.
bool may_decide(const std::string& varied, const std::string& key) {
    const std::string head = head_of(key);
    if (head_of(varied) == head) return true;
    const auto is_shared = [](const std::string& name) {  // an experiment's own, or its array's
        return name == "array" || is_shared_key(name);
    };
    return is_shared(head_of(varied)) && is_shared(head);
}

const YamlValue* find_at(const YamlValue& root, const std::string& key) {
    const YamlValue* value = &root;
    for (std::size_t begin = 0; begin <= key.size();) {
        const std::size_t end = std::min(key.find('.', begin), key.size());
        const std::string segment = key.substr(begin, end - begin);
        const YamlValue* next = nullptr;
        if (const YamlEntry* entry = value->find(segment)) next = &entry->value;
        for (std::size_t index = 0; index < value->items.size() && next == nullptr; ++index) {
            const YamlEntry* name = value->items[index].find("name");
            const bool is_named = name != nullptr && name->value.text == segment;
            if (is_named || segment == std::to_string(index)) next = &value->items[index];
        }
        if (next == nullptr) return nullptr;
        value = next;
        begin = end + 1;
    }
    return value;
}

/// A scalar, or what a map is called by.
std::optional<ConditionValue> comparable(const std::string& key, const YamlValue& value) {
    if (key == "strategy") {
        const auto title = title_of_strategy(value);
        return title ? std::make_optional(ConditionValue::of(*title)) : std::nullopt;
    }
    if (value.kind == YamlValue::Kind::Scalar) return ConditionValue::of(value.text);
    for (const char* own : {"name", "kind"}) {
        if (const YamlEntry* entry = value.find(own)) return ConditionValue::of(entry->value.text);
    }
    return std::nullopt;
}

std::uint64_t product_of(const std::vector<SweepAxis>& axes, const Place& place) {
    std::uint64_t product = 1;
    for (const SweepAxis& axis : axes) {
        product *= axis.values.size();  // of at most 10^7 and 10^6
        if (product > kMostCombinations) {
            throw ConfigError("vary", fmt::format("more than {} combinations of values", kMostCombinations),
                              place.text());
        }
    }
    return product;
}

}  // namespace

Sweep::Impl::Impl(std::string sweep_name, YamlValue base, FileReference base_file, std::vector<SweepAxis> axes_given,
                  std::vector<Condition> conditions, const Place& place)
    : name(std::move(sweep_name)),
      axes(std::move(axes_given)),
      combinations(product_of(axes, place)),
      base_(std::move(base)),
      base_file_(std::move(base_file)) {
    for (const SweepAxis& axis : axes) keys.insert(keys.end(), axis.keys.begin(), axis.keys.end());
    drop(conditions);
    if (points.empty()) {
        throw ConfigError("where", fmt::format("drops all of {} points", combinations), place.text());
    }
    resolved_.clear();
}

std::vector<std::size_t> Sweep::Impl::positions(std::uint64_t combination) const {
    std::vector<std::size_t> positions(axes.size());
    for (std::size_t axis = axes.size(); axis-- > 0;) {
        positions[axis] = combination % axes[axis].values.size();
        combination /= axes[axis].values.size();
    }
    return positions;
}

std::vector<Setting> Sweep::Impl::settings(std::uint64_t combination) const {
    const std::vector<std::size_t> at = positions(combination);
    std::vector<Setting> settings;
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
        const std::vector<Setting>& chosen = axes[axis].values[at[axis]];
        settings.insert(settings.end(), chosen.begin(), chosen.end());
    }
    return settings;
}

YamlValue Sweep::Impl::tree(std::uint64_t combination) const {
    return with_defaults(resolved_experiment(base_, base_file_, settings(combination), trees_));
}

Experiment Sweep::Impl::experiment(std::uint64_t combination) const {
    const YamlValue root = resolved_experiment(base_, base_file_, settings(combination), trees_);
    return read_experiment(root, printable(base_file_.path.stem().string()));
}

std::optional<ConditionValue> Sweep::Impl::value_of(const std::string& key, const std::vector<std::size_t>& at,
                                                    std::uint64_t combination) {
    std::vector<std::size_t> deciding;
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
        bool decides = false;
        for (const Setting& setting : axes[axis].values[at[axis]]) {
            if (setting.key == key) return comparable(key, setting.value);
            decides = decides || may_decide(setting.key, key);
        }
        if (decides) deciding.push_back(at[axis]);
    }
    const auto [found, is_new] = resolved_.try_emplace({key, deciding});
    if (!is_new) return found->second;
    YamlValue root;
    try {
        root = tree(combination);
    } catch (const ConfigError&) {
        resolved_.erase(found);
        throw NoExperiment();
    }
    const YamlValue* value = find_at(root, is_shared_key(key) ? "array." + key : key);
    if (value == nullptr) throw ConfigError("", fmt::format("the experiments have no key \"{}\"", printable(key)));
    found->second = comparable(key, *value);
    return found->second;
}

bool Sweep::Impl::keeps(const Condition& condition, std::uint64_t combination) {
    const std::vector<std::size_t> at = positions(combination);
    try {
        return condition.holds([&](const std::string& key) { return value_of(key, at, combination); });
    } catch (const NoExperiment&) {
        return true;
    } catch (const ConfigError& error) {
        throw error.place().empty() ? error.at(condition.place().text()) : error.below("where");
    }
}

void Sweep::Impl::drop(const std::vector<Condition>& conditions) {
    for (const Condition& condition : conditions) dropped.push_back({condition.text(), 0});
    for (std::uint64_t combination = 0; combination < combinations; ++combination) {
        std::size_t number = 0;
        while (number < conditions.size() && keeps(conditions[number], combination)) ++number;
        if (number < conditions.size()) {
            ++dropped[number].points;
        } else {
            points.push_back(static_cast<std::uint32_t>(combination));
        }
    }
}

void Sweep::Impl::check_values() const {
    constexpr int kMostTries = 64;
    struct Standing {
        int tries = 0;
        bool is_good = false;
        std::optional<ConfigError> mistake;
    };
    std::vector<std::vector<Standing>> standings;
    for (const SweepAxis& axis : axes) standings.emplace_back(axis.values.size());
    for (const std::uint32_t combination : points) {
        const std::vector<std::size_t> at = positions(combination);
        std::vector<Standing*> open;
        for (std::size_t axis = 0; axis < at.size(); ++axis) {
            Standing& standing = standings[axis][at[axis]];
            if (!standing.is_good && standing.tries < kMostTries) open.push_back(&standing);
        }
        if (open.empty()) continue;
        try {
            experiment(combination);
            for (Standing* standing : open) standing->is_good = true;
        } catch (const ConfigError& error) {
            for (Standing* standing : open) {
                ++standing->tries;
                if (!standing->mistake) standing->mistake = error;
            }
        }
    }
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
        for (const Standing& standing : standings[axis]) {
            if (!standing.is_good && standing.mistake) throw *standing.mistake;
        }
    }
}

const std::string& Sweep::name() const { return impl_->name; }

const std::vector<std::string>& Sweep::keys() const { return impl_->keys; }

std::vector<std::string> Sweep::axes() const {
    std::vector<std::string> names;
    for (const SweepAxis& axis : impl_->axes) names.push_back(fmt::format("{}", fmt::join(axis.keys, ", ")));
    return names;
}

std::vector<std::uint64_t> Sweep::extents() const {
    std::vector<std::uint64_t> extents;
    for (const SweepAxis& axis : impl_->axes) extents.push_back(axis.values.size());
    return extents;
}

std::vector<std::uint64_t> Sweep::repeated() const {
    std::vector<std::uint64_t> repeated;
    for (const SweepAxis& axis : impl_->axes) repeated.push_back(axis.repeated);
    return repeated;
}

std::uint64_t Sweep::combinations() const { return impl_->combinations; }

const std::vector<DroppedPoints>& Sweep::dropped() const { return impl_->dropped; }

std::size_t Sweep::size() const { return impl_->points.size(); }

std::vector<std::string> Sweep::values(std::size_t point) const {
    std::vector<std::string> values;
    for (const Setting& setting : impl_->settings(impl_->points[point]))
        values.push_back(cell_of(setting.key, setting.value));
    return values;
}

std::string Sweep::inputs(std::size_t point) const { return inputs_json(plain(impl_->tree(impl_->points[point]))); }

Experiment Sweep::experiment(std::size_t point) const { return impl_->experiment(impl_->points[point]); }

}  // namespace hypar
