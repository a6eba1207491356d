#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "arch/time.h"
#include "arch/topology_spec.h"

namespace hypar {

/// One processing unit's array of processing elements: Eyeriss (Chen et al., JSSC 2017).
struct PeArraySpec {
    std::uint64_t rows = 1;
    std::uint64_t columns = 1;
    /// Register file of one processing element, in words of the array's precision.
    std::uint64_t filter_registers = 1;
    std::uint64_t feature_registers = 1;
    std::uint64_t partial_sum_registers = 1;
    /// Words a cycle that each of the three networks between buffer and processing elements delivers; the one of
    /// partial sums so many each way.
    std::uint64_t filter_words_per_cycle = 1;
    std::uint64_t feature_words_per_cycle = 1;
    std::uint64_t partial_sum_words_per_cycle = 1;

    std::uint64_t size() const { return rows * columns; }
    std::uint64_t slowest_words_per_cycle() const {
        return std::min({filter_words_per_cycle, feature_words_per_cycle, partial_sum_words_per_cycle});
    }
};

/// What decides how a layer's phase is laid on a processing unit.
struct MappingSpec {
    enum class Objective { LeastCycles, LeastEnergy };
    Objective minimise = Objective::LeastCycles;
    /// A row-stationary set has as many columns as an output has rows wherever the array can hold that, as on the
    /// Eyeriss chip; otherwise its width is searched.
    bool whole_sets = false;
    /// Forward and backward phases are always row-stationary; otherwise the dataflow is searched.
    bool row_stationary_only = false;
};

/// One processing unit's global buffer: banks of equal size, each with a port for the array of processing elements
/// and one for the engine that moves data to and from memory.
struct BufferSpec {
    std::uint64_t capacity_bytes = 0;
    std::uint64_t banks = 1;
    std::uint64_t bank_bytes_per_cycle = 1;

    std::uint64_t bytes_per_cycle() const { return banks * bank_bytes_per_cycle; }
    /// What `bytes` of one tensor's tile take: whole banks.
    std::uint64_t allocated(std::uint64_t bytes) const {
        const std::uint64_t bank = divide(capacity_bytes, banks);
        return checked_multiply(ceil_divide(bytes, bank), bank);
    }
};

/// Each engine that moves data between memory and a buffer.
struct DmaSpec {
    std::uint64_t outstanding_requests = 1;  ///< at most so many in flight
};

/// When a vault closes a row.
enum class PagePolicy : std::uint8_t {
    Open,    ///< when another row of its bank is needed, or a refresh is due
    Closed,  ///< after each run of consecutive bytes in it
};

struct PagePolicyName {
    const char* name;
    PagePolicy policy;
};

/// Every page policy that a name selects.
const std::vector<PagePolicyName>& page_policies();

/// The timing of a vault's banks and buses; each is at least 1 ps, and rounded up to whole clocks where it is used.
struct MemoryTimingSpec {
    Picoseconds clock_period = 1;         ///< tCK: one command in each
    Picoseconds row_to_column_delay = 1;  ///< tRCD: from activating a row to its first column command
    Picoseconds column_latency = 1;       ///< tCL: from a read command to its data
    Picoseconds write_latency = 1;        ///< tCWL: from a write command to its data
    Picoseconds precharge_time = 1;       ///< tRP: from closing a row to activating another
    Picoseconds row_active_time = 1;      ///< tRAS: from activating a row to closing it
    Picoseconds row_cycle = 1;            ///< tRC: between activations of one bank
    Picoseconds activate_spacing = 1;     ///< tRRD: between activations of any banks
    Picoseconds write_recovery = 1;       ///< tWR: from the end of written data to closing the row
    Picoseconds read_to_precharge = 1;    ///< tRTP: from a read command to closing the row
    Picoseconds write_to_read = 1;        ///< tWTR: from the end of written data to a read command
    Picoseconds column_spacing = 1;       ///< tCCD: between column commands; a burst's time on the data bus
    Picoseconds activate_window = 1;      ///< tFAW: in which at most four rows are activated
    Picoseconds refresh_time = 1;         ///< tRFC: that a refresh takes
    Picoseconds refresh_interval = 2;     ///< tREFI: between refreshes
};

/// One accelerator's hybrid memory cube.
struct MemorySpec {
    std::uint64_t capacity_bytes = 0;
    std::uint64_t vaults = 1;
    std::uint64_t vault_bits_per_second = 1;  ///< a burst every tCCD
    std::uint64_t interleave_bytes = 1;       ///< consecutive blocks of this size lie in consecutive vaults
    std::uint64_t crossbar_cycles = 1;        ///< from an engine to a vault and back, each way
    std::uint64_t banks = 1;                  ///< of one vault
    std::uint64_t row_bytes = 1;              ///< of one bank's row buffer
    std::uint64_t bank_interleave_bytes =
        1;                          ///< in a vault, consecutive pieces of this size lie in consecutive banks
    std::uint64_t burst_bytes = 1;  ///< that one column command moves
    PagePolicy page = PagePolicy::Open;
    MemoryTimingSpec timing;

    /// Bytes after which a vault's banks are gone round and the next row begins in each.
    std::uint64_t stripe_bytes() const { return banks * row_bytes; }
};

/// Most banks of a vault that the model takes.
constexpr std::uint64_t kMostBanks = 64;

/// The network between accelerators.
struct InterconnectSpec {
    TopologySpec topology;
    RoutingRule routing = RoutingRule::Deterministic;
    FlowControl flow_control = FlowControl::VirtualCutThrough;
    /// Per direction: over all links of one level of a tree, or over all wires of any other topology; or, if
    /// `is_per_link`, of each link, in a tree of each below the lowest switches.
    std::uint64_t bits_per_second = 1;
    bool is_per_link = false;
    Picoseconds link_latency = 1;
    std::uint64_t router_cycles = 1;     ///< from a flit's arrival in a router until it may leave
    std::uint64_t packet_bytes = 1;      ///< payload of a full packet
    std::uint64_t header_bytes = 0;      ///< of every packet, serialised with it and counted apart
    std::uint64_t flit_bytes = 1;        ///< packets are whole numbers of them; local ports take one a cycle
    std::uint64_t buffer_flits = 1;      ///< that the buffer of each virtual channel takes
    std::uint64_t virtual_channels = 1;  ///< of every link

    /// Of a packet, header and padding included.
    std::uint64_t flits_of(std::uint64_t payload_bytes) const {
        return ceil_divide(payload_bytes + header_bytes, flit_bytes);
    }
    /// Of all packets of a transfer.
    std::uint64_t flits_of_transfer(std::uint64_t bytes) const {
        const std::uint64_t rest = bytes % packet_bytes;
        return checked_add(checked_multiply(bytes / packet_bytes, flits_of(packet_bytes)),
                           rest == 0 ? 0 : flits_of(rest));
    }
};

/// A resource that takes no time, in a run that asks what a step would take without it. No array has one.
enum class Ideal : std::uint8_t {
    Nothing,
    Multiply,  ///< processing elements multiply in no time
    Fill,      ///< registers are filled before a pass in no time
    Delivery,  ///< no network holds up a pass
    Buffer,    ///< the buffer's banks deliver whatever they are asked for
    Drain,     ///< the last sums leave in no time
    Memory,    ///< vaults answer as soon as they are asked
};

/// Energy of one event, in picojoules.
struct EnergyTable {
    double add = 0;
    double multiply = 0;
    double register_32bit = 0;  ///< register file of a processing element
    double array_32bit = 0;     ///< interconnect of the array: a word that a processing element receives
    double buffer_32bit = 0;
    double dram_32bit = 0;
    double tsv_bit = 0;  ///< between the logic die of a memory and its banks
    double link_bit = 0;
};

struct Precision {
    const char* name;
    std::uint64_t bytes;
};

/// Every precision that a name selects.
const std::vector<Precision>& precisions();

const char* name_of(RoutingRule rule);
const char* name_of(FlowControl flow_control);

/// An array of accelerators as its file describes it.
struct ArraySpec {
    std::string name;
    std::string source;
    std::uint64_t accelerators = 1;
    Precision precision{"float32", 4};
    Clock clock;
    std::uint64_t processing_units = 1;  ///< of one accelerator
    PeArraySpec pe_array;
    MappingSpec mapping;
    BufferSpec buffer;
    DmaSpec dma;
    MemorySpec memory;
    InterconnectSpec interconnect;
    EnergyTable energy;
    Ideal ideal = Ideal::Nothing;

    /// What `resource` takes of so many cycles.
    Cycles cycles_of(Ideal resource, Cycles cycles) const { return ideal == resource ? 0 : cycles; }
};

}  // namespace hypar
