#include "report/energy.h"

namespace hypar {
namespace {

constexpr double kJoulesPerPicojoule = 1e-12;
constexpr double kBytesPerWord = 4;  // the table's accesses to registers, buffers and memories are of 32 bits
constexpr double kBitsPerByte = 8;

}  // namespace

double EnergyEntry::joules() const { return static_cast<double>(count) * picojoules * kJoulesPerPicojoule; }

std::vector<EnergyEntry> energy_entries(const EventCounts& counts, const EnergyTable& table) {
    std::vector<EnergyEntry> entries = {
        {"multiply_accumulate", counts.macs, "operations", table.add + table.multiply},
        {"reduction", counts.adds, "additions", table.add},
        {"register_file", counts.register_bytes, "bytes", table.register_32bit / kBytesPerWord},
        {"array", counts.array_bytes, "bytes", table.array_32bit / kBytesPerWord},
        {"buffer", counts.buffer_bytes, "bytes", table.buffer_32bit / kBytesPerWord},
        {"tsv", counts.dram_bytes, "bytes", table.tsv_bit * kBitsPerByte},
        {"dram", counts.dram_bytes, "bytes", table.dram_32bit / kBytesPerWord},
        {"link", counts.link_bytes, "bytes", table.link_bit * kBitsPerByte}};
    if (counts.priced_link_femtojoules > 0) {
        entries.push_back({"priced_link", counts.priced_link_femtojoules, "femtojoules", 0.001});
    }
    return entries;
}

double total_joules(const std::vector<EnergyEntry>& entries) {
    double sum = 0;
    for (const EnergyEntry& entry : entries) sum += entry.joules();
    return sum;
}

}  // namespace hypar
