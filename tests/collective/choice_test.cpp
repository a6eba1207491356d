#include "collective/choice.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "tests/collective/support.h"

namespace hypar {
namespace {

ArraySpec ring_of(std::uint64_t accelerators) {
    ArraySpec array = tests::ring_array(accelerators);
    array.memory.vault_bits_per_second = 1'000'000'000'000;
    return array;
}

CarriedOut carried_out(const ArraySpec& array, const Levels& levels, const Collective& collective) {
    const Topology topology = Topology::make(array.interconnect, array.accelerators);
    return CollectiveChoice(array, topology, levels).carry_out(collective);
}

/// Each sends a block to the next one.
Collective shift_of(LevelSet set, const std::vector<std::uint64_t>& blocks) {
    Exchange exchange;
    exchange.group = set;
    exchange.rounds = {{1, blocks}};
    return {CollectiveKind::Swap, Tensor::Error, set, {}, {exchange}};
}

CollectiveAlgorithm chosen(CollectiveAlgorithm named, std::uint64_t accelerators, CollectiveKind kind) {
    ArraySpec array = ring_of(accelerators);
    array.interconnect.collectives = CollectiveSpec::all(named);
    const Levels levels = default_levels(accelerators);
    const LevelSet all = tests::all_levels(levels);
    const std::vector<std::uint64_t> blocks(accelerators, 64);
    const bool is_swap = kind == CollectiveKind::Swap;
    return carried_out(array, levels,
                       is_swap ? shift_of(all, blocks) : tests::collective_of(kind, all, blocks, levels))
        .algorithm;
}

TEST(CollectiveChoice, IsAsTheArraySays) {
    for (const AlgorithmModel& model : algorithm_models()) {
        for (const CollectiveKind kind : tests::kReducingKinds) {
            EXPECT_EQ(chosen(model.algorithm, 8, kind), model.algorithm);
        }
    }
    ArraySpec array = ring_of(8);
    array.interconnect.collectives = {CollectiveAlgorithm::Ring, CollectiveAlgorithm::Tree,
                                      CollectiveAlgorithm::Direct, CollectiveAlgorithm::Pairwise};
    const Levels levels({2, 4});
    const auto algorithm_of = [&](CollectiveKind kind) {
        const std::vector<std::uint64_t> blocks(8, 4);
        return carried_out(array, levels, tests::collective_of(kind, 0b11, blocks, levels)).algorithm;
    };
    EXPECT_EQ(algorithm_of(CollectiveKind::AllReduce), CollectiveAlgorithm::Ring);
    EXPECT_EQ(algorithm_of(CollectiveKind::ReduceScatter), CollectiveAlgorithm::Tree);
    EXPECT_EQ(algorithm_of(CollectiveKind::AllGather), CollectiveAlgorithm::Direct);
}

TEST(CollectiveChoice, OfASwapIsPairwiseOrElseDirect) {
    EXPECT_EQ(chosen(CollectiveAlgorithm::Pairwise, 8, CollectiveKind::Swap), CollectiveAlgorithm::Pairwise);
    for (const auto algorithm : {CollectiveAlgorithm::Ring, CollectiveAlgorithm::Bucket, CollectiveAlgorithm::Tree,
                                 CollectiveAlgorithm::Direct}) {
        EXPECT_EQ(chosen(algorithm, 8, CollectiveKind::Swap), CollectiveAlgorithm::Direct);
    }
}

TEST(CollectiveChoice, LeavesGroupsThatAreTooLargeToTheRingAndSwapsToPairs) {
    const auto direct = CollectiveAlgorithm::Direct;
    EXPECT_EQ(chosen(direct, 128, CollectiveKind::AllReduce), direct);
    EXPECT_EQ(chosen(direct, 256, CollectiveKind::AllReduce), CollectiveAlgorithm::Ring);
    EXPECT_EQ(chosen(direct, 256, CollectiveKind::AllGather), direct);
    EXPECT_EQ(chosen(direct, 512, CollectiveKind::AllGather), CollectiveAlgorithm::Ring);
    EXPECT_EQ(chosen(CollectiveAlgorithm::Tree, 256, CollectiveKind::ReduceScatter), CollectiveAlgorithm::Ring);
    EXPECT_EQ(chosen(direct, 256, CollectiveKind::Swap), direct);
    EXPECT_EQ(chosen(direct, 512, CollectiveKind::Swap), CollectiveAlgorithm::Pairwise);
}

/// That another algorithm is expected to take at the least, for which it is not the best: as much as predicted, and
/// twice that if its flows may get into each other's way.
double most_expected(const CarriedOut& carried) {
    const bool is_calm =
        carried.algorithm == CollectiveAlgorithm::Pairwise || carried.algorithm == CollectiveAlgorithm::Ring;
    return static_cast<double>(carried.predicted) * (is_calm ? 1 : 2);
}

TEST(CollectiveChoice, OfTheBestIsNoSlowerThanAnyOther) {
    for (unsigned seed = 0; seed < 100; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        const Levels levels = random_levels(random, 16);
        ArraySpec array = ring_of(levels.accelerators());
        tests::draw_topology(random, array.interconnect, levels.accelerators());
        const LevelSet set = tests::random_level_set(random, levels);
        const auto blocks = tests::random_blocks(random, levels.accelerators(), 2000, 4);
        for (const CollectiveKind kind : tests::kReducingKinds) {
            const Collective collective = tests::collective_of(kind, set, blocks, levels);
            const CarriedOut best = carried_out(array, levels, collective);
            for (const AlgorithmModel& model : algorithm_models()) {
                ArraySpec other = array;
                other.interconnect.collectives = CollectiveSpec::all(model.algorithm);
                ASSERT_GE(most_expected(carried_out(other, levels, collective)),
                          0.98 * static_cast<double>(best.predicted))
                    << name_of(model.algorithm) << " " << name_of(kind);
            }
        }
    }
}

}  // namespace
}  // namespace hypar
