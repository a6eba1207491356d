#pragma once

#include <cstdint>
#include <optional>

#include "arch/kernel/precision.h"
#include "base/fields.h"
#include "base/units.h"

namespace hypar {

/// Energy of one event, in picojoules, and static power.
struct EnergyTable {
    double add = 0;
    double multiply = 0;
    double register_32bit = 0;
    double array_32bit = 0;
    double buffer_32bit = 0;
    double dram_32bit = 0;
    double tsv_bit = 0;
    double link_bit = 0;
    double vector_operation = 0;
    double router_flit = 0;
    std::uint64_t accelerator_microwatts = 0;
    std::uint64_t link_microwatts = 0;
    std::optional<Precision> precision;  ///< that operations are priced for; none: any

    /// With the prices of operations on elements of another precision.
    EnergyTable at(const Precision& other) const {
        EnergyTable table = *this;
        if (!precision) return table;
        table.precision = other;
        if (*precision == other) return table;
        table.add *= other.add / precision->add;
        table.multiply *= other.multiply / precision->multiply;
        table.vector_operation *= (other.add + other.multiply) / (precision->add + precision->multiply);
        return table;
    }

    template <typename Self, typename Visit>
    static void for_each_field(Self& self, Visit&& visit) {
        const Amount energy{Quantity::Energy, 0, kTera * kKilo, "0.9 pJ"};
        visit(Key("precision",
                  "format of the elements that `add`, `multiply` and `vector_operation` are for; for an array of "
                  "another one they are [scaled](models/step.md#prices-by-precision), if left out they are as given")
                  .optional(),
              self.precision, one_of(kPrecisions, "the format of an element, such as float32"));
        visit(Key("add", "an addition"), self.add, energy);
        visit(Key("multiply", "a multiplication"), self.multiply, energy);
        visit(Key("register_32bit", "an access to 32 bits of a processing element's registers"), self.register_32bit,
              energy);
        visit(Key("array_32bit", "32 bits that a processing element receives, from the buffer or from another one"),
              self.array_32bit, energy);
        visit(Key("buffer_32bit", "an access to 32 bits of a global buffer"), self.buffer_32bit, energy);
        visit(Key("dram_32bit", "an access to 32 bits of the memory"), self.dram_32bit, energy);
        visit(Key("tsv_bit",
                  "a bit between a memory's logic die and its banks, each time; 0 where `dram_32bit` has it"),
              self.tsv_bit, energy);
        visit(Key("link_bit", "a bit over one link"), self.link_bit, energy);
        visit(Key("vector_operation", "an operation of a vector unit on one element; 0 if left out").optional(),
              self.vector_operation, energy);
        visit(Key("router_flit",
                  "a flit through one router: written to its buffer, read, arbitrated, and over its crossbar; 0 if "
                  "left out")
                  .optional(),
              self.router_flit, energy);
        const Amount power{Quantity::Power, 0, kTera, "5 W"};
        visit(Key("accelerator_static_power",
                  "power of an accelerator with its memory, whatever it does; 0 if left out")
                  .optional(),
              self.accelerator_microwatts, power);
        visit(Key("link_static_power",
                  "power of each direction of a link, whether it carries anything or not; 0 if left out")
                  .optional(),
              self.link_microwatts, power);
    }
};

}  // namespace hypar
