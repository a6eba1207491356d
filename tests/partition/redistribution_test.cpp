#include "partition/redistribution.h"

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "partition/exchange.h"
#include "partition/split.h"
#include "tests/partition/support.h"

namespace hypar {
namespace {

constexpr Operand kAllOperands[] = {Operand::Input,       Operand::Weights,    Operand::Output,
                                    Operand::OutputError, Operand::InputError, Operand::WeightGradient};
constexpr LevelPlacement kBatch = split(Dimension::Batch);
constexpr LevelPlacement kChannels = split(Dimension::Channels);
constexpr LevelPlacement kRows = split(Dimension::Rows);
constexpr LevelPlacement kWhole = replicated();
constexpr LevelPlacement kSum = partial();

/// The dimensions of a layer's work, and those that a tensor of it has.
enum class Axis { Batch, InChannels, OutChannels, Rows };

std::set<Axis> axes_of(Operand operand) {
    switch (operand) {
        case Operand::Input:
        case Operand::InputError: return {Axis::Batch, Axis::InChannels, Axis::Rows};
        case Operand::Output:
        case Operand::OutputError: return {Axis::Batch, Axis::OutChannels, Axis::Rows};
        case Operand::Weights:
        case Operand::WeightGradient: return {Axis::InChannels, Axis::OutChannels};
        case Operand::SecondInput:
        case Operand::SecondInputError: break;
    }
    return {};
}

Axis axis_of(Parallelism parallelism) {
    switch (parallelism) {
        case Parallelism::Data: return Axis::Batch;
        case Parallelism::Model: return Axis::InChannels;
        case Parallelism::Output: return Axis::OutChannels;
        case Parallelism::Spatial: return Axis::Rows;
        case Parallelism::Heads: break;
    }
    return Axis::Batch;
}

bool is_made(Operand operand) {
    return operand == Operand::Output || operand == Operand::InputError || operand == Operand::WeightGradient;
}

/// The dimension of the tensor that an axis of the work is: a layer's outputs are the channels of its feature maps.
Dimension dimension_of(Axis axis, Operand operand) {
    if (axis == Axis::Batch) return Dimension::Batch;
    if (axis == Axis::Rows) return Dimension::Rows;
    const bool is_kernel = operand == Operand::Weights || operand == Operand::WeightGradient;
    return is_kernel && axis == Axis::OutChannels ? Dimension::Outputs : Dimension::Channels;
}

// A tensor that has the axis is split; without it, what is read is needed whole and what is made is a partial sum.
TEST(Splits, FollowFromTheAxisThatEachDivides) {
    for (const SplitEntry& entry : kSplits) {
        if (!entry.weighted) continue;
        const Axis axis = axis_of(entry.parallelism);
        for (const Operand operand : kAllOperands) {
            const LevelPlacement expected = axes_of(operand).count(axis) != 0 ? split(dimension_of(axis, operand))
                                            : is_made(operand)                ? partial()
                                                                              : replicated();
            EXPECT_TRUE(placement_of(LayerForm::Weighted, operand, entry.parallelism) == expected)
                << entry.name << " operand " << static_cast<int>(operand);
        }
    }
}

TEST(Splits, AreInTheOrderOfTheirNumbers) {
    for (std::size_t number = 0; number < kSplitCount; ++number) {
        EXPECT_EQ(static_cast<std::size_t>(kSplits[number].parallelism), number);
        EXPECT_EQ(kSplits[number].digit, "01234"[number]);
    }
}

TEST(ComputeLayout, HasEachDimensionAtTheLevelsThatDivideIt) {
    const Plan plan = Plan::from_strings({"01", "31", "20"}, 2);
    EXPECT_EQ(compute_layout(plan, 0), (Layout{0b001, 0, 0b010, 0b100}));
    EXPECT_EQ(compute_layout(plan, 1), (Layout{0b100, 0b011, 0, 0}));
}

// The loss works element by element on what there is; of sums each group completes its own samples.
TEST(LossSharding, IsTheOutputsAndOfSumsTheBatchs) {
    EXPECT_EQ(loss_sharding(LayerForm::Weighted,
                            {Parallelism::Data, Parallelism::Model, Parallelism::Output, Parallelism::Spatial}),
              (Sharding{kBatch, kBatch, kChannels, kRows}));
}

// ---- What a way costs ------------------------------------------------------------------------------------------

// N = 4 accelerators in one group, a tensor of 24 elements. Each of 4 sends 3 x 6 of its own sums; 6 complete ones to
// the 3 others; of its 6 all but a quarter. Costs are elements for one element, times N: of 24, cost x 24 / N.
TEST(Cost, IsWhatEveryAcceleratorSends) {
    const Levels levels({4});
    const auto elements = [&](const LevelPlacement& from, const LevelPlacement& to) {
        return cost_of({from}, {to}, levels).all() * 24 / 4;
    };
    EXPECT_EQ(elements(kSum, kBatch), 4U * 18);
    EXPECT_EQ(elements(kSum, kWhole), 4U * 18 + 4U * 18);
    EXPECT_EQ(elements(kBatch, kWhole), 4U * 18);
    EXPECT_EQ(elements(kBatch, kChannels), 18U);  // 4 x 4.5
    EXPECT_EQ(elements(kRows, kChannels), 18U);
    EXPECT_EQ(elements(kBatch, kBatch), 0U);
    EXPECT_EQ(elements(kWhole, kChannels), 0U);
    EXPECT_EQ(elements(kSum, kSum), 0U);
}

// 2 x 3 = 6 accelerators, 36 elements. What becomes a share first makes all that follows smaller.
TEST(Cost, IsOfTheOrderSlicesReduceScattersSwapsAllGathers) {
    const Levels levels({2, 3});
    const auto cost = [&](const Sharding& from, const Sharding& to) {
        const MoveCost all = cost_of(from, to, levels);
        return std::vector<std::uint64_t>{all.scattered * 36 / 6, all.swapped * 36 / 6, all.gathered * 36 / 6};
    };
    // H1's halves go to thirds of 6: each sends a half of it, 6 x 6 / 2. Had H2 been sliced last, three times that.
    EXPECT_EQ(cost({kBatch, kWhole}, {kChannels, kBatch}), (std::vector<std::uint64_t>{0, 18, 0}));
    // H2 scatters thirds of 18: 6 x 12; then H1 gathers of 6 each: 6 x 6.
    EXPECT_EQ(cost({kBatch, kSum}, {kWhole, kBatch}), (std::vector<std::uint64_t>{72, 0, 36}));
    // Sums of both: of 36 each H2 sends 24, of 12 H1 6; back 6 and 12 x 2 each.
    EXPECT_EQ(cost({kSum, kSum}, {kWhole, kWhole}), (std::vector<std::uint64_t>{6 * 30, 0, 6 * 30}));
    // What stays whole at H1 moves in both of its groups: of 12 each sends two thirds.
    EXPECT_EQ(cost({kWhole, kBatch}, {kWhole, kRows}), (std::vector<std::uint64_t>{0, 6 * 8, 0}));
    EXPECT_EQ(cost({kSum, kBatch}, {kSum, kRows}), (std::vector<std::uint64_t>{0, 6 * 8, 0}));
}

TEST(Cost, IsByLevelWhatEachMoves) {
    // As above: H2's 24 and H1's 6 of each accelerator; gathered from H1, 6, and at H2 two thirds of 36.
    const std::vector<MoveCost> costs = costs_by_level({kSum, kSum}, {kWhole, kWhole}, Levels({2, 3}));
    ASSERT_EQ(costs.size(), 2U);
    EXPECT_EQ(costs[0].scattered * 36 / 6, 6U * 6);
    EXPECT_EQ(costs[1].scattered * 36 / 6, 6U * 24);
    EXPECT_EQ(costs[0].gathered * 36 / 6, 6U * 6);
    EXPECT_EQ(costs[1].gathered * 36 / 6, 6U * 24);
}

/// The least that any sequence of moves of one level each comes to, by Dijkstra's algorithm over all shardings: a
/// group of n that each hold h sends n h (n - 1) / n to scatter or to swap, n h (n - 1) to gather, nothing to slice.
/// In elements of a tensor of N x N. Levels at which it stays whole are left alone: to slice there, swap at several
/// other levels and gather again could be less.
class AnyOrder {
public:
    explicit AnyOrder(const Levels& levels) : levels_(levels) {}

    std::uint64_t least(const Sharding& from, const Sharding& to) const {
        using Key = std::vector<int>;
        const auto key_of = [](const Sharding& sharding) {
            Key key;
            for (const LevelPlacement& level : sharding) {
                key.push_back(level.placement == Placement::Split ? static_cast<int>(level.dimension)
                                                                  : 10 + static_cast<int>(level.placement));
            }
            return key;
        };
        std::map<Key, std::uint64_t> known;
        std::multimap<std::uint64_t, Sharding> open{{0, from}};
        while (!open.empty()) {
            const auto [cost, sharding] = *open.begin();
            open.erase(open.begin());
            if (!known.emplace(key_of(sharding), cost).second) continue;
            if (sharding == to) return cost;
            for (std::size_t level = 0; level < sharding.size(); ++level) {
                if (from[level] == kWhole && to[level] == kWhole) continue;
                for (const LevelPlacement& next : {kBatch, kChannels, kRows, kWhole}) {
                    if (next == sharding[level]) continue;
                    if (sharding[level].placement == Placement::Partial && next == kWhole) continue;  // two moves
                    Sharding changed = sharding;
                    changed[level] = next;
                    open.emplace(cost + step(sharding, level, next), changed);
                }
            }
        }
        ADD_FAILURE() << "no way";
        return 0;
    }

private:
    std::uint64_t step(const Sharding& sharding, std::size_t level, const LevelPlacement& next) const {
        const std::uint64_t all = levels_.accelerators();
        const std::uint64_t size = levels_.size(level);
        std::uint64_t held = all * all;
        for (std::size_t other = 0; other < sharding.size(); ++other) {
            if (sharding[other].placement == Placement::Split) held /= levels_.size(other);
        }
        if (sharding[level].placement == Placement::Replicated) return 0;
        return all * (next == kWhole ? held * (size - 1) : held * (size - 1) / size);
    }

    const Levels& levels_;
};

TEST(Cost, IsTheLeastOfAnyOrderOfMoves) {
    std::mt19937 random(81);
    const std::vector<LevelPlacement> placements = {kBatch, kChannels, kRows, kWhole, kSum};
    int compared = 0;
    for (int trial = 0; trial < 1500; ++trial) {
        std::vector<std::uint32_t> sizes(random_between(random, 1, 3));
        for (std::uint32_t& size : sizes) size = static_cast<std::uint32_t>(random_between(random, 2, 4));
        const Levels levels(sizes);
        Sharding from;
        Sharding to;
        bool is_made = true;  // no operand is a sum at one level and whole at another
        for (std::size_t level = 0; level < levels.count(); ++level) {
            from.push_back(placements[random() % (trial % 2 == 0 ? 4 : 5)]);
            if (trial % 2 != 0 && from.back() == kWhole) is_made = false;
            to.push_back(placements[random() % 4]);
            if (from.back() == kSum && random() % 3 == 0) to.back() = kSum;
        }
        if (!is_made) continue;
        const std::uint64_t all = levels.accelerators();
        const MoveCost cost = cost_of(from, to, levels);
        ASSERT_EQ(cost.all() * all, AnyOrder(levels).least(from, to)) << trial;
        MoveCost sum;
        for (const MoveCost& level : costs_by_level(from, to, levels)) {
            sum = {sum.scattered + level.scattered, sum.swapped + level.swapped, sum.gathered + level.gathered};
        }
        ASSERT_EQ(sum.scattered, cost.scattered) << trial;
        ASSERT_EQ(sum.swapped, cost.swapped) << trial;
        ASSERT_EQ(sum.gathered, cost.gathered) << trial;
        ++compared;
    }
    EXPECT_GT(compared, 1000);
}

TEST(Copies, AreTheGroupsWhereNothingChanges) {
    const Levels levels({2, 3, 4});
    EXPECT_EQ(copies_throughout({kWhole, kSum, kBatch}, {kWhole, kSum, kRows}, levels), 6U);
    EXPECT_EQ(copies_throughout({kWhole, kSum, kBatch}, {kBatch, kRows, kBatch}, levels), 1U);
    EXPECT_EQ(copies_throughout({kWhole, kSum, kWhole}, {kWhole, kWhole, kWhole}, levels), 8U);
}

// ---- Two layers at one level -----------------------------------------------------------------------------------

std::uint64_t sent_elements(const Network& network, const Plan& plan, std::uint64_t batch) {
    return traffic_bytes(plan_exchanges(network, plan, {batch, 1}), plan.levels())[0];
}

/// In units of X (n - 1) / n, X the elements of the tensor between writer (row) and reader (column) and n the size of
/// the level: a swap is 1, a reduce-scatter or all-gather n; F one way and E back.
struct BothWays {
    std::uint64_t swaps;
    std::uint64_t whole;  ///< reduce-scatters and all-gathers
};
constexpr BothWays kBoundaries[4][4] = {
    // batch, in, out, rows: shares of samples; a gather meets a reader of the whole, whose errors are sums
    {{0, 0}, {2, 0}, {0, 2}, {2, 0}},
    // sums: scattered to where they are read, their errors gathered; both and both where the whole is read
    {{0, 2}, {0, 2}, {0, 4}, {0, 2}},
    // shares of channels, as a reader of input channels has them
    {{2, 0}, {0, 0}, {0, 2}, {2, 0}},
    // rows of 1x1 kernels have no border
    {{2, 0}, {2, 0}, {0, 2}, {0, 0}},
};

// 12 x 12 x 4 convolutions of 1x1: n = 2, 3, 4 divide all. dW of batch and rows is reduced and gathered, 2 W (n - 1);
// the loss takes what there is but for sums, 2 Y (n - 1) of the last layer's Y.
TEST(Redistributions, OfTwoLayersMoveWhatTheTableSays) {
    const Network network = network_of({12, 12, 4}, {convolution("a", 24, 1), convolution("b", 36, 1)});
    const std::uint64_t batch = 12;
    for (const std::uint32_t size : {2U, 3U, 4U}) {
        for (std::size_t digits = 0; digits < 16; ++digits) {
            const Plan plan({level_plan_of(digits, 2, 4)}, Levels({size}));
            const std::uint64_t others = size - 1;
            std::uint64_t expected = 0;
            for (std::size_t layer = 0; layer < 2; ++layer) {
                const Parallelism own = plan.at(0, layer);
                const bool reduces = own == Parallelism::Data || own == Parallelism::Spatial;
                if (reduces) expected += 2 * network.layer(layer).weights() * others;
            }
            const BothWays& between = kBoundaries[digits / 4][digits % 4];
            expected += batch * 24 * 12 * 4 * (between.swaps * others / size + between.whole * others);
            expected += batch * 24 * 12 * 4 * (between.swaps * others % size) / size;
            if (plan.at(0, 1) == Parallelism::Model) expected += 2 * batch * 36 * 12 * 4 * others;
            EXPECT_EQ(sent_elements(network, plan, batch), expected) << plan.to_strings()[0] << " of " << size;
        }
    }
}

TEST(Redistributions, BetweenAnOutputSplitAndAnInputSplitMoveNothing) {
    const Network network = network_of({5, 9, 7}, {convolution("a", 7, 3), convolution("b", 3, 3)});
    const auto exchanges = plan_exchanges(network, Plan::from_strings({"21", "21"}, 2, Levels({3, 2})), {7, 4});
    EXPECT_TRUE(exchanges[0].forward.empty());
    EXPECT_TRUE(exchanges[0].backward.empty());
    EXPECT_TRUE(exchanges[0].gradient.empty());
    EXPECT_TRUE(exchanges[1].gradient.empty());
}

// ---- Several readers -------------------------------------------------------------------------------------------

/// a, read by as many layers as there are names.
Network fan(const std::vector<std::string>& readers) {
    std::vector<LayerSpec> layers{fully_connected("a", 4)};
    for (const std::string& reader : readers) layers.push_back(reading(fully_connected(reader, 3), {"a"}));
    return network_of({4, 1, 1}, layers);
}

TEST(Redistributions, ServeConsumersOfOneShardingOnce) {
    const auto moves = redistributions(fan({"b", "c", "d"}), Plan::from_strings({"0010"}, 4));
    ASSERT_EQ(moves[0].forward.size(), 2U);  // to b and d, from there to c
    EXPECT_TRUE(moves[0].forward[1].from == moves[0].forward[0].to);
    ASSERT_EQ(moves[0].backward.size(), 2U);  // from c to b and d, from there to a
    EXPECT_TRUE(moves[0].backward[0].to == moves[0].backward[1].from);
}

// Sums of n = 2, in elements of the tensor: scattered 1, swapped 1/2, gathered 1, so whole 2. b reads samples, c
// channels, d the whole: b from the sums (1, as c, but first), c from b (1/2), d from b (1).
TEST(Redistributions, GoToEachReaderFromTheCheapestSource) {
    const auto moves = redistributions(fan({"d", "c", "b"}), Plan::from_strings({"1210"}, 4));
    ASSERT_EQ(moves[0].forward.size(), 3U);
    EXPECT_EQ(moves[0].forward[0].from, (Sharding{kSum}));
    EXPECT_EQ(moves[0].forward[0].to, (Sharding{kChannels}));  // c stands before b
    EXPECT_EQ(moves[0].forward[1].from, (Sharding{kChannels}));
    EXPECT_EQ(moves[0].forward[1].to, (Sharding{kBatch}));
    EXPECT_EQ(moves[0].forward[2].from, (Sharding{kChannels}));
    EXPECT_EQ(moves[0].forward[2].to, (Sharding{kWhole}));
    // a's error is read whole. c's, shares of channels, is gathered (1), as b's; before, b's is swapped to c (1/2),
    // and d's sums are scattered to c (1 rather than 2).
    ASSERT_EQ(moves[0].backward.size(), 3U);
    for (const std::size_t index : {0U, 1U}) EXPECT_EQ(moves[0].backward[index].to, (Sharding{kChannels}));
    EXPECT_EQ(moves[0].backward[2].from, (Sharding{kChannels}));
    EXPECT_EQ(moves[0].backward[2].to, (Sharding{kWhole}));
}

// A share cannot become a part of a sum: b's error (samples) does not go to d (sums), d's goes to b.
TEST(Redistributions, OfErrorsNeverMakeSumsOfShares) {
    const auto moves = redistributions(fan({"d", "b"}), Plan::from_strings({"220"}, 3));
    ASSERT_EQ(moves[0].backward.size(), 2U);
    for (const Redistribution& move : moves[0].backward) {
        EXPECT_FALSE(is_partial(move.to));
        EXPECT_NE(move.from, move.to);
    }
}

LayerSpec sharing(LayerSpec layer, const std::string& owner) {
    layer.weights_of = owner;
    return layer;
}

bool shares(const Network& network, std::size_t layer, Parallelism own, Parallelism owner) {
    return shares_gradient(network, layer, {own}, {owner});
}

// A convolution of 1 x 1 and a fully connected layer of tokens have the same weights, the other way round than a
// table.
TEST(SharesGradient, WhereBothDivideTheSameDimension) {
    LayerSpec embedding = fully_connected("embedding", 6);
    embedding.type = LayerType::Embedding;
    embedding.vocabulary = 9;
    const Network network = network_of(FeatureShape::sequence(4, 1),
                                       {embedding, fully_connected("fc", 6), sharing(convolution("conv", 6, 1), "fc"),
                                        sharing(fully_connected("head", 9), "embedding")});
    EXPECT_TRUE(shares(network, 2, Parallelism::Model, Parallelism::Model));
    EXPECT_TRUE(shares(network, 2, Parallelism::Spatial, Parallelism::Data));
    EXPECT_FALSE(shares(network, 2, Parallelism::Model, Parallelism::Output));
    EXPECT_TRUE(shares(network, 3, Parallelism::Model, Parallelism::Output));
    EXPECT_FALSE(shares(network, 3, Parallelism::Output, Parallelism::Output));
}

// "second" reads three heads of two channels, "first" six channels: on two accelerators 4 and 2, and 3 and 3.
TEST(SharesGradient, OnlyWhereBothHaveTheSameChannels) {
    LayerSpec softmax = reading(fully_connected("softmax", 0), {"input"});
    softmax.type = LayerType::Softmax;
    softmax.heads = 3;
    const Network network = network_of(FeatureShape::sequence(4, 6),
                                       {softmax, reading(fully_connected("first", 6), {"input"}),
                                        sharing(reading(fully_connected("second", 6), {"softmax"}), "first"),
                                        sharing(reading(fully_connected("third", 6), {"first"}), "first")});
    EXPECT_FALSE(shares(network, 2, Parallelism::Model, Parallelism::Model));
    EXPECT_TRUE(shares(network, 2, Parallelism::Output, Parallelism::Output));
    EXPECT_TRUE(shares(network, 2, Parallelism::Data, Parallelism::Data));
    EXPECT_TRUE(shares(network, 3, Parallelism::Model, Parallelism::Model));
}

// Features of maps are divided singly or in whole channels, as their maker's plan says.
TEST(SharesGradient, OfFlattenedMapsOnlyWhereInputsAreWhole) {
    const Network network = network_of(
        {2, 3, 3}, {convolution("a", 2, 1), convolution("b", 2, 1), reading(fully_connected("fc", 5), {"a"}),
                    sharing(reading(fully_connected("again", 5), {"b"}), "fc")});
    EXPECT_FALSE(shares(network, 3, Parallelism::Model, Parallelism::Model));
    EXPECT_TRUE(shares(network, 3, Parallelism::Output, Parallelism::Output));
}

TEST(CheapestSources, AreTheLeastOfWhatHasTheTensorByThen) {
    std::mt19937 random(82);
    for (int trial = 0; trial < 500; ++trial) {
        const Levels levels = random_levels(random, 36);
        const bool is_error = trial % 2 == 0;
        const auto draw = [&](Operand operand) {
            LayerPlan choices(levels.count());
            for (Parallelism& choice : choices) choice = static_cast<Parallelism>(random() % 4);
            return sharding_of(LayerForm::Weighted, choices, operand);
        };
        const Sharding made = draw(is_error ? Operand::OutputError : Operand::Output);
        std::vector<Sharding> readers;
        for (std::uint64_t left = random_between(random, 1, 5); left > 0; --left) {
            const Sharding reader = draw(is_error ? Operand::InputError : Operand::Input);
            bool is_new = true;
            for (const Sharding& other : readers) is_new = is_new && other != reader;
            if (is_new) readers.push_back(reader);
        }
        const Tensor tensor = is_error ? Tensor::Error : Tensor::FeatureMaps;
        const auto cost = [&](const Sharding& source, const Sharding& reader) {
            return is_error ? cost_of(reader, source, levels).all() : cost_of(source, reader, levels).all();
        };
        const auto is_possible = [&](const Sharding& source, const Sharding& reader) {
            const Sharding& from = is_error ? reader : source;
            const Sharding& to = is_error ? source : reader;
            for (std::size_t level = 0; level < levels.count(); ++level) {
                if (to[level] == kSum && from[level] != kSum) return false;
            }
            return true;
        };
        std::set<std::size_t> have;
        for (const Source& source : cheapest_sources(made, readers, tensor, levels)) {
            if (source.from) {
                ASSERT_EQ(have.count(*source.from), 1U) << trial;
            }
            ASSERT_EQ(source.cost.all(), cost(source.from ? readers[*source.from] : made, readers[source.reader]));
            for (std::size_t reader = 0; reader < readers.size(); ++reader) {  // no other way is shorter
                if (have.count(reader) != 0) continue;
                ASSERT_GE(cost(made, readers[reader]), source.cost.all()) << trial;
                for (const std::size_t from : have) {
                    if (!is_possible(readers[from], readers[reader])) continue;
                    ASSERT_GE(cost(readers[from], readers[reader]), source.cost.all()) << trial;
                }
            }
            ASSERT_TRUE(have.insert(source.reader).second) << trial;
        }
        ASSERT_EQ(have.size(), readers.size());
    }
}

}  // namespace
}  // namespace hypar
