#include "experiment/topology_reader.h"

#include <cmath>

#include <fmt/format.h>

#include "arch/kernel/spec_limits.h"
#include "arch/network/topology_family.h"
#include "base/units.h"
#include "experiment/spec_reader.h"
#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/quantity.h"
#include "experiment/yaml/scalar.h"

namespace hypar {
namespace {

constexpr QuantityRange kBandwidths = {1, 1000 * kTera};
constexpr QuantityRange kLatencies = {1, kTera};
constexpr QuantityRange kEnergies = {0, kKilo* kTera};

const TopologyFamily& read_family(const Field& field) {
    std::vector<std::string> names;
    for (const TopologyFamily& family : topology_families()) names.emplace_back(family.name);
    return topology_families()[read_choice(field, names)];
}

std::vector<std::uint64_t> read_list_of_numbers(const Field& field, std::uint64_t least, std::size_t most_items) {
    std::vector<std::uint64_t> numbers;
    for (const Field& item : read_list(field, "a list of numbers, such as [4, 4]")) {
        numbers.push_back(read_integer(item, least, kMostAccelerators));
    }
    if (numbers.empty() || numbers.size() > most_items) {
        throw field.error(fmt::format("expected 1 to {} numbers, not {}", most_items, numbers.size()));
    }
    return numbers;
}

/// "4 pJ" is for a bit; kept in whole femtojoules, so that sums are exact.
std::uint64_t read_femtojoules(const Field& field) {
    const double femtojoules = read_energy(field, kEnergies) * 1000;
    if (std::abs(femtojoules - std::round(femtojoules)) > 1e-6) {
        throw field.expected("a whole number of femtojoules, such as \"1.25 pJ\"");
    }
    return static_cast<std::uint64_t>(std::llround(femtojoules));
}

EdgeSpec read_edge(const Field& field) {
    const MapReader map(field, {"between", "from", "to", "bandwidth", "latency", "energy"});
    EdgeSpec edge;
    const auto between = map.optional("between");
    edge.both_ways = between.has_value();
    if (between && (map.optional("from") || map.optional("to"))) {
        throw field.error("expected either between, for both directions, or from and to, for one");
    }
    if (between) {
        const std::vector<Field> ends = read_list(*between, "two nodes, such as [acc0, hub]");
        if (ends.size() != 2) throw between->error(fmt::format("expected two nodes, not {}", ends.size()));
        edge.from = read_text(ends[0]);
        edge.to = read_text(ends[1]);
    } else {
        edge.from =
            read_text(map.required("from", "the node where the link starts (or between: [A, B] for both ways)"));
        edge.to = read_text(map.required("to", "the node where the link ends"));
    }
    if (const auto bandwidth = map.optional("bandwidth")) {
        edge.bits_per_second = read_whole(*bandwidth, Quantity::Bandwidth, kBandwidths);
    }
    if (const auto latency = map.optional("latency")) {
        edge.latency = read_whole(*latency, Quantity::Time, kLatencies);
    }
    if (const auto energy = map.optional("energy")) edge.femtojoules_per_bit = read_femtojoules(*energy);
    return edge;
}

/// Beside its kind.
std::vector<std::string> keys_of(const TopologyFamily& family) {
    if (family.lists_links) return {"links", "routing"};
    std::vector<std::string> names;
    for (const TopologyKey& key : family.keys) names.emplace_back(key.name);
    return names;
}

void read_numbers(const MapReader& map, const TopologyKey& key, TopologySpec& topology) {
    const bool is_list = key.most_numbers > 0;
    std::vector<std::uint64_t>& numbers = topology.*key.numbers;
    const auto field = key.is_required ? map.required(key.name, is_list ? "a list, such as [4, 4]" : "an integer")
                                       : map.optional(key.name);
    if (!field) return;
    if (is_list) {
        numbers = read_list_of_numbers(*field, key.least, key.most_numbers);
    } else {
        numbers.push_back(read_integer(*field, key.least, kMostAccelerators));
    }
}

TopologySpec read_map(const Field& field, const TopologyFamily& family) {
    std::vector<std::string> keys = keys_of(family);
    keys.insert(keys.begin(), "kind");
    const MapReader map(field, keys);
    TopologySpec topology;
    topology.kind = family.kind;
    for (const TopologyKey& key : family.keys) read_numbers(map, key, topology);
    if (family.lists_links) {
        for (const Field& item : read_list(map.required("links", "a list of links"), "a list of links")) {
            topology.edges.push_back(read_edge(item));
        }
        if (const auto routing = map.optional("routing")) {
            read_field(*routing, one_of(kPathRules, "shortest or widest"), topology.path_rule);
        }
    }
    return topology;
}

}  // namespace

TopologySpec read_topology(const Field& field) {
    if (field.value().kind == YamlValue::Kind::Scalar) {
        const TopologyFamily& family = read_family(field);
        if (!family.lists_links) return {family.kind};
        throw field.expected("a map with the graph's links: {kind: graph, links: [{between: [acc0, acc1]}, ...]}");
    }
    if (field.value().kind != YamlValue::Kind::Map) throw field.expected("a topology's name or a map with its kind");
    const YamlEntry* kind = field.value().find("kind");
    if (kind == nullptr) throw field.error("missing key \"kind\"; expected the topology's name, such as torus");
    return read_map(field, read_family(Field(kind->value, field.key_of("kind"))));
}

}  // namespace hypar
