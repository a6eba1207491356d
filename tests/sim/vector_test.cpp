// Vector units in a step: alone and beside the processing units of their accelerators, whose vaults they share.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "arch/unit/mapper.h"
#include "sim/analysis/critical_path.h"
#include "sim/analysis/step_segments.h"
#include "sim/replay/replay.h"
#include "tests/sim/random_step.h"
#include "tests/sim/support.h"

namespace hypar {
namespace {

using tests::are_equal;
using tests::draw;
using tests::full;
using tests::Random;

ReplayOptions remembering(Remembered& remembered) {
    ReplayOptions options;
    options.remembered = &remembered;
    return options;
}

/// Two accelerators with vector units of 16 lanes and tiles of 1 KiB.
ArraySpec two_accelerators() {
    ArraySpec array = tests::hpca19(TopologyKind::HTree, 2);
    array.vector_unit = {16, 2048};
    return array;
}

/// One segment in which each accelerator has a work.
Program program_of(const std::vector<VectorWork>& works, const ArraySpec& array) {
    Program program;
    Segment segment;
    for (const VectorWork& work : works) segment.vector_work.push_back(vector_schedule_of(program, work, array));
    program.segments = {segment};
    return program;
}

ReplayResult replay_of(const Program& program, const ArraySpec& array, const ReplayOptions& options = {}) {
    return replay(program, array, Topology::make(array.interconnect, array.accelerators), options);
}

/// All segments of a program twice: with vector work beside what they have, and vector work alone before exchanges.
Program with_vector_work(const Program& without, const ArraySpec& array, Random& random) {
    Program program = without;
    program.segments.clear();
    const auto works = [&] {
        std::vector<std::uint32_t> numbers;
        const std::uint64_t kinds = draw(random, 1, 2);
        std::vector<VectorWork> choices;
        for (std::uint64_t kind = 0; kind < kinds; ++kind) {
            const auto elements = [&] { return draw(random, 0, 2) == 0 ? 0 : draw(random, 1, 40'000); };
            choices.push_back({elements(), elements(), elements()});
        }
        for (std::uint64_t i = 0; i < array.accelerators; ++i) {
            numbers.push_back(vector_schedule_of(program, choices[i % kinds], array));
        }
        return numbers;
    };
    for (const Segment& segment : without.segments) {
        program.segments.push_back(segment);
        if (segment.is_compute()) {
            program.segments.back().vector_work = works();
        } else {
            program.segments.insert(program.segments.end() - 1, Segment{segment.layer, segment.phase, {}});
            program.segments[program.segments.size() - 2].vector_work = works();
        }
    }
    return program;
}

struct RandomVectorStep : tests::RandomStep {
    explicit RandomVectorStep(std::uint64_t seed) : RandomStep(seed) {
        array.vector_unit.lanes = draw(random, 1, 32);
        array.vector_unit.buffer_bytes = 8 * draw(random, 2, 600);
        program = with_vector_work(program, array, random);
    }
};

std::uint64_t planned_operations(const Program& program) {
    std::uint64_t sum = 0;
    for (const Segment& segment : program.segments) {
        for (const std::uint32_t schedule : segment.vector_work) {
            sum += program.vector_schedules[schedule].work().operations;
        }
    }
    return sum;
}

void expect_same_as_full_replay(std::uint64_t first, std::uint64_t cases) {
    std::uint64_t jumping = 0;
    for (std::uint64_t seed = first; seed < first + cases; ++seed) {
        const RandomVectorStep step(seed);
        const ReplayResult whole = step.replay_with(full());
        const ReplayResult fast = step.replay_with({});
        ASSERT_TRUE(are_equal(whole, fast)) << "seed " << seed;
        jumping += fast.use.jumps > 0 ? 1 : 0;
        EventCounts counts;
        for (const SegmentTotals& segment : whole.segments) counts += segment.counts;
        EXPECT_EQ(counts.dram_bytes, planned_memory_bytes(step.program));
        EXPECT_EQ(counts.vector_operations, planned_operations(step.program));
    }
    EXPECT_GT(jumping, cases * 6 / 10);
}

TEST(VectorStep, IsTheSameInFullAndFast) { expect_same_as_full_replay(0, 16); }
TEST(VectorStepLong, IsTheSameInFullAndFast) { expect_same_as_full_replay(16, 150); }

TEST(VectorStep, JumpsWhereAVectorUnitWorksAlone) {
    const ArraySpec array = two_accelerators();
    const Program program = program_of({{3'000'000, 1'000'001, 999'999}, {4000, 1000, 1000}}, array);
    const ReplayResult whole = replay_of(program, array, full());
    const ReplayResult fast = replay_of(program, array);
    EXPECT_TRUE(are_equal(whole, fast));
    EXPECT_GT(fast.use.jumps, 0U);
    EXPECT_LT(fast.use.events, whole.use.events / 10);
}

TEST(VectorStep, TakesWhatItsSlowestLanesTake) {
    // Nothing is moved: a cycle to start, 1000 / 16 = 62.5 cycles, a cycle to tell.
    const ArraySpec array = two_accelerators();
    const ReplayResult result = replay_of(program_of({{100, 0, 0}, {1000, 0, 0}}, array), array);
    const SegmentTotals& segment = result.segments.front();
    EXPECT_EQ(segment.cycles, 1 + 63 + 1U);
    EXPECT_EQ(segment.counts.vector_operations, 1100U);
    EXPECT_EQ(segment.counts.unit_cycles.vector, 7U + 63);
    ASSERT_TRUE(segment.last);
    EXPECT_EQ(segment.last->accelerator, 1U);
    EXPECT_EQ(segment.last->unit, array.processing_units);
    EXPECT_EQ(segment.last->spent.vector, 63U);
}

TEST(VectorStep, EndsAsItStartsWithoutWork) {
    const ArraySpec array = two_accelerators();
    const ReplayResult result = replay_of(program_of({{}, {}}, array), array);
    EXPECT_EQ(result.segments.front().cycles, 0U);
    EXPECT_FALSE(result.segments.front().last);
}

/// An update beside vector work, on one accelerator with one processing unit and one vault.
struct SideBySide {
    SideBySide() : array(tests::hpca19(TopologyKind::HTree, 1)) {
        array.processing_units = 1;
        array.memory.vaults = 1;
        array.vector_unit = {16, 2048};
        LoopNest nest;
        nest.kind = OperatorKind::Elementwise;
        nest.result = NestTensor::Filters;
        nest.samples = nest.in_channels = 1;
        nest.out_channels = 200'000;
        program.schedules = {Mapper(array.mapping_target()).schedule(nest)};
        Segment segment;
        segment.compute = {{0}};
        program.segments = {segment};
    }

    void add(const VectorWork& work) { program.segments[0].vector_work = {vector_schedule_of(program, work, array)}; }
    Cycles cycles(const ReplayOptions& options = {}) const {
        return replay_of(program, array, options).segments[0].cycles;
    }

    ArraySpec array;
    Program program;
};

TEST(VectorStep, SharesTheVaultsWithProcessingUnits) {
    SideBySide update;
    SideBySide vector;
    vector.program.segments[0].compute.clear();
    vector.add({100'000, 100'000, 100'000});
    SideBySide both;
    both.add({100'000, 100'000, 100'000});
    EXPECT_EQ(both.cycles(), both.cycles(full()));
    // Both are bound by the memory: together they take about as long as one after the other.
    EXPECT_GT(both.cycles(), (update.cycles() + vector.cycles()) * 8 / 10);
    EXPECT_LT(both.cycles(), (update.cycles() + vector.cycles()) * 11 / 10);
    // What is not moved costs the processing unit nothing.
    SideBySide fused;
    fused.add({16 * update.cycles() / 2, 0, 0});
    EXPECT_EQ(fused.cycles(), update.cycles());
}

TEST(VectorStep, IsRememberedByWorkLanesBufferAndPrecision) {
    Remembered remembered;
    std::vector<ArraySpec> arrays(4, two_accelerators());
    arrays[1].vector_unit.lanes = 17;
    arrays[2].vector_unit.buffer_bytes = 4096;
    arrays[3].precision = kPrecisions[1];
    const std::vector<VectorWork> works = {{9000, 4000, 3000}, {9100, 4000, 3000}, {9000, 4100, 3000},
                                           {9000, 4000, 3100}, {9000, 4000, 0},    {9000, 0, 3000}};
    std::vector<ReplayResult> results;
    for (const ArraySpec& array : arrays) {
        for (const VectorWork& work : works) {
            const Program program = program_of({work, {}}, array);
            results.push_back(replay_of(program, array, full()));
            EXPECT_TRUE(are_equal(replay_of(program, array, remembering(remembered)), results.back()));
            EXPECT_EQ(replay_of(program, array, remembering(remembered)).use.simulated_pieces, 0U);
        }
    }
    for (std::size_t a = 0; a < results.size(); ++a) {
        for (std::size_t b = 0; b < a; ++b) EXPECT_FALSE(are_equal(results[a], results[b])) << a << ", " << b;
    }
}

TEST(VectorStep, IsRememberedApartFromProcessingUnits) {
    Remembered remembered;
    SideBySide step;
    const VectorWork work{5000, 5000, 5000};
    for (int changes = 0; changes < 3; ++changes) {  // the update alone, with vector work, vector work alone
        if (changes == 1) step.add(work);
        if (changes == 2) step.program.segments[0].compute.clear();
        EXPECT_TRUE(are_equal(replay_of(step.program, step.array, remembering(remembered)),
                              replay_of(step.program, step.array, full())));
    }
}

TEST(VectorStep, IsSimulatedOnceForAcceleratorsThatDoAlike) {
    const ArraySpec array = two_accelerators();
    EXPECT_EQ(replay_of(program_of({{50, 40, 30}, {50, 40, 30}}, array), array).use.distinct_pieces, 1U);
    EXPECT_EQ(replay_of(program_of({{50, 40, 30}, {51, 40, 30}}, array), array).use.distinct_pieces, 2U);
    EXPECT_EQ(replay_of(program_of({{50, 40, 30}, {}}, array), array).use.distinct_pieces, 2U);
}

/// The critical path of a program of one layer.
CriticalPath path_of(const Program& program, const ArraySpec& array) {
    const Topology topology = Topology::make(array.interconnect, array.accelerators);
    const ReplayResult result = replay(program, array, topology);
    const auto segments = step_segments(program, array, topology, result);
    return find_critical_path(program, array, topology, segments, 1, {}).value();
}

TEST(VectorStep, IsAResourceOfTheCriticalPath) {
    // 64 elements read and none written: the lanes' 625 cycles, and the rest, which is memory.
    const ArraySpec array = two_accelerators();
    const Program program = program_of({{10'000, 64, 0}, {}}, array);
    const Cycles step = replay_of(program, array).segments[0].cycles;
    const CriticalPath path = path_of(program, array);
    ASSERT_EQ(path.resources.size(), 2U);
    EXPECT_EQ(path.resources[0].name, "vector");
    EXPECT_EQ(path.resources[0].cycles, 625U);
    EXPECT_EQ(path.resources[0].step_cycles_without, step - 625);
    EXPECT_EQ(path.resources[1].name, "memory");
    EXPECT_EQ(path.resources[1].cycles, step - 625);
}

TEST(VectorStep, IsBoundByItsLanesOrByTheMemory) {
    const ArraySpec array = two_accelerators();
    const Topology topology = Topology::make(array.interconnect, array.accelerators);
    const auto bound = [&](const VectorWork& work) {
        const Program program = program_of({work, {}}, array);
        return step_segments(program, array, topology, replay_of(program, array)).front().unit.value().bound();
    };
    EXPECT_EQ(bound({100'000, 10, 10}), Bound::Vector);
    EXPECT_EQ(bound({10, 100'000, 100'000}), Bound::Memory);
}

TEST(VectorStep, HasATrackInTheTimeline) {
    const ArraySpec array = two_accelerators();
    const Program program = program_of({{400'000, 100'000, 100'000}, {}}, array);
    for (const Fidelity fidelity : {Fidelity::Full, Fidelity::Fast}) {
        ReplayOptions options;
        options.fidelity = fidelity;
        options.timeline_slices = 1000;
        const ReplayResult result = replay_of(program, array, options);
        Activity sum;
        for (const Activity& slice : result.timeline->vector_units[0]) {
            sum.busy += slice.busy;
            sum.bytes += slice.bytes;
            sum.items += slice.items;
        }
        EXPECT_EQ(sum.busy, array.clock.duration(result.segments[0].counts.unit_cycles.vector));
        EXPECT_EQ(sum.bytes, 800'000U);
        EXPECT_EQ(sum.items, program.vector_schedules[0].size());
        EXPECT_TRUE(result.timeline->vector_units[1].empty());
        EXPECT_TRUE(result.timeline->units[0].empty());
    }
}

}  // namespace
}  // namespace hypar
