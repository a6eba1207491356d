#include "experiment/experiment_reader.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/mistakes.h"
#include "experiment/accelerator_kinds.h"
#include "experiment/array_reader.h"
#include "experiment/network_reader.h"
#include "experiment/spec_reader.h"
#include "experiment/strategy_reader.h"
#include "experiment/topology_reader.h"
#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/scalar.h"

namespace hypar {
namespace {

ArraySpec read_array_as_used(const Field& root, const MapReader& map, Purpose purpose) {
    const Field field = map.required("array", "an array's name, its path or the map itself");
    ArraySpec array;
    Mistakes mistakes;
    YamlValue own = field.value();
    if (const YamlEntry* list = root.value().find("accelerators"); list != nullptr && has_kinds(own)) {
        YamlEntry* const replaced = own.find("accelerators");
        (replaced == nullptr ? own.entries.emplace_back() : *replaced) = *list;
    }
    mistakes.collect([&] { array = read_array(Field(own, field.key())); });
    mistakes.collect([&] {
        if (has_kinds(own)) return;
        const Field of_array(nearest_value(field.value(), "accelerators"), field.key_of("accelerators"));
        array.accelerators = read_accelerators(map.optional("accelerators").value_or(of_array));
    });
    mistakes.collect([&] {
        if (const auto topology = map.optional("topology")) array.interconnect.topology = read_topology(*topology);
    });
    mistakes.collect([&] {
        if (const auto precision = map.optional("precision")) array.precision = read_precision(*precision);
    });
    mistakes.throw_if_any();
    if (purpose == Purpose::Plan) return array;
    try {
        check_topology(array);
    } catch (const ConfigError& error) {
        const std::string head = error.key().substr(0, error.key().find('.'));
        const bool is_own = root.value().find(head) != nullptr;
        throw(is_own ? root : field).located(error);
    }
    return array;
}

std::vector<Phase> read_phases(const Field& field) {
    const std::vector<std::string> names = phase_names();
    std::vector<bool> chosen(kPhases.size(), false);
    for (const Field& item : read_list(field, "a list of phases")) {
        const std::size_t phase = read_choice(item, names);
        if (chosen[phase]) throw item.error(fmt::format("\"{}\" is named twice", names[phase]));
        chosen[phase] = true;
    }
    std::vector<Phase> phases;
    for (std::size_t index = 0; index < chosen.size(); ++index) {
        if (!chosen[index]) continue;
        if (phases.size() < index) {
            throw field.error(
                fmt::format("\"{}\" is missing, which \"{}\" needs", names[phases.size()], names[index]));
        }
        phases.push_back(kPhases[index]);
    }
    if (phases.empty()) throw field.error("expected at least the phase \"forward\"");
    return phases;
}

/// Throws ConfigError for keys that a sequential schedule has no use for.
struct ScheduleRules {
    void operator()(const MapReader& map, const ScheduleSpec& schedule) const {
        if (schedule.is_overlapped()) return;
        for (const std::string& key : keys_of<ScheduleSpec>()) {
            const std::optional<Field> given = key == "kind" ? std::nullopt : map.optional(key);
            if (given) throw given->error("only an overlapped schedule has it");
        }
    }
};

ScheduleSpec read_schedule(const Field& field) {
    ScheduleSpec schedule;
    if (field.value().kind == YamlValue::Kind::Map) {
        read_spec(field, schedule, ScheduleRules{});
    } else {
        read_field(field, one_of(ScheduleSpec::kKinds, ""), schedule.kind);
    }
    return schedule;
}

std::vector<std::uint32_t> read_levels(const Field& field, std::uint64_t accelerators) {
    std::vector<std::uint32_t> sizes;
    std::uint64_t product = 1;
    for (const Field& item : read_list(field, "a list of numbers, into how many groups each level divides")) {
        sizes.push_back(static_cast<std::uint32_t>(read_integer(item, 2, kMostGroups)));
        product = std::min(checked_multiply(product, sizes.back()), kMostShared + 1);
    }
    if (product != accelerators) {
        throw field.error(
            fmt::format("expected levels of {} accelerators in all, not {}", accelerators,
                        product > kMostShared ? fmt::format("more than {}", kMostShared) : std::to_string(product)));
    }
    return sizes;
}

/// Reads what a list of fields leaves to it; what follows from a network or an array only where that could be read.
struct TrainingRules {
    const std::optional<Network>& network;
    const std::optional<ArraySpec>& array;
    Training& training;

    void operator()(const MapReader&, const Training&) const {}
    void operator()(const Field& field, ScheduleSpec& schedule) const { schedule = read_schedule(field); }
    void operator()(const Field& field, std::vector<Phase>& phases) const { phases = read_phases(field); }
    void operator()(const Field& field, std::vector<std::uint32_t>& levels) const {
        if (array) levels = read_levels(field, array->accelerators);
    }
    void operator()(const Field& field, StrategyChoice& strategy) const {
        if (network && array) strategy = read_strategy(field, *network, division_of(training, *array));
    }
};

/// The bytes and operations of a step have to be counted in 64 bits, whatever the plan.
void check_magnitude(const Field& root, const Experiment& experiment) {
    constexpr std::uint64_t kHeadroom = 64;  // phases, levels, directions
    try {
        std::uint64_t elements = experiment.network.input().elements();
        for (const Layer& layer : experiment.network.layers()) {
            elements = checked_add(elements, layer.unpooled_output.elements());
        }
        checked_multiply(experiment.network.macs(), experiment.batch, kHeadroom);
        checked_multiply(elements, experiment.batch, experiment.array.precision.bytes, kHeadroom);
        checked_multiply(experiment.network.weights(), experiment.array.accelerators,
                         experiment.array.precision.bytes, kHeadroom);
    } catch (const std::overflow_error&) {
        const char* const key = root.value().find("batch") != nullptr ? "batch" : "network";
        throw root.located(ConfigError(key, "a step of this size cannot be counted in 64 bits"));
    }
}

void flatten(const YamlValue& value, const std::string& key, std::map<std::string, std::string>& places) {
    places[key] = value.place.text();
    const Field field(value, key);
    for (const YamlEntry& entry : value.entries) flatten(entry.value, field.key_of(entry.key), places);
    for (std::size_t index = 0; index < value.items.size(); ++index) {
        flatten(value.items[index], field.key_of(std::to_string(index)), places);
    }
}

std::map<std::string, std::string> places_of(const YamlValue& root) {
    std::map<std::string, std::string> places;
    flatten(root, {}, places);
    for (const char* key : kSharedKeys) {
        places.try_emplace(key, places.at(std::string("array.") + key));
    }
    return places;
}

}  // namespace

Experiment read_experiment(const YamlValue& root_value, const std::string& name, Purpose purpose) {
    const Field root(root_value, {});
    const MapReader map(root, keys_of<Training>());
    // Read before the aggregate is made: g++ 12 destroys its base twice where a later member throws.
    std::optional<Network> network;
    std::optional<ArraySpec> array;
    Training training;
    Mistakes mistakes;
    mistakes.collect(
        [&] { network = read_network(map.required("network", "a network's name, its path or the map itself")); });
    mistakes.collect([&] { array = read_array_as_used(root, map, purpose); });
    mistakes.collect([&] { read_spec(root, training, TrainingRules{network, array, training}); });
    mistakes.throw_if_any();
    std::map<std::string, std::string> places = places_of(root_value);
    Experiment experiment{std::move(training), name, *std::move(network), *std::move(array), std::move(places)};
    check_magnitude(root, experiment);
    return experiment;
}

}  // namespace hypar
