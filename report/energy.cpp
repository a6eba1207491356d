#include "report/energy.h"

namespace hypar {
namespace {

constexpr double kJoulesPerPicojoule = 1e-12;
constexpr double kBytesPerWord = 4;  // the table's memory accesses are of 32 bits
constexpr double kBitsPerByte = 8;

double joules(std::uint64_t count, double picojoules) {
    return static_cast<double>(count) * picojoules * kJoulesPerPicojoule;
}

}  // namespace

std::vector<std::pair<std::string, double>> Energy::components() const {
    return {{"multiply_accumulate", multiply_accumulate},
            {"reduction", reduction},
            {"buffer", buffer},
            {"dram", dram},
            {"link", link}};
}

Energy energy_of(const EventCounts& counts, const EnergyTable& table) {
    Energy energy;
    energy.multiply_accumulate = joules(counts.macs, table.add + table.multiply);
    energy.reduction = joules(counts.adds, table.add);
    energy.buffer = joules(counts.buffer_bytes, table.buffer_32bit / kBytesPerWord);
    energy.dram = joules(counts.dram_bytes, table.dram_32bit / kBytesPerWord);
    energy.link = joules(counts.link_bytes, table.link_bit * kBitsPerByte);
    return energy;
}

}  // namespace hypar
