#include "arch/array/array_spec.h"

namespace hypar {

MappingTarget ArraySpec::mapping_target() const {
    const MemoryTimingSpec& timing = memory.timing;
    const Cycles latency =
        2 * memory.crossbar_cycles + clock.cycles_up_to(timing.row_to_column_delay + timing.column_latency);
    return {unit(), processing_units, clock, memory.vaults * memory.vault_bits_per_second, latency, energy};
}

}  // namespace hypar
