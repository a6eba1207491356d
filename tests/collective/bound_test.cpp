// What no algorithm can beat, by hand: a link carries a byte a nanosecond, memories take no time worth the name.

#include "collective/bound.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "tests/collective/support.h"

namespace hypar {
namespace {

constexpr CollectiveKind kAllReduce = CollectiveKind::AllReduce;
constexpr CollectiveKind kReduceScatter = CollectiveKind::ReduceScatter;
constexpr CollectiveKind kAllGather = CollectiveKind::AllGather;

constexpr std::uint64_t kByteANanosecond = 8'000'000'000;
constexpr Picoseconds kNanosecond = 1000;
constexpr std::uint64_t kBlock = 12'000;

ArraySpec array_of(TopologyKind kind, const std::vector<std::uint64_t>& size) {
    ArraySpec array;
    array.accelerators = std::accumulate(size.begin(), size.end(), std::uint64_t{1}, std::multiplies<>());
    array.memory.vaults = 1;
    array.memory.vault_bits_per_second = 100'000 * kByteANanosecond;
    array.interconnect.topology = {kind, size};
    array.interconnect.bits_per_second = kByteANanosecond;
    array.interconnect.is_per_link = true;
    array.interconnect.virtual_channels = 8;
    return array;
}

Picoseconds bound_of(const ArraySpec& array, const Levels& levels, const Collective& collective) {
    const Topology topology = Topology::make(array.interconnect, array.accelerators);
    return CollectiveBound(array, topology, levels).of(collective);
}

/// Of all accelerators together, with blocks of 12,000 bytes.
Picoseconds bound_of(CollectiveKind kind, const ArraySpec& array) {
    const Levels levels = default_levels(array.accelerators);
    const std::vector<std::uint64_t> blocks(array.accelerators, kBlock);
    return bound_of(array, levels, tests::collective_of(kind, tests::all_levels(levels), blocks, levels));
}

/// n accelerators send 2 (n - 1) n blocks over so many links that leave them.
constexpr Picoseconds sent_over(std::uint64_t links, std::uint64_t n) {
    return 2 * (n - 1) * n * kBlock * kNanosecond / links;
}

TEST(CollectiveBound, IsWhatLinksTakeToCarryAllThatIsSent) {
    EXPECT_EQ(bound_of(kAllReduce, array_of(TopologyKind::Ring, {8})), sent_over(16, 8));
    EXPECT_EQ(bound_of(kAllReduce, array_of(TopologyKind::Torus, {4, 4})), sent_over(64, 16));
    EXPECT_EQ(bound_of(kAllReduce, array_of(TopologyKind::Torus, {4, 4, 4})), sent_over(384, 64));
    EXPECT_EQ(bound_of(kAllReduce, array_of(TopologyKind::Mesh, {4, 4})), sent_over(48, 16));
    EXPECT_EQ(bound_of(kAllReduce, array_of(TopologyKind::HTree, {2, 2, 2, 2})), sent_over(16, 16));
    EXPECT_EQ(bound_of(kAllReduce, array_of(TopologyKind::FullyConnected, {8})), sent_over(56, 8));
}

TEST(CollectiveBound, OfAHalfOfAnAllReduceIsHalf) {
    for (const CollectiveKind kind : {kReduceScatter, kAllGather}) {
        EXPECT_EQ(bound_of(kind, array_of(TopologyKind::Torus, {4, 4})), sent_over(64, 16) / 2);
    }
}

// 2 x 3, at whose ends, with two links each, all 6 blocks come in and go out; but all 14 links carry 60.
TEST(CollectiveBound, IsWhatTheNarrowestAcceleratorTakes) {
    ArraySpec array = array_of(TopologyKind::Mesh, {3, 2});
    EXPECT_EQ(bound_of(kAllReduce, array), ceil_divide(60 * kBlock * kNanosecond, 14));
    // A wire to accelerator 0 alone, in a ring of the five others: 6 over one, 60 over 12.
    array = array_of(TopologyKind::Graph, {});
    array.accelerators = 6;
    array.interconnect.topology.edges = {{"acc0", "acc1"}, {"acc1", "acc2"}, {"acc2", "acc3"},
                                         {"acc3", "acc4"}, {"acc4", "acc5"}, {"acc5", "acc1"}};
    EXPECT_EQ(bound_of(kAllReduce, array), 6 * kBlock * kNanosecond);
}

/// 0, 2 and 4 are joined, and 1, 3 and 5, and both by a wire of a tenth the bandwidth. No level's parts are these.
ArraySpec two_triangles() {
    ArraySpec array = array_of(TopologyKind::Graph, {});
    array.accelerators = 6;
    array.interconnect.topology.edges = {{"acc0", "acc2"},
                                         {"acc2", "acc4"},
                                         {"acc4", "acc0"},
                                         {"acc1", "acc3"},
                                         {"acc3", "acc5"},
                                         {"acc5", "acc1"},
                                         {"acc2", "acc5", true, kByteANanosecond / 10, {}, {}}};
    return array;
}

TEST(CollectiveBound, FindsASlowBridge) {
    const ArraySpec array = two_triangles();
    EXPECT_EQ(bound_of(kAllReduce, array), 10 * 6 * kBlock * kNanosecond);
    for (const CollectiveKind kind : {kReduceScatter, kAllGather}) {
        EXPECT_EQ(bound_of(kind, array), 10 * 3 * kBlock * kNanosecond);  // the blocks of the other side
    }
}

TEST(CollectiveBound, OfUnevenBlocksIsWhatTheirOwnersTake) {
    const ArraySpec array = array_of(TopologyKind::FullyConnected, {3});
    const Levels levels({3});
    const auto bound = [&](CollectiveKind kind, const std::vector<std::uint64_t>& blocks) {
        return bound_of(array, levels, tests::collective_of(kind, 0b1, blocks, levels));
    };
    // All is 0's: it comes, or goes, over two links.
    EXPECT_EQ(bound(kReduceScatter, {kBlock, 0, 0}), kBlock * kNanosecond / 2);
    EXPECT_EQ(bound(kAllGather, {kBlock, 0, 0}), kBlock * kNanosecond / 2);
    // 2 x 2 of it over six links is more than it all over two.
    EXPECT_EQ(bound(kAllReduce, {kBlock, 0, 0}), kBlock * kNanosecond * 4 / 6);
    // Of 2, all goes out over two links.
    EXPECT_EQ(bound(kReduceScatter, {kBlock, kBlock / 2, 0}), (kBlock + kBlock / 2) * kNanosecond / 2);
    EXPECT_EQ(bound(kAllReduce, {0, 0, 0}), 0U);
    // In a bridge's way are the blocks of the other side: 4 of them for 0, 2 and 4, 2 for 1, 3 and 5.
    const Levels six({2, 3});
    const std::vector<std::uint64_t> blocks{0, 2 * kBlock, kBlock, kBlock, kBlock, kBlock};
    EXPECT_EQ(bound_of(two_triangles(), six, tests::collective_of(kReduceScatter, 0b11, blocks, six)),
              10 * 4 * kBlock * kNanosecond);
}

// 0 and 4, 1 and 5, ... are groups of a ring of 8: the blocks of 4 groups cross its halves over two links.
TEST(CollectiveBound, IsOfAllGroupsAtOnce) {
    const Levels levels({2, 2, 2});
    const std::vector<std::uint64_t> blocks(8, kBlock);
    const ArraySpec ring = array_of(TopologyKind::Ring, {8});
    EXPECT_EQ(bound_of(ring, levels, tests::collective_of(kAllReduce, 0b001, blocks, levels)),
              4 * 2 * kBlock * kNanosecond / 2);
    // Neighbours have links of their own, but two each: 8 x 2 blocks over 16.
    EXPECT_EQ(bound_of(ring, levels, tests::collective_of(kAllReduce, 0b100, blocks, levels)), kBlock * kNanosecond);
}

// 2 to 3 and 3 to 2, 4 and 5 alike: 7 and 5 blocks, for which another way, over two links, is none of theirs.
TEST(CollectiveBound, OfASwapIsWhatCrosses) {
    const Levels levels({2, 2});
    Exchange exchange;
    exchange.group = 0b01;
    exchange.rounds = {{1, {7 * kBlock, 0, 5 * kBlock, 0}}};
    const Collective swap{CollectiveKind::Swap, Tensor::Error, 0b01, {}, {exchange}};
    EXPECT_EQ(bound_of(array_of(TopologyKind::HTree, {2, 2}), levels, swap), 7 * kBlock * kNanosecond);
    EXPECT_EQ(bound_of(array_of(TopologyKind::Ring, {4}), levels, swap), 7 * kBlock * kNanosecond / 2);
}

// All that is sent is read and written; half of it is read once more, to be added to.
TEST(CollectiveBound, IsWhatMemoriesTake) {
    ArraySpec array = array_of(TopologyKind::Ring, {8});
    array.memory.vaults = 2;
    array.memory.vault_bits_per_second = kByteANanosecond / 4;
    const std::uint64_t sent = 7 * 8 * kBlock;
    EXPECT_EQ(bound_of(kAllGather, array), 2 * 2 * sent * kNanosecond / 8);
    EXPECT_EQ(bound_of(kAllReduce, array), 2 * (2 + 3) * sent * kNanosecond / 8);
}

// All memories together, 2^64 bits a second and more, are too many for an integer.
TEST(CollectiveBound, HoldsForThousandsOfFastMemories) {
    ArraySpec array = array_of(TopologyKind::Torus, {64, 64});
    array.memory.vault_bits_per_second *= 100;
    EXPECT_EQ(bound_of(kAllReduce, array), sent_over(4 * 4096, 4096));
}

}  // namespace
}  // namespace hypar
