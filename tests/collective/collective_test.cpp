#include "collective/collective.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

#include "tests/collective/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;

constexpr CollectiveKind kAllReduce = CollectiveKind::AllReduce;
constexpr CollectiveKind kReduceScatter = CollectiveKind::ReduceScatter;
constexpr CollectiveKind kAllGather = CollectiveKind::AllGather;
constexpr CollectiveKind kSwap = CollectiveKind::Swap;

using Said = std::vector<std::pair<CollectiveKind, LevelSet>>;

Said said(const std::vector<Collective>& collectives) {
    Said kinds;
    for (const Collective& collective : collectives) kinds.emplace_back(collective.kind, collective.levels);
    return kinds;
}

Said said(const std::vector<Exchange>& exchanges, const Levels& levels) {
    return said(collectives_of(exchanges, levels));
}

std::vector<Exchange> operator+(std::vector<Exchange> first, const std::vector<Exchange>& then) {
    first.insert(first.end(), then.begin(), then.end());
    return first;
}

std::vector<Exchange> of_redistribution(std::size_t number, std::vector<Exchange> exchanges) {
    for (Exchange& exchange : exchanges) exchange.redistribution = number;
    return exchanges;
}

// 5 x 3 weights of 4 bytes. H2 makes 8 and 7 of them, H1 4 and 4, 4 and 3; of 15 each of 4 sends and gets 3/4 twice.
TEST(Collectives, OfAGradientAreOneAllReduce) {
    const Levels levels({2, 2});
    const Network network = network_of({5, 1, 1}, {fully_connected("fc", 3)});
    const auto exchanges = plan_exchanges(network, Plan::from_strings({"0", "0"}, 1, levels), {4, 4});
    const auto collectives = collectives_of(exchanges[0].gradient, levels);
    ASSERT_EQ(said(collectives), (Said{{kAllReduce, 0b11}}));
    EXPECT_THAT(collectives[0].blocks, ElementsAre(16, 16, 16, 12));
    EXPECT_EQ(collectives[0].bytes(), 2U * 3 * 15 * 4);
    EXPECT_EQ(collectives[0].tensor, Tensor::Gradient);
}

TEST(Collectives, OfConsecutiveLevelsAreOne) {
    for (int seed = 0; seed < 200; ++seed) {
        std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
        const Levels levels = random_levels(random, 36);
        const LevelSet set = tests::random_level_set(random, levels);
        const auto blocks = tests::random_blocks(random, levels.accelerators(), 9, 4);
        for (const CollectiveKind kind : tests::kReducingKinds) {
            const auto collectives = collectives_of(tests::exchanges_of(kind, set, blocks, levels), levels);
            ASSERT_EQ(said(collectives), (Said{{kind, set}})) << seed;
            ASSERT_EQ(collectives[0].blocks, blocks) << seed;
        }
    }
}

TEST(Collectives, AreAnAllReduceOnlyOfTheSameBlocks) {
    const Levels levels({2, 3});
    const std::vector<std::uint64_t> blocks{8, 8, 4, 8, 4, 0};
    const auto scatter = [&](LevelSet set) { return tests::exchanges_of(kReduceScatter, set, blocks, levels); };
    const auto gather = [&](LevelSet set, const std::vector<std::uint64_t>& gathered) {
        return tests::exchanges_of(kAllGather, set, gathered, levels);
    };
    EXPECT_EQ(said(scatter(0b11) + gather(0b11, blocks), levels), (Said{{kAllReduce, 0b11}}));
    const std::vector<std::uint64_t> pooled{4, 4, 4, 4, 4, 0};
    EXPECT_EQ(said(scatter(0b11) + gather(0b11, pooled), levels), (Said{{kReduceScatter, 0b11}, {kAllGather, 0b11}}));
    EXPECT_EQ(said(scatter(0b11) + gather(0b01, blocks), levels), (Said{{kReduceScatter, 0b11}, {kAllGather, 0b01}}));
    EXPECT_EQ(said(gather(0b11, blocks) + scatter(0b11), levels), (Said{{kAllGather, 0b11}, {kReduceScatter, 0b11}}));
}

TEST(Collectives, AreOfOneRedistribution) {
    const Levels levels({2, 2});
    const std::vector<std::uint64_t> blocks(4, 12);
    const auto first = tests::exchanges_of(kAllGather, 0b01, blocks, levels);
    const auto second = tests::exchanges_of(kAllGather, 0b10, blocks, levels);
    const auto scatter = tests::exchanges_of(kReduceScatter, 0b01, blocks, levels);
    EXPECT_EQ(said(first + of_redistribution(1, second), levels), (Said{{kAllGather, 0b01}, {kAllGather, 0b10}}));
    EXPECT_EQ(said(scatter + of_redistribution(1, first), levels),
              (Said{{kReduceScatter, 0b01}, {kAllGather, 0b01}}));
}

// b reads the output of a whole at H1, c at H2, and both the own part at the other level.
TEST(Collectives, OfTwoReadersAreTheirOwn) {
    const Levels levels({2, 2});
    const Network network = network_of(
        {1, 1, 1}, {fully_connected("a", 8), fully_connected("b", 4), reading(fully_connected("c", 4), {"a"})});
    const auto exchanges = plan_exchanges(network, Plan::from_strings({"221", "212"}, 3, levels), {4, 4});
    EXPECT_EQ(said(exchanges[0].forward, levels), (Said{{kAllGather, 0b01}, {kAllGather, 0b10}}));
    EXPECT_EQ(said(exchanges[0].backward, levels), (Said{{kReduceScatter, 0b10}, {kReduceScatter, 0b01}}));
}

TEST(Collectives, LeaveSwapsAndBordersToThemselves) {
    const Levels levels({2, 2, 2});
    std::mt19937 random(1);
    const std::vector<std::uint64_t> blocks(8, 4);
    std::vector<Exchange> swaps;
    for (const LevelSet set : {0b001U, 0b010U, 0b110U}) {
        swaps.push_back(tests::random_swap(random, set, levels, 9, 4).exchanges.front());
    }
    swaps.back().pattern = Pattern::Border;
    const auto all = tests::exchanges_of(kReduceScatter, 0b110, blocks, levels) + swaps +
                     tests::exchanges_of(kAllGather, 0b110, blocks, levels);
    const auto collectives = collectives_of(all, levels);
    EXPECT_EQ(said(collectives),
              (Said{{kReduceScatter, 0b110}, {kSwap, 0b001}, {kSwap, 0b010}, {kSwap, 0b110}, {kAllGather, 0b110}}));
    EXPECT_TRUE(collectives[1].blocks.empty());
}

// 6 rows of 5 are pooled 3 at a time to 4, one for each. H2 leaves 0 and 2 to some: 5 rows, 3 for each of the two and
// one that both need; H1 leaves each 3.
TEST(Collectives, OfRowsThatOverlapBeforePoolingAreOneEach) {
    const Levels levels({2, 2});
    const Network network = network_of({4, 6, 5}, {pooled(convolution("a", 1, 1), 3, 1), convolution("b", 1, 1)});
    const StepShape step{1, 4, PartialSums::BeforePooling};
    const auto exchanges = plan_exchanges(network, Plan::from_strings({"13", "13"}, 2, levels), step);
    const auto collectives = collectives_of(exchanges[0].forward, levels);
    ASSERT_EQ(said(collectives), (Said{{kReduceScatter, 0b10}, {kReduceScatter, 0b01}}));
    EXPECT_THAT(collectives[0].blocks, ElementsAre(100, 100, 100, 100));
    EXPECT_THAT(collectives[1].blocks, ElementsAre(60, 60, 60, 60));
}

TEST(Collectives, KnowTheirGroups) {
    const Levels levels({2, 3});
    EXPECT_THAT(groups_of(0b01, levels), ElementsAre(ElementsAre(0, 3), ElementsAre(1, 4), ElementsAre(2, 5)));
    EXPECT_THAT(groups_of(0b10, levels), ElementsAre(ElementsAre(0, 1, 2), ElementsAre(3, 4, 5)));
    EXPECT_THAT(groups_of(0b11, levels), ElementsAre(ElementsAre(0, 1, 2, 3, 4, 5)));
}

}  // namespace
}  // namespace hypar
