#pragma once

#include "base/fields.h"
#include "base/units.h"

namespace hypar {

/// Energy of one event, in picojoules.
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

    template <typename Self, typename Visit>
    static void for_each_field(Self& self, Visit&& visit) {
        const Amount energy{Quantity::Energy, 0, kTera * kKilo, "0.9 pJ"};
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
    }
};

}  // namespace hypar
