#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arch/time.h"

namespace hypar {

/// One processing unit's array of processing elements: Eyeriss (Chen et al., JSSC 2017).
struct PeArraySpec {
    std::uint64_t rows = 1;
    std::uint64_t columns = 1;
    /// Register file of one processing element, in words of the array's precision.
    std::uint64_t filter_registers = 1;
    std::uint64_t feature_registers = 1;
    std::uint64_t partial_sum_registers = 1;
    /// Words a cycle that each of the three networks between buffer and processing elements delivers.
    std::uint64_t filter_words_per_cycle = 1;
    std::uint64_t feature_words_per_cycle = 1;
    std::uint64_t partial_sum_words_per_cycle = 1;

    std::uint64_t size() const { return rows * columns; }
};

/// One processing unit's global buffer.
struct BufferSpec {
    std::uint64_t capacity_bytes = 0;
};

/// Each engine that moves data between memory and a buffer.
struct DmaSpec {
    std::uint64_t outstanding_requests = 1;  ///< at most so many in flight
};

/// One accelerator's hybrid memory cube.
struct MemorySpec {
    std::uint64_t capacity_bytes = 0;
    std::uint64_t vaults = 1;
    std::uint64_t vault_bits_per_second = 1;
    std::uint64_t interleave_bytes = 1;   ///< consecutive blocks of this size lie in consecutive vaults
    Picoseconds row_to_column_delay = 0;  ///< tRCD
    Picoseconds column_latency = 0;       ///< tCL
    std::uint64_t crossbar_cycles = 1;    ///< from an engine to a vault and back, each way
};

enum class TopologyKind { HTree, Torus };

/// The network between accelerators.
struct InterconnectSpec {
    TopologyKind topology = TopologyKind::HTree;
    /// Per direction: over all links of one level of a tree, over all links of a torus.
    std::uint64_t total_bits_per_second = 1;
    Picoseconds link_latency = 1;
    std::uint64_t router_cycles = 1;
    std::uint64_t packet_bytes = 1;      ///< payload of a full packet
    std::uint64_t header_bytes = 0;      ///< of every packet, serialised with it and counted apart
    std::uint64_t buffer_packets = 1;    ///< whole packets that each virtual channel's input buffer takes
    std::uint64_t virtual_channels = 1;  ///< of every link; a torus needs two
};

/// Energy of one event, in picojoules.
struct EnergyTable {
    double add = 0;
    double multiply = 0;
    double buffer_32bit = 0;
    double dram_32bit = 0;
    double link_bit = 0;
};

struct Precision {
    const char* name;
    std::uint64_t bytes;
};

/// Every precision that a name selects.
const std::vector<Precision>& precisions();

/// Every topology that a name selects.
struct TopologyName {
    const char* name;
    TopologyKind kind;
    const char* description;
};
const std::vector<TopologyName>& topologies();
const char* name_of(TopologyKind kind);

/// An array of accelerators as its file describes it.
struct ArraySpec {
    std::string name;
    std::string source;
    std::uint64_t accelerators = 1;
    Precision precision{"float32", 4};
    Clock clock;
    std::uint64_t processing_units = 1;  ///< of one accelerator
    PeArraySpec pe_array;
    BufferSpec buffer;
    DmaSpec dma;
    MemorySpec memory;
    InterconnectSpec interconnect;
    EnergyTable energy;
};

}  // namespace hypar
