#include "partition/search/strategy.h"

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "partition/exchange.h"
#include "partition/search/plan_cost.h"
#include "tests/partition/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;

std::string problem_of(Strategy strategy, const PlanSpace& space) {
    try {
        strategy(space);
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "";
}

/// A chain of fully connected layers, all alike.
Network chain(std::size_t layers) {
    NetworkSpec spec{"chain", "", {2, 1, 1}, {}};
    for (std::size_t layer = 0; layer < layers; ++layer) {
        spec.layers.push_back(fully_connected("fc" + std::to_string(layer), 2));
    }
    return Network(spec);
}

// ---- One choice for all ----------------------------------------------------------------------------------------

TEST(Data, SplitsTheBatchOfEveryLayer) {
    const Network network = chain(3);
    const StepShape step{4};
    const Levels levels({2, 3});
    const SearchResult result = plan_data(PlanSpace(network, step, levels));
    EXPECT_THAT(result.plan.to_strings(), ElementsAre("000", "000"));
    EXPECT_EQ(result.plan.division(), levels);
    EXPECT_FALSE(result.is_best);
}

TEST(Model, SplitsTheChannelsOfEveryLayer) {
    const Network network = chain(3);
    const StepShape step{4};
    const Levels levels({2, 2});
    EXPECT_THAT(plan_model(PlanSpace(network, step, levels)).plan.to_strings(), ElementsAre("111", "111"));
}

TEST(Trick, SplitsTheBatchOfConvolutionsAndTheFeaturesOfFullyConnectedLayers) {
    const Network network = network_of({3, 8, 8}, {convolution("conv1", 4, 3), convolution("conv2", 4, 3),
                                                   fully_connected("fc1", 6), fully_connected("fc2", 5)});
    const StepShape step{4};
    const Levels levels = Levels::halving(3);
    EXPECT_THAT(plan_trick(PlanSpace(network, step, levels)).plan.to_strings(), ElementsAre("0011", "0011", "0011"));
}

// 4 groups of 3 of 12 channels: halves are whole groups, thirds of these have 2. Where the first level cuts groups,
// it shares the batch.
TEST(Model, WhereGroupsWouldBeCutIsRefused) {
    const Network network = network_of({12, 4, 4}, {grouped(convolution("conv", 12, 1), 4)});
    const StepShape step{4};
    const Levels levels({2, 3});
    EXPECT_EQ(problem_of(plan_model, PlanSpace(network, step, levels)),
              "strategy: conv: 4 groups of 3 input channels cannot be divided into shares of 2 channels: expected "
              "shares of whole groups or equal parts of one");
    const Levels thirds({3});
    EXPECT_THAT(plan_model(PlanSpace(network, step, thirds)).plan.to_strings(), ElementsAre("0"));
}

// ---- Hypar -----------------------------------------------------------------------------------------------------

/// Bytes of the array that the first levels of a plan make.
std::uint64_t traffic_of(const Network& network, const Plan& plan, std::uint64_t batch) {
    std::uint64_t sum = 0;
    for (const std::uint64_t bytes : traffic_bytes(plan_exchanges(network, plan, {batch, 4}), plan.levels())) {
        sum += bytes;
    }
    return sum;
}

/// All extents are multiples of what the levels make: the search, which ranks by even shares, sees the transfers.
Network even_network(std::mt19937& random, std::uint64_t unit, std::size_t layers) {
    const auto times = [&](std::uint64_t most) { return unit * random_between(random, 1, most); };
    NetworkSpec spec{"even", "", {times(3), 4, 4}, {}};
    const std::uint64_t convolutions = random_between(random, 0, layers);
    for (std::size_t layer = 0; layer < layers; ++layer) {
        const std::string name = "layer" + std::to_string(layer);
        spec.layers.push_back(layer < convolutions ? convolution(name, times(4), 3, 1, 1)
                                                   : fully_connected(name, times(6)));
        const bool branches = layer > 1 && random() % 3 == 0 && (layer < convolutions || layer > convolutions + 1);
        if (branches) spec.layers.back().inputs = {spec.layers[layer - 2].name};
    }
    return Network(spec);
}

TEST(Hypar, TakesTheLeastTrafficOfTheLevelsSoFar) {
    std::mt19937 random(13);
    for (int trial = 0; trial < 60; ++trial) {
        const Levels levels = trial % 2 == 0 ? Levels({2, 2, 2}) : Levels({2, 3});
        const Network network = even_network(random, levels.accelerators(), random_between(random, 1, 4));
        const StepShape step{levels.accelerators() * random_between(random, 1, 4)};
        PlanSpace space(network, step, levels);
        const std::size_t splits = trial % 4 < 2 ? 2 : 3;
        space.restrict_to(splits == 2 ? kBatchIn : kBatchInOut);
        const Plan plan = plan_hypar(space).plan;
        ASSERT_TRUE(space.contains(plan));
        std::size_t plans = 1;
        for (std::size_t layer = 0; layer < network.size(); ++layer) plans *= splits;
        std::vector<LevelPlan> above;
        std::vector<std::uint32_t> sizes;
        for (std::size_t level = 0; level < levels.count(); ++level) {
            sizes.push_back(levels.size(level));
            above.push_back(plan.level(level));
            const std::uint64_t chosen = traffic_of(network, Plan(above, Levels(sizes)), step.batch);
            for (std::size_t digits = 0; digits < plans; ++digits) {
                above.back() = level_plan_of(digits, network.size(), splits);
                ASSERT_GE(traffic_of(network, Plan(above, Levels(sizes)), step.batch), chosen)
                    << trial << " level " << level << " plan " << digits;
            }
            above.back() = plan.level(level);
        }
    }
}

// One layer of 6 -> 4: dp reduces and gathers dW, 2 x 24 elements; mp the sums and the loss's errors, 2 x 4 x batch.
TEST(Hypar, TakesDataParallelismForATie) {
    const Network network = network_of({6, 1, 1}, {fully_connected("fc", 4)});
    const Levels levels({2});
    const auto plan = [&](std::uint64_t batch) {
        const StepShape step{batch};
        PlanSpace space(network, step, levels);
        space.restrict_to(kBatchIn);
        return plan_hypar(space).plan.to_strings();
    };
    EXPECT_THAT(plan(4), ElementsAre("1"));
    EXPECT_THAT(plan(6), ElementsAre("0"));
    EXPECT_THAT(plan(8), ElementsAre("0"));
}

TEST(Hypar, PlansNothingForOneAccelerator) {
    const Network network = chain(2);
    const StepShape step{8};
    const Levels levels;
    EXPECT_EQ(plan_hypar(PlanSpace(network, step, levels)).plan.levels(), 0U);
}

// ---- Exhaustive ------------------------------------------------------------------------------------------------

/// The least bytes of any plan of a space, each carried out.
std::uint64_t least_traffic(const PlanSpace& space, SplitSet splits) {
    const Levels& levels = space.levels();
    std::vector<std::vector<LayerPlan>> choices;
    for (std::size_t layer = 0; layer < space.network().size(); ++layer) {
        choices.emplace_back();
        std::size_t plans = 1;
        for (std::size_t level = 0; level < levels.count(); ++level) plans *= kSplitsOfWeighted;
        for (std::size_t digits = 0; digits < plans; ++digits) {
            const LayerPlan own = level_plan_of(digits, levels.count(), kSplitsOfWeighted);
            bool is_used = true;
            for (const Parallelism choice : own) is_used = is_used && (splits & set_of(choice)) != 0;
            if (is_used && !why_impossible(space.network(), layer, own, levels)) choices.back().push_back(own);
        }
    }
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    std::vector<LayerPlan> layers(choices.size());
    const auto try_all = [&](const auto& self, std::size_t layer) -> void {
        if (layer < layers.size()) {
            for (const LayerPlan& own : choices[layer]) {
                layers[layer] = own;
                self(self, layer + 1);
            }
            return;
        }
        const auto exchanges = plan_exchanges(space.network(), plan_of(layers, levels), space.step());
        std::uint64_t sum = 0;
        for (const std::uint64_t bytes : traffic_bytes(exchanges, levels.count())) sum += bytes;
        least = std::min(least, sum);
    };
    try_all(try_all, 0);
    return least;
}

std::uint64_t traffic_of(const PlanSpace& space, const Plan& plan) {
    std::uint64_t sum = 0;
    const auto exchanges = plan_exchanges(space.network(), plan, space.step());
    for (const std::uint64_t bytes : traffic_bytes(exchanges, plan.levels())) sum += bytes;
    return sum;
}

TEST(Exhaustive, EqualsCarryingOutAllPlans) {
    std::mt19937 random(21);
    for (int trial = 0; trial < 30; ++trial) {
        RandomNetworks networks(random, trial % 2 == 0 ? Branches::None : Branches::Some);
        const Network network = networks.next(3);
        const Levels levels = trial % 3 == 0 ? Levels({2, 2}) : trial % 3 == 1 ? Levels({3}) : Levels({4});
        const PartialSums sums = trial % 4 < 2 ? PartialSums::Pooled : PartialSums::BeforePooling;
        const StepShape step{random_between(random, 1, 12), 4, sums};
        PlanSpace space(network, step, levels);
        const SplitSet splits = trial % 5 == 0 || levels.count() == 1 ? kAllSplits : kBatchInOut;
        space.restrict_to(splits);
        const SearchResult result = plan_exhaustive(space);
        EXPECT_TRUE(result.is_best);
        EXPECT_TRUE(space.contains(result.plan));
        ASSERT_EQ(traffic_of(space, result.plan), least_traffic(space, splits)) << trial;
    }
}

TEST(Exhaustive, KeepsGivenCells) {
    std::mt19937 random(22);
    for (int trial = 0; trial < 20; ++trial) {
        const Network network = RandomNetworks(random, Branches::Some).next(3);
        const StepShape step{7};
        const Levels levels({2, 3});
        PlanSpace space(network, step, levels);
        space.give(1, network.size() - 1, Parallelism::Data);
        space.give(0, 0, Parallelism::Data);
        for (const Strategy search : {plan_exhaustive, plan_optimal, plan_hypar}) {
            const Plan plan = search(space).plan;
            ASSERT_EQ(plan.at(1, network.size() - 1), Parallelism::Data);
            ASSERT_EQ(plan.at(0, 0), Parallelism::Data);
        }
        ASSERT_EQ(traffic_of(space, plan_optimal(space).plan), traffic_of(space, plan_exhaustive(space).plan));
    }
}

// 27 layers at one level; 3 splits of 6 layers at 3 levels are 3^18, more than 3^17 > 2^26; of 3 layers 3^9.
TEST(Exhaustive, RefusesMoreThan2To26Plans) {
    const StepShape step{4};
    const Levels one({2});
    const Network deep = chain(27);
    PlanSpace space(deep, step, one);
    space.restrict_to(kBatchIn);
    EXPECT_EQ(problem_of(plan_exhaustive, space),
              "strategy: exhaustive would try more than 2^26 plans (27 layers x 1 levels)");
    const Levels levels = Levels::halving(3);
    const Network large = chain(6);
    EXPECT_EQ(problem_of(plan_exhaustive, PlanSpace(large, step, levels)),
              "strategy: exhaustive would try more than 2^26 plans (6 layers x 3 levels)");
    const Network small = chain(3);
    EXPECT_EQ(problem_of(plan_exhaustive, PlanSpace(small, step, levels)), "");
    // 3^20 plans of a layer are more than both; 3^13 are 1.6 million, more than 2^20.
    const Levels many = Levels::halving(13);
    const Network single = chain(1);
    EXPECT_EQ(problem_of(plan_exhaustive, PlanSpace(single, step, many)),
              "strategy: exhaustive would list more than 2^20 plans of one layer (13 levels)");
}

// ---- Names -----------------------------------------------------------------------------------------------------

TEST(Strategies, AreFoundByName) {
    const std::vector<std::pair<const char*, Strategy>> expected = {
        {"data", plan_data},
        {"model", plan_model},
        {"trick", plan_trick},
        {"hypar", plan_hypar},
        {"hypar-tables", plan_by_hypar_tables},
        {"accpar", plan_by_accpar_tables},
        {"optimal", plan_optimal},
        {"exhaustive", plan_exhaustive},
    };
    for (const auto& [name, search] : expected) {
        EXPECT_EQ(find_strategy(name).search, search) << name;
        EXPECT_STREQ(find_strategy(name).name, name);
    }
}

TEST(Strategies, OfAnUnknownNameAreRefused) {
    try {
        find_strategy("hyper");
        ADD_FAILURE() << "found";
    } catch (const ConfigError& error) {
        EXPECT_EQ(error.key(), "strategy");
        EXPECT_THAT(error.problem(), testing::StartsWith("unknown strategy \"hyper\"; known: data, model, trick, "));
        EXPECT_THAT(error.problem(), testing::EndsWith("(did you mean \"hypar\"?)"));
    }
}

}  // namespace
}  // namespace hypar
