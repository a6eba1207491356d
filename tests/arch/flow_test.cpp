#include "arch/array/flow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace hypar {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Flow, KnowsItsEnds) {
    const std::vector<FlowEnds> ends =
        flow_ends({plain_flow(0, 2, 1, false), plain_flow(2, 0, 1, false), plain_flow(0, 2, 1, true)}, 4);
    EXPECT_THAT(ends[0].leaving, ElementsAre(0, 2));
    EXPECT_THAT(ends[0].entering, ElementsAre(1));
    EXPECT_THAT(ends[2].leaving, ElementsAre(1));
    EXPECT_THAT(ends[2].entering, ElementsAre(0, 2));
    EXPECT_THAT(ends[3].leaving, IsEmpty());
}

TEST(Flow, EndsBehindThoseThatItStartsAfter) {
    // 0 and 1 take 10 and 20, 2 starts after both and takes 30, 3 after 0 and takes 40.
    std::vector<Flow> flows(4);
    flows[2].after = {0, 1};
    flows[3].after = {0};
    const auto ends = ends_of_chains(flows, [](std::size_t flow) { return 10 * (flow + 1); });
    EXPECT_THAT(ends, ElementsAre(10, 20, 50, 50));
}

std::vector<std::uint64_t> pieces_of(const Flow& flow) {
    std::vector<std::uint64_t> pieces;
    for_each_piece(flow, [&](std::uint64_t bytes) { pieces.push_back(bytes); });
    return pieces;
}

TEST(Flow, IsCutWhereSumsEndOrAsItSays) {
    Flow flow{0, 1, 5500, 2300, 5500};
    EXPECT_THAT(pieces_of(flow), ElementsAre(2300, 3200));
    flow.pieces = {800, 1500, 3200};
    EXPECT_THAT(pieces_of(flow), ElementsAre(800, 1500, 3200));
}

TEST(Flow, TakesTheTimeOfItsPieces) {
    InterconnectSpec spec;
    spec.packet_bytes = 1000;
    spec.flit_bytes = 100;
    // A byte takes 1 ns. 1000 and 50, padded to 100, are added; as much is written.
    Flow flow{0, 1, 2100, 1050, 2100};
    EXPECT_EQ(link_time(spec, flow, 8'000'000'000), 2'200'000U);
    flow.pieces = {350, 350, 350, 1050};  // each padded to 400
    EXPECT_EQ(link_time(spec, flow, 8'000'000'000), 3 * 400'000U + 1'100'000U);
}

}  // namespace
}  // namespace hypar
