#include "sweep/results/sweep_json.h"

#include <algorithm>
#include <unordered_map>
#include <variant>

#include <nlohmann/json.hpp>

#include "experiment/sweep/condition.h"
#include "sweep/results/sensitivity.h"

namespace hypar {
namespace {

using Json = nlohmann::ordered_json;

struct ShownColumn {
    const char* name;  ///< of the column
    const char* label;
    const char* unit;
    bool is_more_better;
};

/// Not all columns: a page has to stay small.
constexpr ShownColumn kShownColumns[] = {
    {"seconds", "step time", "s", false},
    {"energy_joules", "energy", "J", false},
    {"traffic_bytes", "traffic", "B", false},
    {"cycles", "cycles", "", false},
    {"compute_seconds", "compute time", "s", false},
    {"communication_seconds", "communication time", "s", false},
    {"utilisation", "utilisation", "share", true},
    {"busiest_link_utilisation", "busiest link", "share", true},
    {"dram_bytes", "DRAM traffic", "B", false},
    {"memory_bytes", "memory", "B", false},
    {"energy_delay_product", "energy-delay product", "J s", false},
};

/// Texts by the order in which they first come.
class Numbered {
public:
    std::size_t number(const std::string& text) {
        const auto [place, is_new] = numbers_.try_emplace(text, texts_.size());
        if (is_new) texts_.push_back(text);
        return place->second;
    }
    const std::vector<std::string>& texts() const { return texts_; }

private:
    std::unordered_map<std::string, std::size_t> numbers_;
    std::vector<std::string> texts_;
};

std::vector<std::size_t> shown_columns() {
    const std::vector<ResultColumn>& columns = point_columns();
    std::vector<std::size_t> numbers;
    for (const ShownColumn& shown : kShownColumns) {
        const auto found = std::find_if(columns.begin(), columns.end(),
                                        [&](const ResultColumn& column) { return column.name == shown.name; });
        numbers.push_back(static_cast<std::size_t>(found - columns.begin()));
    }
    return numbers;
}

Json number_of(const ColumnValue& value) {
    if (const auto* integer = std::get_if<std::uint64_t>(&value)) return *integer;
    return std::get<double>(value);
}

bool is_positive_number(const std::string& text) {
    const std::optional<double> number = ConditionValue::of(text).number;
    return number && *number > 0;
}

/// Whether every point differs from point 0 in one number, and not all in the same one.
bool is_around(const ResultsStore& store) {
    std::vector<std::string> base;
    std::vector<bool> varies(store.keys().size());
    bool is_one_number = true;
    store.for_each([&](const StoredPoint& point) {
        if (base.empty()) base = point.values;
        std::size_t differences = 0;
        for (std::size_t key = 0; key < base.size(); ++key) {
            if (point.values[key] == base[key]) continue;
            ++differences;
            varies[key] = true;
            is_one_number = is_one_number && is_positive_number(base[key]) && is_positive_number(point.values[key]);
        }
        is_one_number = is_one_number && differences == (point.point == 0 ? 0 : 1);
    });
    return is_one_number && std::count(varies.begin(), varies.end(), true) > 1;
}

Json around_json(const ResultsStore& store) {
    if (!is_around(store)) return nullptr;
    Json ranked = Json::array();
    for (const Sensitivity& number : sensitivities(store)) {
        Json changes = Json::array();
        for (const Sensitivity::Change& change : number.changes) {
            changes.push_back({{"is_larger", change.is_larger},
                               {"seconds", change.seconds_elasticity},
                               {"joules", change.joules_elasticity}});
        }
        ranked.push_back({{"key", number.key}, {"changes", std::move(changes)}});
    }
    return ranked;
}

}  // namespace

std::string sweep_json(const ResultsStore& store, std::size_t most) {
    const std::vector<std::string> keys = store.keys();
    const std::vector<std::size_t> columns = shown_columns();
    std::vector<Numbered> values(keys.size());
    Numbered errors;
    Json results = Json::array();
    store.for_each([&](const StoredPoint& point) {
        if (results.size() == most) return;
        Json row = Json::array();
        for (std::size_t key = 0; key < keys.size(); ++key) row.push_back(values[key].number(point.values[key]));
        if (point.is_done()) {
            for (const std::size_t column : columns) row.push_back(number_of(*point.column_values[column]));
        } else {
            row.push_back(point.status);
            row.push_back(errors.number(point.error));
        }
        results.push_back(std::move(row));
    });
    Json json = {{"sweep", store.name()}, {"tally", store.tally()}, {"keys", Json::array()}};
    for (std::size_t key = 0; key < keys.size(); ++key) {
        json["keys"].push_back({{"name", keys[key]}, {"values", values[key].texts()}});
    }
    json["figures"] = Json::array();
    for (const ShownColumn& shown : kShownColumns) {
        json["figures"].push_back({{"name", shown.name},
                                   {"label", shown.label},
                                   {"unit", shown.unit},
                                   {"is_more_better", shown.is_more_better}});
    }
    json["errors"] = errors.texts();
    json["results"] = std::move(results);
    json["around"] = around_json(store);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace hypar
