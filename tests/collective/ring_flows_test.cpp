#include "collective/ring_flows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace hypar {
namespace {

using testing::ElementsAre;

std::vector<Flow> flows_of(const Ring& ring, std::vector<std::uint32_t>* entering = nullptr) {
    FlowList flows;
    const auto into = add_ring(flows, ring, std::vector<std::vector<std::uint32_t>>(ring.members.size()));
    if (entering != nullptr) *entering = into;
    return flows.take();
}

// Sums of the one before go first: 7 sends the blocks of 9, 8 and 7, which ends there, and 9; 8 those of 7, 9, 8 and
// 7; 9 those of 8, 7, 9 and 8. That of 9 is empty. Packets end with blocks, as one is smaller than a packet.
TEST(RingFlows, ScatterAndGatherBlocksThatGoRound) {
    std::vector<std::uint32_t> entering;
    const std::vector<Flow> flows = flows_of({{7, 8, 9}, {8, 4, 0}, true, true, 1024}, &entering);
    ASSERT_EQ(flows.size(), 3U);
    EXPECT_EQ(flows[0], (Flow{7, 8, 12, 4, 0, {2}, {}, {4, 8}}));
    EXPECT_EQ(flows[1], (Flow{8, 9, 20, 8, 8, {0}, {}, {8, 4, 8}}));
    EXPECT_EQ(flows[2], (Flow{9, 7, 16, 12, 4, {1}, {}, {4, 8, 4}}));
    EXPECT_THAT(entering, ElementsAre(2, 0, 1));
}

TEST(RingFlows, ScatterAloneAllButTheOwnBlock) {
    const std::vector<Flow> flows = flows_of({{7, 8, 9}, {8, 4, 12}, true, false, 4});
    EXPECT_EQ(flows[0], (Flow{7, 8, 16, 16, 12, {2}, {}, {}}));
    EXPECT_EQ(flows[1], (Flow{8, 9, 20, 20, 8, {0}, {}, {}}));
    EXPECT_EQ(flows[2], (Flow{9, 7, 12, 12, 4, {1}, {}, {}}));
}

TEST(RingFlows, GatherTheOwnBlockFirst) {
    const std::vector<Flow> flows = flows_of({{7, 8, 9}, {8, 4, 12}, false, true, 4});
    EXPECT_EQ(flows[0], (Flow{7, 8, 20, 0, 8, {2}, {}, {}}));
    EXPECT_EQ(flows[1], (Flow{8, 9, 12, 0, 4, {0}, {}, {}}));
    EXPECT_EQ(flows[2], (Flow{9, 7, 16, 0, 12, {1}, {}, {}}));
}

TEST(RingFlows, OfTwoPassNothingOnInOneStep) {
    const std::vector<Flow> flows = flows_of({{3, 5}, {8, 4}, true, false, 4});
    EXPECT_EQ(flows[0], (Flow{3, 5, 4, 4, 4}));
    EXPECT_EQ(flows[1], (Flow{5, 3, 8, 8, 8}));
}

// 3 has no block, for which 5 would send anything.
TEST(RingFlows, StartAfterWhatTheyAreTold) {
    FlowList flows;
    flows.add(plain_flow(1, 3, 4, false));
    const auto entering = add_ring(flows, {{3, 5}, {0, 8}, true, false, 4}, {{0, FlowList::kNone}, {}});
    EXPECT_THAT(entering, ElementsAre(FlowList::kNone, 1));
    const std::vector<Flow> all = flows.take();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[1], (Flow{3, 5, 8, 8, 8, {}, {0}, {8}}));
}

}  // namespace
}  // namespace hypar
