#include "sim/program/lowering.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "tests/sim/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// "conv1 forward" for a segment that computes, "conv1 forward <->" for an exchange.
std::vector<std::string> describe(const Network& network, const Program& program) {
    std::vector<std::string> lines;
    for (const Segment& segment : program.segments) {
        std::string line = network.layer(segment.layer).name + " " + name_of(segment.phase);
        if (!segment.is_compute()) line += " <->";
        lines.push_back(line);
    }
    return lines;
}

Network two_layers() {
    return tests::network_of({3, 6, 6}, {tests::convolution("conv1", 5, 3), tests::fully_connected("fc1", 4)});
}

TEST(Lowering, ShardsAddUpToTheNetworkAndKernelsAreHeldOncePerDataGroup) {
    tests::Random random(11);
    for (int round = 0; round < 60; ++round) {
        const Network network = tests::random_network(random);
        const std::size_t levels = tests::draw(random, 0, 5);
        const Plan plan = tests::random_plan(random, levels, network.size());
        const StepShape step{tests::draw(random, 1, 101), 4,
                             tests::draw(random, 0, 1) == 0 ? PartialSums::Pooled : PartialSums::BeforePooling};
        for (std::size_t layer = 0; layer < network.size(); ++layer) {
            std::uint64_t copies = 1;
            for (std::size_t level = 0; level < levels; ++level) {
                if (plan.at(level, layer) == Parallelism::Data) copies *= 2;
            }
            for (const Phase phase : kPhases) {
                std::uint64_t macs = 0;
                for (std::uint64_t i = 0; i < plan.accelerators(); ++i) {
                    macs += tests::macs_of(tests::shard_nest(network, plan, step, layer, phase, i));
                }
                EXPECT_EQ(macs, phase == Phase::Update ? network.layer(layer).weights() * copies
                                                       : network.layer(layer).macs() * step.batch)
                    << network.layer(layer).name << " " << name_of(phase);
            }
        }
    }
}

TEST(Lowering, NestsAreMadeAndSummedOverTheAxesOfTheirOperators) {
    const Network network = two_layers();
    const std::pair<Axis, Loop> same[] = {{Axis::Groups, Loop::Groups},
                                          {Axis::Batch, Loop::Samples},
                                          {Axis::Rows, Loop::Rows},
                                          {Axis::InChannels, Loop::InChannels},
                                          {Axis::OutChannels, Loop::OutChannels}};
    for (const StepOperator& part : derive_step(network, tests::kAllPhases, 4, 0).operators) {
        const LoopNest nest = shard_nest(network, Plan(), {4}, part, 0);
        for (const auto& [axis, loop] : same) {
            EXPECT_EQ(contains(part.work.result.axes, axis), contains(made_loops(nest), loop));
            EXPECT_EQ(contains(part.work.summed(), axis), contains(summed_loops(nest), loop));
        }
    }
}

TEST(Lowering, TellsTheHeightOfWindowsFromTheirWidth) {
    const Network network = two_layers();
    StepOperator part = derive_step(network, {Phase::Forward}, 4, 0).operators.front();
    part.work.extents[static_cast<std::size_t>(Axis::KernelRows)] = 2;
    part.work.extents[static_cast<std::size_t>(Axis::KernelColumns)] = 7;
    part.work.window.stride = {3, 4};
    part.work.window.dilation = {5, 6};
    const LoopNest nest = shard_nest(network, Plan(), {4}, part, 0);
    EXPECT_EQ(nest.kernel_height, 2U);
    EXPECT_EQ(nest.kernel_width, 7U);
    EXPECT_EQ(nest.stride_height, 3U);
    EXPECT_EQ(nest.stride_width, 4U);
    EXPECT_EQ(nest.dilation_height, 5U);
    EXPECT_EQ(nest.dilation_width, 6U);
}

TEST(Lowering, SchedulesOfAllUnitsAddUpToTheNetwork) {
    tests::Random random(12);
    for (int round = 0; round < 10; ++round) {
        const Network network = tests::random_network(random);
        const std::size_t levels = tests::draw(random, 0, 4);
        const Plan plan = tests::random_plan(random, levels, network.size());
        const ArraySpec array = tests::hpca19(TopologyKind::HTree, plan.accelerators());
        const Program program = lower(network, plan, {100}, {Phase::Forward, Phase::Gradient}, array);
        std::uint64_t macs = 0;
        for (const Segment& segment : program.segments) {
            if (!segment.is_compute()) continue;
            EXPECT_EQ(segment.compute.size(), array.accelerators);
            for (const auto& units : segment.compute) {
                EXPECT_LE(units.size(), array.processing_units);
                for (const std::uint32_t schedule : units) macs += tests::macs_of(program.schedules[schedule].nest());
            }
        }
        EXPECT_EQ(macs, 2 * 100 * network.macs());
    }
}

TEST(Lowering, RunsForwardThenEveryLayerBackwardsWithItsExchanges) {
    const Network network = two_layers();
    // H1 all data, H2 conv1 model: F of conv1 is summed at H2 and its gradient at H1, fc1's gradient at both.
    const Plan plan = Plan::from_strings({"00", "10"}, 2);
    const Program program = lower(network, plan, {8}, tests::kAllPhases, tests::hpca19(TopologyKind::HTree, 4));
    EXPECT_THAT(describe(network, program),
                ElementsAre("conv1 forward", "conv1 forward <->", "fc1 forward",  //
                            "fc1 backward", "fc1 gradient", "fc1 gradient <->", "fc1 gradient <->",
                            "fc1 gradient <->", "fc1 gradient <->", "fc1 update",  //
                            "conv1 backward <->", "conv1 backward", "conv1 gradient", "conv1 gradient <->",
                            "conv1 gradient <->", "conv1 update"));
}

TEST(Lowering, LeavesOutPhasesThatAreNotAskedFor) {
    const Network network = two_layers();
    const Plan plan = Plan::from_strings({"00", "10"}, 2);
    const ArraySpec array = tests::hpca19(TopologyKind::HTree, 4);
    EXPECT_THAT(describe(network, lower(network, plan, {8}, {Phase::Forward}, array)),
                ElementsAre("conv1 forward", "conv1 forward <->", "fc1 forward"));
    EXPECT_THAT(
        describe(network, lower(network, plan, {8}, {Phase::Gradient, Phase::Update}, array)),
        ElementsAre("fc1 gradient", "fc1 gradient <->", "fc1 gradient <->", "fc1 gradient <->", "fc1 gradient <->",
                    "fc1 update", "conv1 gradient", "conv1 gradient <->", "conv1 gradient <->", "conv1 update"));
    EXPECT_TRUE(lower(network, plan, {8}, {}, array).segments.empty());
}

TEST(Lowering, KeepsPartialSumsBeforePoolingWhereTheyTravelSo) {
    LayerSpec pooled = tests::convolution("conv1", 5, 3);
    pooled.pool = Pool{PoolKind::Max, 2, 2};
    const Network network = tests::network_of({4, 6, 6}, {pooled});  // 4x4 outputs, pooled to 2x2
    const Plan model = Plan::from_strings({"1"}, 1);
    const Plan data = Plan::from_strings({"0"}, 1);
    const auto stored = [&](const Plan& plan, PartialSums partial_sums) {
        return tests::shard_nest(network, plan, {8, 4, partial_sums}, 0, Phase::Forward, 0).stored_out_plane;
    };
    EXPECT_EQ(stored(model, PartialSums::Pooled), 4U);
    EXPECT_EQ(stored(model, PartialSums::BeforePooling), 16U);
    EXPECT_EQ(stored(data, PartialSums::BeforePooling), 4U);
    // Errors come back pooled whichever way the sums went.
    for (const Phase phase : {Phase::Backward, Phase::Gradient}) {
        const LoopNest nest = tests::shard_nest(network, model, {8, 4, PartialSums::BeforePooling}, 0, phase, 0);
        EXPECT_EQ(nest.stored_out_plane, 4U);
    }
}

TEST(Lowering, GivesAnEmptyShareNoSchedule) {
    const Network network = tests::network_of({3, 1, 1}, {tests::fully_connected("fc1", 4)});
    // One sample for two accelerators: the second has none.
    const Program program =
        lower(network, Plan::from_strings({"0"}, 1), {1}, {Phase::Forward}, tests::hpca19(TopologyKind::HTree, 2));
    ASSERT_EQ(program.segments.size(), 1U);
    EXPECT_FALSE(program.segments[0].compute[0].empty());
    EXPECT_TRUE(program.segments[0].compute[1].empty());
}

/// conv2 reads 8 channels in 2 groups and makes 6.
Network grouped_layers() {
    LayerSpec grouped = tests::convolution("conv2", 6, 3);
    grouped.groups = 2;
    return tests::network_of({3, 9, 9}, {tests::convolution("conv1", 8, 3), grouped});
}

TEST(Lowering, GivesWholeGroupsOrPartsOfOne) {
    const Network network = grouped_layers();
    const auto nest_with = [&](const std::vector<std::string>& levels) {
        return tests::shard_nest(network, Plan::from_strings(levels, 2), {8, 4, PartialSums::Pooled}, 1,
                                 Phase::Forward, 0);
    };
    const LoopNest both = nest_with({"00"});
    EXPECT_EQ(both.groups, 2U);
    EXPECT_EQ(both.in_channels, 4U);
    EXPECT_EQ(both.out_channels, 3U);
    const LoopNest one = nest_with({"01"});
    EXPECT_EQ(one.groups, 1U);
    EXPECT_EQ(one.in_channels, 4U);
    EXPECT_EQ(one.out_channels, 3U);
    const LoopNest half = nest_with({"01", "01"});
    EXPECT_EQ(half.groups, 1U);
    EXPECT_EQ(half.in_channels, 2U);
    EXPECT_EQ(half.out_channels, 3U);
}

TEST(Lowering, RunsGroupedConvolutionsWithTheirOwnWork) {
    const Network network = grouped_layers();
    for (const std::vector<std::string>& levels : {std::vector<std::string>{"00"}, {"01"}, {"01", "01"}}) {
        const Plan plan = Plan::from_strings(levels, 2);
        ArraySpec array = tests::hpca19(TopologyKind::HTree, plan.accelerators());
        // The run itself checks multiply-accumulates, bytes and limits.
        const RunReport report = run_step({network, array, plan, "a plan", {8}, tests::kAllPhases});
        EXPECT_EQ(report.layers[1].phases[0].counts.macs, 8U * 2 * 4 * 3 * 9 * 5 * 5);
    }
}

TEST(Lowering, RefusesSharesAcrossGroups) {
    // Three groups of two channels each, halved: three channels are a group and a half.
    LayerSpec grouped = tests::convolution("conv2", 6, 3);
    grouped.groups = 3;
    const Network network = tests::network_of({3, 9, 9}, {tests::convolution("conv1", 6, 3), grouped});
    const Plan plan = Plan::from_strings({"01"}, 2);
    try {
        lower(network, plan, {8}, tests::kAllPhases, tests::hpca19(TopologyKind::HTree, 2));
        FAIL() << "it was lowered";
    } catch (const ConfigError& error) {
        EXPECT_EQ(error.key(), "network.layers.1.groups");
        EXPECT_THAT(error.problem(), HasSubstr("3 groups of 2 input channels cannot be divided into shares of 3"));
    }
}

TEST(Lowering, NamesTheLayerAndPhaseWhoseTilesDoNotFit) {
    ArraySpec array = tests::hpca19(TopologyKind::HTree, 1);
    array.buffer = {100, 100, 8};
    try {
        lower(two_layers(), Plan(), {8}, tests::kAllPhases, array);
        FAIL() << "it was lowered";
    } catch (const ConfigError& error) {
        EXPECT_EQ(error.key(), "array.buffer.capacity");
        EXPECT_THAT(error.problem(), HasSubstr("conv1 forward"));
    }
}

}  // namespace
}  // namespace hypar
