#include "experiment/array_reader.h"

#include <fmt/format.h>

#include "experiment/map_reader.h"
#include "experiment/quantity.h"
#include "experiment/scalar.h"
#include "partition/plan.h"

namespace hypar {
namespace {

// Far above any array, and low enough for products of a few of them to stay within 64 bits.
constexpr std::uint64_t kMostUnits = 4096;
constexpr std::uint64_t kMostQueued = 65536;
constexpr std::uint64_t kMostVirtualChannels = 64;
constexpr std::uint64_t kMostCycles = 1000000;
constexpr QuantityRange kClocks = {"1 kHz", "1 THz"};
constexpr QuantityRange kCapacities = {"1 B", "1024 TiB"};
constexpr QuantityRange kBlocks = {"1 B", "1 GiB"};
constexpr QuantityRange kHeaders = {"0 B", "1 GiB"};
constexpr QuantityRange kVaultBandwidths = {"1 Mb/s", "1000 Tb/s"};
constexpr QuantityRange kTotalBandwidths = {"10 Mb/s", "1000 Tb/s"};  // at least a bit a second for every link
constexpr QuantityRange kLatencies = {"1 ps", "1 s"};
constexpr QuantityRange kDelays = {"0 ps", "1 s"};
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

BufferSpec read_buffer(const Field& field) {
    const MapReader map(field, {"capacity"});
    return {read_size(quantity(map, "capacity", "108 KiB"), kCapacities)};
}

DmaSpec read_dma(const Field& field) {
    const MapReader map(field, {"outstanding_requests"});
    return {read_integer(integer(map, "outstanding_requests"), 1, kMostQueued)};
}

MemorySpec read_memory(const Field& field) {
    const MapReader map(field, {"capacity", "vaults", "vault_bandwidth", "interleave", "crossbar_cycles", "timing"});
    MemorySpec memory;
    memory.capacity_bytes = read_size(quantity(map, "capacity", "8 GB"), kCapacities);
    memory.vaults = read_integer(integer(map, "vaults"), 1, kMostUnits);
    memory.vault_bits_per_second = read_bandwidth(quantity(map, "vault_bandwidth", "10 GB/s"), kVaultBandwidths);
    memory.interleave_bytes = read_size(quantity(map, "interleave", "4 KiB"), kBlocks);
    memory.crossbar_cycles = read_integer(integer(map, "crossbar_cycles"), 1, kMostCycles);
    const MapReader timing(section(map, "timing"), {"tRCD", "tCL"});
    memory.row_to_column_delay = read_time(quantity(timing, "tRCD", "10.2 ns"), kDelays);
    memory.column_latency = read_time(quantity(timing, "tCL", "9.9 ns"), kDelays);
    return memory;
}

InterconnectSpec read_interconnect(const Field& field) {
    const MapReader map(field, {"total_bandwidth", "link_latency", "router_cycles", "packet", "header",
                                "buffer_packets", "virtual_channels"});
    InterconnectSpec interconnect;
    interconnect.total_bits_per_second =
        read_bandwidth(quantity(map, "total_bandwidth", "25.6 Gb/s"), kTotalBandwidths);
    interconnect.link_latency = read_time(quantity(map, "link_latency", "4 ns"), kLatencies);
    interconnect.router_cycles = read_integer(integer(map, "router_cycles"), 1, kMostCycles);
    interconnect.packet_bytes = read_size(quantity(map, "packet", "16 KiB"), kBlocks);
    if (const auto header = map.optional("header")) interconnect.header_bytes = read_size(*header, kHeaders);
    interconnect.buffer_packets = read_integer(integer(map, "buffer_packets"), 1, kMostQueued);
    interconnect.virtual_channels = read_integer(integer(map, "virtual_channels"), 1, kMostVirtualChannels);
    return interconnect;
}

EnergyTable read_energies(const Field& field) {
    const MapReader map(field, {"add", "multiply", "buffer_32bit", "dram_32bit", "link_bit"});
    const auto of = [&](const char* key) { return read_energy(quantity(map, key, "0.9 pJ"), kEnergies); };
    return {of("add"), of("multiply"), of("buffer_32bit"), of("dram_32bit"), of("link_bit")};
}

}  // namespace

ArraySpec read_array(const Field& field) {
    const MapReader map(field, {"name", "source", "accelerators", "topology", "precision", "clock",
                                "processing_units", "pe_array", "buffer", "dma", "memory", "interconnect", "energy"});
    ArraySpec array;
    array.name = read_text(map.required("name", "the array's name"));
    if (const auto source = map.optional("source")) array.source = read_text(*source);
    array.accelerators = read_accelerators(integer(map, "accelerators"));
    array.precision = read_precision(map.required("precision", "the format of an element, such as float32"));
    array.clock = read_frequency(quantity(map, "clock", "250 MHz"), kClocks);
    array.processing_units = read_integer(integer(map, "processing_units"), 1, kMostUnits);
    array.pe_array = read_pe_array(section(map, "pe_array"));
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

TopologyKind read_topology(const Field& field) {
    std::vector<std::string> names;
    for (const TopologyName& topology : topologies()) names.emplace_back(topology.name);
    return topologies()[read_choice(field, names)].kind;
}

Precision read_precision(const Field& field) {
    std::vector<std::string> names;
    for (const Precision& precision : precisions()) names.emplace_back(precision.name);
    return precisions()[read_choice(field, names)];
}

void check_topology(const Field& field, const ArraySpec& array) {
    if (array.interconnect.topology != TopologyKind::Torus || array.interconnect.virtual_channels >= 2) return;
    throw field.located(
        ConfigError("interconnect.virtual_channels",
                    "expected at least 2 virtual channels, or packets deadlock in the rings of a torus"));
}

}  // namespace hypar
