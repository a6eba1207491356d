#include "arch/network/topology_family.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "arch/network/interconnect_spec.h"
#include "arch/network/topology.h"

namespace hypar {
namespace {

using Size = TopologyFamily::Size;

Topology make(TopologyKind kind, std::uint64_t accelerators, const Size& size = {}) {
    InterconnectSpec spec;
    spec.topology = {kind, size};
    spec.bits_per_second = 1'000'000;
    spec.is_per_link = true;
    spec.virtual_channels = 2;
    return Topology::make(spec, accelerators);
}

TEST(TopologyFamily, OfEachKindIsThereOnce) {
    std::set<TopologyKind> kinds;
    std::set<std::string> names;
    for (const TopologyFamily& family : topology_families()) {
        EXPECT_TRUE(kinds.insert(family.kind).second) << family.name;
        EXPECT_TRUE(names.insert(family.name).second) << family.name;
        EXPECT_EQ(&family_of(family.kind), &family);
        EXPECT_STREQ(name_of(family.kind), family.name);
    }
}

TEST(TopologyFamily, HasADefaultSizeOfAsManyAcceleratorsForEveryPowerOfTwo) {
    for (const TopologyFamily& family : topology_families()) {
        for (std::uint64_t accelerators = 1; accelerators <= 1024; accelerators *= 2) {
            const Size size = family.default_size(accelerators);
            if (family.lists_links) {
                EXPECT_EQ(size, Size{});
            } else {
                EXPECT_EQ(family.accelerators(size), accelerators) << family.name;
                EXPECT_EQ(size_of({family.kind, size}, accelerators), size) << family.name;
            }
        }
    }
}

TEST(TopologyFamily, HasAGroupForEveryLinkAndAPlaceForEveryNode) {
    for (const TopologyFamily& family : topology_families()) {
        if (family.lists_links) continue;
        const Topology topology = make(family.kind, 16);
        EXPECT_EQ(&topology.family(), &family);
        EXPECT_EQ(topology.grid().empty(), !family.is_grid) << family.name;
        EXPECT_EQ(family.link_groups(topology).size(), topology.links().size()) << family.name;
        EXPECT_EQ(family.places(topology).size(), topology.node_count()) << family.name;
    }
}

/// Links of each group, by name.
std::map<std::string, std::size_t> groups_of(const Topology& topology) {
    std::map<std::string, std::size_t> sizes;
    for (const LinkGroup& group : topology.link_groups()) sizes[group.name] = group.links.size();
    return sizes;
}

TEST(LinkGroups, OfAGridAreItsDimensions) {
    using Groups = std::map<std::string, std::size_t>;
    // 6 rings of four along x, 8 of three along y, 12 pairs along z; both ways
    EXPECT_EQ(groups_of(make(TopologyKind::Torus, 24, {4, 3, 2})),
              (Groups{{"x links", 48}, {"y links", 48}, {"z links", 24}}));
    EXPECT_EQ(groups_of(make(TopologyKind::Mesh, 8, {4, 2})), (Groups{{"x links", 12}, {"y links", 8}}));
    EXPECT_EQ(groups_of(make(TopologyKind::Ring, 5)), (Groups{{"x links", 10}}));
}

TEST(LinkGroups, OfATreeAreItsLevels) {
    using Groups = std::map<std::string, std::size_t>;
    EXPECT_EQ(groups_of(make(TopologyKind::HTree, 6, {3, 2})),
              (Groups{{"links acc-switch1", 12}, {"links switch1-switch2", 4}}));
    // Each level of a fat tree has as many links as there are accelerators.
    EXPECT_EQ(groups_of(make(TopologyKind::FatTree, 16, {4, 2})),
              (Groups{{"links acc-switch1", 32}, {"links switch1-switch2", 32}}));
}

TEST(LinkGroups, OfADragonflyAreByWhatTheyJoin) {
    using Groups = std::map<std::string, std::size_t>;
    // 16 accelerators; a pair of routers in each of 4 groups; 6 pairs of groups
    EXPECT_EQ(groups_of(make(TopologyKind::Dragonfly, 16, {2, 2, 4})),
              (Groups{{"links acc-router", 32}, {"links in groups", 8}, {"links between groups", 12}}));
    EXPECT_EQ(groups_of(make(TopologyKind::FullyConnected, 4)), (Groups{{"links", 12}}));
}

TEST(LinkGroups, OfAUsersGraphAreItsWires) {
    using Groups = std::map<std::string, std::size_t>;
    InterconnectSpec spec;
    spec.topology.kind = TopologyKind::Graph;
    spec.topology.edges = {{"acc0", "hub"}, {"hub", "acc1"}, {"acc1", "acc0", false}, {"acc0", "acc1", false}};
    spec.bits_per_second = 6000;
    EXPECT_EQ(groups_of(Topology::make(spec, 2)),
              (Groups{{"links acc0-hub", 2}, {"links acc1-hub", 2}, {"links acc0-acc1", 2}}));
}

}  // namespace
}  // namespace hypar
