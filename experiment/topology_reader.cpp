#include "experiment/topology_reader.h"

#include <cmath>

#include <fmt/format.h>

#include "arch/array/array_spec.h"
#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/quantity.h"
#include "experiment/yaml/scalar.h"

namespace hypar {
namespace {

constexpr std::uint64_t kMostNodes = std::uint64_t{1} << 20U;
constexpr std::size_t kMostDimensions = 3;
constexpr std::size_t kMostLevels = 20;
constexpr QuantityRange kBandwidths = {"1 b/s", "1000 Tb/s"};
constexpr QuantityRange kLatencies = {"1 ps", "1 s"};
constexpr QuantityRange kEnergies = {"0 pJ", "1 J"};

std::size_t position_of(const Field& field) {
    std::vector<std::string> names;
    for (const TopologyName& topology : topologies()) names.emplace_back(topology.name);
    return read_choice(field, names);
}

std::vector<std::uint64_t> read_numbers(const Field& field, std::uint64_t least, std::size_t most_items) {
    std::vector<std::uint64_t> numbers;
    for (const Field& item : read_list(field, "a list of numbers, such as [4, 4]")) {
        numbers.push_back(read_integer(item, least, kMostNodes));
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
    if (const auto bandwidth = map.optional("bandwidth"))
        edge.bits_per_second = read_bandwidth(*bandwidth, kBandwidths);
    if (const auto latency = map.optional("latency")) edge.latency = read_time(*latency, kLatencies);
    if (const auto energy = map.optional("energy")) edge.femtojoules_per_bit = read_femtojoules(*energy);
    return edge;
}

/// The keys of a map beside its kind.
std::vector<std::string> keys_of(TopologyKind kind) {
    switch (kind) {
        case TopologyKind::HTree: return {"arity", "factor"};
        case TopologyKind::Torus:
        case TopologyKind::Mesh: return {"size"};
        case TopologyKind::Ring:
        case TopologyKind::FullyConnected: return {};
        case TopologyKind::FatTree: return {"arity", "levels"};
        case TopologyKind::Dragonfly: return {"terminals", "routers", "groups"};
        case TopologyKind::Graph: return {"links"};
    }
    return {};
}

void read_shape(const MapReader& map, TopologySpec& topology) {
    const auto integer = [&](const char* key, std::uint64_t least) {
        topology.size.push_back(read_integer(map.required(key, "an integer"), least, kMostNodes));
    };
    switch (topology.kind) {
        case TopologyKind::HTree:
            if (const auto arity = map.optional("arity")) topology.size = read_numbers(*arity, 2, kMostLevels);
            if (const auto factor = map.optional("factor")) topology.factors = read_numbers(*factor, 1, kMostLevels);
            return;
        case TopologyKind::Torus:
        case TopologyKind::Mesh:
            topology.size = read_numbers(map.required("size", "a list, such as [4, 4]"), 1, kMostDimensions);
            return;
        case TopologyKind::Ring:
        case TopologyKind::FullyConnected: return;
        case TopologyKind::FatTree:
            integer("arity", 2);
            integer("levels", 1);
            return;
        case TopologyKind::Dragonfly:
            for (const char* key : {"terminals", "routers", "groups"}) integer(key, 1);
            return;
        case TopologyKind::Graph:
            for (const Field& item : read_list(map.required("links", "a list of links"), "a list of links")) {
                topology.edges.push_back(read_edge(item));
            }
            return;
    }
}

}  // namespace

TopologySpec read_topology(const Field& field) {
    TopologySpec topology;
    if (field.value().kind == YamlValue::Kind::Scalar) {
        topology.kind = topologies()[position_of(field)].kind;
        if (topology.kind != TopologyKind::Graph) return topology;
        throw field.expected("a map with the graph's links: {kind: graph, links: [{between: [acc0, acc1]}, ...]}");
    }
    if (field.value().kind != YamlValue::Kind::Map) throw field.expected("a topology's name or a map with its kind");
    const YamlEntry* kind = field.value().find("kind");
    if (kind == nullptr) throw field.error("missing key \"kind\"; expected the topology's name, such as torus");
    topology.kind = topologies()[position_of(Field(kind->value, field.key_of("kind")))].kind;
    std::vector<std::string> keys = keys_of(topology.kind);
    keys.insert(keys.begin(), "kind");
    read_shape(MapReader(field, keys), topology);
    return topology;
}

}  // namespace hypar
