#include "sim/replay/collapse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "sim/program/lowering.h"
#include "tests/sim/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

Topology topology_of(TopologyKind kind, std::uint64_t accelerators) {
    return Topology::make(tests::hpca19(kind, accelerators).interconnect, accelerators);
}

/// Everyone sends `bytes` to the partner at `level`.
Program exchange_at(std::size_t level, std::uint64_t accelerators, std::uint64_t bytes) {
    Segment segment;
    for (std::uint64_t i = 0; i < accelerators; ++i) {
        const std::uint64_t partner = tests::partner_at(i, level, tests::level_count(accelerators));
        segment.flows.push_back(plain_flow(i, partner, bytes, false));
    }
    Program program;
    program.segments.push_back(segment);
    return program;
}

TEST(Collapse, FindsTheSubtreesOfAnHTree) {
    const Topology tree = topology_of(TopologyKind::HTree, 16);
    for (std::size_t level = 0; level < 4; ++level) {
        const CollapsedProgram collapsed = collapse(exchange_at(level, 16, 1000), tree);
        const std::size_t parts = std::size_t{1} << level;
        EXPECT_THAT(collapsed.parts, SizeIs(parts));
        EXPECT_THAT(collapsed.kinds, SizeIs(1));
        EXPECT_THAT(collapsed.pieces, SizeIs(1));
        ASSERT_THAT(collapsed.segments, SizeIs(1));
        EXPECT_THAT(collapsed.segments.front(), SizeIs(parts));
        // A subtree of n leaves has 2 n - 1 nodes and 2 n - 2 wires.
        const std::size_t leaves = 16 / parts;
        EXPECT_THAT(collapsed.parts.front().nodes, SizeIs(2 * leaves - 1));
        EXPECT_THAT(collapsed.parts.front().links, SizeIs(2 * (2 * leaves - 2)));
    }
}

TEST(Collapse, FindsTheRingsOfATorusWhoseNodesPacketsPass) {
    const Topology torus = topology_of(TopologyKind::Torus, 16);
    const auto first_nodes = [&](std::size_t level) {
        return collapse(exchange_at(level, 16, 1000), torus).parts.front().nodes;
    };
    EXPECT_THAT(first_nodes(0), ElementsAre(0, 4, 8, 12));  // two rows on: over all of a column
    EXPECT_THAT(first_nodes(1), ElementsAre(0, 4));         // the next row
    EXPECT_THAT(first_nodes(2), ElementsAre(0, 1, 2, 3));
    EXPECT_THAT(first_nodes(3), ElementsAre(0, 1));
}

TEST(Collapse, KeepsPartsApartThatDoOtherThings) {
    const Topology tree = topology_of(TopologyKind::HTree, 8);
    Program program = exchange_at(2, 8, 1000);
    program.segments[0].flows[6] = plain_flow(6, 7, 999, false);
    const CollapsedProgram collapsed = collapse(program, tree);
    EXPECT_THAT(collapsed.kinds, SizeIs(1));
    ASSERT_THAT(collapsed.pieces, SizeIs(2));
    const std::vector<Occurrence>& occurrences = collapsed.segments.front();
    EXPECT_EQ(occurrences[0].piece, occurrences[2].piece);
    EXPECT_NE(occurrences[0].piece, occurrences[3].piece);
    EXPECT_EQ(collapsed.pieces[occurrences[3].piece].segment.flows[0].bytes, 999U);
}

TEST(Collapse, NumbersPartnersWithinTheirPart) {
    const CollapsedProgram collapsed = collapse(exchange_at(1, 8, 10), topology_of(TopologyKind::HTree, 8));
    const Segment& segment = collapsed.pieces.front().segment;
    EXPECT_EQ(segment.flows, (std::vector<Flow>{plain_flow(0, 2, 10, false), plain_flow(1, 3, 10, false),
                                                plain_flow(2, 0, 10, false), plain_flow(3, 1, 10, false)}));
}

TEST(Collapse, NumbersFlowsWithinTheirPart) {
    // In either half of a tree of eight a chain, the flows of one among those of the other.
    Program program;
    program.segments.emplace_back();
    std::vector<Flow>& flows = program.segments.front().flows;
    flows = {plain_flow(0, 1, 10, false), plain_flow(4, 5, 10, false)};
    for (const std::uint32_t first : {0U, 4U}) {
        flows.push_back({first + 1, first + 2, 10, 0, 0, {first / 4}});
        flows.push_back({first + 2, first + 3, 10, 0, 10, {}, {first / 2 + 2}});
    }
    const CollapsedProgram collapsed = collapse(program, topology_of(TopologyKind::HTree, 8));
    ASSERT_THAT(collapsed.pieces, SizeIs(1));
    EXPECT_EQ(collapsed.pieces.front().segment.flows,
              (std::vector<Flow>{plain_flow(0, 1, 10, false), {1, 2, 10, 0, 0, {0}}, {2, 3, 10, 0, 10, {}, {1}}}));
}

TEST(Collapse, KeepsPartsApartWhoseFlowsWaitForOthers) {
    // In the second half the flow passes on what comes, in the first it does not; 3 and 7 do nothing.
    Program program;
    program.segments.emplace_back();
    program.segments.front().flows = {
        plain_flow(0, 1, 10, false), plain_flow(1, 2, 10, false), plain_flow(4, 5, 10, false), {5, 6, 10, 0, 0, {2}}};
    const CollapsedProgram collapsed = collapse(program, topology_of(TopologyKind::HTree, 8));
    EXPECT_THAT(collapsed.kinds, SizeIs(2));
    EXPECT_THAT(collapsed.pieces, SizeIs(3));
}

TEST(Collapse, CoversEveryAcceleratorOnceInEverySegment) {
    tests::Random random(17);
    for (int round = 0; round < 20; ++round) {
        const TopologyKind kind = tests::draw(random, 0, 1) == 0 ? TopologyKind::HTree : TopologyKind::Torus;
        const Network network = tests::random_network(random);
        const Plan plan = tests::random_plan(random, tests::draw(random, 0, 5), network.size());
        const ArraySpec array = tests::hpca19(kind, plan.accelerators());
        const Program program = lower(network, plan, {100}, tests::kAllPhases, array);
        const Topology topology = Topology::make(array.interconnect, array.accelerators);
        const CollapsedProgram collapsed = collapse(program, topology);
        ASSERT_EQ(collapsed.segments.size(), program.segments.size());
        for (const std::vector<Occurrence>& segment : collapsed.segments) {
            std::multiset<std::size_t> accelerators;
            std::set<std::size_t> nodes;
            std::size_t count = 0;
            for (const Occurrence& occurrence : segment) {
                const Part& part = collapsed.parts[occurrence.part];
                EXPECT_EQ(part.kind, collapsed.pieces[occurrence.piece].kind);
                nodes.insert(part.nodes.begin(), part.nodes.end());
                count += part.nodes.size();
                for (const std::size_t node : part.nodes) {
                    if (node < array.accelerators) accelerators.insert(node);
                }
            }
            EXPECT_EQ(accelerators.size(), array.accelerators);
            EXPECT_EQ(nodes.size(), count) << "parts share a node";
        }
    }
}

TEST(Collapse, LeavesAWholeProgramWhole) {
    const Program program = exchange_at(1, 8, 10);
    const CollapsedProgram whole = leave_whole(program, topology_of(TopologyKind::HTree, 8));
    EXPECT_THAT(whole.parts, SizeIs(1));
    EXPECT_THAT(whole.parts.front().nodes, SizeIs(15));
    EXPECT_THAT(whole.pieces, SizeIs(1));
    EXPECT_EQ(whole.pieces.front().segment.flows, program.segments.front().flows);
}

}  // namespace
}  // namespace hypar
