#include "experiment/array_reader.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/experiment.h"
#include "tests/experiment/support.h"

namespace hypar {
namespace {

/// No two values are equal, so that none can be taken for another.
const char* const kArray = R"(name: every-value
source: "a test"
accelerators: 16
topology: htree
precision: float32
clock: "250 MHz"
processing_units: 15
pe_array:
  rows: 12
  columns: 14
  registers:
    filter: 224
    feature_map: 13
    partial_sum: 24
  words_per_cycle:
    filter: 4
    feature_map: 5
    partial_sum: 6
mapping:
  minimise: energy
  sets: whole
  dataflow: row-stationary
buffer:
  capacity: "108 KiB"
  banks: 27
  bank_width: "10 B"
dma:
  outstanding_requests: 17
memory:
  capacity: "8 GB"
  vaults: 32
  vault_bandwidth: "10 GB/s"
  interleave: "4 KiB"
  crossbar_cycles: 7
  banks: 16
  row: "512 B"
  bank_interleave: "256 B"
  burst: "32 B"
  page: open
  timing:
    tCK: "0.8 ns"
    tRCD: "10.2 ns"
    tCL: "9.9 ns"
    tCWL: "9.1 ns"
    tRP: "7.7 ns"
    tRAS: "21.6 ns"
    tRC: "32 ns"
    tRRD: "3.1 ns"
    tWR: "8 ns"
    tRTP: "4.8 ns"
    tWTR: "4.9 ns"
    tCCD: "3.2 ns"
    tFAW: "19.2 ns"
    tRFC: "59 ns"
    tREFI: "7800 ns"
interconnect:
  total_bandwidth: "25.6 Gb/s"
  link_latency: "4 ns"
  router_cycles: 8
  input_reads: all
  packet: "16 KiB"
  header: "9 B"
  flow_control: wormhole
  flit: "32 B"
  buffer_flits: 3
  virtual_channels: 2
energy:
  add: "0.9 pJ"
  multiply: "3.7 pJ"
  register_32bit: "1 pJ"
  array_32bit: "2 pJ"
  buffer_32bit: "5 pJ"
  dram_32bit: "640 pJ"
  tsv_bit: "0.1 pJ"
  link_bit: "800 fJ"
)";

/// Loads kArray with `from` replaced by `to`.
ArraySpec read_with(const std::string& from, const std::string& to) {
    const TemporaryFolder folder;
    return load_array(folder.write("array.yaml", replaced(kArray, from, to)));
}

/// The same, for what is wrong: the message after its place.
std::string mistake_with(const std::string& from, const std::string& to) {
    try {
        read_with(from, to);
    } catch (const ConfigError& error) {
        EXPECT_EQ(error.place().rfind("array.yaml:", 0), 0U) << error.what();
        return error.key() + ": " + error.problem();
    }
    return {};
}

TEST(ArrayFile, MinimisesWhatItSays) {
    const auto goal = [](const std::string& text) {
        return read_with("minimise: energy", "minimise: " + text).mapping.minimise;
    };
    EXPECT_EQ(goal("cycles").kind, MappingGoal::Kind::LeastCycles);
    EXPECT_EQ(goal("edp").kind, MappingGoal::Kind::LeastProduct);
    EXPECT_EQ(goal("{energy_within: 2.5 %}").kind, MappingGoal::Kind::EnergyWithin);
    EXPECT_EQ(goal("{energy_within: 2.5 %}").within, 250U);
    EXPECT_EQ(mistake_with("minimise: energy", "minimise: time"),
              "mapping.minimise: unknown value \"time\"; known: cycles, energy, edp");
    EXPECT_EQ(mistake_with("minimise: energy", "minimise: {energy_within: 5}"),
              "mapping.minimise.energy_within: expected a share with its unit, such as \"5 %\", not 5");
}

TEST(ArrayFile, PinsMappings) {
    const auto read = [](const std::string& pin) {
        return read_with("sets: whole", "sets: whole\n  pin: [" + pin + "]");
    };
    const std::string pin = "{layer: conv1, phase: backward, n: 2, m: 3, e: 4, p: 5, q: 6, r: 7, t: 8}";
    const ArraySpec array = read(pin);
    ASSERT_EQ(array.mapping.pins.size(), 1U);
    EXPECT_EQ(array.mapping.pins[0].layer, "conv1");
    EXPECT_EQ(array.mapping.pins[0].phase, Phase::Backward);
    const MappingPin& read_pin = array.mapping.pins[0];
    EXPECT_EQ((std::vector<std::uint64_t>{read_pin.n, read_pin.m, read_pin.e, read_pin.p, read_pin.q, read_pin.r,
                                          read_pin.t}),
              (std::vector<std::uint64_t>{2, 3, 4, 5, 6, 7, 8}));
    EXPECT_EQ(mistake_with("sets: whole", "sets: whole\n  pin: [{layer: conv1}]").substr(0, 24),
              "mapping.pin.0: missing k");
}

constexpr const char* kTwoKinds =
    "accelerators: [{count: 4, kind: big}, {count: 12, kind: small}]\n"
    "kinds:\n  big:\n  small: {processing_units: 5, pe_array: {rows: 6}, buffer: {capacity: 50 KiB}}";

TEST(ArrayFile, MayHaveAcceleratorsOfSeveralKinds) {
    const ArraySpec array = read_with("accelerators: 16", kTwoKinds);
    EXPECT_EQ(array.accelerators, 16U);
    ASSERT_EQ(array.kinds.size(), 2U);
    EXPECT_EQ(array.kinds[0].name, "big");
    EXPECT_EQ(array.kinds[0].accelerators, 4U);
    EXPECT_EQ(array.kinds[0].processing_units, 15U);
    EXPECT_EQ(array.kinds[0].share, 15U * 12 * 14);
    EXPECT_EQ(array.kinds[1].accelerators, 12U);
    EXPECT_EQ(array.kinds[1].processing_units, 5U);
    EXPECT_EQ(array.kinds[1].pe_array.rows, 6U);
    EXPECT_EQ(array.kinds[1].pe_array.columns, 14U);
    EXPECT_EQ(array.kinds[1].buffer.capacity_bytes, 50U * 1024);
    EXPECT_EQ(array.kinds[1].buffer.banks, 27U);
    EXPECT_EQ(array.kinds[1].share, 5U * 6 * 14);
    EXPECT_EQ(array.kind_of(3), 0U);
    EXPECT_EQ(array.kind_of(4), 1U);
    EXPECT_EQ(array.processing_elements(), 4U * 15 * 12 * 14 + 12U * 5 * 6 * 14);
    const ArraySpec shared = read_with(
        "accelerators: 16", replaced(replaced(kTwoKinds, "big}", "big, share: 3}"), "small}", "small, share: 2}"));
    EXPECT_EQ(shared.kinds[0].share, 3U);
    EXPECT_EQ(shared.kinds[1].share, 2U);
}

TEST(ArrayFile, WithAcceleratorsOfKindsThatDoNotFitIsRefused) {
    const auto mistake = [](const std::string& from, const std::string& to) {
        return mistake_with("accelerators: 16", replaced(kTwoKinds, from, to));
    };
    EXPECT_EQ(mistake("kind: small", "kind: smal"),
              "accelerators.1.kind: unknown value \"smal\"; known: big, small (did you mean \"small\"?)");
    EXPECT_EQ(mistake("count: 4", "count: 0"), "accelerators.0.count: expected an integer of at least 1, not 0");
    EXPECT_EQ(mistake("kind: small", "kind: big"), "kinds.small: no accelerators are of this kind");
    EXPECT_EQ(mistake("kind: big", "kind: big, share: 2"),
              "accelerators: expected a share of each of them, or of none");
    EXPECT_EQ(mistake("processing_units: 5", "clock: 500 MHz"),
              "kinds.small: unknown key \"clock\"; known: processing_units, pe_array, mapping, buffer");
    EXPECT_EQ(mistake("rows: 6", "rows: 0"), "kinds.small.pe_array.rows: expected an integer of at least 1, not 0");
    EXPECT_EQ(mistake_with("accelerators: 16", "accelerators: 16\nkinds: {small: {processing_units: 5}}"),
              "accelerators: expected a list of kinds of accelerators, each {count: N, kind: NAME}, not 16");
    EXPECT_EQ(mistake_with("accelerators: 16", "accelerators: [{count: 16, kind: small}]"),
              "accelerators: the array has no kinds of accelerators; expected their number, or the key kinds");
}

TEST(ArrayFile, GivesEveryValueInItsBaseUnit) {
    const ArraySpec array = read_with("router_cycles: 8", "router_cycles: 8");
    EXPECT_EQ(array.name, "every-value");
    EXPECT_EQ(array.source, "a test");
    EXPECT_EQ(array.accelerators, 16U);
    EXPECT_STREQ(array.precision.name, "float32");
    EXPECT_EQ(array.precision.bytes, 4U);
    EXPECT_EQ(array.clock.period, 4000U);
    EXPECT_EQ(array.processing_units, 15U);
    EXPECT_EQ(array.pe_array.rows, 12U);
    EXPECT_EQ(array.pe_array.columns, 14U);
    EXPECT_EQ(array.pe_array.filter_registers, 224U);
    EXPECT_EQ(array.pe_array.feature_registers, 13U);
    EXPECT_EQ(array.pe_array.partial_sum_registers, 24U);
    EXPECT_EQ(array.pe_array.filter_words_per_cycle, 4U);
    EXPECT_EQ(array.pe_array.feature_words_per_cycle, 5U);
    EXPECT_EQ(array.pe_array.partial_sum_words_per_cycle, 6U);
    EXPECT_EQ(array.mapping.minimise.kind, MappingGoal::Kind::LeastEnergy);
    EXPECT_TRUE(array.mapping.whole_sets);
    EXPECT_TRUE(array.mapping.row_stationary_only);
    EXPECT_EQ(array.buffer.capacity_bytes, 110592U);  // 108 x 1024
    EXPECT_EQ(array.buffer.banks, 27U);
    EXPECT_EQ(array.buffer.bank_bytes_per_cycle, 10U);
    EXPECT_EQ(array.dma.outstanding_requests, 17U);
    EXPECT_EQ(array.memory.capacity_bytes, 8000000000U);
    EXPECT_EQ(array.memory.vaults, 32U);
    EXPECT_EQ(array.memory.vault_bits_per_second, 80000000000U);
    EXPECT_EQ(array.memory.interleave_bytes, 4096U);
    EXPECT_EQ(array.memory.crossbar_cycles, 7U);
    EXPECT_EQ(array.memory.banks, 16U);
    EXPECT_EQ(array.memory.row_bytes, 512U);
    EXPECT_EQ(array.memory.bank_interleave_bytes, 256U);
    EXPECT_EQ(array.memory.burst_bytes, 32U);
    EXPECT_EQ(array.memory.page, PagePolicy::Open);
    const MemoryTimingSpec& timing = array.memory.timing;
    EXPECT_EQ(timing.clock_period, 800U);
    EXPECT_EQ(timing.row_to_column_delay, 10'200U);
    EXPECT_EQ(timing.column_latency, 9900U);
    EXPECT_EQ(timing.write_latency, 9100U);
    EXPECT_EQ(timing.precharge_time, 7700U);
    EXPECT_EQ(timing.row_active_time, 21'600U);
    EXPECT_EQ(timing.row_cycle, 32'000U);
    EXPECT_EQ(timing.activate_spacing, 3100U);
    EXPECT_EQ(timing.write_recovery, 8000U);
    EXPECT_EQ(timing.read_to_precharge, 4800U);
    EXPECT_EQ(timing.write_to_read, 4900U);
    EXPECT_EQ(timing.column_spacing, 3200U);
    EXPECT_EQ(timing.activate_window, 19'200U);
    EXPECT_EQ(timing.refresh_time, 59'000U);
    EXPECT_EQ(timing.refresh_interval, 7'800'000U);
    EXPECT_EQ(array.interconnect.topology.kind, TopologyKind::HTree);
    EXPECT_EQ(array.interconnect.bits_per_second, 25600000000U);
    EXPECT_FALSE(array.interconnect.is_per_link);
    EXPECT_EQ(array.interconnect.link_latency, 4000U);
    EXPECT_EQ(array.interconnect.router_cycles, 8U);
    EXPECT_EQ(array.interconnect.input_reads, InputReads::All);
    EXPECT_EQ(array.interconnect.packet_bytes, 16384U);
    EXPECT_EQ(array.interconnect.header_bytes, 9U);
    EXPECT_EQ(array.interconnect.routing, RoutingRule::Deterministic);
    EXPECT_EQ(array.interconnect.flow_control, FlowControl::Wormhole);
    EXPECT_EQ(array.interconnect.flit_bytes, 32U);
    EXPECT_EQ(array.interconnect.buffer_flits, 3U);
    EXPECT_EQ(array.interconnect.virtual_channels, 2U);
    EXPECT_EQ(array.energy.add, 0.9);
    EXPECT_EQ(array.energy.multiply, 3.7);
    EXPECT_EQ(array.energy.register_32bit, 1.0);
    EXPECT_EQ(array.energy.array_32bit, 2.0);
    EXPECT_EQ(array.energy.buffer_32bit, 5.0);
    EXPECT_EQ(array.energy.dram_32bit, 640.0);
    EXPECT_EQ(array.energy.tsv_bit, 0.1);
    EXPECT_EQ(array.energy.link_bit, 0.8);
}

TEST(ArrayFile, ReadsOneVirtualChannelOfAnInputUnlessItSaysOtherwise) {
    EXPECT_EQ(read_with("  input_reads: all\n", "").interconnect.input_reads, InputReads::One);
    EXPECT_EQ(read_with("input_reads: all", "input_reads: one").interconnect.input_reads, InputReads::One);
    EXPECT_EQ(mistake_with("input_reads: all", "input_reads: both").rfind("interconnect.input_reads: ", 0), 0U);
}

TEST(ArrayFile, SaysHowManyRequestsAnInterfaceHasInFlightOrNot) {
    EXPECT_EQ(read_with("router_cycles: 8", "router_cycles: 8").interconnect.outstanding_requests, std::nullopt);
    const auto requests = [](const std::string& value) {
        return "  router_cycles: 8\n  outstanding_requests: " + value;
    };
    EXPECT_EQ(read_with("  router_cycles: 8", requests("5")).interconnect.outstanding_requests, 5U);
    EXPECT_EQ(mistake_with("  router_cycles: 8", requests("0")).rfind("interconnect.outstanding_requests: ", 0), 0U);
}

TEST(ArrayFile, HasRoutersAtItsEndsUnlessItSaysOtherwise) {
    EXPECT_EQ(read_with("router_cycles: 8", "router_cycles: 8").interconnect.endpoints, Endpoints::Router);
    const std::string direct = "  router_cycles: 8\n  endpoints: direct";
    EXPECT_EQ(read_with("  router_cycles: 8", direct).interconnect.endpoints, Endpoints::Direct);
    EXPECT_EQ(mistake_with("  router_cycles: 8", direct + "\n  port_bandwidth: \"8 Gb/s\""),
              "interconnect.endpoints: accelerators without routers have no local ports; expected router, or none, "
              "beside port_bandwidth");
}

TEST(ArrayFile, MayLeaveOutSourceAndHeader) {
    EXPECT_EQ(read_with("source: \"a test\"\n", "").source, "");
    EXPECT_EQ(read_with("  header: \"9 B\"\n", "").interconnect.header_bytes, 0U);
    EXPECT_EQ(read_with("header: \"9 B\"", "header: 8 B").interconnect.header_bytes, 8U);
}

/// kArray's collectives are `value`.
std::string with_collectives(const std::string& value) { return "  router_cycles: 8\n  collectives: " + value; }

CollectiveSpec collectives_of(const std::string& value) {
    return read_with("  router_cycles: 8", with_collectives(value)).interconnect.collectives;
}

TEST(ArrayFile, MayHaveAVectorUnit) {
    EXPECT_FALSE(read_with("router_cycles: 8", "router_cycles: 8").vector_unit.exists());
    const ArraySpec array = read_with("dma:", "vector_unit: {lanes: 128, buffer: \"64 KiB\"}\ndma:");
    EXPECT_TRUE(array.vector_unit.exists());
    EXPECT_EQ(array.vector_unit.lanes, 128U);
    EXPECT_EQ(array.vector_unit.buffer_bytes, 65536U);
    EXPECT_EQ(array.energy.vector_operation, 0);
    EXPECT_EQ(
        read_with("link_bit: \"800 fJ\"", "link_bit: \"1 pJ\"\n  vector_operation: \"2 pJ\"").energy.vector_operation,
        2);
}

TEST(ArrayFile, MayHaveStaticPowerAndRoutersThatTakeEnergy) {
    const ArraySpec without = read_with("router_cycles: 8", "router_cycles: 8");
    EXPECT_EQ(without.energy.router_flit, 0);
    EXPECT_EQ(without.energy.accelerator_microwatts, 0U);
    EXPECT_EQ(without.energy.link_microwatts, 0U);
    const ArraySpec array = read_with("energy:\n",
                                      "energy:\n  router_flit: \"76 pJ\"\n  accelerator_static_power: \"3.1 W\"\n"
                                      "  link_static_power: \"14 mW\"\n");
    EXPECT_EQ(array.energy.router_flit, 76);
    EXPECT_EQ(array.energy.accelerator_microwatts, 3'100'000U);
    EXPECT_EQ(array.energy.link_microwatts, 14'000U);
    const auto mistake = [](const char* line) {
        return mistake_with("energy:\n", std::string("energy:\n  ") + line);
    };
    EXPECT_EQ(mistake("link_static_power: \"14 mJ\"\n"),
              "energy.link_static_power: expected a power, such as \"5 W\", not the energy \"14 mJ\"");
    EXPECT_EQ(mistake("link_static_power: 14\n"),
              "energy.link_static_power: expected a power with its unit, such as \"5 W\", not 14");
    EXPECT_EQ(mistake("link_static_power: \"0.5 uW\"\n"),
              "energy.link_static_power: expected a whole number of microwatts, not the text \"0.5 uW\"");
    EXPECT_EQ(mistake("accelerator_static_power: \"2000 kW\"\n"),
              "energy.accelerator_static_power: expected a power of at most 1000 kW, not the text \"2000 kW\"");
}

TEST(ArrayFile, MayNameThePrecisionOfItsPrices) {
    EXPECT_FALSE(read_with("router_cycles: 8", "router_cycles: 8").energy.precision.has_value());
    const ArraySpec array = read_with("energy:\n", "energy:\n  precision: int8\n");
    EXPECT_EQ(array.energy.precision, kPrecisions[4]);
    EXPECT_NEAR(array.prices().add, 0.9 * 30, 1e-12);  // from int8's 0.03 to float32's 0.9
    EXPECT_EQ(
        mistake_with("energy:\n", "energy:\n  precision: int9\n"),
        "energy.precision: unknown value \"int9\"; known: float32, float16, bfloat16, int16, int8 (did you mean "
        "\"int8\"?)");
}

TEST(ArrayFile, WithHalfAVectorUnitIsRefused) {
    const auto mistake = [](const char* unit) {
        return mistake_with("dma:", std::string("vector_unit: ") + unit + "\ndma:");
    };
    EXPECT_NE(mistake("{lanes: 128}").find("buffer"), std::string::npos);
    EXPECT_NE(mistake("{buffer: \"64 KiB\"}").find("lanes"), std::string::npos);
    EXPECT_NE(mistake("{lanes: 0, buffer: \"64 KiB\"}"), "");
    EXPECT_NE(mistake("{lanes: 1, buffer: \"15 B\"}"), "");
}

TEST(ArrayFile, NamesOneAlgorithmForAllCollectivesOrOneForEachKind) {
    const auto algorithms = [](const CollectiveSpec& spec) {
        return std::vector{spec.all_reduce, spec.reduce_scatter, spec.all_gather, spec.swap};
    };
    constexpr auto kBest = CollectiveAlgorithm::Best;
    const std::vector all_best{kBest, kBest, kBest, kBest};
    EXPECT_EQ(algorithms(read_with("router_cycles: 8", "router_cycles: 8").interconnect.collectives), all_best);
    EXPECT_EQ(algorithms(collectives_of("best")), all_best);
    EXPECT_EQ(algorithms(collectives_of("{}")), all_best);
    for (const auto& [name, algorithm] : kCollectiveAlgorithms) {
        EXPECT_EQ(algorithms(collectives_of(name)), (std::vector{algorithm, algorithm, algorithm, algorithm}))
            << name;
    }
    EXPECT_EQ(
        algorithms(collectives_of("{swap: pairwise, all-reduce: bucket, all-gather: ring}")),
        (std::vector{CollectiveAlgorithm::Bucket, kBest, CollectiveAlgorithm::Ring, CollectiveAlgorithm::Pairwise}));
}

TEST(ArrayFile, WithACollectiveThatIsNoneIsRefusedAtItsPlace) {
    const auto mistake = [](const std::string& value) { return message_of([&] { collectives_of(value); }); };
    // Line 60 is the one behind router_cycles.
    const std::string known = "known: pairwise, ring, bucket, direct, tree, best";
    EXPECT_EQ(mistake("rings"), "array.yaml:60:16: interconnect.collectives: unknown value \"rings\"; " + known +
                                    " (did you mean \"ring\"?)");
    EXPECT_EQ(mistake("{all-reduce: ring, swap: tre}"),
              "array.yaml:60:41: interconnect.collectives.swap: unknown value \"tre\"; " + known +
                  " (did you mean \"tree\"?)");
    EXPECT_EQ(mistake("{allreduce: ring}"),
              "array.yaml:60:17: interconnect.collectives: unknown key \"allreduce\"; known: all-reduce, "
              "reduce-scatter, all-gather, swap (did you mean \"all-reduce\"?)");
    EXPECT_EQ(mistake("[ring]"),
              "array.yaml:60:16: interconnect.collectives: expected one of pairwise, ring, bucket, direct, tree, "
              "best, not a list");
}

TEST(ArrayFile, NeedsEveryOtherKey) {
    for (const char* key : {"accelerators", "topology", "precision", "clock", "processing_units"}) {
        EXPECT_EQ(
            mistake_with(std::string("\n") + key + ":", "\n# :").rfind(": missing key \"" + std::string(key), 0), 0U)
            << key;
    }
    EXPECT_EQ(mistake_with("    tCL: \"9.9 ns\"", ""),
              "memory.timing: missing key \"tCL\"; expected a quantity with its unit, such as \"9.9 ns\"");
    EXPECT_EQ(mistake_with("  columns: 14", ""), "pe_array: missing key \"columns\"; expected an integer");
    EXPECT_EQ(mistake_with("  add: \"0.9 pJ\"", ""),
              "energy: missing key \"add\"; expected a quantity with its unit, such as \"0.9 pJ\"");
}

TEST(ArrayFile, HasTheKeysOfItsKindOfProcessingElements) {
    const std::string own = "  registers:\n    filter: 224\n    feature_map: 13\n    partial_sum: 24\n";
    const auto systolic = [&](const std::string& keys) {
        return replaced(replaced(kArray, own, "  kind: systolic\n" + keys),
                        "  sets: whole\n  dataflow: row-stationary\n", "");
    };
    const auto mistake = [&](const std::string& text) {
        const TemporaryFolder folder;
        return message_of([&] { load_array(folder.write("array.yaml", text)); });
    };
    const std::string keys = "  dataflow: weight-stationary\n  folds: pipelined\n  accumulators: 4096\n";
    const TemporaryFolder folder;
    const ArraySpec array = load_array(folder.write("array.yaml", systolic(keys)));
    EXPECT_EQ(array.pe_array.kind, PeArrayKind::Systolic);
    EXPECT_EQ(array.pe_array.columns, 14U);
    EXPECT_EQ(array.pe_array.systolic.dataflow, SystolicSpec::Dataflow::WeightStationary);
    EXPECT_EQ(array.pe_array.systolic.folds, SystolicSpec::Folds::Pipelined);
    EXPECT_EQ(array.pe_array.systolic.accumulators, 4096U);
    EXPECT_EQ(array.pe_array.feature_words_per_cycle, 5U);
    const std::string known = "known: kind, rows, columns, words_per_cycle, dataflow, folds, accumulators";
    EXPECT_THAT(mistake(systolic(keys + own)), testing::HasSubstr("pe_array: unknown key \"registers\"; " + known));
    const std::string flexflow = replaced(kArray, "pe_array:\n", "pe_array:\n  kind: flexflow\n");
    EXPECT_THAT(mistake(flexflow),
                testing::HasSubstr("pe_array.registers: unknown key \"partial_sum\"; known: filter, "));
    EXPECT_THAT(mistake(systolic("  folds: apart\n")),
                testing::HasSubstr("pe_array: missing key \"dataflow\"; expected "));
    EXPECT_THAT(
        mistake(replaced(kArray, "pe_array:\n", "pe_array:\n  kind: systolci\n")),
        testing::HasSubstr(
            "pe_array.kind: unknown value \"systolci\"; known: row-stationary, systolic, neurocube, flexflow (did "
            "you mean \"systolic\"?)"));
    EXPECT_THAT(
        mistake(replaced(systolic(keys), "mapping:\n", "mapping:\n  sets: whole\n")),
        testing::HasSubstr("mapping.sets: only a row-stationary array has it; expected searched, or none, beside "
                           "pe_array.kind systolic"));
}

TEST(ArrayFile, WithAnUnknownKeyIsRefused) {
    EXPECT_EQ(
        mistake_with("tRCD:", "tRCDD:"),
        "memory.timing: unknown key \"tRCDD\"; known: tCK, tRCD, tCL, tCWL, tRP, tRAS, tRC, tRRD, tWR, tRTP, tWTR, "
        "tCCD, tFAW, tRFC, tREFI (did you mean \"tRCD\"?)");
    EXPECT_EQ(mistake_with("  vaults: 32", "  vault: 32"),
              "memory: unknown key \"vault\"; known: capacity, vaults, vault_bandwidth, interleave, crossbar_cycles, "
              "banks, row, bank_interleave, burst, page, scheduler, timing (did you mean \"vaults\"?)");
}

TEST(ArrayFile, WithABareNumberOrAnotherUnitIsRefused) {
    EXPECT_EQ(mistake_with("\"250 MHz\"", "250"),
              "clock: expected a frequency with its unit, such as \"250 MHz\", not 250");
    EXPECT_EQ(mistake_with("\"250 MHz\"", "\"250\""),
              "clock: expected a frequency with its unit, such as \"250 MHz\", not the text \"250\"");
    EXPECT_EQ(mistake_with("\"10 GB/s\"", "\"10 GB\""),
              "memory.vault_bandwidth: expected a bandwidth, such as \"10 GB/s\", not the size \"10 GB\"");
    EXPECT_EQ(mistake_with("\"10.2 ns\"", "\"10.2 MHz\""),
              "memory.timing.tRCD: expected a time, such as \"4 ns\", not the frequency \"10.2 MHz\"");
    EXPECT_EQ(mistake_with("\"0.9 pJ\"", "\"0.9 W\""),
              "energy.add: expected an energy, such as \"0.9 pJ\", not the power \"0.9 W\"");
    EXPECT_EQ(mistake_with("\"0.9 pJ\"", "\"0.9 WJ\""),
              "energy.add: unknown unit of energy \"WJ\"; known: fJ, pJ, nJ, uJ, mJ, J");
}

TEST(ArrayFile, WithANonsensicalValueIsRefused) {
    EXPECT_EQ(mistake_with("accelerators: 16", "accelerators: 0"),
              "accelerators: expected an integer of at least 1, not 0");
    EXPECT_EQ(mistake_with("precision: float32", "precision: float23"),
              "precision: unknown value \"float23\"; known: float32, float16, bfloat16, int16, int8 (did you mean "
              "\"float32\"?)");
    EXPECT_EQ(mistake_with("topology: htree", "topology: no"),
              "topology: unknown value \"no\"; known: htree, torus, mesh, ring, fully-connected, fat-tree, "
              "dragonfly, graph");
    EXPECT_EQ(mistake_with("\"250 MHz\"", "\"0 MHz\""),
              "clock: expected a frequency of at least 1 kHz, not the text \"0 MHz\"");
    EXPECT_EQ(mistake_with("rows: 12", "rows: 0"), "pe_array.rows: expected an integer of at least 1, not 0");
    EXPECT_EQ(mistake_with("buffer_flits: 3", "buffer_flits: 0"),
              "interconnect.buffer_flits: expected an integer of at least 1, not 0");
    EXPECT_EQ(mistake_with("vaults: 32", "vaults: 4097"),
              "memory.vaults: expected an integer of at most 4096, not 4097");
    EXPECT_EQ(mistake_with("\"25.6 Gb/s\"", "\"0 Gb/s\""),
              "interconnect.total_bandwidth: expected a bandwidth of at least 10 Mb/s, not the text \"0 Gb/s\"");
    EXPECT_EQ(mistake_with("\"4 ns\"", "\"0 ns\""),
              "interconnect.link_latency: expected a time of at least 1 ps, not the text \"0 ns\"");
    EXPECT_EQ(mistake_with("\"0.9 pJ\"", "\"-0.9 pJ\""),
              "energy.add: expected an energy with its unit, such as \"0.9 pJ\", not the text \"-0.9 pJ\"");
}

TEST(ArrayFile, WithAMemoryThatContradictsItselfIsRefused) {
    EXPECT_EQ(mistake_with("page: open", "page: open\n  scheduler: lifo"),
              "memory.scheduler: unknown value \"lifo\"; known: in-order, fr-fcfs");
    EXPECT_EQ(mistake_with("page: open", "page: open\n  scheduler: fr-fcfs\n  window: 0"),
              "memory.window: expected an integer of at least 1, not 0");
    EXPECT_EQ(mistake_with("page: open", "page: ajar"), "memory.page: unknown value \"ajar\"; known: open, closed");
    EXPECT_EQ(mistake_with("banks: 16", "banks: 65"), "memory.banks: expected an integer of at most 64, not 65");
    // A burst of 32 bytes every 3.2 ns; 4 ns are five clocks.
    EXPECT_EQ(mistake_with("\"10 GB/s\"", "\"12 GB/s\""),
              "memory.vault_bandwidth: expected the 10 GB/s of a burst of 32 B every 3.2 ns (tCCD in whole tCK), not "
              "the text \"12 GB/s\"");
    EXPECT_EQ(
        mistake_with("tCCD: \"3.2 ns\"", "tCCD: \"4 ns\""),
        "memory.vault_bandwidth: expected the 8 GB/s of a burst of 32 B every 4 ns (tCCD in whole tCK), not the "
        "text \"10 GB/s\"");
    EXPECT_EQ(mistake_with("bank_interleave: \"256 B\"", "bank_interleave: \"80 B\""),
              "memory.bank_interleave: expected a multiple of burst, which is 32 B, not the text \"80 B\"");
    EXPECT_EQ(mistake_with("row: \"512 B\"", "row: \"640 B\""),
              "memory.row: expected a multiple of bank_interleave, which is 256 B, not the text \"640 B\"");
    EXPECT_EQ(mistake_with("\"4 KiB\"", "\"4100 B\""),
              "memory.interleave: expected a multiple of burst, which is 32 B, not the text \"4100 B\"");
    EXPECT_EQ(mistake_with("\"4 KiB\"", "\"6 KiB\""),
              "memory.interleave: expected a divisor or a multiple of banks x row, which is 8192 B, not the text \"6 "
              "KiB\"");
    EXPECT_EQ(
        mistake_with("tRC: \"32 ns\"", "tRC: \"20 ns\""),
        "memory.timing.tRC: expected a time of at least tRAS (a row is closed before the next is opened), not the "
        "text \"20 ns\"");
    EXPECT_EQ(mistake_with("\"19.2 ns\"", "\"3 ns\""),
              "memory.timing.tFAW: expected a time of at least tRRD (four activations lie in it), not the text \"3 "
              "ns\"");
    EXPECT_EQ(
        mistake_with("\"7800 ns\"", "\"180 ns\""),
        "memory.timing.tREFI: expected a time of at least twice tRFC and tRC together (refreshes must leave time "
        "for work), not the text \"180 ns\"");
    EXPECT_EQ(mistake_with("\"9.1 ns\"", "\"0 ns\""),
              "memory.timing.tCWL: expected a time of at least 1 ps, not the text \"0 ns\"");
}

TEST(ArrayFile, OfATorusWithRingsOfEightNeedsTwoVirtualChannels) {
    EXPECT_EQ(read_with("virtual_channels: 2", "virtual_channels: 1").interconnect.virtual_channels, 1U);
    const TemporaryFolder folder;
    const std::string tree = replaced(kArray, "virtual_channels: 2", "virtual_channels: 1");
    // Round a ring of four, where ways of two links begin at every second node, no packet waits for the next one.
    folder.write("four.yaml", replaced(tree, "htree", "torus"));
    EXPECT_EQ(load_array("four.yaml").interconnect.virtual_channels, 1U);
    folder.write("eight.yaml", replaced(tree, "htree", "{kind: torus, size: [8, 2]}"));
    EXPECT_EQ(message_of([] { load_array("eight.yaml"); })
                  .rfind("eight.yaml:4:11: topology: packets can deadlock: each of these links (with its virtual "
                         "channel) waits for the next, and the last for the first: acc0 -> acc1 [0], ",
                         0),
              0U)
        << message_of([] { load_array("eight.yaml"); });
}

}  // namespace
}  // namespace hypar
