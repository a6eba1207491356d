#include "partition/redistribution.h"

#include <cstdint>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "partition/exchange.h"
#include "partition/split.h"
#include "tests/partition/support.h"

namespace hypar {
namespace {

constexpr Operand kAllOperands[] = {Operand::Input,       Operand::Weights,    Operand::Output,
                                    Operand::OutputError, Operand::InputError, Operand::WeightGradient};

/// The dimensions of a layer's work, and those that a tensor of it has.
enum class Axis { Batch, InChannels, OutChannels };

std::set<Axis> axes_of(Operand operand) {
    switch (operand) {
        case Operand::Input:
        case Operand::InputError: return {Axis::Batch, Axis::InChannels};
        case Operand::Output:
        case Operand::OutputError: return {Axis::Batch, Axis::OutChannels};
        case Operand::Weights:
        case Operand::WeightGradient: return {Axis::InChannels, Axis::OutChannels};
    }
    return {};
}

bool is_made(Operand operand) {
    return operand == Operand::Output || operand == Operand::InputError || operand == Operand::WeightGradient;
}

// A tensor that has the axis is split; without it, what is read is needed whole and what is made is a partial sum.
TEST(Splits, FollowFromTheAxisThatEachDivides) {
    for (const SplitEntry& entry : kSplits) {
        const Axis axis = entry.divides == Dimension::Batch ? Axis::Batch : Axis::InChannels;
        for (const Operand operand : kAllOperands) {
            const LevelPlacement expected = axes_of(operand).count(axis) != 0 ? split(entry.divides)
                                            : is_made(operand)                ? partial()
                                                                              : replicated();
            EXPECT_TRUE(placement_of(operand, entry.parallelism) == expected)
                << entry.name << " operand " << static_cast<int>(operand);
        }
    }
}

TEST(Splits, AreInTheOrderOfTheirNumbers) {
    for (std::size_t number = 0; number < kSplitCount; ++number) {
        EXPECT_EQ(static_cast<std::size_t>(kSplits[number].parallelism), number);
    }
}

// N = 4 groups of a tensor of 24 elements. Each sends 3 x 6 of its own sums and 3 x 6 complete ones; each of 6 its
// own to the 3 others; of each 6 all but a quarter go to others.
TEST(ElementsMoved, AreThoseOfEveryGroup) {
    const LevelPlacement batch = split(Dimension::Batch);
    const LevelPlacement channels = split(Dimension::Channels);
    EXPECT_EQ(elements_moved(partial(), batch, 24, 4), 4 * 18);
    EXPECT_EQ(elements_moved(partial(), replicated(), 24, 4), 4 * 18 + 4 * 18);
    EXPECT_EQ(elements_moved(batch, replicated(), 24, 4), 4 * 6 * 3);
    EXPECT_EQ(elements_moved(batch, channels, 24, 4), 4 * 4.5);
    EXPECT_EQ(elements_moved(batch, batch, 24, 4), 0);
    EXPECT_EQ(elements_moved(replicated(), channels, 24, 4), 0);
}

/// Elements that a redistribution moves in one level of two where all splits are even.
std::uint64_t sent_elements(const Network& network, const Plan& plan, std::uint64_t batch) {
    return traffic_bytes(plan_exchanges(network, plan, {batch, 1}), plan.levels())[0];
}

// Every pair of choices of two layers in one level of two: what is moved pairwise is what the placements say.
TEST(Redistributions, MovePairwiseWhatTheirPlacementsSay) {
    const Network network = network_of({8, 1, 1}, {fully_connected("a", 4), fully_connected("b", 6)});
    const std::uint64_t batch = 10;
    for (std::size_t digits = 0; digits < 4; ++digits) {
        const Plan plan({level_plan_of(digits, 2)});
        double expected = 0;
        for (const LayerRedistributions& layer : redistributions(network, plan)) {
            for (const auto* list : {&layer.forward, &layer.backward, &layer.gradient}) {
                for (const Redistribution& move : *list) {
                    const Layer& shape = network.layer(move.layer);
                    const std::uint64_t whole =
                        move.tensor == Tensor::Gradient ? shape.weights() : shape.output.elements() * batch;
                    const bool divided = move.from[0] == split(Dimension::Channels);
                    if (move.tensor == Tensor::Gradient && divided) continue;
                    expected += elements_moved(move.from[0], move.to[0], static_cast<double>(whole), 2);
                }
            }
        }
        EXPECT_EQ(static_cast<double>(sent_elements(network, plan, batch)), expected) << digits;
    }
}

TEST(Redistributions, ServeConsumersOfOneShardingOnce) {
    const Network network =
        network_of({4, 1, 1}, {fully_connected("a", 4), reading(fully_connected("b", 3), {"a"}),
                               reading(fully_connected("c", 3), {"a"}), reading(fully_connected("d", 3), {"a"})});
    const auto moves = redistributions(network, Plan::from_strings({"0010"}, 4));
    ASSERT_EQ(moves[0].forward.size(), 2U);  // to b and d, from there to c
    EXPECT_TRUE(moves[0].forward[1].from == moves[0].forward[0].to);
    ASSERT_EQ(moves[0].backward.size(), 2U);  // from c to b and d, from there to a
    EXPECT_TRUE(moves[0].backward[0].to == moves[0].backward[1].from);
}

}  // namespace
}  // namespace hypar
