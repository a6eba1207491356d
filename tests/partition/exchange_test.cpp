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

#include "tests/partition/support.h"

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
    EXPECT_THAT(exchanges[0].gradient[0].sent_bytes(), ElementsAre(7 * 4, 8 * 4));
    EXPECT_EQ(exchanges[0].gradient[1].pattern, Pattern::AllGather);
    EXPECT_THAT(exchanges[0].gradient[1].sent_bytes(), ElementsAre(8 * 4, 7 * 4));
    EXPECT_THAT(exchanges[1].forward, IsEmpty());
    EXPECT_THAT(exchanges[1].backward, IsEmpty());
}

// The same with the update between them: the sums of the one, then what the other made of its own.
TEST(Exchanges, OfADividedUpdateGatherWeights) {
    StepShape step{7, 4};
    step.optimizer_state = OptimizerState::Sharded;
    const auto exchanges = plan_exchanges(features_chain({5, 3, 2}), Plan::from_strings({"01"}, 2), step);
    ASSERT_EQ(exchanges[0].gradient.size(), 1U);
    EXPECT_EQ(exchanges[0].gradient[0].pattern, Pattern::ReduceScatter);
    EXPECT_EQ(exchanges[0].gradient[0].tensor, Tensor::Gradient);
    EXPECT_THAT(exchanges[0].gradient[0].sent_bytes(), ElementsAre(7 * 4, 8 * 4));
    ASSERT_EQ(exchanges[0].weights.size(), 1U);
    EXPECT_EQ(exchanges[0].weights[0].pattern, Pattern::AllGather);
    EXPECT_EQ(exchanges[0].weights[0].tensor, Tensor::Weights);
    EXPECT_THAT(exchanges[0].weights[0].sent_bytes(), ElementsAre(8 * 4, 7 * 4));
    EXPECT_THAT(exchanges[1].gradient, IsEmpty());
    EXPECT_THAT(exchanges[1].weights, IsEmpty());
}

// One level, both mp: each sends the other's items of its own sums: 3 features of 7 samples, halved 2 and 1.
TEST(Exchanges, OfModelParallelLayersScatterSumsAndGatherErrors) {
    const auto exchanges = plan_exchanges(features_chain({5, 3, 2}), Plan::from_strings({"11"}, 2), {7, 4});
    ASSERT_EQ(exchanges[0].forward.size(), 1U);
    EXPECT_EQ(exchanges[0].forward[0].pattern, Pattern::ReduceScatter);
    EXPECT_EQ(exchanges[0].forward[0].after, (Layout{0, 1, 0, 0}));
    EXPECT_THAT(exchanges[0].forward[0].sent_bytes(), ElementsAre(7 * 1 * 4, 7 * 2 * 4));
    ASSERT_EQ(exchanges[0].backward.size(), 1U);
    EXPECT_EQ(exchanges[0].backward[0].pattern, Pattern::AllGather);
    EXPECT_EQ(exchanges[0].backward[0].after, (Layout{}));
    EXPECT_THAT(exchanges[0].backward[0].sent_bytes(), ElementsAre(7 * 2 * 4, 7 * 1 * 4));
    EXPECT_THAT(exchanges[0].gradient, IsEmpty());
    // The loss takes the last layer's outputs sample by sample, 4 and 3, and gives the error so.
    ASSERT_EQ(exchanges[1].forward.size(), 1U);
    EXPECT_EQ(exchanges[1].forward[0].after, (Layout{1, 0, 0, 0}));
    EXPECT_THAT(exchanges[1].forward[0].sent_bytes(), ElementsAre(3 * 2 * 4, 4 * 2 * 4));
    ASSERT_EQ(exchanges[1].backward.size(), 1U);
    EXPECT_THAT(exchanges[1].backward[0].sent_bytes(), ElementsAre(4 * 2 * 4, 3 * 2 * 4));
}

// dp before mp, uneven halves: samples b_A = 4, b_B = 3, features C_A = 3, C_B = 2. A sends its 4 samples of B's
// features, B its 3 of A's; the same sums come back as errors: 2 (b_A C_B + b_B C_A) elements in all.
TEST(Exchanges, FromDataToModelParallelismSwapQuarters) {
    const Network network = features_chain({6, 5, 2});
    const Plan plan = Plan::from_strings({"01"}, 2);
    const auto exchanges = plan_exchanges(network, plan, {7, 4});
    ASSERT_EQ(exchanges[0].forward.size(), 1U);
    EXPECT_EQ(exchanges[0].forward[0].pattern, Pattern::Swap);
    EXPECT_THAT(exchanges[0].forward[0].sent_bytes(), ElementsAre(4 * 2 * 4, 3 * 3 * 4));
    ASSERT_EQ(exchanges[0].backward.size(), 1U);
    EXPECT_EQ(exchanges[0].backward[0].pattern, Pattern::Swap);
    EXPECT_THAT(exchanges[0].backward[0].sent_bytes(), ElementsAre(3 * 3 * 4, 4 * 2 * 4));
    // Besides: dW of the first layer, 2 x 6 x 5, and the last layer's sums and errors, 2 x 7 x 2.
    EXPECT_EQ(traffic_of(network, plan, {7, 4})[0], 4U * (2 * (4 * 2 + 3 * 3) + 2 * 30 + 2 * 14));
}

TEST(Exchanges, FromDataToModelParallelismMoveTheTablesBytesWhereOneSplitIsEven) {
    // 2 (b_A C_B + b_B C_A) = F b: 8 x 5 and 7 x 6 elements.
    const Plan plan = Plan::from_strings({"01"}, 2);
    EXPECT_EQ(traffic_of(features_chain({6, 5, 2}), plan, {8, 1})[0], 40U + 2 * 30 + 2 * 16);
    EXPECT_EQ(traffic_of(features_chain({6, 6, 2}), plan, {7, 1})[0], 42U + 2 * 36 + 2 * 14);
}

// One level of three: 5 features of 7 samples; each sends each of the others its items of the sums, 2, 2 and 1, and
// gets its own two times. Back, each sends its items to both.
TEST(Exchanges, OfThreeGoInTwoRounds) {
    const auto exchanges =
        plan_exchanges(features_chain({6, 5, 3}), Plan::from_strings({"11"}, 2, Levels({3})), {7, 4});
    ASSERT_EQ(exchanges[0].forward.size(), 1U);
    const Exchange& scatter = exchanges[0].forward[0];
    EXPECT_TRUE(scatter.adds);
    ASSERT_EQ(scatter.rounds.size(), 2U);
    EXPECT_EQ(scatter.rounds[0].offset, 1U);
    EXPECT_THAT(scatter.rounds[0].sent_bytes, ElementsAre(7 * 2 * 4, 7 * 1 * 4, 7 * 2 * 4));
    EXPECT_EQ(scatter.rounds[1].offset, 2U);
    EXPECT_THAT(scatter.rounds[1].sent_bytes, ElementsAre(7 * 1 * 4, 7 * 2 * 4, 7 * 2 * 4));
    const Exchange& gather = exchanges[0].backward[0];
    EXPECT_FALSE(gather.adds);
    ASSERT_EQ(gather.rounds.size(), 2U);
    for (const Round& round : gather.rounds) {
        EXPECT_THAT(round.sent_bytes, ElementsAre(7 * 2 * 4, 7 * 2 * 4, 7 * 1 * 4));
    }
}

// dW of 5 x 3 elements among three, 5 each; and of 4 x 2: 3, 3 and 2.
TEST(Exchanges, DivideAGradientAmongAnyNumber) {
    const auto exchanges = plan_exchanges(features_chain({5, 3}), Plan::from_strings({"0"}, 1, Levels({3})), {7, 1});
    ASSERT_EQ(exchanges[0].gradient.size(), 2U);
    EXPECT_THAT(exchanges[0].gradient[0].sent_bytes(), ElementsAre(10, 10, 10));
    EXPECT_THAT(exchanges[0].gradient[1].sent_bytes(), ElementsAre(10, 10, 10));
    const auto uneven = plan_exchanges(features_chain({4, 2}), Plan::from_strings({"0"}, 1, Levels({3})), {7, 1});
    EXPECT_THAT(uneven[0].gradient[0].rounds[0].sent_bytes, ElementsAre(3, 2, 3));  // the next one's part
    EXPECT_THAT(uneven[0].gradient[0].rounds[1].sent_bytes, ElementsAre(2, 3, 3));
    EXPECT_THAT(uneven[0].gradient[1].rounds[0].sent_bytes, ElementsAre(3, 3, 2));  // the own part
    EXPECT_THAT(uneven[0].gradient[1].rounds[1].sent_bytes, ElementsAre(3, 3, 2));
}

// Output channels split: the reader's samples come by a swap, its own channels stay, the loss takes them where they
// are. The input is read whole, and its error is a sum of both.
TEST(Exchanges, OfOutputParallelLayersGatherInputsAndScatterErrors) {
    const auto exchanges = plan_exchanges(features_chain({5, 3, 2}), Plan::from_strings({"02"}, 2), {7, 4});
    ASSERT_EQ(exchanges[0].forward.size(), 1U);
    EXPECT_EQ(exchanges[0].forward[0].pattern, Pattern::AllGather);  // samples 4 and 3 of 3 features
    EXPECT_THAT(exchanges[0].forward[0].sent_bytes(), ElementsAre(4 * 3 * 4, 3 * 3 * 4));
    ASSERT_EQ(exchanges[0].backward.size(), 1U);
    EXPECT_EQ(exchanges[0].backward[0].pattern, Pattern::ReduceScatter);  // the other's samples
    EXPECT_THAT(exchanges[0].backward[0].sent_bytes(), ElementsAre(3 * 3 * 4, 4 * 3 * 4));
    EXPECT_THAT(exchanges[1].forward, IsEmpty());
    EXPECT_THAT(exchanges[1].backward, IsEmpty());
    EXPECT_THAT(exchanges[1].gradient, IsEmpty());
}

// Sums that are wanted whole are scattered over samples, or over features where the samples are fewer than both the
// accelerators and the features.
TEST(Exchanges, ScatterSumsThatAreWantedWholeOverWhatIsWide) {
    const Plan plan = Plan::from_strings({"12", "12"}, 2);
    const auto of = [&](std::uint64_t batch, std::uint64_t features) {
        return plan_exchanges(features_chain({5, features, 2}), plan, {batch, 4})[0].forward[0].after;
    };
    EXPECT_EQ(of(4, 8), (Layout{0b10, 0, 0, 0}));
    EXPECT_EQ(of(3, 8), (Layout{0, 0b10, 0, 0}));
    EXPECT_EQ(of(3, 3), (Layout{0b10, 0, 0, 0}));
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
    EXPECT_THAT(exchanges[0].gradient[0].sent_bytes(), ElementsAre(8, 8, 8, 8));
    EXPECT_EQ(exchanges[0].gradient[1].level, 0U);
    EXPECT_THAT(exchanges[0].gradient[1].sent_bytes(), ElementsAre(4, 4, 4, 4));
    EXPECT_EQ(exchanges[0].gradient[2].level, 0U);
    EXPECT_THAT(exchanges[0].gradient[2].sent_bytes(), ElementsAre(4, 4, 4, 4));
    EXPECT_EQ(exchanges[0].gradient[3].level, 1U);
    EXPECT_THAT(exchanges[0].gradient[3].sent_bytes(), ElementsAre(8, 8, 8, 8));
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
    EXPECT_EQ(exchanges[0].forward[0].before, (Layout{1, 0, 0, 0}));
    EXPECT_EQ(exchanges[0].forward[0].after, (Layout{0, 1, 0, 0}));
    EXPECT_THAT(exchanges[0].forward[0].sent_bytes(), ElementsAre(3 * 2, 3 * 2));
    ASSERT_EQ(exchanges[0].backward.size(), 1U);
    EXPECT_EQ(exchanges[0].backward[0].before, (Layout{0, 1, 0, 0}));
    EXPECT_EQ(exchanges[0].backward[0].after, (Layout{1, 0, 0, 0}));
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

Exchange exchange_of(std::size_t level, std::vector<Round> rounds) {
    Exchange exchange;
    exchange.level = level;
    exchange.rounds = std::move(rounds);
    return exchange;
}

TEST(Exchanges, SendWhatTheirRoundsDo) {
    EXPECT_THAT(exchange_of(0, {{1, {1, 2}}, {2, {64, 128}}}).sent_bytes(), ElementsAre(65, 130));
    EXPECT_THAT(Exchange{}.sent_bytes(), IsEmpty());
}

TEST(TrafficBytes, Beyond64BitsAreAnError) {
    const std::uint64_t large = std::uint64_t{1} << 63;
    LayerExchanges layer;
    layer.forward = {exchange_of(0, {{1, {large, large - 1}}})};
    EXPECT_THAT(traffic_bytes({layer}, 1), ElementsAre(UINT64_MAX));
    EXPECT_THROW(exchange_of(0, {{1, {large}}, {2, {large}}}).sent_bytes(), std::overflow_error);
    layer.gradient = {exchange_of(0, {{1, {1, 0}}})};
    EXPECT_THROW(traffic_bytes({layer}, 1), std::overflow_error);
}

TEST(TrafficBytes, AreSummedByLevel) {
    LayerExchanges first;
    first.forward = {exchange_of(1, {{1, {1, 2}}})};
    first.backward = {exchange_of(0, {{1, {4, 8}}, {2, {64, 128}}})};
    LayerExchanges second;
    second.gradient = {exchange_of(1, {{1, {16, 32}}})};
    EXPECT_THAT(traffic_bytes({first, second}, 2), ElementsAre(204, 51));
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

TEST(OutputItems, AreWholeChannelsWhereChannelsOrRowsAreSplit) {
    const Network network = network_of({3, 4, 4}, {convolution("a", 5, 1), fully_connected("b", 4)});
    const auto items = [&](const char* plan) {
        return output_items(network, Plan::from_strings({plan}, 2), 0, PartialSums::Pooled);
    };
    EXPECT_EQ(items("01").items, 80U);
    EXPECT_EQ(items("01").rows, 1U);
    for (const char* plan : {"20", "30"}) {
        EXPECT_EQ(items(plan).items, 5U);
        EXPECT_EQ(items(plan).pooled_elements, 16U);
        EXPECT_EQ(items(plan).rows, 4U);
    }
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

TEST(OwnedWeights, OfAGroupThatSplitsThemAddUpToTheKernel) {
    std::mt19937 random(41);
    RandomNetworks networks(random, Branches::Some);
    for (int trial = 0; trial < 100; ++trial) {
        const Network network = networks.next(5);
        const Levels division = random_levels(random, 36);
        const std::size_t levels = division.count();
        const Plan plan = random_plan(random, network, division);
        for (std::size_t layer = 0; layer < network.size(); ++layer) {
            std::uint64_t sum = 0;
            const std::vector<std::uint64_t> all = owned_weights_of_all(network, plan, layer, PartialSums::Pooled);
            ASSERT_EQ(all.size(), plan.accelerators());
            for (std::uint64_t i = 0; i < plan.accelerators(); ++i) {
                ASSERT_EQ(all[i], owned_weights(network, plan, layer, PartialSums::Pooled, i));
                sum += all[i];
            }
            std::uint64_t replicas = 1;
            for (std::size_t level = 0; level < levels; ++level) {
                const Parallelism own = plan.at(level, layer);
                const bool is_whole = own == Parallelism::Data || own == Parallelism::Spatial;
                if (is_whole) replicas *= plan.division().size(level);
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
    EXPECT_STREQ(name_of(Pattern::Border), "border");
}

TEST(TrafficBytes, FollowTheSizeOfAnElement) {
    std::mt19937 random(63);
    RandomNetworks networks(random, Branches::Some);
    const Network network = networks.next(6);
    const Plan plan = random_plan(random, network, Levels({3, 2, 2}));
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

// mp above dp, dp above mp. Each has sums of 4 samples x 4 channels and scatters at H1, where the reader has samples:
// 2 samples of the partner's, before pooling. Complete, they are pooled; of 2 samples half the channels are swapped
// at H2.
TEST(TrafficBytes, BeforePoolingCountSwapsPooledSinceSumsAreScatteredFirst) {
    const Network network =
        network_of({3, 8, 8}, {pooled(convolution("conv1", 4, 3), 2, 2), convolution("conv2", 2, 3)});
    const Plan plan = Plan::from_strings({"10", "01"}, 2);
    const auto exchanges = plan_exchanges(network, plan, {8, 1, PartialSums::BeforePooling});
    ASSERT_EQ(exchanges[0].forward.size(), 2U);
    EXPECT_EQ(exchanges[0].forward[0].level, 0U);
    EXPECT_EQ(exchanges[0].forward[0].pattern, Pattern::ReduceScatter);
    EXPECT_THAT(exchanges[0].forward[0].sent_bytes(), testing::Each(2 * 4 * 36));
    EXPECT_EQ(exchanges[0].forward[1].level, 1U);
    EXPECT_EQ(exchanges[0].forward[1].pattern, Pattern::Swap);
    EXPECT_THAT(exchanges[0].forward[1].sent_bytes(), testing::Each(2 * 2 * 9));
}

// Windows of 3 that overlap by one: of 11 rows the first half, 3 of 5 after pooling, takes 7, the second 5; row 6 is
// summed for both. H1 splits rows, H2 channels, where the reader takes samples: each sends 4 of 8, of 4 channels.
TEST(TrafficBytes, BeforePoolingCountRowsOfTwoWindowsTwice) {
    const Network network =
        network_of({4, 11, 11}, {pooled(convolution("a", 4, 3, 1, 1), 3, 2), convolution("b", 2, 1)});
    const Plan plan = Plan::from_strings({"33", "10"}, 2);
    const auto exchanges = plan_exchanges(network, plan, {8, 1, PartialSums::BeforePooling});
    ASSERT_EQ(exchanges[0].forward.size(), 1U);
    EXPECT_THAT(exchanges[0].forward[0].sent_bytes(),
                ElementsAre(4 * 4 * 7 * 11, 4 * 4 * 7 * 11, 4 * 4 * 5 * 11, 4 * 4 * 5 * 11));
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
        const Plan plan = random_plan(random, network, Levels({2, 3}));
        ASSERT_EQ(traffic_of(network, plan, {7, 4, PartialSums::BeforePooling}),
                  traffic_of(network, plan, {7, 4, PartialSums::Pooled}));
    }
}

TEST(TrafficBytes, AreWhatAllAcceleratorsSendTogether) {
    std::mt19937 random(65);
    RandomNetworks networks(random, Branches::Some);
    for (int trial = 0; trial < 50; ++trial) {
        const Network network = networks.next(5);
        const Levels levels = random_levels(random, 36);
        const Plan plan = random_plan(random, network, levels);
        const auto exchanges = plan_exchanges(network, plan, {7, 4});
        std::uint64_t sum = 0;
        for (const LayerExchanges& layer : exchanges) {
            for (const std::vector<Exchange>* list : layer.lists()) {
                for (const Exchange& exchange : *list) {
                    ASSERT_EQ(exchange.sent_bytes().size(), plan.accelerators());
                    sum += sum_of(exchange.sent_bytes());
                }
            }
        }
        ASSERT_EQ(sum, sum_of(traffic_bytes(exchanges, levels.count())));
    }
}

}  // namespace
}  // namespace hypar
