#include "experiment/array_reader.h"

#include <fmt/format.h>

#include "arch/network/deadlock.h"
#include "arch/network/topology.h"
#include "experiment/topology_reader.h"
#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/quantity.h"
#include "experiment/yaml/scalar.h"
#include "partition/plan.h"

namespace hypar {
namespace {

// Far above any array, and low enough for products of a few of them to stay within 64 bits.
constexpr std::uint64_t kMostAccelerators = std::uint64_t{1} << 20U;
constexpr std::uint64_t kAllPairs = 256;  // above, only the ways that a plan's exchanges take are looked at: time
constexpr std::uint64_t kMostUnits = 4096;
constexpr std::uint64_t kMostQueued = 65536;
constexpr std::uint64_t kMostVirtualChannels = 64;
constexpr std::uint64_t kMostCycles = 1000000;
constexpr QuantityRange kClocks = {"1 kHz", "1 THz"};
constexpr QuantityRange kCapacities = {"1 B", "1024 TiB"};
constexpr std::uint64_t kFewestBanks = 5;  // two operands of two tiles, and a result
constexpr QuantityRange kBankWidths = {"1 B", "1 MiB"};
constexpr QuantityRange kBlocks = {"1 B", "1 GiB"};
constexpr QuantityRange kHeaders = {"0 B", "1 GiB"};
constexpr QuantityRange kVaultBandwidths = {"1 Mb/s", "1000 Tb/s"};
constexpr QuantityRange kTotalBandwidths = {"10 Mb/s", "1000 Tb/s"};  // at least a bit a second for every link
constexpr QuantityRange kLinkBandwidths = {"1 kb/s", "1000 Tb/s"};
constexpr QuantityRange kLatencies = {"1 ps", "1 s"};
constexpr QuantityRange kTimings = {"1 ps", "1 ms"};
constexpr QuantityRange kEnergies = {"0 pJ", "1 J"};

Field integer(const MapReader& map, const char* key) { return map.required(key, "an integer"); }

Field quantity(const MapReader& map, const char* key, const char* example) {
    return map.required(key, fmt::format("a quantity with its unit, such as \"{}\"", example));
}

Field section(const MapReader& map, const char* key) { return map.required(key, "a map"); }

void read_registers(const Field& field, PeArraySpec& pe_array) {
    const MapReader map(field, {"filter", "feature_map", "partial_sum"});
    pe_array.filter_registers = read_integer(integer(map, "filter"), 1);
    pe_array.feature_registers = read_integer(integer(map, "feature_map"), 1);
    pe_array.partial_sum_registers = read_integer(integer(map, "partial_sum"), 1);
}

void read_words_per_cycle(const Field& field, PeArraySpec& pe_array) {
    const MapReader map(field, {"filter", "feature_map", "partial_sum"});
    pe_array.filter_words_per_cycle = read_integer(integer(map, "filter"), 1);
    pe_array.feature_words_per_cycle = read_integer(integer(map, "feature_map"), 1);
    pe_array.partial_sum_words_per_cycle = read_integer(integer(map, "partial_sum"), 1);
}

PeArraySpec read_pe_array(const Field& field) {
    const MapReader map(field, {"rows", "columns", "registers", "words_per_cycle"});
    PeArraySpec pe_array;
    pe_array.rows = read_integer(integer(map, "rows"), 1, kMostUnits);
    pe_array.columns = read_integer(integer(map, "columns"), 1, kMostUnits);
    read_registers(section(map, "registers"), pe_array);
    read_words_per_cycle(section(map, "words_per_cycle"), pe_array);
    return pe_array;
}

MappingSpec read_mapping(const Field& field) {
    const MapReader map(field, {"minimise", "sets", "dataflow"});
    const Field minimise = map.required("minimise", "cycles or energy");
    const Field sets = map.required("sets", "whole or searched");
    const Field dataflow = map.required("dataflow", "row-stationary or searched");
    MappingSpec mapping;
    mapping.minimise = read_choice(minimise, {"cycles", "energy"}) == 0 ? MappingSpec::Objective::LeastCycles
                                                                        : MappingSpec::Objective::LeastEnergy;
    mapping.whole_sets = read_choice(sets, {"searched", "whole"}) == 1;
    mapping.row_stationary_only = read_choice(dataflow, {"searched", "row-stationary"}) == 1;
    return mapping;
}

BufferSpec read_buffer(const Field& field) {
    const MapReader map(field, {"capacity", "banks", "bank_width"});
    BufferSpec buffer;
    buffer.capacity_bytes = read_size(quantity(map, "capacity", "108 KiB"), kCapacities);
    const Field banks = integer(map, "banks");
    buffer.banks = read_integer(banks, kFewestBanks, kMostUnits);
    if (buffer.capacity_bytes < buffer.banks) {
        throw banks.error(fmt::format("expected banks of a byte or more, at most {}", buffer.capacity_bytes));
    }
    buffer.bank_bytes_per_cycle = read_size(quantity(map, "bank_width", "8 B"), kBankWidths);
    return buffer;
}

DmaSpec read_dma(const Field& field) {
    const MapReader map(field, {"outstanding_requests"});
    return {read_integer(integer(map, "outstanding_requests"), 1, kMostQueued)};
}

PagePolicy read_page_policy(const Field& field) {
    std::vector<std::string> names;
    for (const PagePolicyName& policy : page_policies()) names.emplace_back(policy.name);
    return page_policies()[read_choice(field, names)].policy;
}

struct TimingKey {
    const char* name;
    const char* example;
    Picoseconds MemoryTimingSpec::*member;
};

constexpr TimingKey kTimingKeys[] = {{"tCK", "0.8 ns", &MemoryTimingSpec::clock_period},
                                     {"tRCD", "10.2 ns", &MemoryTimingSpec::row_to_column_delay},
                                     {"tCL", "9.9 ns", &MemoryTimingSpec::column_latency},
                                     {"tCWL", "9.1 ns", &MemoryTimingSpec::write_latency},
                                     {"tRP", "7.7 ns", &MemoryTimingSpec::precharge_time},
                                     {"tRAS", "21.6 ns", &MemoryTimingSpec::row_active_time},
                                     {"tRC", "32 ns", &MemoryTimingSpec::row_cycle},
                                     {"tRRD", "3.2 ns", &MemoryTimingSpec::activate_spacing},
                                     {"tWR", "8 ns", &MemoryTimingSpec::write_recovery},
                                     {"tRTP", "4.9 ns", &MemoryTimingSpec::read_to_precharge},
                                     {"tWTR", "4.9 ns", &MemoryTimingSpec::write_to_read},
                                     {"tCCD", "3.2 ns", &MemoryTimingSpec::column_spacing},
                                     {"tFAW", "19.2 ns", &MemoryTimingSpec::activate_window},
                                     {"tRFC", "59 ns", &MemoryTimingSpec::refresh_time},
                                     {"tREFI", "7800 ns", &MemoryTimingSpec::refresh_interval}};

/// The times must be such that one can be served at all, in whole clocks as they are used.
void check_timing(const MapReader& map, const MemoryTimingSpec& timing) {
    const auto clocks = [&](Picoseconds time) { return ceil_divide(time, timing.clock_period); };
    const auto at = [&](const char* key) { return map.required(key, "a time"); };
    if (timing.row_cycle < timing.row_active_time) {
        throw at("tRC").expected("a time of at least tRAS (a row is closed before the next is opened)");
    }
    if (timing.activate_window < timing.activate_spacing) {
        throw at("tFAW").expected("a time of at least tRRD (four activations lie in it)");
    }
    // Between refreshes there must be time to work: a row opened, and moved data many times over.
    const std::uint64_t others = clocks(timing.refresh_time) + clocks(timing.row_cycle);
    if (clocks(timing.refresh_interval) < 2 * others) {
        throw at("tREFI").expected(
            "a time of at least twice tRFC and tRC together (refreshes must leave time for work)");
    }
}

MemoryTimingSpec read_timing(const Field& field) {
    std::vector<std::string> names;
    for (const TimingKey& key : kTimingKeys) names.emplace_back(key.name);
    const MapReader map(field, names);
    MemoryTimingSpec timing;
    for (const TimingKey& key : kTimingKeys) {
        timing.*key.member = read_time(quantity(map, key.name, key.example), kTimings);
    }
    check_timing(map, timing);
    return timing;
}

/// `value` must be a multiple of `unit`, the value of the key `unit_name`.
void check_multiple(const Field& field, std::uint64_t value, std::uint64_t unit, const char* unit_name) {
    if (value % unit == 0) return;
    throw field.expected(fmt::format("a multiple of {}, which is {} B", unit_name, unit));
}

void check_layout(const MapReader& map, const MemorySpec& memory) {
    const auto at = [&](const char* key) { return map.required(key, "a size"); };
    check_multiple(at("bank_interleave"), memory.bank_interleave_bytes, memory.burst_bytes, "burst");
    check_multiple(at("row"), memory.row_bytes, memory.bank_interleave_bytes, "bank_interleave");
    check_multiple(at("interleave"), memory.interleave_bytes, memory.burst_bytes, "burst");
    const std::uint64_t stripe = memory.stripe_bytes();
    if (stripe % memory.interleave_bytes != 0 && memory.interleave_bytes % stripe != 0) {
        throw at("interleave").expected(fmt::format("a divisor or a multiple of banks x row, which is {} B", stripe));
    }
}

/// The data bus moves a burst every tCCD, so its bandwidth is given twice: they may differ by 0.1 %.
void check_vault_bandwidth(const MapReader& map, const MemorySpec& memory) {
    const MemoryTimingSpec& timing = memory.timing;
    const Picoseconds burst_time = ceil_divide(timing.column_spacing, timing.clock_period) * timing.clock_period;
    const double moved = 8.0 * static_cast<double>(memory.burst_bytes) * static_cast<double>(kPicosecondsPerSecond) /
                         static_cast<double>(burst_time);
    const double ratio = static_cast<double>(memory.vault_bits_per_second) / moved;
    if (ratio > 0.999 && ratio < 1.001) return;
    throw map.required("vault_bandwidth", "a bandwidth")
        .expected(fmt::format("the {:.6g} GB/s of a burst of {} B every {:.6g} ns (tCCD in whole tCK)", moved / 8e9,
                              memory.burst_bytes, static_cast<double>(burst_time) / 1000));
}

MemorySpec read_memory(const Field& field) {
    const MapReader map(field, {"capacity", "vaults", "vault_bandwidth", "interleave", "crossbar_cycles", "banks",
                                "row", "bank_interleave", "burst", "page", "timing"});
    MemorySpec memory;
    memory.capacity_bytes = read_size(quantity(map, "capacity", "8 GB"), kCapacities);
    memory.vaults = read_integer(integer(map, "vaults"), 1, kMostUnits);
    memory.vault_bits_per_second = read_bandwidth(quantity(map, "vault_bandwidth", "10 GB/s"), kVaultBandwidths);
    memory.interleave_bytes = read_size(quantity(map, "interleave", "4 KiB"), kBlocks);
    memory.crossbar_cycles = read_integer(integer(map, "crossbar_cycles"), 1, kMostCycles);
    memory.banks = read_integer(integer(map, "banks"), 1, kMostBanks);
    memory.row_bytes = read_size(quantity(map, "row", "256 B"), kBlocks);
    memory.bank_interleave_bytes = read_size(quantity(map, "bank_interleave", "256 B"), kBlocks);
    memory.burst_bytes = read_size(quantity(map, "burst", "32 B"), kBlocks);
    memory.page = read_page_policy(map.required("page", "open or closed"));
    memory.timing = read_timing(section(map, "timing"));
    check_layout(map, memory);
    check_vault_bandwidth(map, memory);
    return memory;
}

FlowControl read_flow_control(const Field& field) {
    constexpr FlowControl kRules[] = {FlowControl::VirtualCutThrough, FlowControl::Wormhole};
    return kRules[read_choice(field, {name_of(kRules[0]), name_of(kRules[1])})];
}

RoutingRule read_routing(const Field& field) {
    constexpr RoutingRule kRules[] = {RoutingRule::Deterministic, RoutingRule::MinimalAdaptive};
    return kRules[read_choice(field, {name_of(kRules[0]), name_of(kRules[1])})];
}

/// Of all links together, or of each.
void read_link_bandwidth(const Field& field, const MapReader& map, InterconnectSpec& interconnect) {
    auto total = map.optional("total_bandwidth");
    auto each = map.optional("link_bandwidth");
    if (total && each) {  // one given on the command line takes the place of the other one of a file
        const bool total_is_of_file = total->value().place.has_line();
        if (total_is_of_file != each->value().place.has_line()) (total_is_of_file ? total : each).reset();
    }
    if (total.has_value() == each.has_value()) {
        throw field.error("expected either total_bandwidth, of all links, or link_bandwidth, of each");
    }
    interconnect.is_per_link = each.has_value();
    interconnect.bits_per_second = read_bandwidth(each ? *each : *total, each ? kLinkBandwidths : kTotalBandwidths);
}

InterconnectSpec read_interconnect(const Field& field) {
    const MapReader map(field, {"total_bandwidth", "link_bandwidth", "link_latency", "router_cycles", "routing",
                                "flow_control", "packet", "header", "flit", "buffer_flits", "virtual_channels"});
    InterconnectSpec interconnect;
    read_link_bandwidth(field, map, interconnect);
    interconnect.link_latency = read_time(quantity(map, "link_latency", "4 ns"), kLatencies);
    interconnect.router_cycles = read_integer(integer(map, "router_cycles"), 1, kMostCycles);
    if (const auto routing = map.optional("routing")) interconnect.routing = read_routing(*routing);
    interconnect.flow_control = read_flow_control(map.required("flow_control", "virtual-cut-through or wormhole"));
    interconnect.packet_bytes = read_size(quantity(map, "packet", "1 KiB"), kBlocks);
    if (const auto header = map.optional("header")) interconnect.header_bytes = read_size(*header, kHeaders);
    interconnect.flit_bytes = read_size(quantity(map, "flit", "16 B"), kBlocks);
    const Field buffer = integer(map, "buffer_flits");
    interconnect.buffer_flits = read_integer(buffer, 1, kMostQueued);
    const std::uint64_t packet_flits = interconnect.flits_of(interconnect.packet_bytes);
    if (interconnect.flow_control == FlowControl::VirtualCutThrough && interconnect.buffer_flits < packet_flits) {
        throw buffer.expected(fmt::format("at least {}, a whole packet, for virtual cut-through", packet_flits));
    }
    interconnect.virtual_channels = read_integer(integer(map, "virtual_channels"), 1, kMostVirtualChannels);
    return interconnect;
}

EnergyTable read_energies(const Field& field) {
    const MapReader map(field, {"add", "multiply", "register_32bit", "array_32bit", "buffer_32bit", "dram_32bit",
                                "tsv_bit", "link_bit"});
    const auto of = [&](const char* key) { return read_energy(quantity(map, key, "0.9 pJ"), kEnergies); };
    return {of("add"),          of("multiply"),   of("register_32bit"), of("array_32bit"),
            of("buffer_32bit"), of("dram_32bit"), of("tsv_bit"),        of("link_bit")};
}

}  // namespace

ArraySpec read_array(const Field& field) {
    const MapReader map(
        field, {"name", "source", "accelerators", "topology", "precision", "clock", "processing_units", "pe_array",
                "mapping", "buffer", "dma", "memory", "interconnect", "energy"});
    ArraySpec array;
    array.name = read_text(map.required("name", "the array's name"));
    if (const auto source = map.optional("source")) array.source = read_text(*source);
    array.accelerators = read_integer(integer(map, "accelerators"), 1, kMostAccelerators);
    array.precision = read_precision(map.required("precision", "the format of an element, such as float32"));
    array.clock = read_frequency(quantity(map, "clock", "250 MHz"), kClocks);
    array.processing_units = read_integer(integer(map, "processing_units"), 1, kMostUnits);
    array.pe_array = read_pe_array(section(map, "pe_array"));
    array.mapping = read_mapping(section(map, "mapping"));
    array.buffer = read_buffer(section(map, "buffer"));
    array.dma = read_dma(section(map, "dma"));
    array.memory = read_memory(section(map, "memory"));
    array.interconnect = read_interconnect(section(map, "interconnect"));
    array.interconnect.topology = read_topology(map.required("topology", "a topology, such as htree"));
    array.energy = read_energies(section(map, "energy"));
    return array;
}

std::uint64_t read_accelerators(const Field& field) {
    const std::uint64_t count = read_integer(field, 1);
    try {
        level_count(count);
    } catch (const ConfigError& error) {
        std::uint64_t below = 1;
        while (below * 2 < count) below *= 2;
        const std::uint64_t largest = std::uint64_t{1} << 20U;
        if (below >= largest) throw field.error(error.problem());
        throw field.error(
            fmt::format("expected a power of two, since each level of an array halves it: {} or {}, not {}", below,
                        below * 2, count));
    }
    return count;
}

Precision read_precision(const Field& field) {
    std::vector<std::string> names;
    for (const Precision& precision : precisions()) names.emplace_back(precision.name);
    return precisions()[read_choice(field, names)];
}

void check_topology(const ArraySpec& array) {
    const Pairs pairs = array.accelerators <= kAllPairs ? Pairs::All : Pairs::Exchanges;
    check_deadlock_free(Topology::make(array.interconnect, array.accelerators), pairs);
}

}  // namespace hypar
