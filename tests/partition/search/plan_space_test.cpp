#include "partition/search/plan_space.h"

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "partition/ownership.h"
#include "partition/search/plan_edit.h"
#include "tests/partition/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;

constexpr Parallelism kData = Parallelism::Data;
constexpr Parallelism kModel = Parallelism::Model;
constexpr Parallelism kOutput = Parallelism::Output;
constexpr Parallelism kSpatial = Parallelism::Spatial;

std::optional<std::string> why(const Network& network, const LayerPlan& choices, const Levels& levels) {
    return why_impossible(network, network.size() - 1, choices, levels);
}

TEST(WhyImpossible, RowsOfAFullyConnectedLayer) {
    const Network network = network_of({4, 8, 8}, {fully_connected("fc", 4)});
    EXPECT_EQ(why(network, {kSpatial}, Levels({2})), "a fully connected layer has no rows to split");
    for (const Parallelism other : {kData, kModel, kOutput}) EXPECT_FALSE(why(network, {other}, Levels({2})));
}

// 5 rows in two are 3 and 2, in four 2, 1, 1, 1; in six 1 at most, and one has none. At H2 and H3 alone, 3 and 2 are
// divided in four each: the last have none of either.
TEST(WhyImpossible, RowsThatAreTooFew) {
    const Network network = network_of({4, 5, 8}, {convolution("conv", 4, 1)});
    EXPECT_FALSE(why(network, {kSpatial, kSpatial}, Levels({2, 2})));
    EXPECT_FALSE(why(network, {kSpatial}, Levels({5})));
    EXPECT_EQ(why(network, {kSpatial}, Levels({6})),
              "5 rows are too few for 6 accelerators to have one each at these levels");
    EXPECT_TRUE(why(network, {kData, kSpatial, kSpatial}, Levels({2, 2, 2})));
    EXPECT_FALSE(why(network, {kSpatial, kSpatial, kData}, Levels({2, 2, 2})));
}

TEST(WhyImpossible, RowsOfWhichAnAcceleratorHasNone) {
    std::mt19937 random(61);
    for (int trial = 0; trial < 300; ++trial) {
        const Network network = network_of({1, random_between(random, 1, 20), 3}, {convolution("conv", 4, 1)});
        const Levels levels = random_levels(random, 36);
        LayerPlan choices;
        LevelSet rows = 0;
        for (std::size_t level = 0; level < levels.count(); ++level) {
            choices.push_back(random() % 2 == 0 ? kData : kSpatial);
            if (choices.back() == kSpatial) rows |= level_bit(level);
        }
        bool has_none = false;
        for (std::uint64_t i = 0; i < levels.accelerators(); ++i) {
            has_none = has_none || owned_items(network.layer(0).output.height, rows, i, levels) == 0;
        }
        ASSERT_EQ(why(network, choices, levels).has_value(), has_none) << trial;
    }
}

// 4 groups of 3 of 12 channels. Halves are whole groups, quarters one each, thirds of 4 cut one; eighths, 2 and 1,
// too, but twelfths are equal parts of one.
TEST(WhyImpossible, SharesThatCutGroups) {
    const Network network = network_of({12, 4, 4}, {grouped(convolution("conv", 8, 1), 4)});
    EXPECT_FALSE(why(network, {kModel}, Levels({2})));
    EXPECT_FALSE(why(network, {kModel, kModel}, Levels({2, 2})));
    EXPECT_FALSE(why(network, {kModel, kModel}, Levels({2, 6})));
    EXPECT_EQ(why(network, {kModel}, Levels({3})),
              "4 groups of 3 input channels cannot be divided into shares of 4 channels: expected shares of whole "
              "groups or equal parts of one");
    EXPECT_TRUE(why(network, {kModel, kModel, kModel}, Levels({2, 2, 2})));
    EXPECT_EQ(why(network, {kOutput}, Levels({2})), "a layer of 4 groups cannot split its output channels");
    EXPECT_FALSE(why(network, {kSpatial, kData}, Levels({2, 3})));
}

// 12 channels of 3 heads: one of two accelerators has two heads, 8 channels, which are whole groups of 4 but not
// of 3.
TEST(WhyImpossible, SharesOfHeadsThatCutGroups) {
    LayerSpec softmax = fully_connected("softmax", 0);
    softmax.type = LayerType::Softmax;
    softmax.heads = 3;
    const Network network =
        network_of({12, 5, 1}, {softmax, reading(grouped(convolution("of 4", 12, 1), 3), {"softmax"}),
                                reading(grouped(convolution("of 3", 12, 1), 4), {"softmax"})});
    EXPECT_EQ(why_impossible(network, 1, {Parallelism::Model}, Levels({2})), std::nullopt);
    EXPECT_NE(why_impossible(network, 2, {Parallelism::Model}, Levels({2})), std::nullopt);
}

TEST(CheckPossible, NamesTheFirstLayer) {
    const Network network = network_of({4, 8, 8}, {convolution("conv", 4, 1), fully_connected("fc", 4)});
    EXPECT_NO_THROW(check_possible(network, Plan::from_strings({"30"}, 2), "plan"));
    try {
        check_possible(network, Plan::from_strings({"33"}, 2), "plan");
        ADD_FAILURE() << "is possible";
    } catch (const ConfigError& error) {
        EXPECT_EQ(error.key(), "plan");
        EXPECT_EQ(error.problem(), "fc: a fully connected layer has no rows to split");
    }
}

TEST(PlanSpace, AllowsWhatIsGivenAndElsewhereItsSplits) {
    const Network network = network_of({4, 8, 8}, {convolution("a", 4, 1), fully_connected("b", 4)});
    const StepShape step;
    const Levels levels({2, 3});
    PlanSpace space(network, step, levels);
    EXPECT_EQ(space.splits(), kBatchInOut);
    EXPECT_FALSE(space.has_given_cells());
    EXPECT_FALSE(space.allows(0, {kData, kSpatial}));
    EXPECT_TRUE(space.is_possible(0, {kData, kSpatial}));
    space.give(1, 0, kSpatial);
    EXPECT_TRUE(space.has_given_cells());
    EXPECT_TRUE(space.allows(0, {kData, kSpatial}));
    EXPECT_FALSE(space.allows(0, {kData, kData}));
    EXPECT_FALSE(space.allows(0, {kSpatial, kSpatial}));
    space.restrict_to(kBatchIn);
    EXPECT_EQ(space.cell(0, 0), kBatchIn);
    EXPECT_EQ(space.cell(1, 0), set_of(kSpatial));
    EXPECT_TRUE(space.contains(Plan::from_strings({"01", "31"}, 2, levels)));
    EXPECT_FALSE(space.contains(Plan::from_strings({"02", "31"}, 2, levels)));
    EXPECT_FALSE(space.contains(Plan::from_strings({"01", "01"}, 2, levels)));
}

TEST(LayerPlans, AreAllThatAreAllowedInTheOrderOfTheirDigits) {
    const Network network = network_of({4, 2, 8}, {convolution("a", 4, 1)});
    const StepShape step;
    const Levels levels({2, 2});
    PlanSpace space(network, step, levels);
    space.restrict_to(kBatchIn | set_of(kSpatial));
    // Two rows: at one level or the other.
    EXPECT_THAT(layer_plans(space, 0, 2, 100),
                ElementsAre(LayerPlan{kData, kData}, LayerPlan{kData, kModel}, LayerPlan{kModel, kData},
                            LayerPlan{kModel, kModel}, LayerPlan{kSpatial, kData}, LayerPlan{kSpatial, kModel}));
    EXPECT_EQ(layer_plans(space, 0, 2, 4).size(), 4U);
    EXPECT_EQ(layer_plans(space, 0, 1, 100).size(), 3U);
}

TEST(PlanOf, HasWhatItsLayersDoAtEveryLevel) {
    const Plan plan = plan_of({{kData, kModel}, {kOutput, kSpatial}}, Levels({2, 3}));
    EXPECT_THAT(plan.to_strings(), ElementsAre("02", "13"));
    EXPECT_EQ(plan.division(), Levels({2, 3}));
    EXPECT_EQ(splits_in(plan), set_of(kData) | set_of(kModel) | set_of(kOutput) | set_of(kSpatial));
    EXPECT_EQ(splits_in(plan.with(1, 1, kData).with(0, 1, kData)), kBatchIn);
}

// ---- A plan that is changed cell by cell -----------------------------------------------------------------------

TEST(PlanEdit, CostsWhatTheWholePlanDoes) {
    std::mt19937 random(62);
    RandomNetworks networks(random, Branches::Some);
    for (int trial = 0; trial < 50; ++trial) {
        const Network network = networks.next(5);
        const Levels levels = random_levels(random, 16);
        const StepShape step{random_between(random, 1, 20)};
        const PlanCost cost(network, step, levels);
        Plan plan = random_plan(random, network, levels);
        PlanEdit edit(network, cost, plan);
        for (int change = 0; change < 10; ++change) {
            const std::size_t level = random() % levels.count();
            const std::size_t layer = random() % network.size();
            const auto choice = static_cast<Parallelism>(random() % kSplitsOfWeighted);
            const Plan changed = plan.with(level, layer, choice);
            if (why_impossible(network, layer, changed.layer(layer), levels)) continue;
            ASSERT_TRUE(edit.with(level, layer, choice).whole == cost.of(changed).whole);
            ASSERT_TRUE(edit.with(level, layer, choice).even == cost.of(changed).even);
            ASSERT_TRUE(edit.cost().whole == cost.of(plan).whole);
            if (random() % 2 == 0) continue;
            edit.set(level, layer, choice);
            plan = changed;
            ASSERT_TRUE(plan_of(edit.layers(), levels) == plan);
        }
    }
}

TEST(PlanEdit, DescendsUntilNoCellIsBetter) {
    std::mt19937 random(63);
    RandomNetworks networks(random, Branches::Some);
    for (int trial = 0; trial < 50; ++trial) {
        const Network network = networks.next(5);
        const Levels levels = random_levels(random, 16);
        const StepShape step{random_between(random, 1, 20)};
        const PlanCost cost(network, step, levels);
        PlanSpace space(network, step, levels);
        space.restrict_to(trial % 2 == 0 ? kAllSplits : kBatchInOut);
        const Plan before = random_plan(random, space);
        PlanEdit edit(network, cost, before);
        edit.descend(space);
        const Plan after = plan_of(edit.layers(), levels);
        ASSERT_TRUE(space.contains(after));
        ASSERT_FALSE(cost.of(before) < cost.of(after));
        for (std::size_t level = 0; level < levels.count(); ++level) {
            for (std::size_t layer = 0; layer < network.size(); ++layer) {
                for (const SplitEntry& split : kSplits) {
                    const Plan other = after.with(level, layer, split.parallelism);
                    if (!space.contains(other)) continue;
                    ASSERT_FALSE(cost.of(other) < cost.of(after)) << trial;
                }
            }
        }
    }
}

}  // namespace
}  // namespace hypar
