#include "partition/exchange.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "partition/search/tables.h"
#include "tests/partition/support.h"
#include "tests/partition/tracked_transfers.h"

namespace hypar {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::uint64_t sum_of(const std::vector<std::uint64_t>& values) {
    return std::accumulate(values.begin(), values.end(), std::uint64_t{0});
}

std::vector<std::uint64_t> traffic_of(const Network& network, const Plan& plan, const StepShape& step) {
    return traffic_bytes(plan_exchanges(network, plan, step), plan.levels());
}

/// Fully connected layers of these features, the first of them the network's input.
Network features_chain(const std::vector<std::uint64_t>& features) {
    NetworkSpec spec{"chain", "", {features.front(), 1, 1}, {}};
    for (std::size_t layer = 1; layer < features.size(); ++layer) {
        spec.layers.push_back(fully_connected("fc" + std::to_string(layer), features[layer]));
    }
    return Network(spec);
}

// One level, both layers dp: dW of 5 x 3 elements, the first half taking the odd one. F and E stay.
TEST(Exchanges, OfDataParallelLayersAllReduceTheirGradients) {
    const auto exchanges = plan_exchanges(features_chain({5, 3, 2}), Plan::from_strings({"00"}, 2), {7, 4});
    ASSERT_EQ(exchanges.size(), 2U);
    EXPECT_THAT(exchanges[0].forward, IsEmpty());
    EXPECT_THAT(exchanges[0].backward, IsEmpty());
    ASSERT_EQ(exchanges[0].gradient.size(), 2U);
    EXPECT_EQ(exchanges[0].gradient[0].pattern, Pattern::ReduceScatter);
    EXPECT_THAT(exchanges[0].gradient[0].sent_bytes, ElementsAre(7 * 4, 8 * 4));
    EXPECT_EQ(exchanges[0].gradient[1].pattern, Pattern::AllGather);
    EXPECT_THAT(exchanges[0].gradient[1].sent_bytes, ElementsAre(8 * 4, 7 * 4));
    EXPECT_THAT(exchanges[1].forward, IsEmpty());
    EXPECT_THAT(exchanges[1].backward, IsEmpty());
}

// One level, both mp: each sends the other's items of its own sums: 3 features of 7 samples, halved 2 and 1.
TEST(Exchanges, OfModelParallelLayersScatterSumsAndGatherErrors) {
    const auto exchanges = plan_exchanges(features_chain({5, 3, 2}), Plan::from_strings({"11"}, 2), {7, 4});
    ASSERT_EQ(exchanges[0].forward.size(), 1U);
    EXPECT_EQ(exchanges[0].forward[0].pattern, Pattern::ReduceScatter);
    EXPECT_EQ(exchanges[0].forward[0].after, (Layout{0, 1}));
    EXPECT_THAT(exchanges[0].forward[0].sent_bytes, ElementsAre(7 * 1 * 4, 7 * 2 * 4));
    ASSERT_EQ(exchanges[0].backward.size(), 1U);
    EXPECT_EQ(exchanges[0].backward[0].pattern, Pattern::AllGather);
    EXPECT_EQ(exchanges[0].backward[0].after, (Layout{0, 0}));
    EXPECT_THAT(exchanges[0].backward[0].sent_bytes, ElementsAre(7 * 2 * 4, 7 * 1 * 4));
    EXPECT_THAT(exchanges[0].gradient, IsEmpty());
    // The loss takes the last layer's outputs sample by sample, 4 and 3, and gives the error so.
    ASSERT_EQ(exchanges[1].forward.size(), 1U);
    EXPECT_EQ(exchanges[1].forward[0].after, (Layout{1, 0}));
    EXPECT_THAT(exchanges[1].forward[0].sent_bytes, ElementsAre(3 * 2 * 4, 4 * 2 * 4));
    ASSERT_EQ(exchanges[1].backward.size(), 1U);
    EXPECT_THAT(exchanges[1].backward[0].sent_bytes, ElementsAre(4 * 2 * 4, 3 * 2 * 4));
}

// dp before mp, uneven halves: samples b_A = 4, b_B = 3, features C_A = 3, C_B = 2. A sends its 4 samples of B's
// features, B its 3 of A's; the same sums come back as errors: 2 (b_A C_B + b_B C_A) elements in all.
TEST(Exchanges, FromDataToModelParallelismSwapQuarters) {
    const Network network = features_chain({6, 5, 2});
    const Plan plan = Plan::from_strings({"01"}, 2);
    const auto exchanges = plan_exchanges(network, plan, {7, 4});
    ASSERT_EQ(exchanges[0].forward.size(), 1U);
    EXPECT_EQ(exchanges[0].forward[0].pattern, Pattern::Swap);
    EXPECT_THAT(exchanges[0].forward[0].sent_bytes, ElementsAre(4 * 2 * 4, 3 * 3 * 4));
    ASSERT_EQ(exchanges[0].backward.size(), 1U);
    EXPECT_EQ(exchanges[0].backward[0].pattern, Pattern::Swap);
    EXPECT_THAT(exchanges[0].backward[0].sent_bytes, ElementsAre(3 * 3 * 4, 4 * 2 * 4));
    // Besides: dW of the first layer, 2 x 6 x 5, and the last layer's sums and errors, 2 x 7 x 2.
    EXPECT_EQ(traffic_of(network, plan, {7, 4})[0], 4U * (2 * (4 * 2 + 3 * 3) + 2 * 30 + 2 * 14));
}

TEST(Exchanges, FromDataToModelParallelismMoveTheTablesBytesWhereOneSplitIsEven) {
    // 2 (b_A C_B + b_B C_A) = F b: 8 x 5 and 7 x 6 elements.
    const Plan plan = Plan::from_strings({"01"}, 2);
    EXPECT_EQ(traffic_of(features_chain({6, 5, 2}), plan, {8, 1})[0], 40U + 2 * 30 + 2 * 16);
    EXPECT_EQ(traffic_of(features_chain({6, 6, 2}), plan, {7, 1})[0], 42U + 2 * 36 + 2 * 14);
}

TEST(Exchanges, GoFromTheLeavesUpAndComeBackFromTheRootDown) {
    const auto exchanges =
        plan_exchanges(features_chain({8, 8, 8}), Plan::from_strings({"11", "11", "00"}, 2), {8, 4});
    std::vector<std::size_t> forward;
    std::vector<std::size_t> backward;
    for (const Exchange& exchange : exchanges[0].forward) forward.push_back(exchange.level);
    for (const Exchange& exchange : exchanges[0].backward) backward.push_back(exchange.level);
    EXPECT_THAT(forward, ElementsAre(1, 0));
    EXPECT_THAT(backward, ElementsAre(0, 1));
}

TEST(Exchanges, ReduceGradientsUpAndGatherThemDown) {
    // 16 elements of dW over two dp levels: 8 and 4 each, up and down.
    const auto exchanges = plan_exchanges(features_chain({4, 4}), Plan::from_strings({"0", "0"}, 1), {8, 1});
    ASSERT_EQ(exchanges[0].gradient.size(), 4U);
    EXPECT_EQ(exchanges[0].gradient[0].level, 1U);
    EXPECT_THAT(exchanges[0].gradient[0].sent_bytes, ElementsAre(8, 8, 8, 8));
    EXPECT_EQ(exchanges[0].gradient[1].level, 0U);
    EXPECT_THAT(exchanges[0].gradient[1].sent_bytes, ElementsAre(4, 4, 4, 4));
    EXPECT_EQ(exchanges[0].gradient[2].level, 0U);
    EXPECT_THAT(exchanges[0].gradient[2].sent_bytes, ElementsAre(4, 4, 4, 4));
    EXPECT_EQ(exchanges[0].gradient[3].level, 1U);
    EXPECT_THAT(exchanges[0].gradient[3].sent_bytes, ElementsAre(8, 8, 8, 8));
}

TEST(Exchanges, OfOneAcceleratorAreNone) {
    for (const LayerExchanges& layer : plan_exchanges(features_chain({5, 3, 2}), Plan(), {7, 4})) {
        EXPECT_THAT(layer.forward, IsEmpty());
        EXPECT_THAT(layer.backward, IsEmpty());
        EXPECT_THAT(layer.gradient, IsEmpty());
    }
}

// A branch: the second consumer is mp, the first dp. F reaches the first as it is, then swaps to the second.
TEST(Exchanges, OfABranchSwapFromTheFirstConsumersLayout) {
    const Network network = network_of({4, 1, 1}, {fully_connected("a", 4), reading(fully_connected("b", 3), {"a"}),
                                                   reading(fully_connected("c", 3), {"a"})});
    const auto exchanges = plan_exchanges(network, Plan::from_strings({"001"}, 3), {6, 1});
    ASSERT_EQ(exchanges[0].forward.size(), 1U);
    EXPECT_EQ(exchanges[0].forward[0].pattern, Pattern::Swap);
    EXPECT_EQ(exchanges[0].forward[0].before, (Layout{1, 0}));
    EXPECT_EQ(exchanges[0].forward[0].after, (Layout{0, 1}));
    EXPECT_THAT(exchanges[0].forward[0].sent_bytes, ElementsAre(3 * 2, 3 * 2));
    ASSERT_EQ(exchanges[0].backward.size(), 1U);
    EXPECT_EQ(exchanges[0].backward[0].before, (Layout{0, 1}));
    EXPECT_EQ(exchanges[0].backward[0].after, (Layout{1, 0}));
}

TEST(Exchanges, ToConsumersOfOneLayoutGoOnce) {
    const Network network = network_of({4, 1, 1}, {fully_connected("a", 4), reading(fully_connected("b", 3), {"a"}),
                                                   reading(fully_connected("c", 3), {"a"})});
    const auto exchanges = plan_exchanges(network, Plan::from_strings({"111"}, 3), {6, 1});
    EXPECT_EQ(exchanges[0].forward.size(), 1U);
    EXPECT_EQ(exchanges[0].backward.size(), 1U);
}

TEST(Exchanges, Beyond64BitsAreAnError) {
    const std::uint64_t large = std::uint64_t{1} << 31;
    const Network network = features_chain({2, large});
    EXPECT_NO_THROW(plan_exchanges(network, Plan::from_strings({"1"}, 1), {large / 4, 4}));
    EXPECT_THROW(plan_exchanges(network, Plan::from_strings({"1"}, 1), {large * 8, 4}), std::overflow_error);
}

TEST(TrafficBytes, Beyond64BitsAreAnError) {
    const std::uint64_t large = std::uint64_t{1} << 63;
    LayerExchanges layer;
    layer.forward = {Exchange{Tensor::FeatureMaps, 0, 0, Pattern::Swap, {}, {}, {large, large - 1}}};
    EXPECT_THAT(traffic_bytes({layer}, 1), ElementsAre(UINT64_MAX));
    layer.gradient = {Exchange{Tensor::Gradient, 0, 0, Pattern::AllGather, {}, {}, {1, 0}}};
    EXPECT_THROW(traffic_bytes({layer}, 1), std::overflow_error);
}

TEST(TrafficBytes, AreSummedByLevel) {
    LayerExchanges first;
    first.forward = {Exchange{Tensor::FeatureMaps, 0, 1, Pattern::Swap, {}, {}, {1, 2}}};
    first.backward = {Exchange{Tensor::Error, 0, 0, Pattern::Swap, {}, {}, {4, 8}}};
    LayerExchanges second;
    second.gradient = {Exchange{Tensor::Gradient, 1, 1, Pattern::AllGather, {}, {}, {16, 32}}};
    EXPECT_THAT(traffic_bytes({first, second}, 2), ElementsAre(12, 51));
}

TEST(OutputItems, AreFeaturesWhereOnlyFullyConnectedLayersReadThem) {
    const Network network =
        network_of({3, 8, 8}, {pooled(convolution("conv1", 5, 3), 2, 2), pooled(convolution("conv2", 7, 1), 3, 1),
                               fully_connected("fc", 4)});
    const Plan data = Plan::from_strings({"000"}, 3);
    const OutputItems maps = output_items(network, data, 0, PartialSums::Pooled);
    EXPECT_EQ(maps.items, 5U);
    EXPECT_EQ(maps.pooled_elements, 9U);     // 3 x 3
    EXPECT_EQ(maps.unpooled_elements, 36U);  // 6 x 6
    const OutputItems features = output_items(network, data, 1, PartialSums::Pooled);
    EXPECT_EQ(features.items, 7U);
    EXPECT_EQ(features.pooled_elements, 1U);
    const OutputItems last = output_items(network, data, 2, PartialSums::Pooled);
    EXPECT_EQ(last.items, 4U);
    EXPECT_EQ(last.pooled_elements, 1U);
}

TEST(OutputItems, OfAPooledModelParallelLayerStayWholeChannelsBeforePooling) {
    const Network network =
        network_of({3, 8, 8}, {pooled(convolution("conv", 5, 3), 2, 2), fully_connected("fc", 4)});
    const Plan model = Plan::from_strings({"00", "10"}, 2);
    EXPECT_EQ(output_items(network, model, 0, PartialSums::Pooled).items, 45U);
    EXPECT_EQ(output_items(network, model, 0, PartialSums::BeforePooling).items, 5U);
    EXPECT_EQ(output_items(network, model, 0, PartialSums::BeforePooling).pooled_elements, 9U);
    EXPECT_EQ(output_items(network, model, 0, PartialSums::BeforePooling).unpooled_elements, 36U);
    // Data parallel at every level: its sums are never partial.
    const Plan data = Plan::from_strings({"00", "01"}, 2);
    EXPECT_EQ(output_items(network, data, 0, PartialSums::BeforePooling).items, 45U);
}

TEST(OutputItems, AreWholeChannelsWhereAConvolutionReadsThemToo) {
    const Network network = network_of({3, 4, 4}, {convolution("a", 5, 1), reading(fully_connected("b", 4), {"a"}),
                                                   reading(convolution("c", 4, 1), {"a"})});
    EXPECT_EQ(output_items(network, Plan::from_strings({"000"}, 3), 0, PartialSums::Pooled).items, 5U);
}

TEST(OwnedChannels, AreThoseOfEveryConcatenatedProducer) {
    // 5 + 3 channels, each halved by its own tree: 3 + 2 and 2 + 1.
    const Network network = network_of({2, 4, 4}, {convolution("a", 5, 1), reading(convolution("b", 3, 1), {"input"}),
                                                   reading(convolution("c", 4, 1), {"a", "b"})});
    const Plan plan = Plan::from_strings({"001"}, 3);
    EXPECT_EQ(owned_channels(network, plan, 2, PartialSums::Pooled, 0), 5U);
    EXPECT_EQ(owned_channels(network, plan, 2, PartialSums::Pooled, 1), 3U);
    EXPECT_EQ(owned_weights(network, plan, 2, PartialSums::Pooled, 0), 20U);
    EXPECT_EQ(owned_weights(network, plan, 2, PartialSums::Pooled, 1), 12U);
}

TEST(OwnedChannels, OfAFullyConnectedLayerBelowWholeChannelsAreAllTheirElements) {
    // Before pooling 5 channels of 9 elements are halved 3 and 2; otherwise 45 features 23 and 22.
    const Network network =
        network_of({3, 8, 8}, {pooled(convolution("conv", 5, 3), 2, 2), fully_connected("fc", 4)});
    const Plan plan = Plan::from_strings({"11"}, 2);
    EXPECT_EQ(owned_channels(network, plan, 1, PartialSums::BeforePooling, 0), 27U);
    EXPECT_EQ(owned_channels(network, plan, 1, PartialSums::BeforePooling, 1), 18U);
    EXPECT_EQ(owned_channels(network, plan, 1, PartialSums::Pooled, 0), 23U);
    EXPECT_EQ(owned_channels(network, plan, 1, PartialSums::Pooled, 1), 22U);
}

// The network's own input: single features of it for a fully connected layer.
TEST(OwnedChannels, OfTheNetworksInputAreHalvedToo) {
    const Network network = network_of({3, 5, 1}, {fully_connected("fc", 4)});
    const Plan plan = Plan::from_strings({"1"}, 1);
    EXPECT_EQ(owned_channels(network, plan, 0, PartialSums::Pooled, 0), 8U);
    EXPECT_EQ(owned_channels(network, plan, 0, PartialSums::Pooled, 1), 7U);
}

TEST(OwnedWeights, OfAGroupOfModelLevelsAddUpToTheKernel) {
    std::mt19937 random(41);
    RandomNetworks networks(random, Branches::Some);
    for (int trial = 0; trial < 100; ++trial) {
        const Network network = networks.next(5);
        const std::size_t levels = random_between(random, 0, 4);
        const Plan plan = random_plan(random, network.size(), levels);
        for (std::size_t layer = 0; layer < network.size(); ++layer) {
            std::uint64_t sum = 0;
            for (std::uint64_t i = 0; i < plan.accelerators(); ++i) {
                sum += owned_weights(network, plan, layer, PartialSums::Pooled, i);
            }
            std::uint64_t replicas = 1;
            for (std::size_t level = 0; level < levels; ++level) {
                if (plan.at(level, layer) == Parallelism::Data) replicas *= 2;
            }
            ASSERT_EQ(sum, replicas * network.layer(layer).weights());
        }
    }
}

TEST(Names, OfTensorsAndPatternsAreTheirWords) {
    EXPECT_STREQ(name_of(Tensor::FeatureMaps), "feature maps");
    EXPECT_STREQ(name_of(Tensor::Error), "error");
    EXPECT_STREQ(name_of(Tensor::Gradient), "gradient");
    EXPECT_STREQ(name_of(Pattern::ReduceScatter), "reduce-scatter");
    EXPECT_STREQ(name_of(Pattern::Swap), "swap");
    EXPECT_STREQ(name_of(Pattern::AllGather), "all-gather");
}

// ---- Tracked element by element -------------------------------------------------------------------------------

struct TrackedCase {
    Branches branches = Branches::None;
    PartialSums partial_sums = PartialSums::Pooled;
    LevelSet mirrored = 0;
    unsigned seed = 0;
};

/// Random networks, plans and batches on 2 to 32 accelerators; shares are empty where there are fewer items.
void carry_out_random_steps(const TrackedCase& tracked) {
    std::mt19937 random(tracked.seed);
    RandomNetworks networks(random, tracked.branches);
    for (int trial = 0; trial < 240; ++trial) {
        const std::size_t levels = 1 + static_cast<std::size_t>(trial) % 5;
        const Network network = networks.next(5);
        const Plan plan = random_plan(random, network.size(), levels);
        const std::vector<std::uint64_t> batches = {100, 7, 32, 1, 3, 16};
        const StepShape step{batches[static_cast<std::size_t>(trial) % 6], 4, tracked.partial_sums};
        SCOPED_TRACE("trial " + std::to_string(trial));
        TrackedStep carried_out(network, plan, step, tracked.mirrored & (level_bit(levels) - 1));
        carried_out.carry_out();
        if (testing::Test::HasFatalFailure()) return;
        ASSERT_EQ(carried_out.traffic_bytes(), traffic_of(network, plan, step));
    }
}

TEST(Transfers, BringWhatEveryTaskNeedsOnChains) {
    carry_out_random_steps({Branches::None, PartialSums::Pooled, 0, 51});
}

TEST(Transfers, BringWhatEveryTaskNeedsOnBranches) {
    carry_out_random_steps({Branches::Some, PartialSums::Pooled, 0, 52});
}

TEST(Transfers, BringWhatEveryTaskNeedsWithPartialSumsBeforePooling) {
    carry_out_random_steps({Branches::None, PartialSums::BeforePooling, 0, 53});
    carry_out_random_steps({Branches::Some, PartialSums::BeforePooling, 0, 54});
}

// The same array with its halves renamed, at the root or at any levels: as many bytes, accelerator by accelerator.
TEST(Transfers, MoveTheSameBytesWhenHalvesChangePlaces) {
    carry_out_random_steps({Branches::Some, PartialSums::Pooled, 0b00001, 55});
    carry_out_random_steps({Branches::Some, PartialSums::BeforePooling, 0b10110, 56});
}

// ---- Against the closed form ----------------------------------------------------------------------------------

/// The closed form's elements by level, all pairs together.
std::vector<double> closed_form(const Network& network, std::uint64_t batch, const Plan& plan) {
    std::vector<double> elements;
    std::vector<Shares> shares(network.size());
    double pairs = 1;
    for (std::size_t level = 0; level < plan.levels(); ++level) {
        elements.push_back(pairs * traffic_costs(network, batch, shares).of(plan.level(level)));
        shares = shares_below(shares, plan.level(level));
        pairs *= 2;
    }
    return elements;
}

void expect_closed_form(const Network& network, std::uint64_t batch, const Plan& plan) {
    const std::vector<std::uint64_t> exact = traffic_of(network, plan, {batch, 1});
    const std::vector<double> closed = closed_form(network, batch, plan);
    for (std::size_t level = 0; level < plan.levels(); ++level) {
        ASSERT_EQ(static_cast<double>(exact[level]), closed[level]) << "level " << level;
    }
}

TEST(TrafficBytes, EqualTheClosedFormWhereSplitsAreEven) {
    std::mt19937 random(61);
    for (int trial = 0; trial < 150; ++trial) {
        // Channels, features and the batch are multiples of 16: four levels split them evenly.
        NetworkSpec spec{"even", "", {16, 8, 8}, {}};
        for (std::uint64_t layer = random_between(random, 0, 3); layer > 0; --layer) {
            const std::string name = "conv" + std::to_string(layer);
            spec.layers.push_back(convolution(name, 16 * random_between(random, 1, 3), 3, 1, 1));
            if (random() % 3 == 0) spec.layers.back() = pooled(spec.layers.back(), 2, 1);
        }
        for (std::uint64_t layer = random_between(random, 1, 3); layer > 0; --layer) {
            spec.layers.push_back(fully_connected("fc" + std::to_string(layer), 16 * random_between(random, 1, 5)));
        }
        const Network network(spec);
        const std::size_t levels = random_between(random, 1, 4);
        const Plan plan = random_plan(random, network.size(), levels);
        expect_closed_form(network, 16 * random_between(random, 1, 3), plan);
        if (HasFatalFailure()) return;
    }
}

// But for dp-mp the table holds for uneven halves as it stands: plans whose model-parallel layers come first.
TEST(TrafficBytes, EqualTheClosedFormWithoutDataModelBoundaries) {
    std::mt19937 random(62);
    RandomNetworks networks(random, Branches::None);
    for (int trial = 0; trial < 200; ++trial) {
        const Network network = networks.next(6);
        const std::size_t levels = random_between(random, 1, 5);
        std::vector<LevelPlan> plan;
        for (std::size_t level = 0; level < levels; ++level) {
            const std::size_t models = random_between(random, 0, network.size());
            LevelPlan choice(network.size(), Parallelism::Data);
            std::fill_n(choice.begin(), models, Parallelism::Model);
            plan.push_back(choice);
        }
        expect_closed_form(network, random_between(random, 1, 101), Plan(plan));
        if (HasFatalFailure()) return;
    }
}

TEST(TrafficBytes, FollowTheSizeOfAnElement) {
    std::mt19937 random(63);
    RandomNetworks networks(random, Branches::Some);
    const Network network = networks.next(6);
    const Plan plan = random_plan(random, network.size(), 3);
    const std::vector<std::uint64_t> of_one = traffic_of(network, plan, {9, 1});
    const std::vector<std::uint64_t> of_two = traffic_of(network, plan, {9, 2});
    for (std::size_t level = 0; level < 3; ++level) EXPECT_EQ(of_two[level], 2 * of_one[level]);
}

// conv mp at the only level, pooled 6 x 6 to 3 x 3: the reduce-scatter moves 36 elements a channel, E's all-gather 9.
TEST(TrafficBytes, BeforePoolingCountPartialSumsUnpooled) {
    const Network network =
        network_of({3, 8, 8}, {pooled(convolution("conv1", 4, 3), 2, 2), convolution("conv2", 2, 3)});
    const Plan plan = Plan::from_strings({"11"}, 2);
    const std::uint64_t last = 2U * 8 * 2;  // conv2: sums and errors of 8 samples x 2 channels x 1 x 1
    EXPECT_EQ(traffic_of(network, plan, {8, 1, PartialSums::Pooled})[0], 8U * 4 * (9 + 9) + last);
    EXPECT_EQ(traffic_of(network, plan, {8, 1, PartialSums::BeforePooling})[0], 8U * 4 * (36 + 9) + last);
}

// dp below mp: at H2 the layer swaps to its mp consumer while its sums still await H1's reduction, so unpooled.
TEST(TrafficBytes, BeforePoolingCountSwapsOfPartialSumsUnpooled) {
    const Network network =
        network_of({3, 8, 8}, {pooled(convolution("conv1", 4, 3), 2, 2), convolution("conv2", 2, 3)});
    const Plan plan = Plan::from_strings({"10", "01"}, 2);
    const auto exchanges = plan_exchanges(network, plan, {8, 1, PartialSums::BeforePooling});
    ASSERT_EQ(exchanges[0].forward.size(), 2U);
    EXPECT_EQ(exchanges[0].forward[0].level, 1U);
    EXPECT_EQ(exchanges[0].forward[0].pattern, Pattern::Swap);
    EXPECT_THAT(exchanges[0].forward[0].sent_bytes,
                testing::Each(4 * 2 * 36));  // 4 samples of the partner's 2 channels
    // H1: the partner's samples, 4 of 8, of the 2 channels.
    EXPECT_THAT(exchanges[0].forward[1].sent_bytes, testing::Each(4 * 2 * 36));
}

TEST(TrafficBytes, BeforePoolingEqualPooledOnesWhereNothingIsPooled) {
    std::mt19937 random(64);
    for (int trial = 0; trial < 50; ++trial) {
        NetworkSpec spec{"unpooled", "", {random_between(random, 1, 5), 5, 5}, {}};
        for (int layer = 0; layer < 3; ++layer) {
            spec.layers.push_back(convolution("conv" + std::to_string(layer), random_between(random, 1, 9), 3, 1, 1));
        }
        spec.layers.push_back(fully_connected("fc", random_between(random, 1, 9)));
        const Network network(spec);
        const Plan plan = random_plan(random, network.size(), 3);
        ASSERT_EQ(traffic_of(network, plan, {7, 4, PartialSums::BeforePooling}),
                  traffic_of(network, plan, {7, 4, PartialSums::Pooled}));
    }
}

TEST(TrafficBytes, AreWhatAllAcceleratorsSendTogether) {
    std::mt19937 random(65);
    RandomNetworks networks(random, Branches::Some);
    for (int trial = 0; trial < 50; ++trial) {
        const Network network = networks.next(5);
        const std::size_t levels = random_between(random, 1, 4);
        const Plan plan = random_plan(random, network.size(), levels);
        const auto exchanges = plan_exchanges(network, plan, {7, 4});
        std::uint64_t sum = 0;
        for (const LayerExchanges& layer : exchanges) {
            for (const auto* list : {&layer.forward, &layer.backward, &layer.gradient}) {
                for (const Exchange& exchange : *list) {
                    ASSERT_EQ(exchange.sent_bytes.size(), plan.accelerators());
                    sum += sum_of(exchange.sent_bytes);
                }
            }
        }
        ASSERT_EQ(sum, sum_of(traffic_bytes(exchanges, levels)));
    }
}

}  // namespace
}  // namespace hypar
