#include "report/energy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace hypar {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

PhaseReport& phase_of(RunReport& report, Phase phase) {
    return report.layers[0].phases[static_cast<std::size_t>(phase)];
}

/// A layer on four accelerators in an H-tree, at 4 ns a cycle: 100 cycles of computing, 300 of exchange.
RunReport report_of_four() {
    RunReport report;
    report.array.accelerators = 4;
    report.array.interconnect.topology.kind = TopologyKind::HTree;
    report.array.interconnect.bits_per_second = 1'000'000'000;
    report.topology = Topology::make(report.array.interconnect, 4);
    report.array.clock.period = 4000;
    report.array.energy.add = 0.9;
    report.array.energy.multiply = 3.7;
    report.layers.resize(1);
    report.layers[0].name = "fc";
    phase_of(report, Phase::Forward).compute_cycles = 100;
    phase_of(report, Phase::Forward).counts.macs = 1000;
    PhaseReport& gradient = phase_of(report, Phase::Gradient);
    gradient.communication_cycles = 300;
    gradient.counts.injected_flits = 64;
    gradient.counts.link_flits = 128;
    return report;
}

EnergyEntry entry_of(const std::vector<EnergyEntry>& entries, const std::string& component) {
    for (const EnergyEntry& entry : entries) {
        if (entry.component == component) return entry;
    }
    return {};
}

TEST(Energy, OfRoutersAndOfTimeIsLeftOutWhereTheTableHasNoPrice) {
    for (const char* component : {"router", "accelerator_static", "link_static"}) {
        EXPECT_THAT(energy_entries(report_of_four()), Not(Contains(Field(&EnergyEntry::component, component))));
    }
}

TEST(Energy, OfRoutersIsPaidByTheFlit) {
    RunReport report = report_of_four();
    report.array.energy.router_flit = 76;
    const EnergyEntry router = entry_of(energy_entries(report), "router");
    EXPECT_EQ(router.count, 192U);  // 64 into the senders' routers, 128 at the ends of links
    EXPECT_DOUBLE_EQ(router.joules(), 192 * 76e-12);
}

TEST(Energy, OfTimeIsPaidByTheCycleOfEveryAcceleratorAndLink) {
    RunReport report = report_of_four();
    report.array.energy.accelerator_microwatts = 5'000'000;
    report.array.energy.link_microwatts = 14'000;
    const std::vector<EnergyEntry> entries = energy_entries(report);
    const EnergyEntry accelerators = entry_of(entries, "accelerator_static");
    EXPECT_EQ(accelerators.count, 1600U);               // 4 in 400 cycles
    EXPECT_DOUBLE_EQ(accelerators.picojoules, 20'000);  // 5 W in 4 ns
    EXPECT_DOUBLE_EQ(accelerators.joules(), 4 * 5 * 1.6e-6);
    const EnergyEntry links = entry_of(entries, "link_static");
    EXPECT_EQ(links.count, 4800U);           // four wires at the leaves and two above, both ways, in 400 cycles
    EXPECT_DOUBLE_EQ(links.picojoules, 56);  // 14 mW in 4 ns
    EXPECT_DOUBLE_EQ(links.joules(), 12 * 0.014 * 1.6e-6);
}

TEST(Energy, OfThePhasesAddsUpToTheStep) {
    RunReport report = report_of_four();
    report.array.energy.accelerator_microwatts = 5'000'000;
    report.array.energy.link_microwatts = 14'000;
    report.array.energy.router_flit = 76;
    double sum = 0;
    for (const PhaseReport& phase : report.layers[0].phases) sum += total_joules(energy_entries(report, phase));
    EXPECT_DOUBLE_EQ(sum, total_joules(energy_entries(report)));
    const PhaseReport& forward = phase_of(report, Phase::Forward);
    EXPECT_EQ(entry_of(energy_entries(report, forward), "accelerator_static").count, 400U);
    const nlohmann::json components = energy_components_json(report, forward);
    EXPECT_EQ(components.size(), 3U);  // multiply-accumulates, accelerators, links; no flit passed a router
    EXPECT_DOUBLE_EQ(components["multiply_accumulate"], 1000 * 4.6e-12);
}

TEST(Energy, TimesTheStepIsTheEnergyDelayProduct) {
    // 1,000 multiply-accumulates of 4.6 pJ, times 400 cycles of 4 ns.
    EXPECT_DOUBLE_EQ(energy_delay_product(report_of_four()), 4.6e-9 * 1.6e-6);
}

TEST(Energy, OfAnotherPrecisionIsScaledByOperation) {
    RunReport report = report_of_four();
    report.array.energy.dram_32bit = 640;
    phase_of(report, Phase::Forward).counts.adds = 10;
    phase_of(report, Phase::Forward).counts.dram_bytes = 4;
    report.array.precision = kPrecisions[4];
    EXPECT_DOUBLE_EQ(total_joules(energy_entries(report)), (1000 * 4.6 + 10 * 0.9 + 640) * 1e-12);
    report.array.energy.precision = kPrecisions[0];
    // int8: 0.03 pJ for 0.9, 0.2 pJ for 3.7; a word of memory costs what it did.
    EXPECT_NEAR(total_joules(energy_entries(report)), (1000 * 0.23 + 10 * 0.03 + 640) * 1e-12, 1e-18);
    EXPECT_THAT(explain_energy(report),
                HasSubstr("Operations are priced for int8, scaled from the table's float32.\n"));
    report.array.precision = kPrecisions[0];
    EXPECT_EQ(report.array.prices().add, 0.9);
    EXPECT_THAT(explain_energy(report), Not(HasSubstr("scaled")));
}

TEST(Energy, OfAVectorUnitIsScaledAsAMultiplyAccumulate) {
    EnergyTable table;
    table.vector_operation = 4.6;
    table.precision = kPrecisions[0];
    EXPECT_NEAR(table.at(kPrecisions[1]).vector_operation, 1.5, 1e-12);  // 0.4 + 1.1 for 0.9 + 3.7
}

TEST(Energy, IsExplainedByLayerAndPhase) {
    RunReport report = report_of_four();
    report.array.energy.accelerator_microwatts = 1'000;
    // Forward 4.6 nJ and 4 x 1 mW x 400 ns = 1.6 nJ; the exchange 4.8 nJ: 56.4 and 43.6 % of 11 nJ.
    EXPECT_THAT(explain_energy(report),
                HasSubstr("fc     forward   6.20 nJ   56.4 %   74     0    0    0     0     0    26\n"
                          "         gradient  4.80 nJ   43.6 %    0     0    0    0     0     0   100\n"));
}

}  // namespace
}  // namespace hypar
