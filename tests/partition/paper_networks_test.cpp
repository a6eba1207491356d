// The paper's networks: their sizes, and what every strategy gives for them.

#include "tests/partition/paper_networks.h"

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "partition/plan_report.h"
#include "partition/strategy.h"

namespace hypar {
namespace {

PlanReport report_of(const std::string& network, const std::string& strategy) {
    const Network built = paper_network(network);
    const Plan plan = find_strategy(strategy)(built, kPaperBatch, kPaperLevels);
    return report_plan(built, plan, strategy, StepShape{kPaperBatch, 4, PartialSums::Pooled});
}

/// Differs by at most `per_mille` thousandths of `printed`.
testing::AssertionResult is_near(std::uint64_t bytes, std::uint64_t printed, std::uint64_t per_mille) {
    const std::uint64_t difference = bytes > printed ? bytes - printed : printed - bytes;
    if (difference * 1000 <= printed * per_mille) return testing::AssertionSuccess();
    return testing::AssertionFailure() << bytes << " is not within " << per_mille << " per mille of " << printed;
}

TEST(PaperNetworks, HaveTheirLayersWeightsAndMacs) {
    for (const PaperNetwork& expected : paper_networks()) {
        const Network network = paper_network(expected.name);
        EXPECT_EQ(network.size(), expected.layers) << expected.name;
        EXPECT_EQ(network.weights(), expected.weights) << expected.name;
        EXPECT_EQ(network.macs(), expected.macs) << expected.name;
    }
}

TEST(PaperNetworks, GiveTheExpectedPlansUnderEveryStrategy) {
    for (const ExpectedBytes& expected : expected_bytes()) {
        EXPECT_EQ(report_of(expected.network, expected.strategy).plan.to_strings(), expected.plan)
            << expected.network << " " << expected.strategy;
    }
}

TEST(PaperNetworks, GiveTheExpectedObjectiveAtEveryLevel) {
    for (const ExpectedBytes& expected : expected_bytes()) {
        SCOPED_TRACE(std::string(expected.network) + " " + expected.strategy);
        const PlanReport report = report_of(expected.network, expected.strategy);
        ASSERT_EQ(report.levels.size(), kPaperLevels);
        for (std::size_t level = 0; level < kPaperLevels; ++level) {
            EXPECT_EQ(report.levels[level].objective_bytes, static_cast<double>(expected.objective[level])) << level;
        }
        EXPECT_EQ(report.objective_bytes(), static_cast<double>(expected.objective_sum));
    }
}

TEST(PaperNetworks, GiveTheExpectedTrafficAtEveryLevel) {
    for (const ExpectedBytes& expected : expected_bytes()) {
        SCOPED_TRACE(std::string(expected.network) + " " + expected.strategy);
        const PlanReport report = report_of(expected.network, expected.strategy);
        ASSERT_EQ(report.levels.size(), kPaperLevels);
        for (std::size_t level = 0; level < kPaperLevels; ++level) {
            EXPECT_EQ(report.levels[level].traffic_bytes, expected.traffic[level]) << level;
        }
        EXPECT_EQ(report.traffic_bytes(), expected.traffic_sum);
    }
}

TEST(Figure5, IsWhatHyparPlansButForOneCell) {
    for (const PaperNetwork& printed : paper_networks()) {
        const Network network = paper_network(printed.name);
        Plan plan = plan_hypar(network, kPaperBatch, kPaperLevels);
        if (std::string(printed.name) == "cifar-c") {
            // conv3 at H4: data parallelism is 1 % better by the paper's own tables, yet it prints model parallelism.
            EXPECT_EQ(plan.at(3, 2), Parallelism::Data);
            plan = plan.with_flipped(3, 2);
        }
        EXPECT_EQ(plan.to_strings(), printed.hypar_plan) << printed.name;
    }
}

TEST(Figure5, OfCifarCostsOnePercentMoreAtH4) {
    // With b = 1/4 of conv3's batch above H4 but c = 1/2 of fc1 ... the whole level: 6268928 bytes for "00011".
    const Network network = paper_network("cifar-c");
    const Plan printed = Plan::from_strings({"00000", "00000", "00010", "00111"}, 5);
    const std::vector<double> bytes = objective_bytes(network, kPaperBatch, printed, 4);
    EXPECT_GT(bytes[3], 6268928.0);
    EXPECT_LT(bytes[3], 6268928.0 * 1.015);
}

TEST(Figure8, DataParallelBytesAreWithinFourPerMille) {
    for (const PaperNetwork& printed : paper_networks()) {
        EXPECT_TRUE(is_near(report_of(printed.name, "data").traffic_bytes(), printed.data_bytes, 4)) << printed.name;
    }
}

TEST(Figure8, HyparBytesAreWithinFourPerMilleButForThreeNetworks) {
    for (const PaperNetwork& printed : paper_networks()) {
        std::uint64_t per_mille = 4;
        if (std::string(printed.name) == "cifar-c") per_mille = 10;
        if (std::string(printed.name) == "vgg-b") per_mille = 15;  // the paper prints vgg-a's 1.47 GB again
        if (std::string(printed.name) == "sfc") per_mille = 40;
        EXPECT_TRUE(is_near(report_of(printed.name, "hypar").traffic_bytes(), printed.hypar_bytes, per_mille))
            << printed.name;
    }
}

std::uint64_t hypar_traffic(const std::string& name, PartialSums partial_sums) {
    const Network network = paper_network(name);
    const Plan plan = plan_hypar(network, kPaperBatch, kPaperLevels);
    return report_plan(network, plan, "hypar", StepShape{kPaperBatch, 4, partial_sums}).traffic_bytes();
}

TEST(PartialSumsBeforePooling, AddNothingOnVggC) {
    // Its model-parallel layers are fully connected.
    EXPECT_EQ(hypar_traffic("vgg-c", PartialSums::BeforePooling), hypar_traffic("vgg-c", PartialSums::Pooled));
}

TEST(PartialSumsBeforePooling, AddAboutFivePercentOnVggA) {
    // conv5_2 is model parallel at H4 alone. There its outputs travel 14 x 14 in place of 7 x 7, once: 8 pairs of
    // 32 samples each x 512 x (196 - 49) x 4 bytes.
    const std::uint64_t added = std::uint64_t{8} * 32 * 512 * (196 - 49) * 4;
    const std::uint64_t before = hypar_traffic("vgg-a", PartialSums::Pooled);
    EXPECT_EQ(hypar_traffic("vgg-a", PartialSums::BeforePooling), before + added);
    EXPECT_EQ(added * 1000 / before, 52U);  // 77070336 / 1468721664
}

}  // namespace
}  // namespace hypar
