#include "experiment/strategy_reader.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "base/names.h"
#include "base/text.h"
#include "experiment/spec_reader.h"
#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/scalar.h"

namespace hypar {
namespace {

constexpr const char* kSearchOfFreeCells = "optimal";

std::string read_name(const Field& field) {
    if (field.value().kind != YamlValue::Kind::Scalar) throw field.expected("a strategy's name");
    try {
        find_strategy(printable(field.value().text));
    } catch (const ConfigError& error) {
        throw field.error(error.problem());
    }
    return field.value().text;
}

std::vector<std::string> split_names() {
    std::vector<std::string> names;
    for (const SplitEntry& split : kSplits) names.emplace_back(split.split_name);
    return names;
}

SplitSet read_splits(const Field& field) {
    const std::vector<std::string> names = split_names();
    SplitSet splits = 0;
    for (const Field& item : read_list(field, "a list of splits, such as [batch, in]")) {
        const std::size_t split = read_choice(item, names);
        if (contains(splits, kSplits[split].parallelism)) {
            throw item.error(fmt::format("\"{}\" is named twice", names[split]));
        }
        splits |= set_of(kSplits[split].parallelism);
    }
    if (splits == 0) throw field.error("expected at least one of " + comma_separated(names));
    return splits;
}

using ReadCells = std::function<PlanCells(const Field& plan)>;

struct ChoiceRules {
    const ReadCells& read_cells;

    void operator()(const MapReader&, const StrategyChoice&) const {}
    void operator()(const Field& field, std::string& name) const { name = read_name(field); }
    void operator()(const Field& field, SplitSet& splits) const { splits = read_splits(field); }
    void operator()(const Field& field, PlanCells& cells) const { cells = read_cells(field); }
};

std::optional<Field> given(const Field& map, const char* key) {
    const YamlEntry* entry = map.value().find(key);
    if (entry == nullptr) return std::nullopt;
    return Field(entry->value, map.key_of(key));
}

bool has_free_cells(const PlanCells& cells) {
    return std::any_of(cells.begin(), cells.end(), [](const auto& level) {
        return std::any_of(level.begin(), level.end(), [](const auto& cell) { return !cell; });
    });
}

void check_that_it_searches(const Field& field, const StrategyEntry& strategy, const char* what) {
    if (strategy.chooses) return;
    std::vector<std::string> names;
    for (const StrategyEntry& entry : strategies()) {
        if (entry.chooses) names.emplace_back(entry.name);
    }
    throw field.error(fmt::format("{} does not take {}; {} do", strategy.name, what, comma_separated(names)));
}

/// What follows from the keys of a map together.
void settle(const Field& map, StrategyChoice& choice) {
    const auto plan = given(map, "plan");
    if (plan && !has_free_cells(choice.cells)) {
        for (const char* key : {"name", "splits", "minimise"}) {
            if (const auto unused = given(map, key))
                throw unused->error("nothing to search: the plan has no free cell, ?");
        }
        choice.splits = StrategyChoice().splits;
        return;
    }
    if (choice.name.empty() && !plan) throw map.error("missing key \"name\"; expected a strategy's name, or a plan");
    if (choice.name.empty()) choice.name = kSearchOfFreeCells;
    const StrategyEntry& strategy = find_strategy(choice.name);
    if (plan) check_that_it_searches(given(map, "name").value_or(map), strategy, "cells");
    if (const auto splits = given(map, "splits")) check_that_it_searches(*splits, strategy, "splits");
    if (choice.minimise == Minimise::Seconds && choice.name != kSearchOfFreeCells) {
        throw given(map, "minimise")
            ->error(fmt::format("seconds are what {} can minimise; {} has a way of its own", kSearchOfFreeCells,
                                choice.name));
    }
    if (choice.splits == 0) choice.splits = strategy.splits;
}

StrategyChoice read_choice_map(const Field& field, const ReadCells& read_cells) {
    StrategyChoice choice;
    choice.name.clear();
    choice.splits = 0;
    read_spec(field, choice, ChoiceRules{read_cells});
    settle(field, choice);
    const std::vector<std::string> names = strategy_names();
    if (std::find(names.begin(), names.end(), choice.label) != names.end()) {
        throw given(field, "label")->error(fmt::format("\"{}\" is the name of a strategy", choice.label));
    }
    return choice;
}

/// The strings of a plan, as they are written.
std::vector<std::string> read_strings(const Field& plan, const std::string& expected) {
    std::vector<std::string> strings;
    for (const Field& item : read_list(plan, "a list of strings, one for each level")) {
        if (item.value().kind != YamlValue::Kind::Scalar) throw item.expected(expected);
        strings.push_back(printable(item.value().text, std::string::npos));
    }
    return strings;
}

}  // namespace

StrategyChoice read_strategy(const Field& field, const Network& network, const Levels& division) {
    if (field.value().kind == YamlValue::Kind::Scalar) return StrategyChoice::named(read_name(field));
    if (field.value().kind != YamlValue::Kind::Map) {
        throw field.expected("a strategy's name, or a map with its name or a plan");
    }
    const std::string expected = fmt::format("{} characters, one for each layer", network.size());
    const ReadCells read_cells = [&](const Field& plan) {
        const std::vector<std::string> levels = read_strings(plan, expected);
        try {
            return cells_from_strings(levels, network.size(), division);
        } catch (const ConfigError& error) {
            throw field.located(error);
        }
    };
    StrategyChoice choice = read_choice_map(field, read_cells);
    try {
        check_possible(choice, network, division);
    } catch (const ConfigError& error) {
        throw field.located(error);
    }
    return choice;
}

std::optional<std::string> title_of_strategy(const YamlValue& value) {
    if (value.kind == YamlValue::Kind::Scalar) return value.text;
    if (value.kind != YamlValue::Kind::Map) return std::nullopt;
    const ReadCells read_cells = [](const Field& plan) {
        PlanCells cells;
        for (const std::string& level : read_strings(plan, "a text")) {
            cells.emplace_back();
            for (const char character : level) {
                cells.back().push_back(is_free(character) ? std::nullopt : std::make_optional(Parallelism::Data));
            }
        }
        return cells;
    };
    try {
        return read_choice_map(Field(value, {}), read_cells).title();
    } catch (const ConfigError&) {
        return std::nullopt;
    }
}

namespace {

void erase(YamlValue& map, const char* key) {
    map.entries.erase(std::remove_if(map.entries.begin(), map.entries.end(),
                                     [&](const YamlEntry& entry) { return entry.key == key; }),
                      map.entries.end());
}

bool has_own_splits(const YamlValue& list, const std::string& name) {
    const std::vector<std::string> names = strategy_names();
    if (std::find(names.begin(), names.end(), name) == names.end()) return false;
    try {
        return read_splits(Field(list, {})) == find_strategy(name).splits;
    } catch (const ConfigError&) {
        return false;
    }
}

}  // namespace

void make_plain_strategy(YamlValue& value) {
    if (value.kind != YamlValue::Kind::Map) return;
    erase(value, "label");
    YamlEntry* plan = value.find("plan");
    if (plan != nullptr) {
        for (YamlValue& level : plan->value.items) level.quoted = true;
    }
    const YamlEntry* given_name = value.find("name");
    const std::string name = given_name != nullptr ? given_name->value.text
                             : plan != nullptr     ? kSearchOfFreeCells
                                                   : "";
    if (YamlEntry* splits = value.find("splits")) {
        sort_as(splits->value, split_names());
        if (has_own_splits(splits->value, name)) erase(value, "splits");
    }
    const YamlEntry* minimise = value.find("minimise");
    if (minimise != nullptr &&
        minimise->value.text == name_in(StrategyChoice::kMinimise, StrategyChoice().minimise)) {
        erase(value, "minimise");
    }
    if (plan != nullptr && name == kSearchOfFreeCells) erase(value, "name");
    given_name = value.find("name");
    if (given_name != nullptr && value.entries.size() == 1) value = YamlValue(given_name->value);
}

}  // namespace hypar
