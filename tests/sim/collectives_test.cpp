// Collectives as they are carried out: what they take is close to the least that is possible and to what was
// predicted, and whatever runs at once comes to its end.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include <fmt/format.h>

#include "arch/network/deadlock.h"
#include "collective/bound.h"
#include "collective/choice.h"
#include "sim/replay/replay.h"
#include "tests/collective/support.h"
#include "tests/sim/conserved.h"
#include "tests/sim/random_flows.h"
#include "tests/sim/random_step.h"
#include "tests/sim/support.h"

namespace hypar {
namespace {

using tests::are_equal;
using tests::full;

Program program_of(std::vector<Stage> stages) {
    Program program;
    for (Stage& stage : stages) {
        program.segments.push_back({0, Phase::Forward, {}, std::move(stage.flows), stage.levels});
    }
    return program;
}

Picoseconds time_of(const ReplayResult& result, const ArraySpec& array) {
    Cycles cycles = 0;
    for (const SegmentTotals& segment : result.segments) cycles += segment.cycles;
    return array.clock.duration(cycles);
}

/// In picoseconds.
struct AllReduceTimes {
    double bound = 0;
    double predicted = 0;
    double simulated = 0;
};

/// Of an all-reduce of equal blocks over all accelerators.
AllReduceTimes all_reduce_times(const ArraySpec& array, std::uint64_t bytes) {
    const Topology topology = Topology::make(array.interconnect, array.accelerators);
    const Levels levels = default_levels(array.accelerators);
    const std::vector<std::uint64_t> blocks(array.accelerators, bytes / array.accelerators / 4 * 4);
    const Collective collective =
        tests::collective_of(CollectiveKind::AllReduce, tests::all_levels(levels), blocks, levels);
    const CarriedOut carried = CollectiveChoice(array, topology, levels).carry_out(collective);
    const ReplayResult result = replay(program_of(carried.stages), array, topology);
    return {static_cast<double>(CollectiveBound(array, topology, levels).of(collective)),
            static_cast<double>(carried.predicted), static_cast<double>(time_of(result, array))};
}

/// On the paper's array in another topology, by the algorithm that is expected to be the fastest.
void expect_close_to_bound(const TopologySpec& spec, std::uint64_t accelerators, std::uint64_t bytes,
                           double most_over_bound) {
    ArraySpec array = tests::hpca19(spec.kind, accelerators);
    array.interconnect.topology = spec;
    array.interconnect.collectives = {};
    for (const InputReads reads : {InputReads::One, InputReads::All}) {
        SCOPED_TRACE(fmt::format("{} {}, reads {}", accelerators, name_of(spec.kind), name_in(kInputReads, reads)));
        array.interconnect.input_reads = reads;
        const AllReduceTimes times = all_reduce_times(array, bytes);
        EXPECT_GE(times.simulated, times.bound);
        EXPECT_LE(times.simulated, most_over_bound * times.bound);
        EXPECT_NEAR(times.predicted / times.simulated, 1, 0.03);
    }
}

constexpr std::uint64_t kMegabyte = 1'000'000;

TEST(AllReduce, TakesTwoPercentMoreThanItMustAtTheMostInTrees) {
    expect_close_to_bound({TopologyKind::HTree}, 16, 4 * kMegabyte, 1.02);
    expect_close_to_bound({TopologyKind::FatTree}, 16, 4 * kMegabyte, 1.02);
}

TEST(AllReduce, TakesTwoPercentMoreThanItMustAtTheMostInRings) {
    for (const std::uint64_t size : {8U, 16U, 64U}) {
        expect_close_to_bound({TopologyKind::Ring, {size}}, size, kMegabyte, 1.02);
    }
}

TEST(AllReduce, TakesTwoPercentMoreThanItMustAtTheMostInTori) {
    expect_close_to_bound({TopologyKind::Torus, {4, 4}}, 16, kMegabyte, 1.02);
    expect_close_to_bound({TopologyKind::Torus, {8, 8}}, 64, kMegabyte, 1.02);
    expect_close_to_bound({TopologyKind::Torus, {4, 4, 4}}, 64, kMegabyte, 1.02);
}

TEST(AllReduce, TakesTwoPercentMoreThanItMustAtTheMostWhereAllAreJoined) {
    expect_close_to_bound({TopologyKind::FullyConnected, {8}}, 8, 4 * kMegabyte, 1.02);
    expect_close_to_bound({TopologyKind::FullyConnected, {16}}, 16, 4 * kMegabyte, 1.02);
}

TEST(AllReduce, TakesTenPercentMoreThanItMustAtTheMostInMeshes) {
    expect_close_to_bound({TopologyKind::Mesh, {4, 4}}, 16, 4 * kMegabyte, 1.10);
}

TEST(AllReduceLong, TakesTenPercentMoreThanItMustAtTheMostInMeshes) {
    expect_close_to_bound({TopologyKind::Mesh, {8, 8}}, 64, 16 * kMegabyte, 1.10);
}

TEST(AllReduce, TakesAQuarterMoreThanItMustAtTheMostInADragonfly) {
    expect_close_to_bound({TopologyKind::Dragonfly, {2, 4, 9}}, 72, 3 * kMegabyte, 1.25);
}

TEST(AllReduce, IsPredictedWithWhatAllocationTakes) {
    // Leaves of a flit a cycle: a packet of 64 flits asks for its way when the one before it has left its buffer, and
    // begins two cycles later in a router of four.
    ArraySpec array = tests::hpca19(TopologyKind::HTree, 16);
    array.interconnect.is_per_link = true;
    array.interconnect.bits_per_second = 32'000'000'000;
    array.interconnect.router_cycles = 4;
    array.interconnect.input_reads = InputReads::One;
    const AllReduceTimes times = all_reduce_times(array, 4 * kMegabyte);
    EXPECT_GE(times.simulated, 66.0 / 64 * times.bound);
    EXPECT_NEAR(times.predicted / times.simulated, 1, 0.01);
}

TEST(AllReduce, OfARingOnATreeTakesFourChannelsUnderWormholeFlowControl) {
    // Two ways over each link: packets of one that stand behind those of the other in a channel wait for its link.
    // The router's pipeline is of no matter: here it is of one cycle.
    ArraySpec array = tests::hpca19(TopologyKind::HTree, 16);
    InterconnectSpec& interconnect = array.interconnect;
    interconnect.collectives = CollectiveSpec::all(CollectiveAlgorithm::Ring);
    interconnect.flow_control = FlowControl::Wormhole;
    interconnect.input_reads = InputReads::One;
    interconnect.virtual_channels = 4;
    const AllReduceTimes four = all_reduce_times(array, kMegabyte / 8);
    EXPECT_LE(four.simulated, 1.01 * four.bound);
    interconnect.virtual_channels = 2;
    const AllReduceTimes two = all_reduce_times(array, kMegabyte / 8);
    EXPECT_GE(two.simulated, 1.3 * two.bound);
}

bool is_allowed(const ArraySpec& array) {
    try {
        check_deadlock_free(Topology::make(array.interconnect, array.accelerators));
        return true;
    } catch (const ConfigError&) {  // too few virtual channels
        return false;
    }
}

/// A random array in levels, of any topology, often with one virtual channel alone.
struct RandomArray {
    explicit RandomArray(std::uint64_t seed)
        : random(static_cast<std::mt19937::result_type>(seed)), levels(random_levels(random, 16)) {
        tests::Random random_parts(seed);
        do {
            array = tests::random_array(random_parts, false);
            array.accelerators = levels.accelerators();
            tests::make_regular(random_parts, array);
            InterconnectSpec& interconnect = array.interconnect;
            if (interconnect.routing == RoutingRule::Deterministic) {
                interconnect.virtual_channels = random_between(random, 0, 1) == 0 ? 1 : random_between(random, 2, 4);
            }
            tests::draw_topology(random, interconnect, array.accelerators);
        } while (!is_allowed(array));
        topology = Topology::make(array.interconnect, array.accelerators);
    }

    /// Of blocks up to so many packets.
    Collective random_collective(std::uint64_t most_packets = 40) {
        const LevelSet set = tests::random_level_set(random, levels);
        const std::uint64_t bytes = array.precision.bytes;
        const std::uint64_t most = random_between(random, 1, most_packets * array.interconnect.packet_bytes / bytes);
        const std::uint64_t kind = random_between(random, 0, 3);
        if (kind == 3) return tests::random_swap(random, set, levels, most, bytes);
        return tests::collective_of(tests::kReducingKinds[kind], set,
                                    tests::random_blocks(random, levels.accelerators(), most, bytes), levels);
    }

    CollectivePlace place() const {
        return {levels, topology, array.precision.bytes, array.interconnect.packet_bytes};
    }

    std::mt19937 random;
    Levels levels;
    ArraySpec array;
    Topology topology;
};

/// Whatever the algorithm.
void expect_no_less_than_bound(std::uint64_t first, std::uint64_t cases) {
    for (std::uint64_t seed = first; seed < first + cases; ++seed) {
        SCOPED_TRACE(seed);
        RandomArray drawn(seed);
        const Collective collective = drawn.random_collective();
        const Picoseconds bound = CollectiveBound(drawn.array, drawn.topology, drawn.levels).of(collective);
        for (const AlgorithmModel& model : algorithm_models()) {
            if (!tests::takes(model, collective, drawn.levels)) continue;
            const Program program = program_of(model.lower(collective, drawn.place()));
            ASSERT_EQ(planned_traffic_bytes(program), collective.bytes());
            ASSERT_GE(time_of(replay(program, drawn.array, drawn.topology), drawn.array), bound)
                << name_of(model.algorithm) << " " << name_of(collective.kind);
        }
    }
}

TEST(CollectiveTimes, AreNeverLessThanTheBound) { expect_no_less_than_bound(0, 60); }

TEST(CollectiveTimesLong, AreNeverLessThanTheBound) { expect_no_less_than_bound(60, 1500); }

/// As many collectives as a random number between these, in one segment, each of any algorithm, all groups at once.
std::vector<Flow> concurrent_flows(RandomArray& drawn, std::uint64_t least, std::uint64_t most,
                                   std::uint64_t most_packets) {
    std::vector<Flow> flows;
    for (std::uint64_t left = random_between(drawn.random, least, most); left > 0; --left) {
        const Collective collective = drawn.random_collective(most_packets);
        std::vector<const AlgorithmModel*> models;
        for (const AlgorithmModel& model : algorithm_models()) {
            if (tests::takes(model, collective, drawn.levels)) models.push_back(&model);
        }
        const AlgorithmModel& model = *models[random_between(drawn.random, 0, models.size() - 1)];
        for (const Stage& stage : model.lower(collective, drawn.place())) {
            const auto before = static_cast<std::uint32_t>(flows.size());
            for (Flow flow : stage.flows) {
                flow.for_each_other([&](std::uint32_t& other) { other += before; });
                flows.push_back(std::move(flow));
            }
        }
    }
    return flows;
}

void expect_to_end(std::uint64_t first, std::uint64_t cases) {
    std::uint64_t jumping = 0;
    for (std::uint64_t seed = first; seed < first + cases; ++seed) {
        SCOPED_TRACE(seed);
        RandomArray drawn(seed);
        const Program program = program_of({{0, concurrent_flows(drawn, 1, 2, 40)}});
        const ReplayResult whole = replay(program, drawn.array, drawn.topology, full());
        const ReplayResult fast = replay(program, drawn.array, drawn.topology);
        ASSERT_TRUE(are_equal(whole, fast));
        ASSERT_EQ(whole.segments.front().counts.sent_bytes, planned_traffic_bytes(program));
        jumping += fast.use.jumps > 0 ? 1U : 0U;
    }
    EXPECT_GT(jumping, cases / 20);
}

TEST(ConcurrentCollectives, ComeToTheirEndInFullAndFastAlike) { expect_to_end(0, 150); }

TEST(ConcurrentCollectivesLong, ComeToTheirEndInFullAndFastAlike) { expect_to_end(150, 2000); }

/// Groups of some levels cross those of others on the same links, with buffers from a flit, or a packet, on. A replay
/// that stands still throws.
void expect_all_delivered(std::uint64_t first, std::uint64_t cases) {
    std::uint64_t crossing = 0;
    for (std::uint64_t seed = first; seed < first + cases; ++seed) {
        SCOPED_TRACE(seed);
        RandomArray drawn(seed);
        const Program program = program_of({{0, concurrent_flows(drawn, 2, 5, 6)}});
        const ReplayResult result = replay(program, drawn.array, drawn.topology, full());
        tests::expect_conserved(program, drawn.array, drawn.topology, result);
        ASSERT_FALSE(testing::Test::HasFailure());
        crossing += drawn.levels.count() > 1 ? 1U : 0U;
    }
    EXPECT_GT(crossing, cases / 2);
}

TEST(CrossingCollectives, AreDeliveredWhateverTheirGroupsAndBuffers) { expect_all_delivered(0, 300); }

TEST(CrossingCollectivesLong, AreDeliveredWhateverTheirGroupsAndBuffers) { expect_all_delivered(300, 10'000); }

/// The paper's array in levels, of any topology.
struct RandomPaperArray {
    explicit RandomPaperArray(std::uint64_t seed)
        : random(static_cast<std::mt19937::result_type>(seed)),
          levels(random_levels(random, 16)),
          array(tests::hpca19(TopologyKind::HTree, levels.accelerators())) {
        array.interconnect.virtual_channels = 4;
        array.interconnect.input_reads = seed % 2 == 0 ? InputReads::One : InputReads::All;
        do {
            tests::draw_topology(random, array.interconnect, array.accelerators);
        } while (!is_allowed(array));
        topology = Topology::make(array.interconnect, array.accelerators);
    }

    CarriedOut carried_out(const Collective& collective, CollectiveAlgorithm algorithm) {
        array.interconnect.collectives = CollectiveSpec::all(algorithm);
        return CollectiveChoice(array, topology, levels).carry_out(collective);
    }

    std::mt19937 random;
    Levels levels;
    ArraySpec array;
    Topology topology;
};

TEST(CollectiveChoicesLong, AreAboutTheFastestAndPredictedToTakeLittleMore) {
    double excess = 0;
    double collectives = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        RandomPaperArray drawn(seed);
        const LevelSet set = tests::random_level_set(drawn.random, drawn.levels);
        const std::uint64_t most = random_between(drawn.random, 0, 1) == 0 ? 2000 : 40'000;
        const auto blocks = tests::random_blocks(drawn.random, drawn.levels.accelerators(), most, 4);
        for (const CollectiveKind kind : tests::kReducingKinds) {
            SCOPED_TRACE(seed);
            const Collective collective = tests::collective_of(kind, set, blocks, drawn.levels);
            if (collective.bytes() == 0) continue;
            const CollectiveAlgorithm best = drawn.carried_out(collective, CollectiveAlgorithm::Best).algorithm;
            std::map<CollectiveAlgorithm, double> times;
            for (const AlgorithmModel& model : algorithm_models()) {
                const CarriedOut carried = drawn.carried_out(collective, model.algorithm);
                const Program program = program_of(carried.stages);
                const double time =
                    static_cast<double>(time_of(replay(program, drawn.array, drawn.topology), drawn.array));
                EXPECT_LE(static_cast<double>(carried.predicted), 1.1 * time) << name_of(model.algorithm);
                times[model.algorithm] = time;
            }
            const auto fastest = std::min_element(times.begin(), times.end(),
                                                  [](const auto& a, const auto& b) { return a.second < b.second; });
            excess += times[best] / fastest->second - 1;
            ++collectives;
        }
    }
    EXPECT_LE(excess / collectives, 0.05);
}

}  // namespace
}  // namespace hypar
