#include "sim/replay/use_sums.h"

#include <algorithm>

namespace hypar {

UseSums::UseSums(const Topology& topology, const ArraySpec& array)
    : accelerators(topology.accelerator_count()),
      links(topology.links().size()),
      vaults_(array.memory.vaults),
      vault_bursts_(topology.accelerator_count() * vaults_) {}

void UseSums::add(const Part& part, const HardwareUse& use) {
    peak_buffer_bytes = std::max(peak_buffer_bytes, use.peak_buffer_bytes);
    for (std::size_t i = 0; i < use.accelerators.size(); ++i) {
        accelerators[part.nodes[i]] += use.accelerators[i];
        for (std::size_t vault = 0; vault < vaults_; ++vault) {
            vault_bursts_[part.nodes[i] * vaults_ + vault] += use.vault_bursts[i * vaults_ + vault];
        }
    }
    for (std::size_t link = 0; link < use.links.size(); ++link) links[part.links[link]] += use.links[link];
}

std::uint64_t UseSums::most_vault_bursts() const {
    return vault_bursts_.empty() ? 0 : *std::max_element(vault_bursts_.begin(), vault_bursts_.end());
}

}  // namespace hypar
