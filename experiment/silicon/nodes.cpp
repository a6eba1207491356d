#include "experiment/silicon/nodes.h"

#include <cmath>
#include <string>

#include <fmt/format.h>

#include "arch/kernel/spec_limits.h"
#include "base/checked.h"
#include "base/units.h"
#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/quantity.h"
#include "experiment/yaml/scalar.h"

namespace hypar {
namespace {

constexpr QuantityRange kBandwidths = {1000, 1000 * kTera};

/// A link both ways.
std::string link(const std::string& from, const std::string& to, std::uint64_t rated, double efficiency) {
    const auto carried = static_cast<std::uint64_t>(std::llround(efficiency * static_cast<double>(rated)));
    return fmt::format("{{between: [{}, {}], bandwidth: \"{} b/s\"}}", from, to, carried);
}

}  // namespace

NodesSpec read_nodes(const Field& field) {
    const MapReader map(field, {"accelerators", "inside", "between", "efficiency"});
    NodesSpec nodes;
    nodes.accelerators = read_integer(map.required("accelerators", "accelerators of a node"), 1, kMostAccelerators);
    const auto read_bandwidth = [&](const char* key) {
        return read_whole(map.required(key, "a bandwidth"), Quantity::Bandwidth, kBandwidths);
    };
    nodes.inside_bits_per_second = read_bandwidth("inside");
    nodes.between_bits_per_second = read_bandwidth("between");
    const Field efficiency = map.required("efficiency", "what a link carries over what it is rated for");
    nodes.efficiency = read_number(efficiency);
    if (nodes.efficiency < 0.01 || nodes.efficiency > 1) throw efficiency.expected("a number from 0.01 to 1");
    return nodes;
}

YamlValue topology_of(const NodesSpec& nodes, std::uint64_t accelerators) {
    std::string links;
    const std::uint64_t switches = ceil_divide(accelerators, nodes.accelerators);
    for (std::uint64_t i = 0; i < accelerators; ++i) {
        links += link(fmt::format("acc{}", i), fmt::format("node{}", i / nodes.accelerators),
                      nodes.inside_bits_per_second, nodes.efficiency) +
                 ", ";
    }
    for (std::uint64_t i = 0; i < switches && switches > 1; ++i) {
        links += link(fmt::format("node{}", i), "network", nodes.between_bits_per_second, nodes.efficiency) + ", ";
    }
    links.resize(links.size() - 2);
    return read_yaml_option(fmt::format("{{kind: graph, links: [{}]}}", links), "nodes");
}

}  // namespace hypar
