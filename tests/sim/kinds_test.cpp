// Accelerators of several kinds in one array.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "partition/search/plan_space.h"
#include "sim/fastest_plan.h"
#include "sim/run.h"
#include "tests/sim/random_step.h"
#include "tests/sim/support.h"

namespace hypar::tests {
namespace {

/// `accelerators` that are as those of the array.
AcceleratorKind like(const ArraySpec& array, std::uint64_t accelerators) {
    return {"like", accelerators, 1, array.processing_units, array.pe_array, array.mapping, array.buffer};
}

/// A random step on accelerators of two kinds, of which one has units and elements of its own.
RandomStep step_of_two_kinds(std::uint64_t seed) {
    RandomStep step(seed);
    ArraySpec& array = step.array;
    const std::uint64_t first = (array.accelerators + 1) / 2;
    array.kinds = {like(array, first)};
    if (array.accelerators == 1) return step;
    AcceleratorKind other = like(array, array.accelerators - first);
    other.processing_units = draw(step.random, 1, 4);
    other.pe_array.rows = draw(step.random, 3, 12);
    other.pe_array.columns = draw(step.random, 3, 14);
    other.buffer.capacity_bytes = draw(step.random, 6, 12) * 1024;
    array.kinds.push_back(other);
    if (seed % 2 == 0) std::swap(array.kinds[0], array.kinds[1]);
    std::vector<LevelPlan> cells;
    for (std::size_t level = 0; level < step.plan.levels(); ++level) cells.push_back(step.plan.level(level));
    step.plan = Plan(cells, step.plan.division().with_shares({draw(step.random, 1, 3), draw(step.random, 1, 3)}));
    step.lower_again();
    return step;
}

TEST(Kinds, TakeAsLongFastAsFull) { expect_fast_as_full(0, 24, 24 / 3, step_of_two_kinds); }

TEST(KindsLong, TakeAsLongFastAsFull) { expect_fast_as_full(24, 150, 150 / 3, step_of_two_kinds); }

TEST(Kinds, ThatAreAlikeDoWhatOneDoes) {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        RandomStep step(seed);
        const ReplayResult of_one = step.replay_with({});
        const std::uint64_t first = (step.array.accelerators + 1) / 2;
        step.array.kinds = {like(step.array, first)};
        if (first < step.array.accelerators) {
            step.array.kinds.push_back(like(step.array, step.array.accelerators - first));
        }
        step.lower_again();
        EXPECT_TRUE(are_equal(step.replay_with({}), of_one)) << "seed " << seed;
        EXPECT_TRUE(are_equal(step.replay_with(full()), of_one)) << "seed " << seed;
    }
}

TEST(Kinds, AreRememberedApart) {
    Remembered remembered;
    ReplayOptions options;
    options.remembered = &remembered;
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        RandomStep step = step_of_two_kinds(seed);
        step.replay_with(options);
        if (step.array.kinds.size() < 2) continue;
        std::swap(step.array.kinds[0], step.array.kinds[1]);
        std::swap(step.array.kinds[0].accelerators, step.array.kinds[1].accelerators);
        step.lower_again();
        EXPECT_TRUE(are_equal(step.replay_with(options), step.replay_with(full()))) << "seed " << seed;
    }
}

/// Two accelerators, of which the second has half the units.
ArraySpec fast_and_slow() {
    ArraySpec array = hpca19(TopologyKind::HTree, 2);
    array.kinds = {like(array, 1), like(array, 1)};
    array.kinds[1].processing_units = array.processing_units / 2;
    return array;
}

RunReport run_on(const ArraySpec& array, const Network& network, const Plan& plan, const StepShape& step,
                 const ReplayOptions& options = {}, const ScheduleSpec& schedule = {}) {
    return run_step({network, array, plan, "", step, kAllPhases, CapacityRule::Report, false, schedule}, options);
}

Network convolutions() { return network_of({16, 16, 16}, {convolution("a", 32, 3, 1), convolution("b", 32, 3, 1)}); }

double forward_cycles(const RunReport& report) {
    Cycles cycles = 0;
    for (const LayerReport& layer : report.layers) {
        cycles += layer.phases[static_cast<std::size_t>(Phase::Forward)].compute_cycles;
    }
    return static_cast<double>(cycles);
}

TEST(Kinds, OfHalfTheUnitsComputeInStepWithHalfTheShare) {
    const Network network = convolutions();
    const ArraySpec array = fast_and_slow();
    const StepShape step{768};
    const Levels levels = Levels({2}).with_shares({2, 1});
    const RunReport balanced = run_on(array, network, Plan::from_strings({"00"}, 2, levels), step);
    // 512 samples on 16 units, 256 on 8
    ASSERT_EQ(balanced.kinds.size(), 2U);
    const std::uint64_t updates = network.weights();  // both kinds update all
    EXPECT_EQ(balanced.kinds[0].macs - updates, 2 * (balanced.kinds[1].macs - updates));
    EXPECT_EQ(balanced.kinds[0].macs + balanced.kinds[1].macs, balanced.counts().macs);
    EXPECT_EQ(balanced.kinds[0].processing_elements, 2 * balanced.kinds[1].processing_elements);
    // With even shares the slow one has 384 in place of 256, and the step takes as long as it.
    const RunReport even = run_on(array, network, Plan::from_strings({"00"}, 2, Levels({2})), step);
    EXPECT_NEAR(forward_cycles(balanced) / forward_cycles(even), 256.0 / 384, 0.03);
    // An array of slow ones alone has as much for each.
    ArraySpec slow = hpca19(TopologyKind::HTree, 2);
    slow.processing_units /= 2;
    const RunReport alone = run_on(slow, network, Plan::from_strings({"00"}, 2, Levels({2})), {512});
    EXPECT_NEAR(forward_cycles(balanced) / forward_cycles(alone), 1, 0.02);
}

TEST(Kinds, OverlapAlikeFastAndFull) {
    const Network network = network_of({8, 10, 10}, {convolution("a", 12, 3, 1), fully_connected("b", 20)});
    ArraySpec array = hpca19(TopologyKind::HTree, 4);
    array.kinds = {like(array, 2), like(array, 2)};
    array.kinds[1].processing_units = 3;
    ScheduleSpec schedule;
    schedule.kind = ScheduleKind::Overlapped;
    const Levels levels = Levels({2, 2}).with_shares({3, 1});
    for (const char* h1 : {"01", "00", "11"}) {
        const Plan plan = Plan::from_strings({h1, "01"}, 2, levels);
        EXPECT_EQ(run_on(array, network, plan, {24}, {}, schedule).cycles(),
                  run_on(array, network, plan, {24}, full(), schedule).cycles())
            << h1;
    }
}

TEST(Kinds, AreKnownToTheSearchForTheFastestStep) {
    const Network network = network_of({12, 6, 6}, {convolution("a", 24, 3, 1), fully_connected("b", 40)});
    ArraySpec array = hpca19(TopologyKind::HTree, 4);
    array.kinds = {like(array, 2), like(array, 2)};
    array.kinds[1].processing_units = 2;
    const StepShape step{40};
    Remembered remembered;
    ReplayOptions options;
    options.remembered = &remembered;
    for (const std::vector<std::uint64_t>& shares : {std::vector<std::uint64_t>{}, {8, 1}}) {
        const Levels levels = Levels({2, 2}).with_shares(shares);
        const PlanSpace space(network, step, levels);
        std::optional<Cycles> least;
        for (std::uint64_t number = 0; number < 81; ++number) {
            LayerPlan a{static_cast<Parallelism>(number % 3), static_cast<Parallelism>(number / 3 % 3)};
            LayerPlan b{static_cast<Parallelism>(number / 9 % 3), static_cast<Parallelism>(number / 27)};
            const Plan plan = plan_of({a, b}, levels);
            if (!space.contains(plan)) continue;
            const Cycles cycles = run_on(array, network, plan, step, options).cycles();
            least = std::min(cycles, least.value_or(cycles));
        }
        const Plan found = fastest_plan(space, {array, kAllPhases, CapacityRule::Report}).plan;
        EXPECT_EQ(run_on(array, network, found, step, options).cycles(), *least);
    }
}

}  // namespace
}  // namespace hypar::tests
