#include "partition/search/tables.h"

#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "tests/partition/support.h"

namespace hypar {
namespace {

constexpr std::size_t kData = 0;
constexpr std::size_t kModel = 1;

/// conv of 6 x 4 x 3 x 3 = 216 weights, 6 x 3 x 3 = 54 outputs a sample after pooling; fc of 54 x 10 = 540 weights.
Network conv_and_fc() {
    return network_of({4, 8, 8}, {pooled(convolution("conv", 6, 3), 2, 2), fully_connected("fc", 10)});
}

constexpr std::uint64_t kBatch = 8;

TEST(SharesBelow, HalveTheBatchUnderDataAndTheChannelsUnderModelParallelism) {
    const std::vector<Shares> shares = shares_below({{1, 1}, {0.5, 0.25}}, {Parallelism::Data, Parallelism::Model});
    EXPECT_EQ(shares[0].batch, 0.5);
    EXPECT_EQ(shares[0].channels, 1);
    EXPECT_EQ(shares[1].batch, 0.5);
    EXPECT_EQ(shares[1].channels, 0.125);
}

// Song et al., HPCA 2019, Table 1, twice: 2 W c and 2 F b.
TEST(ObjectiveCosts, InsideALayerAreTable1Twice) {
    const LevelCosts costs = objective_costs(conv_and_fc(), kBatch, {{1, 1}, {1, 1}});
    EXPECT_EQ(costs.layers[0][kData], 2 * 216);
    EXPECT_EQ(costs.layers[0][kModel], 2 * 54 * 8);
    EXPECT_EQ(costs.layers[1][kData], 2 * 540);
    EXPECT_EQ(costs.layers[1][kModel], 2 * 10 * 8);
}

// Table 2, twice: 2 (0.25 F + 0.25 E), 2 x 0.5 E; with F = E = 54 x 8 = 432.
TEST(ObjectiveCosts, AtABoundaryAreTable2Twice) {
    const LevelCosts costs = objective_costs(conv_and_fc(), kBatch, {{1, 1}, {1, 1}});
    ASSERT_EQ(costs.edges.size(), 1U);
    EXPECT_EQ(costs.edges[0].from, 0U);
    EXPECT_EQ(costs.edges[0].to, 1U);
    EXPECT_EQ(costs.edges[0].elements[kData][kData], 0);
    EXPECT_EQ(costs.edges[0].elements[kData][kModel], 432);
    EXPECT_EQ(costs.edges[0].elements[kModel][kModel], 432);
    EXPECT_EQ(costs.edges[0].elements[kModel][kData], 432);
}

TEST(ObjectiveCosts, TakeTheSharesOfTheLevelsAbove) {
    // conv: b = 1/2, c = 1/4; fc: b = 1/8, c = 1/2.
    const LevelCosts costs = objective_costs(conv_and_fc(), kBatch, {{0.5, 0.25}, {0.125, 0.5}});
    EXPECT_EQ(costs.layers[0][kData], 2 * 216 * 0.25);
    EXPECT_EQ(costs.layers[0][kModel], 2 * 432 * 0.5);
    EXPECT_EQ(costs.layers[1][kData], 2 * 540 * 0.5);
    EXPECT_EQ(costs.layers[1][kModel], 2 * 80 * 0.125);
    // Rows of conv's share, 216 elements of F, whole columns; half the columns of E, 108, are fc's.
    EXPECT_EQ(costs.edges[0].elements[kData][kData], 0);
    EXPECT_EQ(costs.edges[0].elements[kData][kModel], 2 * (0.25 * 216 + 0.25 * 108));
    EXPECT_EQ(costs.edges[0].elements[kModel][kModel], 2 * 0.5 * 108);
    EXPECT_EQ(costs.edges[0].elements[kModel][kData], 2 * 0.5 * 108);
}

TEST(TrafficCosts, AreTheCollectivesOfTheTransfers) {
    const LevelCosts costs = traffic_costs(conv_and_fc(), kBatch, {{1, 1}, {1, 1}});
    EXPECT_EQ(costs.layers[0][kData], 2 * 216);  // all-reduce of dW
    EXPECT_EQ(costs.layers[0][kModel], 432);     // reduce-scatter of the partial sums
    EXPECT_EQ(costs.layers[1][kData], 2 * 540);
    EXPECT_EQ(costs.layers[1][kModel], 80 + 80);  // and the all-gather of the loss's error
    ASSERT_EQ(costs.edges.size(), 1U);
    EXPECT_EQ(costs.edges[0].elements[kData][kData], 0);
    EXPECT_EQ(costs.edges[0].elements[kData][kModel], 432);   // re-layout of F and E: a half of half each, both ways
    EXPECT_EQ(costs.edges[0].elements[kModel][kModel], 432);  // all-gather of E
    EXPECT_EQ(costs.edges[0].elements[kModel][kData], 432);
}

TEST(TrafficCosts, TakeTheSharesOfTheLevelsAbove) {
    const LevelCosts costs = traffic_costs(conv_and_fc(), kBatch, {{0.5, 0.25}, {0.125, 0.5}});
    EXPECT_EQ(costs.layers[0][kData], 2 * 216 * 0.25);
    EXPECT_EQ(costs.layers[0][kModel], 432 * 0.5);
    EXPECT_EQ(costs.layers[1][kData], 2 * 540 * 0.5);
    EXPECT_EQ(costs.layers[1][kModel], 160 * 0.125);
    for (const auto& [from, to] : {std::pair{kData, kModel}, std::pair{kModel, kModel}, std::pair{kModel, kData}}) {
        EXPECT_EQ(costs.edges[0].elements[from][to], 432 * 0.5) << from << to;
    }
}

TEST(LevelCosts, OfAPlanAddUpItsCells) {
    LevelCosts costs;
    costs.layers = {{1, 2}, {4, 8}, {16, 32}};
    costs.edges = {{0, 1, {{{64, 128}, {256, 512}}}}, {0, 2, {{{1024, 2048}, {4096, 8192}}}}};
    EXPECT_EQ(costs.of(level_plan_of(0b000, 3)), 1 + 4 + 16 + 64 + 1024);
    EXPECT_EQ(costs.of(level_plan_of(0b011, 3)), 1 + 8 + 32 + 128 + 2048);
    EXPECT_EQ(costs.of(level_plan_of(0b101, 3)), 2 + 4 + 32 + 256 + 8192);
}

TEST(ObjectiveCosts, HaveATermForEveryEdgeOfABranch) {
    const Network network = network_of(
        {3, 4, 4}, {convolution("a", 2, 1), reading(convolution("b", 3, 1), {"a"}),
                    reading(convolution("c", 5, 1), {"a", "input"}), reading(fully_connected("d", 7), {"b", "c"})});
    const LevelCosts costs = objective_costs(network, 1, std::vector<Shares>(4));
    ASSERT_EQ(costs.edges.size(), 4U);  // a-b, a-c, b-d, c-d; the network's input costs nothing
    EXPECT_EQ(costs.edges[0].elements[kModel][kData], 2 * 16);
    EXPECT_EQ(costs.edges[1].elements[kModel][kData], 2 * 16);
    EXPECT_EQ(costs.edges[2].elements[kModel][kData], 3 * 16);
    EXPECT_EQ(costs.edges[3].elements[kModel][kData], 5 * 16);
}

TEST(ObjectiveBytes, CountEveryPairOfALevel) {
    // H1 dp, H2 mp for both layers. H1: 2 x 216 + 2 x 540 elements in one pair. H2, b = 1/2: 2 x 216 + 2 x 40 inside,
    // 2 x 0.5 x 216 between, in each of two pairs.
    const std::vector<double> bytes = objective_bytes(conv_and_fc(), kBatch, Plan::from_strings({"00", "11"}, 2), 4);
    ASSERT_EQ(bytes.size(), 2U);
    EXPECT_EQ(bytes[0], 4 * 1512);
    EXPECT_EQ(bytes[1], 4 * 2 * (432 + 80 + 216));
}

TEST(ObjectiveBytes, FollowTheSizeOfAnElement) {
    std::mt19937 random(3);
    const Network network = RandomNetworks(random, Branches::Some).next(5);
    const Plan plan = random_plan(random, network.size(), 3);
    const std::vector<double> of_two = objective_bytes(network, 7, plan, 2);
    const std::vector<double> of_four = objective_bytes(network, 7, plan, 4);
    for (std::size_t level = 0; level < 3; ++level) EXPECT_EQ(2 * of_two[level], of_four[level]);
}

TEST(ObjectiveBytes, OfOneAcceleratorAreNone) {
    EXPECT_TRUE(objective_bytes(conv_and_fc(), kBatch, Plan(), 4).empty());
}

TEST(ObjectiveCosts, Beyond64BitsAreAnError) {
    const std::uint64_t large = std::uint64_t{1} << 31;
    const Network network = network_of({1, 1, 1}, {fully_connected("fc", large)});
    EXPECT_THROW(objective_costs(network, large * 8, {{1, 1}}), std::overflow_error);  // 2^31 x 2^34
    EXPECT_THROW(traffic_costs(network, large * 8, {{1, 1}}), std::overflow_error);
}

}  // namespace
}  // namespace hypar
