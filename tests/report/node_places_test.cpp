#include "report/placement.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "arch/array/array_spec.h"

namespace hypar {
namespace {

struct Drawn {
    TopologySpec spec;
    Topology topology;
    std::vector<Point> places;

    Drawn(TopologyKind kind, std::uint64_t accelerators, const std::vector<std::uint64_t>& size = {},
          const std::vector<EdgeSpec>& edges = {}) {
        spec = {kind, size, {}, edges};
        InterconnectSpec interconnect;
        interconnect.topology = spec;
        interconnect.bits_per_second = 1'000'000'000;
        interconnect.is_per_link = true;
        interconnect.virtual_channels = 2;
        topology = Topology::make(interconnect, accelerators);
        places = node_places(topology);
    }

    std::size_t wrapping_links() const {
        std::size_t count = 0;
        for (const LinkSpec& link : topology.links()) {
            if (topology.family().wraps(topology, link)) ++count;
        }
        return count;
    }
};

EdgeSpec wire(const std::string& from, const std::string& to) { return {from, to, true, {}, {}, {}}; }

void expect_apart(const Drawn& drawn) {
    ASSERT_EQ(drawn.places.size(), drawn.topology.node_count());
    std::set<std::pair<double, double>> seen;
    for (const Point& place : drawn.places) {
        EXPECT_TRUE(seen.emplace(place.x, place.y).second) << name_of(drawn.spec.kind) << " " << drawn.places.size();
        for (const double coordinate : {place.x, place.y}) {
            EXPECT_GE(coordinate, 0);
            EXPECT_LE(coordinate, 1);
        }
    }
}

TEST(Drawing, PutsNoTwoNodesAtOnePlace) {
    for (const TopologyKind kind : {TopologyKind::HTree, TopologyKind::Torus, TopologyKind::Mesh, TopologyKind::Ring,
                                    TopologyKind::FullyConnected, TopologyKind::FatTree, TopologyKind::Dragonfly}) {
        for (const std::uint64_t accelerators : {1U, 2U, 4U, 8U, 64U, 256U}) expect_apart({kind, accelerators});
    }
    expect_apart({TopologyKind::HTree, 4096});
    expect_apart({TopologyKind::HTree, 16, {4, 4}});
    expect_apart({TopologyKind::FatTree, 27, {3, 3}});
    expect_apart({TopologyKind::Torus, 48, {4, 4, 3}});
    expect_apart({TopologyKind::Dragonfly, 72, {2, 4, 9}});
    expect_apart({TopologyKind::Dragonfly, 100, {1, 1, 100}});
    expect_apart({TopologyKind::Dragonfly, 8, {2, 4, 1}});
}

TEST(Drawing, PutsNoTwoNodesOfAUsersGraphAtOnePlace) {
    const auto acc = [](std::size_t i) { return "acc" + std::to_string(i); };
    std::vector<EdgeSpec> star;
    std::vector<EdgeSpec> twins;  // two switches with the same neighbours
    std::vector<EdgeSpec> chain;
    for (std::size_t i = 0; i < 16; ++i) {
        star.push_back(wire(acc(i), "hub"));
        twins.push_back(wire(acc(i), "one"));
        twins.push_back(wire(acc(i), "other"));
        if (i > 0) chain.push_back(wire(acc(i - 1), acc(i)));
    }
    chain.push_back(wire("far", "away"));  // joined to nothing else
    for (const auto& edges : {star, twins, chain}) expect_apart({TopologyKind::Graph, 16, {}, edges});
}

TEST(Drawing, PutsTheHubOfAStarInItsMiddle) {
    const Drawn star(TopologyKind::Graph, 4, {},
                     {wire("acc0", "hub"), wire("acc1", "hub"), wire("acc2", "hub"), wire("acc3", "hub")});
    EXPECT_NEAR(star.places[4].x, 0.5, 0.01);
    EXPECT_NEAR(star.places[4].y, 0.5, 0.01);
}

TEST(Drawing, PutsSwitchesOfATreeOverTheMiddleOfTheirChildren) {
    const Drawn tree(TopologyKind::HTree, 4);
    // acc0 to acc3 at eighths 1, 3, 5, 7; two switches, at 2 and 6; the root.
    const std::vector<double> x{0.125, 0.375, 0.625, 0.875, 0.25, 0.75, 0.5};
    const std::vector<double> y{1, 1, 1, 1, 0.5, 0.5, 0};
    for (std::size_t node = 0; node < x.size(); ++node) {
        EXPECT_EQ(tree.places[node].x, x[node]);
        EXPECT_EQ(tree.places[node].y, y[node]);
    }
}

TEST(Drawing, PutsPlanesBesideEachOther) {
    const Drawn mesh(TopologyKind::Mesh, 8, {2, 2, 2});
    // Two columns, one between the planes, two columns.
    const std::vector<double> x{0.1, 0.3, 0.1, 0.3, 0.7, 0.9, 0.7, 0.9};
    const std::vector<double> y{0.25, 0.25, 0.75, 0.75, 0.25, 0.25, 0.75, 0.75};
    for (std::size_t node = 0; node < x.size(); ++node) {
        EXPECT_DOUBLE_EQ(mesh.places[node].x, x[node]);
        EXPECT_DOUBLE_EQ(mesh.places[node].y, y[node]);
    }
}

TEST(Drawing, TellsWhichLinksJoinTheEndsOfARing) {
    // One wire, two links, for each row and column of more than two.
    EXPECT_EQ(Drawn(TopologyKind::Torus, 16, {4, 4}).wrapping_links(), 2U * (4 + 4));
    EXPECT_EQ(Drawn(TopologyKind::Torus, 8, {4, 2}).wrapping_links(), 2U * 2);
    EXPECT_EQ(Drawn(TopologyKind::Torus, 64, {4, 4, 4}).wrapping_links(), 2U * 3 * 16);
    EXPECT_EQ(Drawn(TopologyKind::Mesh, 16, {4, 4}).wrapping_links(), 0U);
    EXPECT_EQ(Drawn(TopologyKind::Ring, 8).wrapping_links(), 0U);
}

TEST(Drawing, NamesNodesAsLinksDo) {
    const Drawn graph(TopologyKind::Graph, 2, {}, {wire("acc0", "<b>"), wire("<b>", "acc1")});
    const auto nodes = nodes_json(graph.topology);
    ASSERT_EQ(nodes.size(), 3U);
    EXPECT_EQ(nodes[2]["name"], "<b>");
    EXPECT_EQ(nodes[2]["kind"], "switch");
    EXPECT_EQ(nodes[1]["kind"], "accelerator");
    const Drawn dragonfly(TopologyKind::Dragonfly, 8);
    EXPECT_EQ(nodes_json(dragonfly.topology).back()["kind"], "router");
}

}  // namespace
}  // namespace hypar
