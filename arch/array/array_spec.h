#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "arch/kernel/energy_table.h"
#include "arch/kernel/precision.h"
#include "arch/kernel/spec_limits.h"
#include "arch/kernel/time.h"
#include "arch/memory/memory_spec.h"
#include "arch/network/interconnect_spec.h"
#include "arch/unit/tiling_costs.h"
#include "arch/unit/unit_spec.h"

namespace hypar {

/// Accelerators that are alike and follow each other, and what they have in place of the array's own.
struct AcceleratorKind {
    std::string name;
    std::uint64_t accelerators = 0;
    std::uint64_t share = 0;  ///< of one of them in the work, relative to the others
    std::uint64_t processing_units = 1;
    PeArraySpec pe_array;
    MappingSpec mapping;
    BufferSpec buffer;

    /// All that its work takes.
    template <typename Self>
    static auto numbers(Self& self) {
        return std::tie(self.processing_units, self.pe_array, self.mapping, self.buffer);
    }

    /// Of all its accelerators.
    std::uint64_t processing_elements() const {
        return checked_multiply(accelerators, processing_units, pe_array.size());
    }
};

/// An array of accelerators as its file describes it.
struct ArraySpec {
    std::string name;
    std::string source;
    std::uint64_t accelerators = 1;
    Precision precision = kPrecisions[0];
    Clock clock;
    std::uint64_t processing_units = 1;  ///< of one accelerator
    PeArraySpec pe_array;
    MappingSpec mapping;
    BufferSpec buffer;
    VectorUnitSpec vector_unit;
    DmaSpec dma;
    MemorySpec memory;
    InterconnectSpec interconnect;
    EnergyTable energy;
    Ideal ideal = Ideal::Nothing;
    std::vector<AcceleratorKind> kinds;  ///< in the accelerators' order; none: all are alike

    template <typename Self, typename Visit>
    static void for_each_field(Self& self, Visit&& visit) {
        visit(Key("name", "what reports call the array").deciding(Decides::Nothing), self.name,
              Text{"the array's name"});
        visit(Key("source", "where the values come from").optional().deciding(Decides::Nothing), self.source,
              Text{"a text"});
        visit(Key("accelerators", "their number").deciding(Decides::Nothing), self.accelerators,
              Count{1, kMostAccelerators});
        visit(Key("topology", "a name, or a map with its size: [below](#topologies)").deciding(Decides::Links),
              self.interconnect.topology, Apart{"a topology, such as htree"});
        visit(Key("precision",
                  "format of every element: `float32` (4 bytes), `float16`, `bfloat16`, `int16` (2), `int8` (1)"),
              self.precision, one_of(kPrecisions, "the format of an element, such as float32"));
        visit(Key("clock", "frequency of accelerators and routers"), self.clock,
              Amount{Quantity::Frequency, kKilo, kTera, "250 MHz"});
        visit(Key("processing_units", "of one accelerator"), self.processing_units, Count{1, kMostUnits});
        visit(Key("pe_array", "the processing elements of one processing unit"), self.pe_array, Section{});
        visit(Key("mapping", "the rule by which phases are laid on a processing unit"), self.mapping, Section{});
        visit(Key("buffer", "the global buffer of one processing unit"), self.buffer, Section{});
        visit(Key("vector_unit",
                  "of one accelerator, beside its processing units; if left out it has none, and operators without "
                  "multiplications take no time")
                  .optional(),
              self.vector_unit, Section{});
        visit(Key("dma", "each engine that moves data between memory and a buffer"), self.dma, Section{});
        visit(Key("memory", "the memory of one accelerator"), self.memory, Section{});
        visit(Key("interconnect", "the network between accelerators"), self.interconnect, Section{});
        visit(Key("energy", "energy of events").deciding(Decides::Nothing), self.energy, Section{});
        visit(Key("", ""), self.ideal, Unwritten{});
        visit(Key("", ""), self.kinds, Unwritten{});
    }

    UnitSpec unit() const { return {pe_array, buffer, mapping, precision.bytes, ideal}; }
    /// Of operations on elements of its precision.
    EnergyTable prices() const { return energy.at(precision); }
    /// Of accelerators that are alike.
    MappingTarget mapping_target() const;

    /// By accelerator; none where all are alike.
    std::vector<std::uint32_t> kinds_by_accelerator() const;
    /// 0 where all are alike.
    std::uint32_t kind_of(std::uint64_t accelerator) const;
    /// For each kind the array as if all its accelerators were of it.
    std::vector<ArraySpec> by_kind() const;
    std::uint64_t units_of(std::uint64_t accelerator) const;
    /// Of all accelerators.
    std::uint64_t processing_elements() const;
    /// Of the kind with the largest.
    std::uint64_t largest_buffer() const;
};

}  // namespace hypar
