#include "partition/search/plan_cost.h"

#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "partition/exchange.h"
#include "tests/partition/random_operators.h"
#include "tests/partition/support.h"

namespace hypar {
namespace {

std::uint64_t sum_of(const std::vector<std::uint64_t>& values) {
    return std::accumulate(values.begin(), values.end(), std::uint64_t{0});
}

/// What the transfers of a plan move, in elements times the accelerators, as costs are counted.
Int128 moved(const Network& network, const Plan& plan, StepShape step) {
    step.element_bytes = 1;
    const std::uint64_t sent = sum_of(traffic_bytes(plan_exchanges(network, plan, step), plan.levels()));
    return Int128{sent} * plan.accelerators();
}

std::string described(const Plan& plan, const StepShape& step) {
    std::string text = "levels";
    for (const std::uint32_t size : plan.division().sizes()) text += " " + std::to_string(size);
    for (const std::string& level : plan.to_strings()) text += " " + level;
    return text + ", batch " + std::to_string(step.batch);
}

void expect_what_transfers_move(unsigned seed, int trials, bool has_operators = false, bool has_shares = false) {
    std::mt19937 random(seed);
    RandomNetworks chains(random, Branches::None);
    RandomNetworks branches(random, Branches::Some);
    RandomOperators operators(random);
    for (int trial = 0; trial < trials; ++trial) {
        const Network network = has_operators ? operators.next(8) : (trial % 2 == 0 ? chains : branches).next(5);
        Levels levels = random_levels(random, 36);
        if (has_shares) levels = with_random_shares(random, levels);
        const Plan plan = random_plan_of_operators(random, network, levels);
        const PartialSums sums = trial % 4 < 2 ? PartialSums::Pooled : PartialSums::BeforePooling;
        const StepShape step{random_between(random, 1, 40), 4, sums};
        const PlanCost cost(network, step, levels);
        const Traffic traffic = cost.of(plan);
        ASSERT_TRUE(traffic.whole == moved(network, plan, step))
            << "trial " << trial << ", " << described(plan, step) << ": " << cost.elements(traffic.whole) << ", not "
            << cost.elements(moved(network, plan, step));
        const std::vector<double> by_level = cost.even_by_level(plan);
        ASSERT_NEAR(std::accumulate(by_level.begin(), by_level.end(), 0.0), cost.elements(traffic.even),
                    1e-9 * cost.elements(traffic.even));
    }
}

TEST(PlanCost, IsWhatTheTransfersMove) { expect_what_transfers_move(91, 2000); }
TEST(PlanCost, OfGraphsOfOperatorsIsWhatTheTransfersMove) { expect_what_transfers_move(94, 1000, true); }
TEST(PlanCost, OfUnevenSharesIsWhatTheTransfersMove) {
    expect_what_transfers_move(96, 1000, false, true);
    expect_what_transfers_move(97, 500, true, true);
}
TEST(PlanCostLong, IsWhatTheTransfersMove) {
    expect_what_transfers_move(92, 20000);
    expect_what_transfers_move(95, 20000, true);
}

/// Channels, features and the batch are multiples of all levels' product, and rows are.
Network even_network(std::mt19937& random, std::uint64_t unit) {
    const auto times = [&](std::uint64_t most) { return unit * random_between(random, 1, most); };
    NetworkSpec spec{"even", "", {times(2), 2 * unit, random_between(random, 3, 6)}, {}};
    for (std::uint64_t layer = random_between(random, 0, 3); layer > 0; --layer) {
        const std::string name = "conv" + std::to_string(layer);
        spec.layers.push_back(convolution(name, times(2), 3, 1, 1));
        if (random() % 3 == 0) spec.layers.back() = convolution(name, times(2), 1);
    }
    if (random() % 2 == 0 && !spec.layers.empty()) {
        spec.layers.back() = pooled(spec.layers.back(), 2, 1);            // an odd number of rows
        spec.layers.back().padding = spec.layers.back().padding.top + 1;  // two more
        spec.layers.back().pool->size = 3;                                // and two less
    }
    for (std::uint64_t layer = random_between(random, 1, 3); layer > 0; --layer) {
        spec.layers.push_back(fully_connected("fc" + std::to_string(layer), times(3)));
        if (random() % 3 == 0 && spec.layers.size() > 1) {
            spec.layers.back().inputs = {spec.layers[spec.layers.size() - 2].name};
        }
    }
    return Network(spec);
}

TEST(PlanCost, IsEvenWhereAllExtentsDivide) {
    std::mt19937 random(93);
    for (int trial = 0; trial < 300; ++trial) {
        const Levels levels = random_levels(random, 12);
        const Network network = even_network(random, levels.accelerators());
        const StepShape step{levels.accelerators() * random_between(random, 1, 3), 4, PartialSums::Pooled};
        const Plan plan = random_plan(random, network, levels);
        const PlanCost cost(network, step, levels);
        ASSERT_TRUE(cost.has_even_plans(kBatchInOut));
        const Traffic traffic = cost.of(plan);
        ASSERT_TRUE(traffic.whole == traffic.even) << described(plan, step);
        ASSERT_TRUE(traffic.whole == moved(network, plan, step)) << described(plan, step);
        // Level by level, too, where whole elements are sent.
        const std::vector<std::uint64_t> exact =
            traffic_bytes(plan_exchanges(network, plan, {step.batch, 1}), levels.count());
        const std::vector<double> even = cost.even_by_level(plan);
        for (std::size_t level = 0; level < levels.count(); ++level) {
            ASSERT_NEAR(even[level], static_cast<double>(exact[level]), 1e-9 * even[level]) << described(plan, step);
        }
    }
}

// 7 samples, 5 features: the swap of the first layer's outputs leaves 4 x 3 + 3 x 2 = 18 of 35, 17 go; even shares
// would leave and send 17.5. Both ways. Besides dW, 2 x 6 x 5, and the last layer's sums and errors, 2 x 7 x 2.
TEST(PlanCost, OfSwapsCountsWhatStaysWhereItIs) {
    const Network network = network_of({6, 1, 1}, {fully_connected("a", 5), fully_connected("b", 2)});
    const StepShape step{7, 4};
    const Levels levels({2});
    const PlanCost cost(network, step, levels);
    const Traffic traffic = cost.of(Plan::from_strings({"01"}, 2));
    EXPECT_EQ(cost.elements(traffic.whole), 2 * 17 + 60 + 28);
    EXPECT_EQ(cost.elements(traffic.even), 2 * 17.5 + 60 + 28);
}

TEST(PlanCost, SaysWhetherPlansCanBeEven) {
    const Levels levels({2});
    const auto has = [&](const Network& network, std::uint64_t batch, SplitSet splits) {
        const StepShape step{batch, 4};
        return PlanCost(network, step, levels).has_even_plans(splits);
    };
    const Network odd = network_of({3, 5, 5}, {convolution("a", 5, 1), convolution("b", 4, 1)});
    EXPECT_TRUE(has(odd, 8, kBatchInOut));  // the batch is even
    EXPECT_FALSE(has(odd, 7, kBatchInOut));
    EXPECT_FALSE(has(odd, 8, kAllSplits));  // rows are not
    const Network even = network_of({3, 4, 5}, {convolution("a", 6, 1), convolution("b", 4, 1)});
    EXPECT_TRUE(has(even, 7, kBatchInOut));  // channels are
    EXPECT_TRUE(has(even, 8, kAllSplits));
}

TEST(PlanCost, OfATooLargeStepDoesNotOverflow) {
    const std::uint64_t large = std::uint64_t{1} << 31;
    const Network network = network_of({1, 1, 1}, {fully_connected("fc", large)});
    const StepShape step{large * 8, 4};
    const Levels levels({2});
    const PlanCost cost(network, step, levels);
    // 2^31 x 2^34 elements, scattered and gathered: each of two sends a half of them, twice.
    const double elements = static_cast<double>(large) * static_cast<double>(large) * 8;
    EXPECT_EQ(cost.elements(cost.of(Plan::from_strings({"1"}, 1)).even), 2 * elements);
}

}  // namespace
}  // namespace hypar
