// The searches for the least traffic, against each other.

#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"
#include "partition/search/bound.h"
#include "partition/search/chain.h"
#include "partition/search/layer_problem.h"
#include "partition/search/plan_report.h"
#include "partition/search/strategy.h"
#include "tests/partition/support.h"

namespace hypar {
namespace {

std::uint64_t traffic_of(const PlanSpace& space, const Plan& plan) {
    const auto exchanges = plan_exchanges(space.network(), plan, space.step());
    const std::vector<std::uint64_t> bytes = traffic_bytes(exchanges, plan.levels());
    return std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0});
}

std::string described(const PlanSpace& space, const Plan& plan) {
    std::string text = "levels";
    for (const std::uint32_t size : space.levels().sizes()) text += " " + std::to_string(size);
    text += ", batch " + std::to_string(space.step().batch);
    for (const std::string& level : plan.to_strings()) text += " " + level;
    for (const Layer& layer : space.network().layers()) {
        text += "\n" + layer.name + ": " + std::to_string(layer.input.channels) + " x " +
                std::to_string(layer.input.height) + " x " + std::to_string(layer.input.width) + " -> " +
                std::to_string(layer.output.channels) + " x " + std::to_string(layer.output.height) + " x " +
                std::to_string(layer.output.width) + ", kernel " + text_of(layer.kernel) + " by " +
                text_of(layer.stride) + ", groups " + std::to_string(layer.groups);
        for (const std::size_t reader :
             space.network().consumers(static_cast<std::size_t>(&layer - space.network().layers().data()))) {
            text += " > " + std::to_string(reader);
        }
    }
    return text;
}

constexpr SplitSet kSetsOfSplits[] = {kBatchIn, kBatchInOut, kAllSplits,
                                      static_cast<SplitSet>(kBatchIn | set_of(Parallelism::Spatial))};

/// Levels for which all plans can be tried: 9 to 64 for a layer.
Levels few_levels(std::mt19937& random) {
    const std::vector<std::vector<std::uint32_t>> all = {{2}, {3}, {4}, {2, 2}, {2, 3}, {3, 2}, {4, 2}, {2, 2, 2}};
    return Levels(all[random() % all.size()]);
}

void expect_the_least_of_all(unsigned seed, int trials, bool has_shares = false) {
    std::mt19937 random(seed);
    RandomNetworks chains(random, Branches::None);
    RandomNetworks branches(random, Branches::Some);
    int proved = 0;
    for (int trial = 0; trial < trials; ++trial) {
        Levels levels = few_levels(random);
        if (has_shares) levels = with_random_shares(random, levels);
        const Network network = (trial % 2 == 0 ? chains : branches).next(levels.count() > 2 ? 3 : 4);
        const PartialSums sums = trial % 4 < 2 ? PartialSums::Pooled : PartialSums::BeforePooling;
        const std::uint64_t batch =
            trial % 3 == 0 ? levels.accelerators() * random_between(random, 1, 3) : random_between(random, 1, 40);
        const StepShape step{batch, 4, sums};
        PlanSpace space(network, step, levels);
        space.restrict_to(kSetsOfSplits[random() % 4]);
        const SearchResult best = plan_exhaustive(space);
        const SearchResult found = plan_optimal(space);
        const std::uint64_t least = traffic_of(space, best.plan);
        ASSERT_TRUE(space.contains(found.plan));
        ASSERT_GE(traffic_of(space, found.plan), least) << trial << " " << described(space, found.plan);
        ASSERT_EQ(traffic_of(space, found.plan), least)
            << trial << (found.is_best ? " proved " : " ") << described(space, found.plan) << "\nrather "
            << described(space, best.plan);
        proved += found.is_best ? 1 : 0;
        ASSERT_LE(bound_traffic(network, step, levels, space.splits()).bytes, least)
            << trial << " " << described(space, best.plan);
        // No strategy that keeps to the same splits has less.
        for (const StrategyEntry& strategy : strategies()) {
            if ((strategy.splits & ~space.splits()) != 0 && !strategy.chooses) continue;
            try {
                const Plan plan = strategy.search(space).plan;
                if (space.contains(plan)) {
                    ASSERT_GE(traffic_of(space, plan), least) << strategy.name;
                }
            } catch (const ConfigError&) {
                continue;  // it would make a layer impossible
            }
        }
    }
    EXPECT_EQ(proved, trials);
}

TEST(Optimal, EqualsTheExhaustiveSearch) { expect_the_least_of_all(25, 250); }
TEST(Optimal, OfUnevenSharesEqualsTheExhaustiveSearch) { expect_the_least_of_all(32, 150, true); }
TEST(OptimalLong, EqualsTheExhaustiveSearch) {
    for (unsigned seed = 26; seed < 30; ++seed) expect_the_least_of_all(seed, 500);
}

TEST(Optimal, ReportsTheBytesOfTheExhaustiveSearch) {
    std::mt19937 random(31);
    for (int trial = 0; trial < 40; ++trial) {
        const Levels levels = few_levels(random);
        const Network network = RandomNetworks(random, Branches::Some).next(3);
        const StepShape step{random_between(random, 1, 40)};
        const PlanSpace space(network, step, levels);
        const PlanReport found = report_plan(space, plan_optimal(space), "optimal");
        const PlanReport best = report_plan(space, plan_exhaustive(space), "exhaustive");
        ASSERT_EQ(found.traffic_bytes(), best.traffic_bytes()) << described(space, found.plan);
        ASSERT_NEAR(found.objective_bytes(), best.objective_bytes(), 1e-9 * best.objective_bytes())
            << described(space, found.plan) << "\nrather " << described(space, best.plan);
    }
}

// ---- Chains ----------------------------------------------------------------------------------------------------

/// A chain whose extents all are multiples of `unit`; rows have borders, which a search over counts puts first.
Network even_chain(std::mt19937& random, std::uint64_t unit, std::size_t layers, bool has_borders) {
    const auto times = [&](std::uint64_t most) { return unit * random_between(random, 1, most); };
    NetworkSpec spec{"even", "", {times(2), unit * 2, 4}, {}};
    const std::uint64_t convolutions = random_between(random, 0, layers);
    for (std::size_t layer = 0; layer < layers; ++layer) {
        const std::string name = "layer" + std::to_string(layer);
        spec.layers.push_back(fully_connected(name, times(8)));
        if (layer >= convolutions) continue;
        const bool has_border = has_borders && random() % 2 == 0;
        spec.layers.back() = has_border ? convolution(name, times(4), 3, 1, 1) : convolution(name, times(4), 1);
    }
    return Network(spec);
}

/// The least even traffic by dynamic programming over the plans of each layer.
Int128 least_over_strings(const PlanSpace& space, const PlanCost& cost) {
    std::vector<std::vector<LayerPlan>> candidates;
    for (std::size_t layer = 0; layer < space.network().size(); ++layer) {
        candidates.push_back(layer_plans(space, layer, space.levels().count(), 1000));
    }
    const SumProblem<Traffic> problem = traffic_problem(space.network(), cost, candidates);
    SumProblem<Int128> even{problem.options, {}};
    for (const Term<Traffic>& term : problem.terms) {
        even.terms.push_back({term.scope, [cost = term.cost](const auto& options) { return cost(options).even; }});
    }
    const auto options = least_sum(even, SearchLimits{std::size_t{1} << 26, std::size_t{1} << 26});
    EXPECT_TRUE(options);
    return options ? even.of(*options) : 0;
}

void expect_counts_suffice(unsigned seed, int trials, const std::vector<Levels>& all, bool has_borders) {
    std::mt19937 random(seed);
    for (int trial = 0; trial < trials; ++trial) {
        const Levels& levels = all[random() % all.size()];
        const Network network = even_chain(random, levels.accelerators(), random_between(random, 1, 4), has_borders);
        const StepShape step{levels.accelerators() * random_between(random, 1, 8)};
        PlanSpace space(network, step, levels);
        space.restrict_to(kSetsOfSplits[random() % (has_borders ? 2 : 4)]);
        const PlanCost cost(network, step, levels);
        const auto chain = least_of_chain(space, cost);
        ASSERT_TRUE(chain);
        const Plan plan = plan_of(chain->layers, levels);
        ASSERT_TRUE(space.contains(plan)) << described(space, plan);
        ASSERT_TRUE(cost.of(plan).even == chain->even) << described(space, plan);
        ASSERT_EQ(cost.elements(chain->even), cost.elements(least_over_strings(space, cost)))
            << described(space, plan);
    }
}

TEST(Chain, OfCountsOfSplitsIsTheLeastOverStrings) {
    expect_counts_suffice(33, 120, {Levels({2, 2}), Levels({2, 2, 2}), Levels({2, 3}), Levels({3, 3}), Levels({4})},
                          false);
    expect_counts_suffice(34, 60, {Levels({2, 2}), Levels({2, 2, 2}), Levels({3, 2})}, true);
}

// Where rows have borders, counts say what plans come to that split them at the first levels. No plan has less; the
// one that is laid out may have more.
TEST(Chain, OfRowsWithBordersIsNoMoreThanTheLeastOverStrings) {
    std::mt19937 random(36);
    int equal = 0;
    for (int trial = 0; trial < 100; ++trial) {
        const Levels levels = trial % 2 == 0 ? Levels({2, 2}) : Levels({2, 2, 2});
        const Network network = even_chain(random, levels.accelerators(), random_between(random, 2, 4), true);
        const StepShape step{levels.accelerators() * random_between(random, 1, 8)};
        PlanSpace space(network, step, levels);
        const auto in_and_rows = static_cast<SplitSet>(set_of(Parallelism::Model) | set_of(Parallelism::Spatial));
        space.restrict_to(trial % 4 < 2 ? in_and_rows
                                        : static_cast<SplitSet>(kAllSplits & ~set_of(Parallelism::Data)));
        const PlanCost cost(network, step, levels);
        const auto chain = least_of_chain(space, cost);
        ASSERT_TRUE(chain);
        const double least = cost.elements(least_over_strings(space, cost));
        ASSERT_LE(cost.elements(chain->even), least) << trial;
        const Plan plan = plan_of(chain->layers, levels);
        ASSERT_GE(cost.elements(cost.of(plan).even), least) << trial;
        equal += cost.of(plan).even == chain->even ? 1 : 0;
    }
    EXPECT_GT(equal, 90);
}

TEST(ChainLong, OfCountsOfSplitsIsTheLeastOverStrings) {
    expect_counts_suffice(35, 300, {Levels::halving(4), Levels({2, 2, 3, 3}), Levels({2, 4, 2}), Levels({3, 2, 2})},
                          false);
}

TEST(Chain, IsOnlyOfChainsWithoutGivenCells) {
    const StepShape step{8};
    const Levels levels({2});
    const Network branches = network_of(
        {4, 1, 1}, {fully_connected("a", 4), fully_connected("b", 4), reading(fully_connected("c", 4), {"a"})});
    EXPECT_FALSE(least_of_chain(PlanSpace(branches, step, levels), PlanCost(branches, step, levels)));
    const Network chain = network_of({4, 1, 1}, {fully_connected("a", 4), fully_connected("b", 4)});
    PlanSpace space(chain, step, levels);
    EXPECT_TRUE(least_of_chain(space, PlanCost(chain, step, levels)));
    space.give(0, 0, Parallelism::Data);
    EXPECT_FALSE(least_of_chain(space, PlanCost(chain, step, levels)));
}

TEST(OrderedPlans, AreOneForEachNumberOfLevels) {
    const Network network = network_of({16, 16, 16}, {convolution("a", 16, 1)});
    const StepShape step{16};
    const Levels levels = Levels::halving(4);
    PlanSpace space(network, step, levels);
    EXPECT_EQ(ordered_plans(space, 0).size(), 15U);  // C(4 + 2, 2)
    space.restrict_to(kAllSplits);
    EXPECT_EQ(ordered_plans(space, 0).size(), 35U);  // C(4 + 3, 3)
    const Levels mixed({2, 3, 2});
    PlanSpace two_sizes(network, step, mixed);
    EXPECT_EQ(ordered_plans(two_sizes, 0).size(), 18U);  // C(2 + 2, 2) of halves, 3 of thirds
    space.give(0, 0, Parallelism::Output);               // none begins with it unless all levels have it
    EXPECT_EQ(ordered_plans(space, 0).size(), 1U);
}

}  // namespace
}  // namespace hypar
