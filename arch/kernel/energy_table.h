#pragma once

namespace hypar {

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

}  // namespace hypar
