// What each algorithm's flows do to the data, element by element, and that all send the same bytes.

#include "collective/algorithm.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

#include "tests/collective/carried.h"
#include "tests/collective/support.h"
#include "tests/collective/tracked_flows.h"

namespace hypar {
namespace {

std::uint64_t bytes_of(const std::vector<Stage>& stages) {
    std::uint64_t bytes = 0;
    for (const Stage& stage : stages) {
        for (const Flow& flow : stage.flows) bytes += flow.bytes;
    }
    return bytes;
}

Topology random_topology(std::mt19937& random, std::uint64_t accelerators) {
    InterconnectSpec spec;
    spec.bits_per_second = 8'000'000'000;
    spec.is_per_link = true;
    spec.virtual_channels = 4;
    tests::draw_topology(random, spec, accelerators);
    return Topology::make(spec, accelerators);
}

TEST(Algorithms, DivideBytesByWholeElements) {
    // 7 elements of 4 bytes in 3 parts: 3, 2 and 2.
    EXPECT_EQ(part_of_bytes(28, 0, 3, 4), 12U);
    EXPECT_EQ(part_of_bytes(28, 1, 3, 4), 8U);
    EXPECT_EQ(part_of_bytes(28, 2, 3, 4), 8U);
    EXPECT_EQ(part_of_bytes(8, 1, 3, 4), 4U);
    EXPECT_EQ(part_of_bytes(8, 2, 3, 4), 0U);
}

/// Every algorithm does what the collective is for, with the bytes of its exchanges.
void expect_carried_out(const Collective& collective, const CollectivePlace& place, std::mt19937& random) {
    for (const AlgorithmModel& model : algorithm_models()) {
        if (!tests::takes(model, collective, place.levels)) continue;
        SCOPED_TRACE(name_of(model.algorithm));
        const std::vector<Stage> stages = model.lower(collective, place);
        ASSERT_EQ(bytes_of(stages), collective.bytes());
        tests::TrackedCollective tracked(collective, place);
        const auto carried = tests::carried_by(model.algorithm, collective, place, tracked, stages);
        ASSERT_EQ(stages.size(), carried.size());
        for (std::size_t stage = 0; stage < stages.size(); ++stage) {
            ASSERT_NO_FATAL_FAILURE(tracked.carry_out(stages[stage].flows, carried[stage], random));
        }
        ASSERT_NO_FATAL_FAILURE(tracked.expect_complete());
    }
}

void expect_all_carried_out(std::uint64_t first, std::uint64_t cases) {
    for (std::uint64_t seed = first; seed < first + cases; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
        const Levels levels = random_levels(random, 36);
        const Topology topology = random_topology(random, levels.accelerators());
        const std::uint64_t element_bytes = std::uint64_t{1} << random_between(random, 0, 3);
        const CollectivePlace place{levels, topology, element_bytes, random_between(random, 1, 64)};
        for (const CollectiveKind kind : tests::kReducingKinds) {
            SCOPED_TRACE(name_of(kind));
            const LevelSet set = tests::random_level_set(random, levels);
            const auto blocks = tests::random_blocks(random, levels.accelerators(), 12, element_bytes);
            const Collective collective = tests::collective_of(kind, set, blocks, levels);
            if (collective.bytes() == 0) continue;
            ASSERT_NO_FATAL_FAILURE(expect_carried_out(collective, place, random));
        }
    }
}

/// How the sums of a collective are put together by flows that come in an order that `random` says.
std::vector<std::vector<std::uint64_t>> sums_of(const std::vector<Stage>& stages, CollectiveAlgorithm algorithm,
                                                const Collective& collective, const CollectivePlace& place,
                                                std::uint32_t seed) {
    std::mt19937 random(seed);
    tests::TrackedCollective tracked(collective, place);
    const auto carried = tests::carried_by(algorithm, collective, place, tracked, stages);
    for (std::size_t stage = 0; stage < stages.size(); ++stage) {
        tracked.carry_out(stages[stage].flows, carried[stage], random);
    }
    return tracked.sums();
}

std::vector<Stage> with_any_order(std::vector<Stage> stages) {
    for (Stage& stage : stages) {
        for (Flow& flow : stage.flows) {
            flow.adds_behind.clear();
            flow.adds_after.clear();
        }
    }
    return stages;
}

/// A sum is a tree of additions, and in floating point another tree is another result.
void expect_one_order_of_sums(std::uint64_t first, std::uint64_t cases) {
    std::map<CollectiveAlgorithm, int> differing;  // where any order will do
    for (std::uint64_t seed = first; seed < first + cases; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
        const Levels levels = random_levels(random, 36);
        const Topology topology = random_topology(random, levels.accelerators());
        const CollectivePlace place{levels, topology, 4, random_between(random, 1, 64)};
        const LevelSet set = tests::random_level_set(random, levels);
        const auto blocks = tests::random_blocks(random, levels.accelerators(), 12, 4);
        for (const CollectiveKind kind : {CollectiveKind::AllReduce, CollectiveKind::ReduceScatter}) {
            const Collective collective = tests::collective_of(kind, set, blocks, levels);
            if (collective.bytes() == 0) continue;
            for (const AlgorithmModel& model : algorithm_models()) {
                SCOPED_TRACE(name_of(model.algorithm));
                const std::vector<Stage> stages = model.lower(collective, place);
                const auto sums = [&](const std::vector<Stage>& all, std::uint32_t order) {
                    return sums_of(all, model.algorithm, collective, place, order);
                };
                ASSERT_EQ(sums(stages, 1), sums(stages, 2));
                const std::vector<Stage> loose = with_any_order(stages);
                if (sums(loose, 1) != sums(loose, 2)) ++differing[model.algorithm];
            }
        }
    }
    EXPECT_GT(differing[CollectiveAlgorithm::Bucket], 0);
    EXPECT_GT(differing[CollectiveAlgorithm::Direct], 0);
    EXPECT_GT(differing[CollectiveAlgorithm::Tree], 0);
}

/// Of every tensor of a step, whatever its readers and its pooling.
void expect_planned_bytes(std::uint64_t first, std::uint64_t cases) {
    for (std::uint64_t seed = first; seed < first + cases; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
        const Levels levels = random_levels(random, 36);
        const Topology topology = random_topology(random, levels.accelerators());
        const Network network = RandomNetworks(random, Branches::Some).next(4);
        const Plan plan = random_plan(random, network, levels);
        StepShape step{random_between(random, 1, 9), 4};
        if (random_between(random, 0, 1) == 0) step.partial_sums = PartialSums::BeforePooling;
        if (seed % 2 == 1) step.optimizer_state = OptimizerState::Sharded;
        for (const LayerExchanges& layer : plan_exchanges(network, plan, step)) {
            for (const std::vector<Exchange>* list : layer.lists()) {
                for (const Collective& collective : collectives_of(*list, levels)) {
                    for (const AlgorithmModel& model : algorithm_models()) {
                        if (!tests::takes(model, collective, levels)) continue;
                        ASSERT_EQ(bytes_of(model.lower(collective, {levels, topology, 4, 64})), collective.bytes())
                            << name_of(model.algorithm) << " " << name_of(collective.kind);
                    }
                }
            }
        }
    }
}

TEST(Algorithms, SendWhatIsPlanned) { expect_planned_bytes(0, 200); }

TEST(AlgorithmsLong, SendWhatIsPlanned) { expect_planned_bytes(200, 3000); }

TEST(Algorithms, AddInOneOrderWhateverComesFirst) { expect_one_order_of_sums(0, 60); }

TEST(AlgorithmsLong, AddInOneOrderWhateverComesFirst) { expect_one_order_of_sums(60, 1000); }

TEST(Algorithms, CompleteTheDataOfEveryKindOnEveryTopology) { expect_all_carried_out(0, 60); }

TEST(AlgorithmsLong, CompleteTheDataOfEveryKindOnEveryTopology) { expect_all_carried_out(60, 1000); }

}  // namespace
}  // namespace hypar
