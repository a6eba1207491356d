#include <gtest/gtest.h>

#include <algorithm>

#include "sim/analysis/critical_path.h"
#include "sim/program/lowering.h"
#include "sim/replay/replay.h"
#include "sim/run.h"
#include "tests/sim/support.h"

namespace hypar {
namespace {

Cycles cycles_of(const Program& program, const ArraySpec& array) {
    Cycles sum = 0;
    for (const SegmentTotals& segment :
         replay(program, array, Topology::make(array.interconnect, array.accelerators)).segments) {
        sum += segment.cycles;
    }
    return sum;
}

TEST(CriticalPath, WithoutMemoryExchangesWaitForNoVaultEither) {
    ArraySpec array = tests::hpca19(TopologyKind::Torus, 4);
    array.processing_units = 4;
    const Network network =
        tests::network_of({4, 12, 12}, {tests::convolution("conv1", 24, 3), tests::fully_connected("fc1", 200)});
    const Plan plan = tests::data_plan(2, network.size());
    const RunReport report =
        run_step({network, array, plan, "data", {32}, tests::kAllPhases, CapacityRule::Refuse, true});
    const auto& resources = report.critical_path->resources;
    const auto memory = std::find_if(resources.begin(), resources.end(), [](const CriticalResource& resource) {
        return resource.resource == Resource::Memory;
    });
    ASSERT_NE(memory, resources.end());

    const Program program = lower(network, plan, {32}, tests::kAllPhases, array);
    ArraySpec without = array;
    without.ideal = Ideal::Memory;
    EXPECT_EQ(memory->step_cycles_without, cycles_of(program, without));
    // Exchanges gain by it.
    Program exchanges = program;
    exchanges.segments.erase(std::remove_if(exchanges.segments.begin(), exchanges.segments.end(),
                                            [](const Segment& segment) { return segment.is_compute(); }),
                             exchanges.segments.end());
    EXPECT_LT(cycles_of(exchanges, without), cycles_of(exchanges, array));
}

}  // namespace
}  // namespace hypar
