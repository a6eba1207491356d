#include "sim/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "sim/analysis/conservation.h"
#include "sim/program/lowering.h"
#include "tests/sim/support.h"

namespace hypar {
namespace {

struct Case {
    TopologyKind topology;
    std::uint64_t accelerators;
};

class EveryArray : public testing::TestWithParam<Case> {
protected:
    static constexpr int kRounds = 3;

    EveryArray() : array(tests::hpca19(GetParam().topology, GetParam().accelerators)) {
        array.processing_units = 4;  // fewer modules; the units of one accelerator are alike
        array.interconnect.packet_bytes = 4096;
        array.interconnect.header_bytes = 8;
        array.interconnect.buffer_flits = 4 * 257;  // 4104 bytes are 256.5 flits of 16 bytes
    }

    ArraySpec array;
};

std::vector<Case> every_array() {
    std::vector<Case> cases;
    for (const TopologyKind topology : {TopologyKind::HTree, TopologyKind::Torus}) {
        for (const std::uint64_t accelerators : {2U, 8U, 16U, 32U}) cases.push_back({topology, accelerators});
    }
    for (const TopologyKind topology : {TopologyKind::Mesh, TopologyKind::Ring, TopologyKind::FullyConnected,
                                        TopologyKind::FatTree, TopologyKind::Dragonfly}) {
        cases.push_back({topology, 8});
    }
    return cases;
}

INSTANTIATE_TEST_SUITE_P(Run, EveryArray, testing::ValuesIn(every_array()), [](const auto& test) {
    std::string name = name_of(test.param.topology);
    name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
    return name + std::to_string(test.param.accelerators);
});

/// Makes a random network and plan and hands `check` the step.
template <typename Check>
void for_random_steps(const ArraySpec& array, int rounds, Check check) {
    tests::Random random(13);
    for (int round = 0; round < rounds; ++round) {
        const Network network = tests::random_network(random);
        const Plan plan = tests::random_plan(random, tests::level_count(array.accelerators), network.size());
        const StepShape step{100, 4, round % 2 == 0 ? PartialSums::Pooled : PartialSums::BeforePooling};
        check(RunInput{network, array, plan, "random", step, tests::kAllPhases});
    }
}

TEST_P(EveryArray, MovesExactlyTheBytesOfThePlan) {
    for_random_steps(array, kRounds, [&](const RunInput& input) {
        const RunReport report = run_step(input);
        const Levels& levels = input.plan.division();
        std::vector<std::uint64_t> sent(array.accelerators, 0);
        std::vector<std::uint64_t> received(array.accelerators, 0);
        std::uint64_t total = 0;
        for (const Exchange& exchange : tests::all_exchanges(input.network, input.plan, input.step)) {
            for (const Round& round : exchange.rounds) {
                for (std::uint64_t i = 0; i < array.accelerators; ++i) {
                    sent[i] += round.sent_bytes[i];
                    received[levels.shifted(i, exchange.group, round.offset)] += round.sent_bytes[i];
                    total += round.sent_bytes[i];
                }
            }
        }
        EXPECT_GT(total, 0U);
        EXPECT_EQ(report.traffic_bytes, total);
        EXPECT_EQ(report.counts().sent_bytes, total);
        ASSERT_EQ(report.accelerators.size(), array.accelerators);
        for (std::uint64_t i = 0; i < array.accelerators; ++i) {
            EXPECT_EQ(report.accelerators[i].sent_bytes, sent[i]) << i;
            EXPECT_EQ(report.accelerators[i].received_bytes, received[i]) << i;
        }
    });
}

TEST_P(EveryArray, CountsWhatEnergyIsPaidFor) {
    for_random_steps(array, kRounds, [&](const RunInput& input) {
        const EventCounts counts = run_step(input).counts();
        const Topology topology = Topology::make(array.interconnect, array.accelerators);
        std::uint64_t macs = 3 * 100 * input.network.macs();  // and an update of every copy of a weight:
        for (std::size_t layer = 0; layer < input.network.size(); ++layer) {
            std::uint64_t copies = 1;
            for (std::size_t level = 0; level < input.plan.levels(); ++level) {
                if (input.plan.at(level, layer) == Parallelism::Data) copies *= 2;
            }
            macs += copies * input.network.layer(layer).weights();
        }
        std::uint64_t adds = 0;
        std::uint64_t injected_flits = 0;
        std::uint64_t link_flits = 0;
        for (const Exchange& exchange : tests::all_exchanges(input.network, input.plan, input.step)) {
            for (const Round& round : exchange.rounds) {
                for (std::uint64_t i = 0; i < array.accelerators; ++i) {
                    const std::uint64_t bytes = round.sent_bytes[i];
                    // Whole flits: 257 of 16 bytes for a full packet with its header, fewer for what is left.
                    const std::uint64_t rest = bytes % 4096;
                    const std::uint64_t flits = bytes / 4096 * 257 + (rest == 0 ? 0 : (rest + 8 + 15) / 16);
                    const std::uint64_t to = input.plan.division().shifted(i, exchange.group, round.offset);
                    injected_flits += flits;
                    link_flits += topology.route(i, to).size() * flits;
                    if (exchange.adds) adds += bytes / 4;
                }
            }
        }
        EXPECT_EQ(counts.macs, macs);
        EXPECT_EQ(counts.adds, adds);
        EXPECT_EQ(counts.link_bytes, 16 * link_flits);
        EXPECT_EQ(counts.router_flits(), injected_flits + link_flits);
        EXPECT_EQ(counts.dram_bytes,
                  planned_memory_bytes(lower(input.network, input.plan, input.step, input.phases, input.array)));
    });
}

TEST_P(EveryArray, AddsLayersUpToTheStep) {
    for_random_steps(array, 1, [&](const RunInput& input) {
        const RunReport report = run_step(input);
        const Program program = lower(input.network, input.plan, input.step, input.phases, input.array);
        const ReplayResult result = replay(program, array, Topology::make(array.interconnect, array.accelerators));
        Cycles compute = 0;
        Cycles communication = 0;
        ASSERT_EQ(result.segments.size(), program.segments.size());
        for (std::size_t index = 0; index < program.segments.size(); ++index) {
            (program.segments[index].is_compute() ? compute : communication) += result.segments[index].cycles;
        }
        EXPECT_EQ(report.compute_cycles(), compute);
        EXPECT_EQ(report.communication_cycles(), communication);
        Cycles layers = 0;
        for (const LayerReport& layer : report.layers) {
            for (const PhaseReport& phase : layer.phases) layers += phase.cycles();
        }
        EXPECT_EQ(layers, report.cycles());
        EXPECT_GT(compute, 0U);
        EXPECT_GT(communication, 0U);
    });
}

TEST_P(EveryArray, GivesTheSameResultTwice) {
    for_random_steps(array, 1, [&](const RunInput& input) {
        const Program program = lower(input.network, input.plan, input.step, input.phases, input.array);
        const Topology topology = Topology::make(array.interconnect, array.accelerators);
        const ReplayResult first = replay(program, array, topology);
        const ReplayResult second = replay(program, array, topology);
        ASSERT_EQ(first.segments.size(), second.segments.size());
        for (std::size_t index = 0; index < first.segments.size(); ++index) {
            EXPECT_EQ(first.segments[index].cycles, second.segments[index].cycles);
            EXPECT_EQ(tests::as_tuple(first.segments[index].counts), tests::as_tuple(second.segments[index].counts));
        }
        for (std::size_t link = 0; link < first.links.size(); ++link) {
            EXPECT_EQ(first.links[link].payload_bytes, second.links[link].payload_bytes);
            EXPECT_EQ(first.links[link].packets, second.links[link].packets);
            EXPECT_EQ(first.links[link].flits, second.links[link].flits);
            EXPECT_EQ(first.links[link].busy_time, second.links[link].busy_time);
            EXPECT_EQ(first.links[link].stalled_time, second.links[link].stalled_time);
            EXPECT_EQ(first.links[link].peak_flits, second.links[link].peak_flits);
        }
        EXPECT_EQ(first.peak_buffer_bytes, second.peak_buffer_bytes);
        EXPECT_EQ(first.use.events, second.use.events);
    });
}

TEST(Run, OfOneAcceleratorMovesNothing) {
    const ArraySpec array = tests::hpca19(TopologyKind::HTree, 1);
    for_random_steps(array, 3, [&](const RunInput& input) {
        const RunReport report = run_step(input);
        EXPECT_EQ(report.traffic_bytes, 0U);
        EXPECT_EQ(report.communication_cycles(), 0U);
        EXPECT_GT(report.compute_cycles(), 0U);
        EXPECT_TRUE(report.links.empty());
        EXPECT_EQ(report.accelerators.size(), 1U);
    });
}

TEST(Run, OfNoPhasesTakesNoTime) {
    const ArraySpec array = tests::hpca19(TopologyKind::HTree, 2);
    const Network network = tests::network_of({3, 1, 1}, {tests::fully_connected("fc1", 4)});
    const Plan plan = tests::data_plan(1, 1);
    EXPECT_EQ(run_step({network, array, plan, "data", {8}, {}}).cycles(), 0U);
}

TEST(Run, FillsNoBufferBeyondItsCapacity) {
    ArraySpec array = tests::hpca19(TopologyKind::HTree, 2);
    array.buffer = {4096, 64, 8};
    for_random_steps(array, 4, [&](const RunInput& input) {
        const RunReport report = run_step(input);
        EXPECT_GT(report.peak_buffer_bytes, 0U);
        EXPECT_LE(report.peak_buffer_bytes, 4096U);
    });
}

TEST(Run, OfAdaptivePacketsPassesItsChecks) {
    for (const TopologyKind topology : {TopologyKind::Torus, TopologyKind::FatTree, TopologyKind::Dragonfly}) {
        for (const FlowControl flow_control : {FlowControl::VirtualCutThrough, FlowControl::Wormhole}) {
            ArraySpec array = tests::hpca19(topology, 16);
            array.processing_units = 1;
            array.interconnect.routing = RoutingRule::MinimalAdaptive;
            array.interconnect.virtual_channels = 3;
            array.interconnect.flow_control = flow_control;
            array.interconnect.flit_bytes = 128;
            array.interconnect.buffer_flits = flow_control == FlowControl::Wormhole ? 2 : 8;
            // Of a dragonfly some ways by a third group are shorter than those that are routed.
            if (topology == TopologyKind::Dragonfly) array.interconnect.topology.size = {1, 2, 8};
            for_random_steps(array, 1, [&](const RunInput& input) {
                const RunReport report = run_step(input);
                EXPECT_EQ(report.counts().sent_bytes, report.traffic_bytes);
            });
        }
    }
}

class CheckConservation : public testing::Test {
protected:
    CheckConservation()
        : array(tests::hpca19(TopologyKind::HTree, 2)),
          network(tests::network_of({5, 1, 1}, {tests::fully_connected("fc1", 4)})),
          plan(tests::data_plan(1, 1)),
          input{network, array, plan, "data", {8}, tests::kAllPhases},
          program(lower(network, plan, input.step, input.phases, array)),
          report(run_step(input)) {}

    void expect_refused() const { EXPECT_THROW(check_conservation(input, program, report), RunError); }
    EventCounts& gradient_counts() {
        return report.layers[0].phases[static_cast<std::size_t>(Phase::Gradient)].counts;
    }

    ArraySpec array;
    Network network;
    Plan plan;
    RunInput input;
    Program program;
    RunReport report;
};

TEST_F(CheckConservation, AcceptsARun) { check_conservation(input, program, report); }

TEST_F(CheckConservation, FindsALostByte) {
    --report.accelerators[1].received_bytes;
    expect_refused();
}

TEST_F(CheckConservation, FindsAByteSentTwice) {
    ++report.accelerators[0].sent_bytes;
    expect_refused();
}

TEST_F(CheckConservation, FindsAMissingMultiplyAccumulate) {
    --gradient_counts().macs;
    expect_refused();
}

TEST_F(CheckConservation, FindsAMemoryAccessTooMany) {
    ++gradient_counts().dram_bytes;
    expect_refused();
}

TEST_F(CheckConservation, FindsAByteThatCrossedNoLink) {
    --report.links[0].use.payload_bytes;
    expect_refused();
}

TEST_F(CheckConservation, FindsAFlitThatCrossedNoLink) {
    --report.links[1].use.flits;
    expect_refused();
}

TEST_F(CheckConservation, FindsAPacketThatCrossedALinkTwice) {
    ++report.links[1].use.packets;
    expect_refused();
}

TEST_F(CheckConservation, FindsALinkThatWasBusyForLongerThanTheStep) {
    report.links[0].use.busy_time = array.clock.duration(report.cycles());
    check_conservation(input, program, report);
    ++report.links[0].use.busy_time;
    expect_refused();
}

TEST_F(CheckConservation, FindsABufferThatHeldTooMuch) {
    report.peak_buffer_bytes = array.buffer.capacity_bytes + 1;
    expect_refused();
}

TEST(Replay, RaisesAnErrorAtAStandstill) {
    // A schedule that was not made for this buffer: its only tile needs 8 bytes of features, 16 of filters, 8 of
    // sums.
    LoopNest nest;
    nest.samples = 1;
    nest.in_channels = 2;
    nest.out_channels = 2;
    Mapping mapping;
    mapping.block = {1, 1, 1, 2, 2};
    Program program;
    program.schedules.emplace_back(nest, mapping, 4);
    program.segments.push_back({0, Phase::Forward, {{0}}, {}});
    ArraySpec array = tests::hpca19(TopologyKind::HTree, 1);
    const Topology topology = Topology::make(array.interconnect, 1);
    array.buffer = {32, 32, 8};
    EXPECT_EQ(replay(program, array, topology).segments.size(), 1U);
    array.buffer = {31, 31, 8};
    EXPECT_THROW(replay(program, array, topology), RunError);
}

}  // namespace
}  // namespace hypar
