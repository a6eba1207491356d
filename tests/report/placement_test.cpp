#include "report/placement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "arch/array/array_spec.h"

namespace hypar {
namespace {

using json = nlohmann::ordered_json;

Topology make(TopologyKind kind, std::uint64_t accelerators, const std::vector<std::uint64_t>& size = {},
              const std::vector<EdgeSpec>& edges = {}) {
    InterconnectSpec spec;
    spec.topology = {kind, size, {}, edges};
    spec.bits_per_second = 1'000'000'000;
    spec.is_per_link = true;
    spec.virtual_channels = 2;
    return Topology::make(spec, accelerators);
}

EdgeSpec wire(const std::string& from, const std::string& to) { return {from, to, true, {}, {}, {}}; }

std::size_t line_count(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(Topology, KnowsTheGridOfTorusMeshAndRing) {
    using Sizes = std::vector<std::uint64_t>;
    EXPECT_EQ(make(TopologyKind::Torus, 8).grid(), (Sizes{4, 2}));
    EXPECT_EQ(make(TopologyKind::Mesh, 12, {2, 3, 2}).grid(), (Sizes{2, 3, 2}));
    EXPECT_EQ(make(TopologyKind::Ring, 6).grid(), (Sizes{6}));
    for (const TopologyKind kind :
         {TopologyKind::HTree, TopologyKind::FullyConnected, TopologyKind::FatTree, TopologyKind::Dragonfly}) {
        EXPECT_TRUE(make(kind, 8).grid().empty());
    }
}

TEST(Placement, DrawsAGridByRowsAndPlanes) {
    EXPECT_EQ(placement_text(make(TopologyKind::Mesh, 16)),
              "  placement: accelerator i at x = i mod 4, y = i / 4\n"
              "\n"
              "   0   1   2   3\n"
              "   4   5   6   7\n"
              "   8   9  10  11\n"
              "  12  13  14  15\n");
    EXPECT_EQ(placement_text(make(TopologyKind::Torus, 12, {3, 2, 2})),
              "  placement: accelerator i at x = i mod 3, y = i / 3 mod 2, z = i / 6\n"
              "\n"
              "  z = 0\n"
              "   0   1   2\n"
              "   3   4   5\n"
              "\n"
              "  z = 1\n"
              "   6   7   8\n"
              "   9  10  11\n");
    EXPECT_EQ(placement_text(make(TopologyKind::Ring, 4)),
              "  placement: accelerator i at x = i\n"
              "\n"
              "  0  1  2  3\n");
}

TEST(Placement, ListsAcceleratorsBySwitch) {
    EXPECT_EQ(placement_text(make(TopologyKind::HTree, 4)),
              "  placement: accelerators by the switch or router that they are joined to\n"
              "\n"
              "  switch1.0  acc0, acc1\n"
              "  switch1.1  acc2, acc3\n");
    EXPECT_EQ(placement_text(make(TopologyKind::FatTree, 16)),
              "  placement: accelerators by the switch or router that they are joined to\n"
              "\n"
              "  switch1.0  acc0 to acc3\n"
              "  switch1.1  acc4 to acc7\n"
              "  switch1.2  acc8 to acc11\n"
              "  switch1.3  acc12 to acc15\n");
    EXPECT_EQ(placement_text(make(TopologyKind::FullyConnected, 4)),
              "  placement: accelerators are joined to each other, without switches\n");
    EXPECT_EQ(placement_text(make(TopologyKind::HTree, 1)), "");
}

TEST(Placement, ShowsAcceleratorsOfAGraphAtSeveralSwitchesOrAtNone) {
    const Topology graph = make(TopologyKind::Graph, 4, {},
                                {wire("acc0", "left"), wire("acc1", "left"), wire("acc1", "right"),
                                 wire("acc2", "right"), wire("acc3", "acc2")});
    EXPECT_EQ(placement_text(graph),
              "  placement: accelerators by the switch or router that they are joined to\n"
              "\n"
              "  left       acc0, acc1\n"
              "  right      acc1, acc2\n"
              "  no switch  acc3\n");
    EXPECT_EQ(placement_json(graph), json::parse(R"([{"accelerator": "acc0", "at": "left"},
                                                     {"accelerator": "acc1", "at": ["left", "right"]},
                                                     {"accelerator": "acc2", "at": "right"},
                                                     {"accelerator": "acc3", "at": null}])"));
}

TEST(Placement, TellsTheRuleAloneWhereThereAreManyAccelerators) {
    EXPECT_EQ(placement_text(make(TopologyKind::Torus, 128)),
              "  placement: accelerator i at x = i mod 16, y = i / 16\n");
    EXPECT_EQ(placement_text(make(TopologyKind::HTree, 128)),
              "  placement: 2 accelerators each at switch1.0 to switch1.63, in this order\n");
    // 20 numbers of two digits take four columns each, 80 in all; 21 do not fit.
    EXPECT_EQ(line_count(placement_text(make(TopologyKind::Ring, 20))), 3U);
    EXPECT_EQ(line_count(placement_text(make(TopologyKind::Ring, 21))), 1U);
}

TEST(Placement, BreaksLinesAtEightyColumns) {
    std::vector<EdgeSpec> edges;
    for (std::size_t i = 0; i < 64; ++i)
        edges.push_back(wire("acc" + std::to_string(i), i % 2 == 0 ? "even" : "odd"));
    edges.push_back(wire("even", "odd"));
    std::istringstream lines(placement_text(make(TopologyKind::Graph, 64, {}, edges)));
    std::size_t accelerators = 0;
    for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(line.size(), 80U) << line;
        for (std::size_t at = line.find("acc"); at != std::string::npos; at = line.find("acc", at + 1))
            ++accelerators;
    }
    EXPECT_EQ(accelerators, 64U + 1U);  // and the word in the heading
}

TEST(Placement, IsAPlaceInEachDimensionInJson) {
    EXPECT_EQ(placement_json(make(TopologyKind::Mesh, 4)), json::parse(R"([{"accelerator": "acc0", "at": [0, 0]},
                                                                           {"accelerator": "acc1", "at": [1, 0]},
                                                                           {"accelerator": "acc2", "at": [0, 1]},
                                                                           {"accelerator": "acc3", "at": [1, 1]}])"));
    EXPECT_EQ(placement_json(make(TopologyKind::Dragonfly, 8))[5],
              json::parse(R"({"accelerator": "acc5", "at": "router1.0"})"));
    EXPECT_EQ(placement_json(make(TopologyKind::FullyConnected, 2))[1],
              json::parse(R"({"accelerator": "acc1", "at": null})"));
}

}  // namespace
}  // namespace hypar
