#include "arch/array/array_spec.h"

#include <algorithm>

namespace hypar {

MappingTarget ArraySpec::mapping_target() const {
    const MemoryTimingSpec& timing = memory.timing;
    const Cycles latency =
        2 * memory.crossbar_cycles + clock.cycles_up_to(timing.row_to_column_delay + timing.column_latency);
    EnergyTable of_a_unit = prices();
    of_a_unit.router_flit = 0;
    of_a_unit.accelerator_microwatts = of_a_unit.link_microwatts = 0;
    return {unit(), processing_units, clock, memory.vaults * memory.vault_bits_per_second, latency, of_a_unit};
}

std::vector<std::uint32_t> ArraySpec::kinds_by_accelerator() const {
    std::vector<std::uint32_t> by_accelerator;
    for (std::uint32_t kind = 0; kind < kinds.size(); ++kind) {
        by_accelerator.insert(by_accelerator.end(), kinds[kind].accelerators, kind);
    }
    return by_accelerator;
}

std::uint32_t ArraySpec::kind_of(std::uint64_t accelerator) const {
    std::uint32_t kind = 0;
    std::uint64_t before = 0;
    while (kind + 1 < kinds.size() && accelerator >= before + kinds[kind].accelerators) {
        before += kinds[kind++].accelerators;
    }
    return kind;
}

std::vector<ArraySpec> ArraySpec::by_kind() const {
    if (kinds.empty()) return {*this};
    std::vector<ArraySpec> arrays;
    for (const AcceleratorKind& kind : kinds) {
        ArraySpec& array = arrays.emplace_back(*this);
        array.processing_units = kind.processing_units;
        array.pe_array = kind.pe_array;
        array.mapping = kind.mapping;
        array.buffer = kind.buffer;
        array.kinds.clear();
    }
    return arrays;
}

std::uint64_t ArraySpec::units_of(std::uint64_t accelerator) const {
    return kinds.empty() ? processing_units : kinds[kind_of(accelerator)].processing_units;
}

std::uint64_t ArraySpec::processing_elements() const {
    if (kinds.empty()) return checked_multiply(accelerators, processing_units, pe_array.size());
    std::uint64_t sum = 0;
    for (const AcceleratorKind& kind : kinds) sum = checked_add(sum, kind.processing_elements());
    return sum;
}

std::uint64_t ArraySpec::largest_buffer() const {
    std::uint64_t largest = kinds.empty() ? buffer.capacity_bytes : 0;
    for (const AcceleratorKind& kind : kinds) largest = std::max(largest, kind.buffer.capacity_bytes);
    return largest;
}

}  // namespace hypar
