#include "arch/array/hardware_use.h"

namespace hypar {

HardwareUse& HardwareUse::operator-=(const HardwareUse& earlier) {
    counts -= earlier.counts;
    for (std::size_t i = 0; i < accelerators.size(); ++i) accelerators[i] -= earlier.accelerators[i];
    for (std::size_t link = 0; link < links.size(); ++link) links[link] -= earlier.links[link];
    for (std::size_t vault = 0; vault < vault_bursts.size(); ++vault)
        vault_bursts[vault] -= earlier.vault_bursts[vault];
    return *this;
}

}  // namespace hypar
