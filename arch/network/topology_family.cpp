#include "arch/network/topology_family.h"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "arch/network/interconnect_spec.h"
#include "base/checked.h"
#include "base/error.h"

namespace hypar {
namespace {

/// A router has a port for each of its wires, and a port a buffer for each virtual channel.
constexpr std::uint64_t kMostWires = std::uint64_t{1} << 22U;

}  // namespace

const std::vector<TopologyFamily>& topology_families() {
    static const std::vector<TopologyFamily> kFamilies = {
        htree_family(),           torus_family(),    mesh_family(),      ring_family(),
        fully_connected_family(), fat_tree_family(), dragonfly_family(), graph_family()};
    return kFamilies;
}

const TopologyFamily& family_of(TopologyKind kind) {
    const std::vector<TopologyFamily>& families = topology_families();
    const auto found = std::find_if(families.begin(), families.end(),
                                    [&](const TopologyFamily& family) { return family.kind == kind; });
    assert(found != families.end());
    return *found;
}

const char* name_of(TopologyKind kind) { return family_of(kind).name; }

std::uint64_t TopologyFamily::product_of(const Size& size) {
    std::uint64_t product = 1;
    for (const std::uint64_t factor : size) product = checked_multiply(product, factor);
    return product;
}

TopologyFamily::Size size_of(const TopologySpec& spec, std::uint64_t accelerators) {
    const TopologyFamily& family = family_of(spec.kind);
    if (spec.size.empty()) return family.default_size(accelerators);
    const std::uint64_t has = family.accelerators(spec.size);
    if (has == accelerators) return spec.size;
    throw ConfigError("topology",
                      fmt::format("{} has {} accelerators, not {}", family.describe(spec.size), has, accelerators));
}

std::uint64_t bandwidth_of_each(const InterconnectSpec& spec, std::uint64_t links) {
    if (spec.is_per_link || links == 0) return spec.bits_per_second;
    const std::uint64_t bits_per_second = spec.bits_per_second / links;
    if (bits_per_second == 0) {
        throw ConfigError(
            "interconnect.total_bandwidth",
            fmt::format("{} bits per second leave nothing for each of {} links", spec.bits_per_second, links));
    }
    return bits_per_second;
}

void expect_wires(std::uint64_t wires) {
    if (wires <= kMostWires) return;
    throw ConfigError("topology",
                      fmt::format("{} wires are more than the {} that can be simulated", wires, kMostWires));
}

}  // namespace hypar
