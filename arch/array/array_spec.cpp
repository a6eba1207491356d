#include "arch/array/array_spec.h"

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

}  // namespace hypar
