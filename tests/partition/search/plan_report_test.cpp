#include "partition/search/plan_report.h"

#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "partition/search/tables.h"
#include "tests/partition/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;

/// 6 x 4 x 3 x 3 = 216 weights and 6 x 3 x 3 = 54 outputs; 54 x 10 = 540 weights and 10 outputs.
Network conv_and_fc() {
    return network_of({4, 8, 8}, {pooled(convolution("conv", 6, 3), 2, 2), fully_connected("fc", 10)});
}

TEST(PlanReport, SaysWhatWasPlanned) {
    const Plan plan = Plan::from_strings({"00", "11"}, 2);
    const PlanReport report = report_plan(conv_and_fc(), plan, "mine", {8, 4});
    EXPECT_EQ(report.network, "test");
    EXPECT_EQ(report.strategy, "mine");
    EXPECT_EQ(report.batch, 8U);
    EXPECT_EQ(report.plan, plan);
    EXPECT_THAT(report.layers, ElementsAre("conv", "fc"));
}

TEST(PlanReport, HasBothCostsOfEveryLevel) {
    const PlanReport report = report_plan(conv_and_fc(), Plan::from_strings({"00", "11"}, 2), "mine", {8, 4});
    ASSERT_EQ(report.levels.size(), 2U);
    // H1, one pair: dW of both layers, 2 x 216 + 2 x 540 elements in either column.
    EXPECT_EQ(report.levels[0].objective_bytes, 4 * 1512);
    EXPECT_EQ(report.levels[0].traffic_bytes, 4U * 1512);
    // H2, two pairs, 4 samples: objective 2 x 216 + 2 x 40 + 216; traffic 216 + 216 + 40 + 40.
    EXPECT_EQ(report.levels[1].objective_bytes, 4 * 2 * 728);
    EXPECT_EQ(report.levels[1].traffic_bytes, 4U * 2 * 512);
    EXPECT_EQ(report.objective_bytes(), 4 * (1512 + 2 * 728));
    EXPECT_EQ(report.traffic_bytes(), 4U * (1512 + 2 * 512));
}

TEST(PlanReport, OfOneAcceleratorIsEmpty) {
    const PlanReport report = report_plan(conv_and_fc(), Plan(), "data", {8, 4});
    EXPECT_TRUE(report.levels.empty());
    EXPECT_EQ(report.objective_bytes(), 0);
    EXPECT_EQ(report.traffic_bytes(), 0U);
}

TEST(PlanReport, AddsItsLevelsUp) {
    std::mt19937 random(71);
    RandomNetworks networks(random, Branches::Some);
    for (int trial = 0; trial < 50; ++trial) {
        const Network network = networks.next(5);
        const Plan plan = random_plan(random, network.size(), 3);
        const StepShape step{random_between(random, 1, 40), 4, PartialSums::Pooled};
        const PlanReport report = report_plan(network, plan, "random", step);
        const std::vector<double> objective = objective_bytes(network, step.batch, plan, 4);
        const std::vector<std::uint64_t> traffic = traffic_bytes(plan_exchanges(network, plan, step), 3);
        ASSERT_EQ(report.objective_bytes(), objective[0] + objective[1] + objective[2]);
        ASSERT_EQ(report.traffic_bytes(), traffic[0] + traffic[1] + traffic[2]);
    }
}

TEST(PlanReport, WithASumBeyond64BitsIsAnError) {
    PlanReport report;
    report.levels = {{0, UINT64_MAX}, {0, 1}};
    EXPECT_THROW(report.traffic_bytes(), std::overflow_error);
}

TEST(CellAlternatives, AreTheReportsOfThePlansWithOneCellFlipped) {
    std::mt19937 random(72);
    RandomNetworks networks(random, Branches::Some);
    for (int trial = 0; trial < 20; ++trial) {
        const Network network = networks.next(4);
        const Plan plan = random_plan(random, network.size(), 3);
        const StepShape step{9, 2, PartialSums::BeforePooling};
        const std::vector<CellAlternative> alternatives = cell_alternatives(network, plan, step);
        ASSERT_EQ(alternatives.size(), 3 * network.size());
        for (std::size_t cell = 0; cell < alternatives.size(); ++cell) {
            const std::size_t level = cell / network.size();
            const std::size_t layer = cell % network.size();
            std::vector<std::string> texts = plan.to_strings();
            texts[level][layer] = texts[level][layer] == '0' ? '1' : '0';
            const PlanReport flipped = report_plan(network, Plan::from_strings(texts, network.size()), "", step);
            ASSERT_EQ(alternatives[cell].level, level);
            ASSERT_EQ(alternatives[cell].layer, layer);
            ASSERT_EQ(alternatives[cell].chosen, plan.at(level, layer));
            ASSERT_EQ(alternatives[cell].objective_bytes, flipped.objective_bytes());
            ASSERT_EQ(alternatives[cell].traffic_bytes, flipped.traffic_bytes());
        }
    }
}

}  // namespace
}  // namespace hypar
