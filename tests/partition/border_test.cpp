#include "partition/border.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "partition/exchange.h"
#include "tests/partition/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A layer that reads maps of so many rows, 6 columns wide.
Layer layer_on(std::uint64_t rows, const LayerSpec& spec) { return network_of({2, rows, 16}, {spec}).layer(0); }

MATCHER_P2(RoundIs, offset, rows, "") { return arg.offset == offset && arg.rows == rows; }
using Rows = std::vector<std::uint64_t>;

/// Input rows of `layer` that the kernel meets with for one of the rows of `output`, row by row.
bool is_needed(const Layer& layer, std::uint64_t row, const std::vector<ItemRange>& output) {
    for (const ItemRange& range : output) {
        for (std::uint64_t pooled = range.begin; pooled < range.end; ++pooled) {
            const std::uint64_t stride = layer.pool ? layer.pool->stride.height : 1;
            const std::uint64_t size = layer.pool ? std::max(layer.pool->size.height, stride) : 1;
            const std::uint64_t above = layer.pool ? layer.pool->padding.top : 0;
            const std::uint64_t height = layer.unpooled_output.height;
            const bool is_last = pooled + 1 == layer.output.height;
            const std::uint64_t end = is_last ? height + above : pooled * stride + size;
            for (std::uint64_t padded = std::max(above, pooled * stride); padded < end; ++padded) {
                const std::uint64_t convolved = padded - above;
                if (convolved >= height) break;
                for (std::uint64_t kernel = 0; kernel < layer.kernel.height; ++kernel) {
                    const std::uint64_t met = convolved * layer.stride.height + kernel * layer.dilation.height;
                    if (met == row + layer.padding.top) return true;
                }
            }
        }
    }
    return false;
}

// 8 rows in halves of 4: output rows 0 to 3 need input rows 0 to 4, the others 3 to 7.
TEST(BorderRounds, OfAKernelOfThreeAreOneRowAtEachEdge) {
    const Layer layer = layer_on(8, convolution("conv", 4, 3, 1, 1));
    EXPECT_THAT(border_rounds(layer, 1, Levels({2})), ElementsAre(RoundIs(1U, Rows{1, 1})));
    EXPECT_EQ(input_rows(layer, 1, 0, Levels({2})), 5U);
    EXPECT_EQ(input_rows(layer, 1, 1, Levels({2})), 5U);
}

// Thirds of 9: who is one further needs the last row of each but the last, who is two further (one back) the first.
TEST(BorderRounds, GoToBothNeighbours) {
    const Layer layer = layer_on(9, convolution("conv", 4, 3, 1, 1));
    EXPECT_THAT(border_rounds(layer, 1, Levels({3})),
                ElementsAre(RoundIs(1U, Rows{1, 1, 0}), RoundIs(2U, Rows{0, 1, 1})));
    EXPECT_EQ(input_rows(layer, 1, 1, Levels({3})), 5U);
}

// Without padding 8 rows become 6: output rows 0 to 2 need 0 to 4, 3 to 5 need 3 to 7; 4 and 3 lie over the edge.
TEST(BorderRounds, WithoutPaddingReachAsFar) {
    EXPECT_THAT(border_rounds(layer_on(8, convolution("conv", 4, 3)), 1, Levels({2})),
                ElementsAre(RoundIs(1U, Rows{1, 1})));
}

// 16 rows become 8. Output rows 0 to 3 need rows -2 to 3 x 2 + 2 = 8, of the other half one; output rows 4 to 7 need
// 4 x 2 - 2 = 6 to 16, two of the first half and one beyond the last: k - s = 3 rows at the edge.
TEST(BorderRounds, OfAKernelOfFiveByTwoAreTwoRowsAboveAndOneBelow) {
    const Layer layer = layer_on(16, convolution("conv", 4, 5, 2, 2));
    EXPECT_THAT(border_rounds(layer, 1, Levels({2})), ElementsAre(RoundIs(1U, Rows{2, 1})));
    EXPECT_EQ(input_rows(layer, 1, 0, Levels({2})), 9U);
    EXPECT_EQ(input_rows(layer, 1, 1, Levels({2})), 10U);
}

// 11 rows, 5 after pooling by 3/2: output rows 0 to 2, windows to 2 x 2 + 2 = 6, need rows to 7 beside 0 to 5; output
// rows 3 and 4, windows from 6 on, need rows from 5 on beside 6 to 10. Row 6 before pooling is computed twice.
TEST(BorderRounds, ReachAsFarAsOverlappingWindowsDo) {
    const Layer layer = layer_on(11, pooled(convolution("conv", 4, 3, 1, 1), 3, 2));
    EXPECT_THAT(border_rounds(layer, 1, Levels({2})), ElementsAre(RoundIs(1U, Rows{1, 2})));
    EXPECT_EQ(computed_rows(layer, 1, 0, Levels({2})), 7U);
    EXPECT_EQ(computed_rows(layer, 1, 1, Levels({2})), 5U);
    EXPECT_EQ(computed_rows_of_group(layer, 1, Levels({2})), 12U);
    EXPECT_EQ(computed_rows(layer, 0, 1, Levels({2})), 11U);
    EXPECT_EQ(input_rows(layer, 0, 1, Levels({2})), 11U);
}

// 8 rows of 4 times 2, three beside each: part 0 needs rows to 4, part 1 from 0 to 6, part 2 from 1 on, 3 from 3 on.
TEST(BorderRounds, PassNeighboursWhoseRowsAreTooFew) {
    const Layer layer = layer_on(8, convolution("conv", 4, 7, 1, 3));
    EXPECT_THAT(
        border_rounds(layer, 1, Levels({4})),
        ElementsAre(RoundIs(1U, Rows{2, 2, 2, 0}), RoundIs(2U, Rows{1, 1, 1, 1}), RoundIs(3U, Rows{0, 2, 2, 2})));
    // The same parts of two levels, and of a group among others.
    EXPECT_THAT(
        border_rounds(layer, 0b11, Levels({2, 2})),
        ElementsAre(RoundIs(1U, Rows{2, 2, 2, 0}), RoundIs(2U, Rows{1, 1, 1, 1}), RoundIs(3U, Rows{0, 2, 2, 2})));
}

// Below a level that splits no rows each part has a half of each half: rows 0, 1, 4, 5 and 2, 3, 6, 7. The first
// lacks 2, 3 and 6, the second 1, 4 and 5.
TEST(BorderRounds, BelowALevelThatIsSkippedHaveMoreEdges) {
    const Layer layer = layer_on(8, convolution("conv", 4, 3, 1, 1));
    EXPECT_THAT(border_rounds(layer, 0b10, Levels({2, 2})), ElementsAre(RoundIs(1U, Rows{3, 3})));
    EXPECT_EQ(input_rows(layer, 0b10, 2, Levels({2, 2})), 7U);
    EXPECT_EQ(computed_rows(layer, 0b10, 2, Levels({2, 2})), 4U);
}

TEST(BorderRounds, OfKernelsThatEndAtTheEdgeAreNone) {
    EXPECT_THAT(border_rounds(layer_on(8, convolution("conv", 4, 1)), 1, Levels({2})), IsEmpty());
    EXPECT_THAT(border_rounds(layer_on(8, convolution("conv", 4, 2, 2)), 1, Levels({2})), IsEmpty());
    EXPECT_THAT(border_rounds(layer_on(8, pooled(convolution("conv", 4, 1), 2, 2)), 1, Levels({2})), IsEmpty());
}

// 10 rows in fifths and these in halves: the even rows and the odd. 5 rows of output in fifths: all are in the first
// halves, and need the even rows only.
TEST(BorderRounds, LeaveOutRowsThatTheKernelPassesOver) {
    const Layer layer = layer_on(10, convolution("conv", 4, 1, 2));
    EXPECT_THAT(border_rounds(layer, 0b10, Levels({5, 2})), IsEmpty());
    EXPECT_EQ(input_rows(layer, 0b10, 0, Levels({5, 2})), 5U);
    EXPECT_EQ(needed_rows(layer, {{1, 3}}), (std::vector<ItemRange>{{2, 3}, {4, 5}}));
}

TEST(ConvolvedRows, AreThoseOfTheWindows) {
    const Layer overlapping = layer_on(12, pooled(convolution("conv", 4, 1), 3, 2));  // 12 to 5, row 11 in no window
    EXPECT_EQ(convolved_rows(overlapping, ItemRange{1, 3}), (ItemRange{2, 7}));
    EXPECT_EQ(convolved_rows(overlapping, ItemRange{3, 5}), (ItemRange{6, 12}));
    EXPECT_EQ(convolved_rows(overlapping, ItemRange{3, 3}), (ItemRange{}));
    const Layer gaps = layer_on(12, pooled(convolution("conv", 4, 1), 2, 3));  // 12 to 4, rows 2, 5, 8, 11 in none
    EXPECT_EQ(convolved_rows(gaps, ItemRange{1, 3}), (ItemRange{3, 9}));
    const Layer plain = layer_on(12, convolution("conv", 4, 1));
    EXPECT_EQ(convolved_rows(plain, ItemRange{1, 3}), (ItemRange{1, 3}));
    EXPECT_EQ(convolved_rows(overlapping, std::vector<ItemRange>{{0, 1}, {1, 2}, {4, 5}}),
              (std::vector<ItemRange>{{0, 5}, {8, 12}}));
}

TEST(BorderRounds, BringTheRowsThatTheKernelMeets) {
    std::mt19937 random(45);
    RandomNetworks networks(random, Branches::None);
    for (int trial = 0; trial < 400; ++trial) {
        const Layer layer = networks.next(1).layer(0);
        const Levels levels = random_levels(random, 16);
        const LevelSet split = static_cast<LevelSet>(random()) & (level_bit(levels.count()) - 1);
        if (split == 0 || layer.output.height < levels.places(split)) continue;
        std::vector<std::vector<std::uint64_t>> sent(levels.places(split), Rows(levels.places(split)));
        for (std::uint64_t reader = 0; reader < levels.places(split); ++reader) {
            const std::uint64_t accelerator = levels.at_position(0, split, reader);
            const auto output = owned_ranges(layer.output.height, split, accelerator, levels);
            const auto owners = leaves_of(layer.input.height, levels);
            std::uint64_t held = 0;
            for (std::uint64_t row = 0; row < layer.input.height; ++row) {
                const std::uint64_t owner = levels.position(owners[row], split);
                const bool needed = is_needed(layer, row, output);
                held += owner == reader || needed;
                if (owner != reader && needed) ++sent[owner][reader];
            }
            ASSERT_EQ(input_rows(layer, split, accelerator, levels), held) << trial;
        }
        for (const BorderRound& round : border_rounds(layer, split, levels)) {
            for (std::uint64_t owner = 0; owner < sent.size(); ++owner) {
                std::uint64_t& expected = sent[owner][(owner + round.offset) % sent.size()];
                ASSERT_EQ(round.rows[owner], expected) << trial;
                expected = 0;
            }
        }
        for (const Rows& left : sent) ASSERT_EQ(std::count(left.begin(), left.end(), 0), std::ptrdiff_t(left.size()));
    }
}

// ---- As exchanges ----------------------------------------------------------------------------------------------

// Both split rows: a's 4 maps of 16 x 16 stay, but for the border of above; two rows one way, one the other, forward,
// and as many of errors back. Each kernel's gradient is reduced and gathered: 2 x 2 x 4 and 2 x 4 x 3 x 25 elements.
TEST(Exchanges, OfAConvolutionSplitInRowsMoveItsBorder) {
    const Network network = network_of({2, 16, 16}, {convolution("a", 4, 1), convolution("b", 3, 5, 2, 2)});
    const auto exchanges = plan_exchanges(network, Plan::from_strings({"33"}, 2), {7, 4});
    const std::uint64_t row = std::uint64_t{7} * 4 * 16 * 4;
    ASSERT_EQ(exchanges[0].forward.size(), 1U);
    EXPECT_EQ(exchanges[0].forward[0].pattern, Pattern::Border);
    EXPECT_FALSE(exchanges[0].forward[0].adds);
    EXPECT_THAT(exchanges[0].forward[0].sent_bytes(), ElementsAre(2 * row, 1 * row));
    ASSERT_EQ(exchanges[0].backward.size(), 1U);
    EXPECT_EQ(exchanges[0].backward[0].pattern, Pattern::Border);
    EXPECT_TRUE(exchanges[0].backward[0].adds);
    EXPECT_THAT(exchanges[0].backward[0].sent_bytes(), ElementsAre(1 * row, 2 * row));
    EXPECT_THAT(exchanges[1].forward, IsEmpty());
    EXPECT_THAT(traffic_bytes(exchanges, 1), ElementsAre(6 * row + std::uint64_t{4} * (2 * 2 * 4 + 2 * 4 * 3 * 25)));
}

// Thirds of 9 rows: who is one further gets one row, who is one back another; errors the other way round.
TEST(Exchanges, OfBordersGoBackToTheOwners) {
    const Network network = network_of({2, 9, 5}, {convolution("a", 4, 1), convolution("b", 3, 3, 1, 1)});
    const auto exchanges = plan_exchanges(network, Plan::from_strings({"33"}, 2, Levels({3})), {7, 4});
    const std::uint64_t row = std::uint64_t{7} * 4 * 5 * 4;
    ASSERT_EQ(exchanges[0].forward[0].rounds.size(), 2U);
    EXPECT_EQ(exchanges[0].forward[0].rounds[0].offset, 1U);
    EXPECT_THAT(exchanges[0].forward[0].rounds[0].sent_bytes, ElementsAre(row, row, 0));
    EXPECT_EQ(exchanges[0].forward[0].rounds[1].offset, 2U);
    EXPECT_THAT(exchanges[0].forward[0].rounds[1].sent_bytes, ElementsAre(0, row, row));
    ASSERT_EQ(exchanges[0].backward[0].rounds.size(), 2U);
    EXPECT_EQ(exchanges[0].backward[0].rounds[0].offset, 2U);  // what came from one before goes two further
    EXPECT_THAT(exchanges[0].backward[0].rounds[0].sent_bytes, ElementsAre(0, row, row));
    EXPECT_EQ(exchanges[0].backward[0].rounds[1].offset, 1U);
    EXPECT_THAT(exchanges[0].backward[0].rounds[1].sent_bytes, ElementsAre(row, row, 0));
}

// Rows at H1 and H3, samples at H2, 4 and 3 of 7: the group of a border spans H1 and H3, four quarters of 8 rows, one
// at each inner edge; each sends rows of its own samples. A quarter's number has H1's place first.
TEST(Exchanges, OfBordersSpanAllLevelsThatSplitRows) {
    const Network network = network_of({2, 8, 5}, {convolution("a", 4, 1), convolution("b", 3, 3, 1, 1)});
    const auto exchanges = plan_exchanges(network, Plan::from_strings({"33", "33", "00"}, 2), {7, 4});
    ASSERT_EQ(exchanges[0].forward.size(), 1U);
    const Exchange& border = exchanges[0].forward[0];
    EXPECT_EQ(border.level, 0U);
    EXPECT_EQ(border.group, 0b011U);
    const std::uint64_t row = std::uint64_t{4} * 5 * 4;  // of one sample
    ASSERT_EQ(border.rounds.size(), 2U);
    EXPECT_THAT(border.rounds[0].sent_bytes, ElementsAre(4 * row, 3 * row, 4 * row, 3 * row, 4 * row, 3 * row, 0, 0));
    EXPECT_EQ(border.rounds[1].offset, 3U);
    EXPECT_THAT(border.rounds[1].sent_bytes, ElementsAre(0, 0, 4 * row, 3 * row, 4 * row, 3 * row, 4 * row, 3 * row));
}

// b reads all channels at H2, both of its groups hold a's maps whole there and exchange the border each; their errors
// are sums of both, whose borders come to the owners before the sums are scattered.
TEST(Exchanges, OfBordersAreMadeByEveryCopy) {
    const Network network = network_of({2, 8, 5}, {convolution("a", 4, 1), convolution("b", 4, 3, 1, 1)});
    const auto exchanges = plan_exchanges(network, Plan::from_strings({"33", "02"}, 2), {8, 4});
    const std::uint64_t row = std::uint64_t{8} * 4 * 5 * 4;
    ASSERT_EQ(exchanges[0].forward.size(), 2U);
    EXPECT_EQ(exchanges[0].forward[0].pattern, Pattern::AllGather);  // halves of the samples, of four rows
    EXPECT_THAT(exchanges[0].forward[0].sent_bytes(), testing::Each(4 * row / 2));
    EXPECT_EQ(exchanges[0].forward[1].pattern, Pattern::Border);
    EXPECT_THAT(exchanges[0].forward[1].sent_bytes(), testing::Each(row));
    ASSERT_EQ(exchanges[0].backward.size(), 2U);
    EXPECT_EQ(exchanges[0].backward[0].pattern, Pattern::Border);
    EXPECT_THAT(exchanges[0].backward[0].sent_bytes(), testing::Each(row));
    EXPECT_EQ(exchanges[0].backward[1].pattern, Pattern::ReduceScatter);
    EXPECT_THAT(exchanges[0].backward[1].sent_bytes(), testing::Each(4 * row / 2));
}

// b and c have the same window, d another: one border for two and one for d, of the same maps.
TEST(Exchanges, OfBordersThatAreAlikeAreMadeOnce) {
    const Network network = network_of(
        {2, 8, 5}, {convolution("a", 4, 1), reading(convolution("b", 3, 3, 1, 1), {"a"}),
                    reading(convolution("c", 5, 3, 1, 1), {"a"}), reading(convolution("d", 3, 5, 1, 2), {"a"})});
    const auto exchanges = plan_exchanges(network, Plan::from_strings({"3333"}, 4), {7, 4});
    const std::uint64_t row = std::uint64_t{7} * 4 * 5 * 4;
    ASSERT_EQ(exchanges[0].forward.size(), 2U);
    EXPECT_THAT(exchanges[0].forward[0].sent_bytes(), ElementsAre(row, row));
    EXPECT_THAT(exchanges[0].forward[1].sent_bytes(), ElementsAre(2 * row, 2 * row));
    EXPECT_EQ(exchanges[0].backward.size(), 2U);
}

}  // namespace
}  // namespace hypar
