#include "arch/unit/loop_nest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "arch/unit/dataflow_model.h"
#include "arch/unit/tilings.h"
#include "tests/arch/phases.h"
#include "tests/arch/support.h"

namespace hypar {
namespace {

using testing::ElementsAre;
using Loops = std::vector<Loop>;

LoopNest nest_of(Phase phase) {
    LoopNest nest;
    tests::set_phase(nest, phase);
    nest.samples = nest.in_channels = nest.out_channels = 2;
    return nest;
}

Loops listed(LoopSet loops) {
    Loops found;
    for (std::size_t loop = 0; loop < kLoops; ++loop) {
        if (contains(loops, static_cast<Loop>(loop))) found.push_back(static_cast<Loop>(loop));
    }
    return found;
}

TEST(LoopNest, IsMadeAndSummedOverWhatItsTensorsHave) {
    const LoopNest forward = nest_of(Phase::Forward);
    EXPECT_EQ(listed(made_loops(forward)), (Loops{Loop::Groups, Loop::Samples, Loop::Rows, Loop::OutChannels}));
    EXPECT_EQ(listed(summed_loops(forward)), (Loops{Loop::InChannels}));
    const LoopNest backward = nest_of(Phase::Backward);
    EXPECT_EQ(listed(made_loops(backward)), (Loops{Loop::Groups, Loop::Samples, Loop::Rows, Loop::InChannels}));
    EXPECT_EQ(listed(summed_loops(backward)), (Loops{Loop::OutChannels}));
    const LoopNest gradient = nest_of(Phase::Gradient);
    EXPECT_EQ(listed(made_loops(gradient)), (Loops{Loop::Groups, Loop::InChannels, Loop::OutChannels}));
    EXPECT_EQ(listed(summed_loops(gradient)), (Loops{Loop::Samples, Loop::Rows}));
    EXPECT_EQ(listed(summed_loops(nest_of(Phase::Update))), Loops{});
}

TEST(LoopNest, HasTheTwoTensorsThatItDoesNotMakeAsOperands) {
    EXPECT_THAT(nest_of(Phase::Forward).operands(), ElementsAre(NestTensor::Features, NestTensor::Filters));
    EXPECT_THAT(nest_of(Phase::Backward).operands(), ElementsAre(NestTensor::Outputs, NestTensor::Filters));
    EXPECT_THAT(nest_of(Phase::Gradient).operands(), ElementsAre(NestTensor::Outputs, NestTensor::Features));
    EXPECT_THAT(nest_of(Phase::Update).operands(), ElementsAre(NestTensor::Filters, NestTensor::Filters));
}

TEST(Tilings, OrdersKeepSumsInnermostAndLetEachOperandBeLoadedOnce) {
    const UnitSpec unit = tests::hpca19().unit();
    for (const Phase phase : kPhases) {
        const LoopNest nest = nest_of(phase);
        const Tilings tilings(unit, nest);
        ASSERT_EQ(tilings.orders().size(), phase == Phase::Update ? 1U : 2U);
        for (std::size_t number = 0; number < tilings.orders().size(); ++number) {
            // Where what is summed over is not cut, loops of an operand that are all outside the others load it once.
            const auto& order = tilings.orders()[number];
            const LoopSet own = loops_of(nest.operands()[number]);
            const auto depth = [&](Loop loop) {
                if (!contains(made_loops(nest), loop)) return 2;
                return contains(own, loop) ? 0 : 1;
            };
            EXPECT_TRUE(
                std::is_sorted(order.begin(), order.end(), [&](Loop a, Loop b) { return depth(a) < depth(b); }));
            EXPECT_EQ(order.front(), Loop::Groups);
        }
    }
}

TEST(Dataflows, ComputeWhatTheyAreFor) {
    UnitSpec unit = tests::hpca19().unit();
    const auto dataflows_of = [&](const LoopNest& nest) {
        std::vector<Dataflow> dataflows;
        for (const PassShape& sets : array_sets(unit, nest)) {
            if (dataflows.empty() || dataflows.back() != sets.dataflow) dataflows.push_back(sets.dataflow);
        }
        return dataflows;
    };
    for (const bool row_stationary_only : {false, true}) {
        unit.mapping.row_stationary_only = row_stationary_only;
        for (const Phase phase : {Phase::Forward, Phase::Backward}) {
            LoopNest nest = nest_of(phase);
            if (row_stationary_only) {
                EXPECT_THAT(dataflows_of(nest), ElementsAre(Dataflow::RowStationary));
            } else {
                EXPECT_THAT(dataflows_of(nest), ElementsAre(Dataflow::RowStationary, Dataflow::OutputStationary));
            }
            nest.kernel_height = nest.kernel_width = nest.in_height = nest.in_width = 3;
            EXPECT_THAT(dataflows_of(nest), ElementsAre(Dataflow::RowStationary));
        }
        EXPECT_THAT(dataflows_of(nest_of(Phase::Gradient)), ElementsAre(Dataflow::OutputStationary));
        EXPECT_THAT(dataflows_of(nest_of(Phase::Update)), ElementsAre(Dataflow::Streaming));
    }
}

}  // namespace
}  // namespace hypar
