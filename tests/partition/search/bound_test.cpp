#include "partition/search/bound.h"

#include <cstdint>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "partition/exchange.h"
#include "tests/partition/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;

std::uint64_t bytes_of(const std::vector<LayerExchanges>& exchanges, const Levels& levels) {
    const std::vector<std::uint64_t> bytes = traffic_bytes(exchanges, levels.count());
    return std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0});
}

// Four accelerators, batch 8. a has its input for nothing: 32 elements; with b c >= (256 / 4)^2 / 32 = 128, which its
// shares 32 / 4 and 64 / 4 just give. b: 8 x 8 x 4 / 4 = 64 products, so a b c >= 4096; 16 each, of which 64 / 4, 32
// / 4 and 32 / 4 are its own: 2 x 4 x 16 elements.
TEST(TrafficBound, IsWhatEachAcceleratorTouchesBeyondItsShares) {
    const Network network = network_of({4, 1, 1}, {fully_connected("a", 8), fully_connected("b", 4)});
    const StepShape step{8, 4};
    const Levels levels({2, 2});
    const TrafficBound bound = bound_traffic(network, step, levels, kBatchInOut);
    EXPECT_THAT(bound.layer_bytes, ElementsAre(0, 2 * 4 * 16 * 4));
    EXPECT_EQ(bound.bytes, 2U * 4 * 16 * 4);
    EXPECT_TRUE(bound.is_even);
    // Halves of the samples and of the input channels are cubes of 4 x 4 x 4. What they need is there if a splits
    // samples and outputs: nothing moves but b's gradient, 2 x 4 x 8, and its sums and their errors, 2 x 4 x 8
    // elements.
    const auto exchanges = plan_exchanges(network, Plan::from_strings({"00", "21"}, 2), step);
    EXPECT_TRUE(exchanges[0].forward.empty() && exchanges[0].backward.empty());
    EXPECT_EQ(bytes_of({exchanges[1]}, levels), bound.bytes);
}

// b reads 64 features of the network's input, which are there, beside the one of a. It splits its outputs, and so
// gets a's 64 whole and sends their errors: 2 x 64 elements each.
TEST(TrafficBound, CountsNoInputOfTheNetworkThatIsJoinedWithOthers) {
    const Network network =
        network_of({64, 1, 1}, {fully_connected("a", 1), reading(fully_connected("b", 64), {"input", "a"})});
    const StepShape step{64, 4};
    const Levels levels({2});
    const std::uint64_t least = bytes_of(plan_exchanges(network, Plan::from_strings({"02"}, 2), step), levels);
    EXPECT_EQ(least, 4U * (2 * 64 + 2 * 64));  // and a's gradient, 2 x 64
    EXPECT_LE(bound_traffic(network, step, levels, kBatchInOut).bytes, least);
}

// c reads what b has read before.
TEST(TrafficBound, CountsWhatSeveralReadAtTheFirst) {
    const Network network = network_of({4, 1, 1}, {fully_connected("a", 64), reading(fully_connected("b", 64), {"a"}),
                                                   reading(fully_connected("c", 64), {"a"})});
    const TrafficBound bound = bound_traffic(network, {64, 4}, Levels({2}), kBatchInOut);
    EXPECT_GT(bound.layer_bytes[1], 0U);
    EXPECT_EQ(bound.layer_bytes[2], 0U);
}

TEST(TrafficBound, IsNoneWhereSomeDoMoreThanOthers) {
    const Network network = network_of({64, 1, 1}, {fully_connected("a", 64), fully_connected("b", 64)});
    const Levels levels({2, 2});
    EXPECT_GT(bound_traffic(network, {64}, levels, kBatchInOut).bytes, 0U);
    EXPECT_EQ(bound_traffic(network, {64}, levels.with_shares({2, 1}), kBatchInOut).bytes, 0U);
}

TEST(TrafficBound, SaysWhetherPartsAreUneven) {
    const Network network = network_of({4, 1, 1}, {fully_connected("a", 5), fully_connected("b", 64)});
    EXPECT_TRUE(bound_traffic(network, {8, 4}, Levels({2}), kBatchInOut).is_even);
    EXPECT_FALSE(bound_traffic(network, {7, 4}, Levels({2}), kBatchInOut).is_even);
}

TEST(TrafficBound, OfOneAcceleratorIsNone) {
    const Network network = network_of({4, 8, 8}, {convolution("a", 5, 3, 1, 1), fully_connected("b", 64)});
    EXPECT_EQ(bound_traffic(network, {8, 4}, Levels(), kBatchInOut).bytes, 0U);
}

}  // namespace
}  // namespace hypar
