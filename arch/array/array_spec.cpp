#include "arch/array/array_spec.h"

namespace hypar {

const std::vector<Precision>& precisions() {
    static const std::vector<Precision> kPrecisions = {
        {"float32", 4}, {"float16", 2}, {"bfloat16", 2}, {"int16", 2}, {"int8", 1}};
    return kPrecisions;
}

MappingTarget ArraySpec::mapping_target() const {
    const MemoryTimingSpec& timing = memory.timing;
    const Cycles latency =
        2 * memory.crossbar_cycles + clock.cycles_up_to(timing.row_to_column_delay + timing.column_latency);
    return {unit(), processing_units, clock, memory.vaults * memory.vault_bits_per_second, latency, energy};
}

}  // namespace hypar
