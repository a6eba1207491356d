#pragma once

#include <cstdint>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/array/hardware_use.h"
#include "arch/network/topology.h"
#include "sim/replay/collapse.h"

namespace hypar {

/// What parts of an array did, added up where they are.
class UseSums {
public:
    UseSums(const Topology& topology, const ArraySpec& array);

    /// All of what a part did but its counts.
    void add(const Part& part, const HardwareUse& use);
    std::uint64_t most_vault_bursts() const;

    std::vector<InterfaceUse> accelerators;
    std::vector<LinkUse> links;  ///< by link of the topology
    std::uint64_t peak_buffer_bytes = 0;

private:
    std::size_t vaults_;
    std::vector<std::uint64_t> vault_bursts_;  ///< by accelerator and vault
};

}  // namespace hypar
