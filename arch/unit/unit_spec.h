#pragma once

#include <algorithm>
#include <cstdint>

#include "arch/kernel/time.h"
#include "base/checked.h"

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

/// What decides how a nest is laid on a processing unit.
struct MappingSpec {
    enum class Objective { LeastCycles, LeastEnergy };
    Objective minimise = Objective::LeastCycles;
    /// A row-stationary set has as many columns as an output has rows wherever the array can hold that, as on the
    /// Eyeriss chip; otherwise its width is searched.
    bool whole_sets = false;
    /// Convolutions, transposed ones too, are always row-stationary; otherwise the dataflow is searched.
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

/// One processing unit: what the time and the mapping of its tiles follow from.
struct UnitSpec {
    PeArraySpec pe_array;
    BufferSpec buffer;
    MappingSpec mapping;
    std::uint64_t element_bytes = 4;  ///< of the array's precision
    Ideal ideal = Ideal::Nothing;

    /// What `resource` takes of so many cycles.
    Cycles cycles_of(Ideal resource, Cycles cycles) const { return ideal == resource ? 0 : cycles; }
};

}  // namespace hypar
