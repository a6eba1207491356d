#pragma once

#include "arch/kernel/energy_table.h"

namespace hypar {

/// What one event costs, in picojoules: the array's table, whose accesses are to 32 bits, by byte.
struct EventPrices {
    explicit EventPrices(const EnergyTable& table)
        : multiply_accumulate(table.add + table.multiply),
          addition(table.add),
          register_byte(table.register_32bit / kBytesPerWord),
          array_byte(table.array_32bit / kBytesPerWord),
          buffer_byte(table.buffer_32bit / kBytesPerWord),
          tsv_byte(table.tsv_bit * kBitsPerByte),
          dram_byte(table.dram_32bit / kBytesPerWord),
          link_byte(table.link_bit * kBitsPerByte),
          vector_operation(table.vector_operation),
          router_flit(table.router_flit) {}

    double multiply_accumulate;
    double addition;
    double register_byte;
    double array_byte;
    double buffer_byte;
    double tsv_byte;
    double dram_byte;
    double link_byte;
    double vector_operation;
    double router_flit;

private:
    static constexpr double kBytesPerWord = 4;
    static constexpr double kBitsPerByte = 8;
};

}  // namespace hypar
