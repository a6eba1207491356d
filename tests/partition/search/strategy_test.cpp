#include "partition/search/strategy.h"

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "partition/search/tables.h"
#include "tests/partition/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;

/// The search objective of a whole plan, straight from Tables 1 and 2 of Song et al., HPCA 2019, in elements of all
/// pairs times 2^(2 H + 1), which makes every share and every quarter of two an integer.
std::uint64_t objective_by_definition(const Network& network, std::uint64_t batch, const Plan& plan) {
    const std::size_t levels = plan.levels();
    const auto is_model = [&](std::size_t level, std::size_t layer) {
        return plan.at(level, layer) == Parallelism::Model;
    };
    // Times 2^levels: a layer's batch and channel shares at a level.
    const auto share = [&](std::size_t level, std::size_t layer, bool of_channels) {
        std::uint64_t scaled = std::uint64_t{1} << levels;
        for (std::size_t above = 0; above < level; ++above) scaled /= is_model(above, layer) == of_channels ? 2U : 1U;
        return scaled;
    };
    const std::uint64_t whole = std::uint64_t{1} << levels;
    std::uint64_t sum = 0;
    for (std::size_t level = 0; level < levels; ++level) {
        std::uint64_t pair = 0;
        for (std::size_t layer = 0; layer < network.size(); ++layer) {
            const std::uint64_t outputs = network.layer(layer).output.elements() * batch * share(level, layer, false);
            const std::uint64_t inside =
                is_model(level, layer) ? 2 * outputs : 2 * network.layer(layer).weights() * share(level, layer, true);
            pair += 2 * whole * inside;
            for (const std::size_t next : network.consumers(layer)) {
                const std::uint64_t errors = outputs * share(level, next, true);  // times 2^(2 levels)
                if (is_model(level, layer)) {
                    pair += 2 * errors;
                } else if (is_model(level, next)) {
                    pair += outputs * whole + errors;
                }
            }
        }
        sum += pair << level;
    }
    return sum;
}

/// The first of the plans of least objective, in order of H1's digits, then H2's.
Plan least_plan(const Network& network, std::uint64_t batch, std::size_t levels) {
    const std::size_t layers = network.size();
    const std::size_t cells = layers * levels;
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    Plan best;
    for (std::size_t digits = 0; digits < std::size_t{1} << cells; ++digits) {
        std::vector<LevelPlan> plan;
        for (std::size_t level = 0; level < levels; ++level) {
            plan.push_back(level_plan_of(digits >> (layers * (levels - 1 - level)), layers));
        }
        const std::uint64_t cost = objective_by_definition(network, batch, Plan(plan));
        if (cost < least) {
            least = cost;
            best = Plan(plan);
        }
    }
    return best;
}

std::uint64_t random_batch(std::mt19937& random) { return random_between(random, 1, 40); }

/// Plan of the levels above `level` and then `last`.
Plan plan_down_to(const Plan& plan, std::size_t level, const LevelPlan& last) {
    std::vector<LevelPlan> levels;
    for (std::size_t above = 0; above < level; ++above) levels.push_back(plan.level(above));
    levels.push_back(last);
    return Plan(levels);
}

void expect_hypar_is_least_at_every_level(const Network& network, std::uint64_t batch, std::size_t levels) {
    const Plan plan = plan_hypar(network, batch, levels);
    ASSERT_EQ(plan.levels(), levels);
    for (std::size_t level = 0; level < levels; ++level) {
        const std::uint64_t chosen =
            objective_by_definition(network, batch, plan_down_to(plan, level, plan.level(level)));
        for (std::size_t digits = 0; digits < std::size_t{1} << network.size(); ++digits) {
            const LevelPlan other = level_plan_of(digits, network.size());
            ASSERT_GE(objective_by_definition(network, batch, plan_down_to(plan, level, other)), chosen)
                << "level " << level << " plan " << digits;
        }
    }
}

TEST(Hypar, EqualsBruteForceAtOneLevelOnChains) {
    std::mt19937 random(11);
    RandomNetworks networks(random, Branches::None);
    for (int trial = 0; trial < 200; ++trial) {
        expect_hypar_is_least_at_every_level(networks.next(7), random_batch(random), 1);
    }
}

TEST(Hypar, EqualsBruteForceAtOneLevelOnBranches) {
    std::mt19937 random(12);
    RandomNetworks networks(random, Branches::Some);
    for (int trial = 0; trial < 300; ++trial) {
        expect_hypar_is_least_at_every_level(networks.next(8), random_batch(random), 1);
    }
}

TEST(Hypar, EqualsBruteForceLevelByLevel) {
    std::mt19937 random(13);
    RandomNetworks chains(random, Branches::None);
    RandomNetworks branches(random, Branches::Some);
    for (int trial = 0; trial < 60; ++trial) {
        expect_hypar_is_least_at_every_level(chains.next(5), random_batch(random), 4);
        expect_hypar_is_least_at_every_level(branches.next(5), random_batch(random), 4);
    }
}

// With c = b = 1 and one layer of 6 -> 4: dp 2 W = 48, mp 2 F = 2 x 4 x batch.
TEST(Hypar, TakesWhatCostsLessForOneLayer) {
    const Network network = network_of({6, 1, 1}, {fully_connected("fc", 4)});
    EXPECT_THAT(plan_hypar(network, 5, 1).to_strings(), ElementsAre("1"));  // 40
    EXPECT_THAT(plan_hypar(network, 7, 1).to_strings(), ElementsAre("0"));  // 56
}

TEST(Hypar, TakesDataParallelismForATie) {
    const Network network = network_of({6, 1, 1}, {fully_connected("fc", 4)});
    EXPECT_THAT(plan_hypar(network, 6, 1).to_strings(), ElementsAre("0"));  // 48 either way
    // H2, c = 1, b = 1/2: dp 48, mp 24. H3, c = b = 1/2: 24 either way.
    EXPECT_THAT(plan_hypar(network, 6, 3).to_strings(), ElementsAre("0", "1", "0"));
}

TEST(Hypar, LeavesNoCellModelParallelThatCouldBeDataParallelAtTheSameCost) {
    std::mt19937 random(14);
    std::size_t ties = 0;
    for (int trial = 0; trial < 400; ++trial) {
        // Features of 1 to 4 and batches to match: many plans cost the same.
        NetworkSpec spec{"ties", "", {random_between(random, 1, 3), 1, 1}, {}};
        for (std::uint64_t layer = random_between(random, 1, 6); layer > 0; --layer) {
            spec.layers.push_back(fully_connected("fc" + std::to_string(layer), random_between(random, 1, 4)));
            if (spec.layers.size() > 2 && random() % 2 == 0) {
                spec.layers.back().inputs = {spec.layers[spec.layers.size() - 3].name,
                                             spec.layers[spec.layers.size() - 2].name};
            }
        }
        const Network network(spec);
        const std::uint64_t batch = random_between(random, 1, 4);
        const Plan plan = plan_hypar(network, batch, 1);
        const std::uint64_t least = objective_by_definition(network, batch, plan);
        for (std::size_t layer = 0; layer < network.size(); ++layer) {
            const std::uint64_t other = objective_by_definition(network, batch, plan.with_flipped(0, layer));
            const bool ties_with_data = plan.at(0, layer) == Parallelism::Model && other == least;
            ASSERT_FALSE(ties_with_data) << trial << " layer " << layer;
            if (other == least) ++ties;
        }
    }
    EXPECT_GT(ties, 50U);  // the networks do have ties
}

TEST(Hypar, PlansNothingForOneAccelerator) {
    EXPECT_EQ(plan_hypar(network_of({6, 1, 1}, {fully_connected("fc", 4)}), 8, 0), Plan());
}

/// `branches` layers that read the input, and one that joins them all.
Network fan(std::size_t branches) {
    NetworkSpec spec{"fan", "", {2, 1, 1}, {}};
    std::vector<std::string> names;
    for (std::size_t branch = 0; branch < branches; ++branch) {
        names.push_back("branch" + std::to_string(branch));
        spec.layers.push_back(reading(fully_connected(names.back(), 2), {"input"}));
    }
    spec.layers.push_back(reading(fully_connected("join", 2), names));
    return Network(spec);
}

TEST(Hypar, SearchesUpTo20OpenLayers) {
    EXPECT_EQ(plan_hypar(fan(20), 4, 1).levels(), 1U);
    try {
        plan_hypar(fan(21), 4, 1);
        ADD_FAILURE() << "21 open layers were searched";
    } catch (const ConfigError& error) {
        EXPECT_STREQ(error.what(), "strategy: more than 20 layers are open at once, the search is too large");
    }
}

TEST(Exhaustive, EqualsBruteForceOverAllLevels) {
    std::mt19937 random(21);
    RandomNetworks chains(random, Branches::None);
    RandomNetworks branches(random, Branches::Some);
    for (int trial = 0; trial < 60; ++trial) {
        for (RandomNetworks* networks : {&chains, &branches}) {
            const Network network = networks->next(4);
            const std::uint64_t batch = random_batch(random);
            const std::size_t levels = random_between(random, 1, network.size() > 3 ? 2 : 3);
            ASSERT_EQ(plan_exhaustive(network, batch, levels), least_plan(network, batch, levels))
                << "trial " << trial;
        }
    }
}

TEST(Exhaustive, EqualsBruteForceWherePlansTie) {
    std::mt19937 random(22);
    for (int trial = 0; trial < 60; ++trial) {
        const Network network =
            network_of({random_between(random, 1, 3), 1, 1}, {fully_connected("a", random_between(random, 1, 3)),
                                                              fully_connected("b", random_between(random, 1, 3)),
                                                              fully_connected("c", random_between(random, 1, 3))});
        const std::uint64_t batch = random_between(random, 1, 4);
        ASSERT_EQ(plan_exhaustive(network, batch, 3), least_plan(network, batch, 3)) << "trial " << trial;
    }
}

TEST(Exhaustive, NeverCostsMoreThanHypar) {
    std::mt19937 random(23);
    RandomNetworks networks(random, Branches::Some);
    std::size_t better = 0;
    for (int trial = 0; trial < 100; ++trial) {
        const Network network = networks.next(4);
        const std::uint64_t batch = random_batch(random);
        const std::uint64_t exhaustive = objective_by_definition(network, batch, plan_exhaustive(network, batch, 3));
        const std::uint64_t hypar = objective_by_definition(network, batch, plan_hypar(network, batch, 3));
        ASSERT_LE(exhaustive, hypar);
        if (exhaustive < hypar) ++better;
    }
    EXPECT_GT(better, 0U);
}

TEST(Exhaustive, AgreesWithHyparAtOneLevel) {
    std::mt19937 random(24);
    RandomNetworks networks(random, Branches::Some);
    for (int trial = 0; trial < 100; ++trial) {
        const Network network = networks.next(8);
        const std::uint64_t batch = random_batch(random);
        ASSERT_EQ(objective_by_definition(network, batch, plan_exhaustive(network, batch, 1)),
                  objective_by_definition(network, batch, plan_hypar(network, batch, 1)));
    }
}

/// A chain of fully connected layers, all alike.
Network chain(std::size_t layers) {
    NetworkSpec spec{"chain", "", {2, 1, 1}, {}};
    for (std::size_t layer = 0; layer < layers; ++layer) {
        spec.layers.push_back(fully_connected("fc" + std::to_string(layer), 2));
    }
    return Network(spec);
}

TEST(Exhaustive, RefusesMoreThan24Cells) {
    try {
        plan_exhaustive(chain(5), 4, 5);
        ADD_FAILURE() << "25 cells were searched";
    } catch (const ConfigError& error) {
        EXPECT_STREQ(error.what(),
                     "strategy: exhaustive would search 2^25 plans (5 layers x 5 levels); the most is 2^24");
    }
}

TEST(Exhaustive, Searches24Cells) { EXPECT_EQ(plan_exhaustive(chain(2), 4, 12).levels(), 12U); }

TEST(Data, SplitsTheBatchOfEveryLayer) {
    EXPECT_THAT(plan_data(chain(3), 4, 2).to_strings(), ElementsAre("000", "000"));
}

TEST(Model, SplitsTheChannelsOfEveryLayer) {
    EXPECT_THAT(plan_model(chain(3), 4, 2).to_strings(), ElementsAre("111", "111"));
}

TEST(Trick, SplitsTheBatchOfConvolutionsAndTheFeaturesOfFullyConnectedLayers) {
    const Network network = network_of({3, 8, 8}, {convolution("conv1", 4, 3), convolution("conv2", 4, 3),
                                                   fully_connected("fc1", 6), fully_connected("fc2", 5)});
    EXPECT_THAT(plan_trick(network, 4, 3).to_strings(), ElementsAre("0011", "0011", "0011"));
}

TEST(Strategies, AreFoundByName) {
    EXPECT_THAT(strategy_names(), ElementsAre("data", "model", "trick", "hypar", "exhaustive"));
    EXPECT_EQ(find_strategy("data"), plan_data);
    EXPECT_EQ(find_strategy("model"), plan_model);
    EXPECT_EQ(find_strategy("trick"), plan_trick);
    EXPECT_EQ(find_strategy("hypar"), plan_hypar);
    EXPECT_EQ(find_strategy("exhaustive"), plan_exhaustive);
}

TEST(Strategies, OfAnUnknownNameAreRefused) {
    try {
        find_strategy("hyper");
        ADD_FAILURE() << "found";
    } catch (const ConfigError& error) {
        EXPECT_STREQ(
            error.what(),
            "strategy: unknown strategy \"hyper\"; known: data, model, trick, hypar, exhaustive (did you mean "
            "\"hypar\"?)");
    }
}

}  // namespace
}  // namespace hypar
