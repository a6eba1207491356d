#include "report/energy.h"

#include "arch/kernel/event_prices.h"

namespace hypar {
namespace {

constexpr double kJoulesPerPicojoule = 1e-12;

}  // namespace

double EnergyEntry::joules() const { return static_cast<double>(count) * picojoules * kJoulesPerPicojoule; }

std::vector<EnergyEntry> energy_entries(const EventCounts& counts, const EnergyTable& table) {
    const EventPrices prices(table);
    std::vector<EnergyEntry> entries = {
        {"multiply_accumulate", counts.macs, "operations", prices.multiply_accumulate},
        {"reduction", counts.adds, "additions", prices.addition},
        {"register_file", counts.register_bytes, "bytes", prices.register_byte},
        {"array", counts.array_bytes, "bytes", prices.array_byte},
        {"buffer", counts.buffer_bytes, "bytes", prices.buffer_byte},
        {"tsv", counts.dram_bytes, "bytes", prices.tsv_byte},
        {"dram", counts.dram_bytes, "bytes", prices.dram_byte},
        {"link", counts.link_bytes, "bytes", prices.link_byte}};
    if (counts.priced_link_femtojoules > 0) {
        entries.push_back({"priced_link", counts.priced_link_femtojoules, "femtojoules", 0.001});
    }
    if (counts.vector_operations > 0) {
        entries.push_back({"vector", counts.vector_operations, "operations", prices.vector_operation});
    }
    return entries;
}

double total_joules(const std::vector<EnergyEntry>& entries) {
    double sum = 0;
    for (const EnergyEntry& entry : entries) sum += entry.joules();
    return sum;
}

}  // namespace hypar
