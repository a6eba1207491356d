#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arch/kernel/energy_table.h"
#include "arch/kernel/time.h"
#include "arch/memory/memory_spec.h"
#include "arch/network/interconnect_spec.h"
#include "arch/unit/tiling_costs.h"
#include "arch/unit/unit_spec.h"

namespace hypar {

struct Precision {
    const char* name;
    std::uint64_t bytes;
};

/// Every precision that a name selects.
const std::vector<Precision>& precisions();

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

    UnitSpec unit() const { return {pe_array, buffer, mapping, precision.bytes, ideal}; }
    MappingTarget mapping_target() const;
};

}  // namespace hypar
