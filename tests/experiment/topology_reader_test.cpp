#include "experiment/topology_reader.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/experiment.h"
#include "tests/experiment/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// Reads what stands behind "topology: ", without building it.
TopologySpec read(const std::string& text) {
    const YamlValue root = yaml_of("topology: " + text + "\n");
    return read_topology(Field(root.find("topology")->value, "topology"));
}

/// The mistake in it; "topology: " begins at 1:1, what stands behind it at 1:11.
std::string mistake_in(const std::string& text) {
    return message_of([&] { read(text); });
}

TEST(TopologyInput, MayBeANameAlone) {
    EXPECT_EQ(read("htree").kind, TopologyKind::HTree);
    EXPECT_EQ(read("torus").kind, TopologyKind::Torus);
    EXPECT_EQ(read("mesh").kind, TopologyKind::Mesh);
    EXPECT_EQ(read("ring").kind, TopologyKind::Ring);
    EXPECT_EQ(read("fully-connected").kind, TopologyKind::FullyConnected);
    EXPECT_EQ(read("fat-tree").kind, TopologyKind::FatTree);
    EXPECT_EQ(read("dragonfly").kind, TopologyKind::Dragonfly);
    for (const char* name : {"htree", "torus", "mesh", "ring", "fully-connected", "fat-tree", "dragonfly"}) {
        EXPECT_THAT(read(name).size, IsEmpty()) << name;
        EXPECT_THAT(read(name).factors, IsEmpty()) << name;
    }
}

TEST(TopologyInput, MayBeAMapWithItsSize) {
    EXPECT_EQ(read("{kind: ring}").kind, TopologyKind::Ring);
    EXPECT_EQ(read("{kind: fully-connected}").kind, TopologyKind::FullyConnected);
    EXPECT_THAT(read("{kind: torus, size: [16]}").size, ElementsAre(16));
    EXPECT_THAT(read("{kind: torus, size: [4, 2, 3]}").size, ElementsAre(4, 2, 3));
    EXPECT_THAT(read("{size: [4, 4], kind: mesh}").size, ElementsAre(4, 4));
    EXPECT_EQ(read("{size: [4, 4], kind: mesh}").kind, TopologyKind::Mesh);
    EXPECT_THAT(read("{kind: htree}").size, IsEmpty());
    const TopologySpec tree = read("{kind: htree, arity: [4, 4, 2], factor: [2, 3]}");
    EXPECT_THAT(tree.size, ElementsAre(4, 4, 2));
    EXPECT_THAT(tree.factors, ElementsAre(2, 3));
    EXPECT_THAT(read("{kind: htree, factor: [1, 1, 1]}").size, IsEmpty());
    EXPECT_THAT(read("{kind: fat-tree, levels: 3, arity: 4}").size, ElementsAre(4, 3));
    EXPECT_THAT(read("{kind: dragonfly, groups: 5, routers: 3, terminals: 2}").size, ElementsAre(2, 3, 5));
}

TEST(TopologyInput, OfAGraphListsItsLinks) {
    const TopologySpec graph = read(
        "{kind: graph, links: [{between: [acc0, hub], bandwidth: 8 Gb/s, latency: 3 ns, energy: 1.25 pJ}, "
        "{from: hub, to: acc1}, {from: acc1, to: hub, energy: 7 fJ}]}");
    EXPECT_EQ(graph.kind, TopologyKind::Graph);
    ASSERT_EQ(graph.edges.size(), 3U);
    EXPECT_EQ(graph.edges[0].from, "acc0");
    EXPECT_EQ(graph.edges[0].to, "hub");
    EXPECT_TRUE(graph.edges[0].both_ways);
    EXPECT_EQ(graph.edges[0].bits_per_second, 8'000'000'000U);
    EXPECT_EQ(graph.edges[0].latency, 3000U);
    EXPECT_EQ(graph.edges[0].femtojoules_per_bit, 1250U);
    EXPECT_EQ(graph.edges[1].from, "hub");
    EXPECT_EQ(graph.edges[1].to, "acc1");
    EXPECT_FALSE(graph.edges[1].both_ways);
    EXPECT_FALSE(graph.edges[1].bits_per_second);
    EXPECT_FALSE(graph.edges[1].latency);
    EXPECT_FALSE(graph.edges[1].femtojoules_per_bit);
    EXPECT_EQ(graph.edges[2].femtojoules_per_bit, 7U);
}

TEST(TopologyInput, OfAGraphMayTakeWidestWays) {
    EXPECT_EQ(read("{kind: graph, links: []}").path_rule, PathRule::Shortest);
    EXPECT_EQ(read("{kind: graph, links: [], routing: shortest}").path_rule, PathRule::Shortest);
    EXPECT_EQ(read("{kind: graph, routing: widest, links: []}").path_rule, PathRule::Widest);
    EXPECT_EQ(mistake_in("{kind: graph, routing: wide, links: []}"),
              "test.yaml:1:34: topology.routing: unknown value \"wide\"; known: shortest, widest");
    EXPECT_EQ(mistake_in("{kind: torus, size: [4, 4], routing: widest}"),
              "test.yaml:1:39: topology: unknown key \"routing\"; known: kind, size");
}

TEST(TopologyInput, WithAnUnknownKindIsRefused) {
    const std::string known = "known: htree, torus, mesh, ring, fully-connected, fat-tree, dragonfly, graph";
    EXPECT_EQ(mistake_in("tours"),
              "test.yaml:1:11: topology: unknown value \"tours\"; " + known + " (did you mean \"torus\"?)");
    EXPECT_EQ(mistake_in("{kind: fattree}"),
              "test.yaml:1:18: topology.kind: unknown value \"fattree\"; " + known + " (did you mean \"fat-tree\"?)");
    EXPECT_EQ(mistake_in("hypercube"), "test.yaml:1:11: topology: unknown value \"hypercube\"; " + known);
    EXPECT_EQ(mistake_in("[4, 4]"),
              "test.yaml:1:11: topology: expected a topology's name or a map with its kind, not a list");
    EXPECT_EQ(mistake_in(""),
              "test.yaml:1:1: topology: expected a topology's name or a map with its kind, not an empty value");
    EXPECT_EQ(mistake_in("{size: [4, 4]}"),
              "test.yaml:1:11: topology: missing key \"kind\"; expected the topology's name, such as torus");
    EXPECT_EQ(mistake_in("{}"),
              "test.yaml:1:11: topology: missing key \"kind\"; expected the topology's name, such as torus");
}

TEST(TopologyInput, WithAKeyThatItsKindDoesNotHaveIsRefused) {
    EXPECT_EQ(mistake_in("{kind: torus, arity: [4, 4]}"),
              "test.yaml:1:25: topology: unknown key \"arity\"; known: kind, size");
    EXPECT_EQ(mistake_in("{kind: ring, size: [4]}"), "test.yaml:1:24: topology: unknown key \"size\"; known: kind");
    EXPECT_EQ(mistake_in("{kind: htree, size: [4]}"),
              "test.yaml:1:25: topology: unknown key \"size\"; known: kind, arity, factor");
    EXPECT_EQ(mistake_in("{kind: htree, factors: [4]}"),
              "test.yaml:1:25: topology: unknown key \"factors\"; known: kind, arity, factor (did you mean "
              "\"factor\"?)");
    EXPECT_EQ(
        mistake_in("{kind: dragonfly, group: 4}"),
        "test.yaml:1:29: topology: unknown key \"group\"; known: kind, terminals, routers, groups (did you mean "
        "\"groups\"?)");
}

TEST(TopologyInput, WithAKeyMissingIsRefused) {
    EXPECT_EQ(mistake_in("{kind: torus}"),
              "test.yaml:1:11: topology: missing key \"size\"; expected a list, such as [4, 4]");
    EXPECT_EQ(mistake_in("{kind: fat-tree, arity: 4}"),
              "test.yaml:1:11: topology: missing key \"levels\"; expected an integer");
    EXPECT_EQ(mistake_in("{kind: dragonfly, terminals: 4, groups: 2}"),
              "test.yaml:1:11: topology: missing key \"routers\"; expected an integer");
}

TEST(TopologyInput, WithASizeThatNoneCanHaveIsRefused) {
    EXPECT_EQ(mistake_in("{kind: torus, size: [2, 2, 2, 2]}"),
              "test.yaml:1:31: topology.size: expected 1 to 3 numbers, not 4");
    EXPECT_EQ(mistake_in("{kind: mesh, size: []}"), "test.yaml:1:30: topology.size: expected 1 to 3 numbers, not 0");
    EXPECT_EQ(mistake_in("{kind: mesh, size: 16}"),
              "test.yaml:1:30: topology.size: expected a list of numbers, such as [4, 4], not 16");
    EXPECT_EQ(mistake_in("{kind: mesh, size: [4, 0]}"),
              "test.yaml:1:34: topology.size.1: expected an integer of at least 1, not 0");
    EXPECT_EQ(mistake_in("{kind: mesh, size: [4, x]}"),
              "test.yaml:1:34: topology.size.1: expected an integer of at least 1, not \"x\"");
    EXPECT_EQ(mistake_in("{kind: mesh, size: [1048577]}"),
              "test.yaml:1:31: topology.size.0: expected an integer of at most 1048576, not 1048577");
    EXPECT_EQ(mistake_in("{kind: htree, arity: [4, 1]}"),
              "test.yaml:1:36: topology.arity.1: expected an integer of at least 2, not 1");
    EXPECT_EQ(mistake_in("{kind: htree, factor: [0]}"),
              "test.yaml:1:34: topology.factor.0: expected an integer of at least 1, not 0");
    EXPECT_EQ(mistake_in("{kind: fat-tree, arity: 1, levels: 2}"),
              "test.yaml:1:35: topology.arity: expected an integer of at least 2, not 1");
    EXPECT_EQ(mistake_in("{kind: dragonfly, terminals: 0, routers: 1, groups: 1}"),
              "test.yaml:1:40: topology.terminals: expected an integer of at least 1, not 0");
}

TEST(TopologyInput, OfAGraphWithoutLinksIsRefused) {
    EXPECT_EQ(mistake_in("graph"),
              "test.yaml:1:11: topology: expected a map with the graph's links: {kind: graph, links: [{between: "
              "[acc0, acc1]}, ...]}, not \"graph\"");
    EXPECT_EQ(mistake_in("{kind: graph}"),
              "test.yaml:1:11: topology: missing key \"links\"; expected a list of links");
    EXPECT_EQ(mistake_in("{kind: graph, links: acc0}"),
              "test.yaml:1:32: topology.links: expected a list of links, not \"acc0\"");
}

/// The mistake in a graph's second link, which begins at 1:58.
std::string mistake_in_link(const std::string& link) {
    return mistake_in("{kind: graph, links: [{between: [acc0, acc1]}, " + link + "]}");
}

TEST(TopologyInput, OfAGraphWithALinkWithoutTwoEndsIsRefused) {
    EXPECT_EQ(mistake_in_link("{between: [acc0, hub], from: acc0}"),
              "test.yaml:1:58: topology.links.1: expected either between, for both directions, or from and to, for "
              "one");
    EXPECT_EQ(mistake_in_link("{to: hub, between: [acc0, hub]}"),
              "test.yaml:1:58: topology.links.1: expected either between, for both directions, or from and to, for "
              "one");
    EXPECT_EQ(mistake_in_link("{between: [acc0, hub, acc1]}"),
              "test.yaml:1:68: topology.links.1.between: expected two nodes, not 3");
    EXPECT_EQ(mistake_in_link("{between: [acc0]}"),
              "test.yaml:1:68: topology.links.1.between: expected two nodes, not 1");
    EXPECT_EQ(mistake_in_link("{between: acc0}"),
              "test.yaml:1:68: topology.links.1.between: expected two nodes, such as [acc0, hub], not \"acc0\"");
    EXPECT_EQ(mistake_in_link("{between: [acc0, []]}"),
              "test.yaml:1:75: topology.links.1.between.1: expected a text, not a list");
    EXPECT_EQ(mistake_in_link("{from: acc0}"),
              "test.yaml:1:58: topology.links.1: missing key \"to\"; expected the node where the link ends");
    EXPECT_EQ(mistake_in_link("{to: acc0}"),
              "test.yaml:1:58: topology.links.1: missing key \"from\"; expected the node where the link starts (or "
              "between: [A, B] for both ways)");
    EXPECT_EQ(mistake_in_link("{betwen: [acc0, hub]}"),
              "test.yaml:1:59: topology.links.1: unknown key \"betwen\"; known: between, from, to, bandwidth, "
              "latency, energy (did you mean \"between\"?)");
    EXPECT_EQ(mistake_in_link("[acc0, hub]"),
              "test.yaml:1:58: topology.links.1: expected a map with the keys between, from, to, bandwidth, latency, "
              "energy, not a list");
}

TEST(TopologyInput, OfAGraphWithQuantitiesThatCannotBeIsRefused) {
    EXPECT_EQ(mistake_in_link("{from: acc0, to: hub, bandwidth: 8}"),
              "test.yaml:1:91: topology.links.1.bandwidth: expected a bandwidth with its unit, such as \"10 GB/s\", "
              "not 8");
    EXPECT_EQ(mistake_in_link("{from: acc0, to: hub, latency: 4 MHz}"),
              "test.yaml:1:89: topology.links.1.latency: expected a time, such as \"4 ns\", not the frequency \"4 "
              "MHz\"");
    EXPECT_EQ(mistake_in_link("{from: acc0, to: hub, energy: 0.0004 pJ}"),
              "test.yaml:1:88: topology.links.1.energy: expected a whole number of femtojoules, such as \"1.25 pJ\", "
              "not 0.0004 pJ");
    EXPECT_EQ(mistake_in_link("{from: acc0, to: hub, energy: \"1.2345 pJ\"}"),
              "test.yaml:1:88: topology.links.1.energy: expected a whole number of femtojoules, such as \"1.25 pJ\", "
              "not the text \"1.2345 pJ\"");
}

/// hpca19 with `topology` in place of its own and `changes`, as the file "array.yaml"; the topology is in line 5.
class TopologyOfAnArray : public testing::Test {
protected:
    static constexpr const char* kOwn = "topology: htree";

    void write(const std::string& topology) {
        text = replaced(project_file("configs/arrays/hpca19.yaml"), kOwn, "topology: " + topology);
        folder.write("array.yaml", text);
    }
    void change(const std::string& from, const std::string& to) {
        text = replaced(text, from, to);
        folder.write("array.yaml", text);
    }
    std::string mistake() const {
        return message_of([] { load_array("array.yaml"); });
    }
    /// "array.yaml:LINE:", where `part` stands.
    std::string place_of(const std::string& part) const {
        const auto begin = text.begin();
        const auto end = begin + static_cast<std::ptrdiff_t>(text.find(part));
        return "array.yaml:" + std::to_string(1 + std::count(begin, end, '\n')) + ":";
    }

    TemporaryFolder folder;
    std::string text;
};

TEST_F(TopologyOfAnArray, MayBeOfAnyNumberOfAccelerators) {
    write("{kind: torus, size: [4, 3]}");
    change("accelerators: 16", "accelerators: 12");
    EXPECT_EQ(mistake(), "");
    EXPECT_EQ(load_array("array.yaml").accelerators, 12U);
    folder.write("a.yaml", "network: lenet-c\narray: array.yaml\n");
    EXPECT_EQ(load_experiment("a.yaml").make_plan().accelerators(), 12U);
}

TEST_F(TopologyOfAnArray, OfAnotherSizeThanItsAcceleratorsIsRefused) {
    write("{kind: torus, size: [4, 3]}");
    EXPECT_EQ(mistake(), place_of("topology:") + "11: topology: a torus of 4 x 3 has 12 accelerators, not 16");
    write("{kind: htree, arity: [4, 4], factor: [2, 2]}");
    EXPECT_EQ(mistake(),
              place_of("topology:") +
                  "48: topology.factor: expected a factor for each level from the second one up, 1 in all, "
                  "not 2");
    write("dragonfly");
    change("accelerators: 16", "accelerators: 12");
    EXPECT_THAT(mistake(), StartsWith(place_of("topology:") + "11: topology: a dragonfly of 12 accelerators needs "));
}

TEST_F(TopologyOfAnArray, ThatIsTooLargeToCountIsRefused) {
    write("{kind: htree, arity: [1048576, 1048576, 1048576, 1048576]}");
    EXPECT_EQ(mistake(),
              place_of("topology:") + "11: topology: its size or its links' bandwidth cannot be counted in 64 bits");
    write("fully-connected");
    change("accelerators: 16", "accelerators: 1048576");
    EXPECT_THAT(mistake(), StartsWith(place_of("topology:") + "11: topology: 549755289600 wires are more than the "));
}

TEST_F(TopologyOfAnArray, WhoseAdaptivePacketsHaveNoWayOutIsRefused) {
    write("torus");
    change("  flow_control:", "  routing: minimal-adaptive\n  flow_control:");
    EXPECT_EQ(mistake(), place_of("virtual_channels: 2") +
                             "21: interconnect.virtual_channels: expected at least 3 for minimal-adaptive routing on "
                             "this topology, 2 of them for the deterministic way out, not 2");
    change("virtual_channels: 2", "virtual_channels: 3");
    EXPECT_EQ(mistake(), "");
    EXPECT_EQ(load_array("array.yaml").interconnect.routing, RoutingRule::MinimalAdaptive);
}

/// A one-way ring of `accelerators`, one link in a line from line 7 on.
std::string one_way_ring(std::size_t accelerators) {
    std::string text = "\n  kind: graph\n  links:";
    for (std::size_t index = 0; index < accelerators; ++index) {
        text += "\n    - {from: acc" + std::to_string(index) + ", to: acc" +
                std::to_string((index + 1) % accelerators) + "}";
    }
    return text;
}

TEST_F(TopologyOfAnArray, InWhichPacketsCanDeadlockIsRefusedWithTheirCycle) {
    write(one_way_ring(4));
    change("accelerators: 16", "accelerators: 4");
    change("virtual_channels: 2", "virtual_channels: 1");
    EXPECT_EQ(mistake(),
              place_of("  kind: graph") +
                  "3: topology: packets can deadlock: each of these links (with its virtual channel) waits for the "
                  "next, and the last for the first: acc0 -> acc1 [0], acc1 -> acc2 [0], acc2 -> acc3 [0], acc3 -> "
                  "acc0 [0]; more virtual channels may help");
    change("virtual_channels: 1", "virtual_channels: 3");  // ways of up to three links
    EXPECT_EQ(mistake(), "");
}

TEST_F(TopologyOfAnArray, WhoseGraphDoesNotFitItIsRefusedWhereTheLinkStands) {
    write(one_way_ring(6));
    change("accelerators: 16", "accelerators: 5");
    EXPECT_EQ(mistake(), place_of("from: acc4, to: acc5") +
                             "7: topology.links.4: there is no acc5; the accelerators are acc0 to acc4");
    write(one_way_ring(4));
    EXPECT_EQ(mistake(), place_of("- {from: acc0") + "5: topology.links: there is no way from acc4 to acc0");
    write("{kind: graph, links: [{from: hub, to: hub}]}");
    EXPECT_EQ(mistake(), place_of("topology:") + "33: topology.links.0: the link from hub ends where it starts");
    write("{kind: graph, links: []}");
    EXPECT_EQ(mistake(), place_of("topology:") + "32: topology.links: there is no way from acc1 to acc0");
}

TEST_F(TopologyOfAnArray, IsReplacedByThatOfAnExperimentWhoseMistakesArePlacedThere) {
    write("{kind: torus, size: [4, 3]}");
    folder.write("a.yaml", "network: lenet-c\narray: array.yaml\ntopology: {kind: torus, size: [2, 8]}\n");
    EXPECT_THAT(load_experiment("a.yaml").array.interconnect.topology.size, ElementsAre(2, 8));
    folder.write("a.yaml", "network: lenet-c\narray: array.yaml\ntopology: {kind: torus, size: [8]}\n");
    EXPECT_EQ(message_of([] { load_experiment("a.yaml"); }),
              "a.yaml:3:11: topology: a torus of 8 has 8 accelerators, not 16");
    folder.write("a.yaml", "network: lenet-c\narray: array.yaml\ntopology: {kind: torus, sice: [8]}\n");
    EXPECT_EQ(message_of([] { load_experiment("a.yaml"); }),
              "a.yaml:3:25: topology: unknown key \"sice\"; known: kind, size (did you mean \"size\"?)");
    folder.write("a.yaml", "network: lenet-c\narray: array.yaml\n");
    EXPECT_EQ(message_of([] { load_experiment("a.yaml"); }),
              place_of("topology:") + "11: array.topology: a torus of 4 x 3 has 12 accelerators, not 16");
}

TEST_F(TopologyOfAnArray, MayBeSetOnTheCommandLine) {
    write("htree");
    folder.write("a.yaml", "network: lenet-c\narray: array.yaml\n");
    const auto load = [](const std::string& key, const std::string& value) {
        return load_experiment("a.yaml", {{key, value, "--set " + key + "=..."}});
    };
    EXPECT_THAT(load("array.topology", "{kind: mesh, size: [4, 4]}").array.interconnect.topology.size,
                ElementsAre(4, 4));
    EXPECT_EQ(load("topology", "{kind: mesh, size: [4, 4]}").array.interconnect.topology.kind, TopologyKind::Mesh);
    EXPECT_EQ(message_of([&] { load("array.topology", "{kind: mesh, size: [4, 5]}"); }),
              "--set array.topology=...: array.topology: a mesh of 4 x 5 has 20 accelerators, not 16");
    EXPECT_EQ(message_of([&] { load("topology", "{kind: mesh, size: [4, 5]}"); }),
              "--set topology=...: topology: a mesh of 4 x 5 has 20 accelerators, not 16");
    EXPECT_EQ(message_of([&] { load("array.topology", "mash"); }),
              "--set array.topology=...: array.topology: unknown value \"mash\"; known: htree, torus, mesh, ring, "
              "fully-connected, fat-tree, dragonfly, graph (did you mean \"mesh\"?)");
}

TEST_F(TopologyOfAnArray, TakesTheBandwidthOfAllLinksOrOfEach) {
    write("mesh");
    change("total_bandwidth: \"25.6 Gb/s\"", "link_bandwidth: \"8 Gb/s\"");
    EXPECT_TRUE(load_array("array.yaml").interconnect.is_per_link);
    EXPECT_EQ(load_array("array.yaml").interconnect.bits_per_second, 8'000'000'000U);
    change("link_bandwidth: \"8 Gb/s\"", "link_bandwidth: \"8 Gb/s\"\n  total_bandwidth: \"8 Gb/s\"");
    const std::string either =
        ": interconnect: expected either total_bandwidth, of all links, or link_bandwidth, of each";
    EXPECT_EQ(mistake(), place_of("  link_bandwidth: ") + "19" + either);
    change("link_bandwidth: \"8 Gb/s\"\n  total_bandwidth: \"8 Gb/s\"", "# none");
    EXPECT_THAT(mistake(), HasSubstr(either));
}

TEST_F(TopologyOfAnArray, SaysWhatItsTotalBandwidthIsSharedBy) {
    write("htree");
    EXPECT_EQ(load_array("array.yaml").interconnect.total_scope, BandwidthScope::Level);
    change("total_bandwidth: \"25.6 Gb/s\"", "total_bandwidth: \"25.6 Gb/s\"\n  total_bandwidth_over: all");
    EXPECT_EQ(load_array("array.yaml").interconnect.total_scope, BandwidthScope::All);
    change("total_bandwidth: \"25.6 Gb/s\"", "link_bandwidth: \"8 Gb/s\"");
    EXPECT_EQ(mistake(), place_of("  total_bandwidth_over: ") +
                             "25: interconnect.total_bandwidth_over: there is no total_bandwidth to share; expected "
                             "level, or none, beside link_bandwidth");
    change("total_bandwidth_over: all", "total_bandwidth_over: level");
    EXPECT_TRUE(load_array("array.yaml").interconnect.is_per_link);
}

TEST_F(TopologyOfAnArray, NeedsRoomForAPacketUnlessItsFlitsMoveAlone) {
    write("mesh");
    change("buffer_flits: 256", "buffer_flits: 63");  // a packet has 64
    EXPECT_EQ(mistake(), place_of("buffer_flits: 63") +
                             "17: interconnect.buffer_flits: expected at least 64, a whole packet, for virtual "
                             "cut-through, not 63");
    change("flow_control: virtual-cut-through", "flow_control: wormhole");
    EXPECT_EQ(mistake(), "");
    change("flow_control: wormhole", "flow_control: worm");
    EXPECT_THAT(mistake(), HasSubstr("interconnect.flow_control: unknown value \"worm\"; known: virtual-cut-through, "
                                     "wormhole"));
}

}  // namespace
}  // namespace hypar
