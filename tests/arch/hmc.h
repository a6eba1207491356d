#pragma once

#include "arch/array/array_spec.h"

namespace hypar::tests {

/// The memory of configs/arrays/hpca19.yaml.
inline MemorySpec hmc() {
    MemorySpec memory;
    memory.capacity_bytes = 8'000'000'000;
    memory.vaults = 32;
    memory.vault_bits_per_second = 80'000'000'000;
    memory.interleave_bytes = 4096;
    memory.crossbar_cycles = 1;
    memory.banks = 16;
    memory.row_bytes = 256;
    memory.bank_interleave_bytes = 256;
    memory.burst_bytes = 32;
    memory.timing = {800,  10'200, 9900, 9100, 7700,   21'600, 32'000,   3200,
                     8000, 4900,   4900, 3200, 19'200, 59'000, 7'800'000};
    return memory;
}

}  // namespace hypar::tests
