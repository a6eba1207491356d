#include "partition/search/plan_report.h"

#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "partition/search/plan_cost.h"
#include "partition/search/tables.h"
#include "tests/partition/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;

/// 6 x 4 x 3 x 3 = 216 weights and 6 x 3 x 3 = 54 outputs; 54 x 10 = 540 weights and 10 outputs.
Network conv_and_fc() {
    return network_of({4, 8, 8}, {pooled(convolution("conv", 6, 3), 2, 2), fully_connected("fc", 10)});
}

PlanReport report_of(const Network& network, const Plan& plan, const StepShape& step,
                     Objective objective = Objective::Traffic) {
    const PlanSpace space(network, step, plan.division());
    return report_plan(space, {plan}, "mine", objective);
}

TEST(PlanReport, SaysWhatWasPlanned) {
    const Plan plan = Plan::from_strings({"00", "11"}, 2, Levels({3, 2}));
    const PlanReport report = report_of(conv_and_fc(), plan, {8, 4});
    EXPECT_EQ(report.network, "test");
    EXPECT_EQ(report.strategy, "mine");
    EXPECT_EQ(report.batch, 8U);
    EXPECT_EQ(report.plan, plan);
    EXPECT_THAT(report.layers, ElementsAre("conv", "fc"));
    ASSERT_EQ(report.levels.size(), 2U);
    EXPECT_EQ(report.levels[0].size, 3U);
    EXPECT_EQ(report.levels[1].size, 2U);
}

TEST(PlanReport, HasBothCostsOfEveryLevel) {
    const Plan plan = Plan::from_strings({"00", "11"}, 2);
    const PlanReport report = report_of(conv_and_fc(), plan, {8, 4});
    ASSERT_EQ(report.levels.size(), 2U);
    // H1, one pair: dW of both layers, 2 x 216 + 2 x 540 elements.
    EXPECT_EQ(report.levels[0].objective_bytes, 4 * 1512);
    EXPECT_EQ(report.levels[0].traffic_bytes, 4U * 1512);
    // H2, two pairs, 4 samples: the sums and errors of conv, 216 + 216, and of fc, 40 + 40.
    EXPECT_EQ(report.levels[1].objective_bytes, 4 * 2 * 512);
    EXPECT_EQ(report.levels[1].traffic_bytes, 4U * 2 * 512);
    EXPECT_EQ(report.objective_bytes(), 4 * (1512 + 2 * 512));
    EXPECT_EQ(report.traffic_bytes(), 4U * (1512 + 2 * 512));
    // HyPar's tables count 2 x 216 + 2 x 40 + 216 at H2: sums as if both had to have all.
    const PlanReport tables = report_of(conv_and_fc(), plan, {8, 4}, Objective::HyparTables);
    EXPECT_EQ(tables.levels[0].objective_bytes, 4 * 1512);
    EXPECT_EQ(tables.levels[1].objective_bytes, 4 * 2 * 728);
    EXPECT_EQ(tables.levels[1].traffic_bytes, 4U * 2 * 512);
}

TEST(PlanReport, OfOneAcceleratorIsEmpty) {
    const PlanReport report = report_of(conv_and_fc(), Plan(), {8, 4});
    EXPECT_TRUE(report.levels.empty());
    EXPECT_EQ(report.objective_bytes(), 0);
    EXPECT_EQ(report.traffic_bytes(), 0U);
}

TEST(PlanReport, AddsItsLevelsUp) {
    std::mt19937 random(71);
    RandomNetworks networks(random, Branches::Some);
    for (int trial = 0; trial < 50; ++trial) {
        const Network network = networks.next(5);
        const Levels levels = random_levels(random, 36);
        const Plan plan = random_plan(random, network, levels);
        const StepShape step{random_between(random, 1, 40), 4, PartialSums::Pooled};
        const PlanReport report = report_of(network, plan, step);
        const std::vector<double> objective = PlanCost(network, step, levels).even_by_level(plan);
        const std::vector<std::uint64_t> traffic = traffic_bytes(plan_exchanges(network, plan, step), levels.count());
        ASSERT_EQ(report.levels.size(), levels.count());
        for (std::size_t level = 0; level < levels.count(); ++level) {
            ASSERT_EQ(report.levels[level].objective_bytes, 4 * objective[level]);
            ASSERT_EQ(report.levels[level].traffic_bytes, traffic[level]);
        }
        ASSERT_EQ(report.traffic_bytes(), std::accumulate(traffic.begin(), traffic.end(), std::uint64_t{0}));
    }
}

// fc's sums are scattered to the loss and their errors gathered; conv's gradient is reduced and gathered. Between
// them F is swapped for the channels that fc reads, and E back.
TEST(PlanReport, SaysWhatEachLayerMoves) {
    const PlanReport report = report_of(conv_and_fc(), Plan::from_strings({"01"}, 2), {8, 4});
    ASSERT_EQ(report.layer_traffic.size(), 2U);
    EXPECT_EQ(report.layer_traffic[0].outputs, 4U * 8 * 54 / 2);
    EXPECT_EQ(report.layer_traffic[0].errors, 4U * 8 * 54 / 2);
    EXPECT_EQ(report.layer_traffic[0].gradient, 4U * 2 * 216);
    EXPECT_EQ(report.layer_traffic[1].outputs, 4U * 8 * 10);
    EXPECT_EQ(report.layer_traffic[1].errors, 4U * 8 * 10);
    EXPECT_EQ(report.layer_traffic[1].gradient, 0U);
    EXPECT_EQ(report.layer_traffic[0].all() + report.layer_traffic[1].all(), report.traffic_bytes());
}

// An all-reduce is half a reduce-scatter of sums, half an all-gather of what was updated.
TEST(PlanReport, OfADividedUpdateSaysThatWeightsMove) {
    StepShape step{8, 4};
    const PlanReport whole = report_of(conv_and_fc(), Plan::from_strings({"01"}, 2), step);
    step.optimizer_state = OptimizerState::Sharded;
    const PlanReport sharded = report_of(conv_and_fc(), Plan::from_strings({"01"}, 2), step);
    EXPECT_FALSE(whole.moves_weights());
    EXPECT_TRUE(sharded.moves_weights());
    EXPECT_EQ(sharded.layer_traffic[0].gradient, 4U * 216);
    EXPECT_EQ(sharded.layer_traffic[0].weights, 4U * 216);
    EXPECT_EQ(sharded.layer_traffic[1].weights, 0U);
    EXPECT_EQ(sharded.traffic_bytes(), whole.traffic_bytes());
    EXPECT_EQ(sharded.objective_bytes(), whole.objective_bytes());
}

TEST(PlanReport, WithASumBeyond64BitsIsAnError) {
    PlanReport report;
    report.levels = {{2, 0, UINT64_MAX}, {2, 0, 1}};
    EXPECT_THROW(report.traffic_bytes(), std::overflow_error);
}

TEST(PlanReport, HasTheGapToTheBound) {
    PlanReport report;
    report.levels = {{2, 0, 100}, {2, 0, 50}};
    report.bound.bytes = 120;
    EXPECT_EQ(report.gap(), 0.25);
    report.bound.bytes = 150;
    EXPECT_EQ(report.gap(), 0);
    report.bound.bytes = 0;
    EXPECT_EQ(report.gap(), std::nullopt);
}

TEST(CellAlternatives, AreTheReportsOfThePlansWithOneCellChanged) {
    std::mt19937 random(72);
    RandomNetworks networks(random, Branches::Some);
    for (int trial = 0; trial < 30; ++trial) {
        const Network network = networks.next(4);
        const Levels levels = random_levels(random, 12);
        const Plan plan = random_plan(random, network, levels);
        const StepShape step{9, 2, PartialSums::BeforePooling};
        const std::vector<CellAlternative> alternatives = cell_alternatives(network, plan, step);
        std::size_t index = 0;
        for (std::size_t level = 0; level < levels.count(); ++level) {
            for (std::size_t layer = 0; layer < network.size(); ++layer) {
                for (const SplitEntry& split : kSplits) {
                    const Plan changed = plan.with(level, layer, split.parallelism);
                    if (changed == plan || why_impossible(network, layer, changed.layer(layer), levels)) continue;
                    ASSERT_LT(index, alternatives.size());
                    const CellAlternative& other = alternatives[index++];
                    const PlanReport report = report_of(network, changed, step);
                    ASSERT_EQ(other.level, level);
                    ASSERT_EQ(other.layer, layer);
                    ASSERT_EQ(other.chosen, plan.at(level, layer));
                    ASSERT_EQ(other.other, split.parallelism);
                    ASSERT_EQ(other.traffic_bytes, report.traffic_bytes());
                }
            }
        }
        ASSERT_EQ(index, alternatives.size());
    }
}

}  // namespace
}  // namespace hypar
