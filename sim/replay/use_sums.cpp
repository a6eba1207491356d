#include "sim/replay/use_sums.h"

#include <algorithm>

namespace hypar {

UseSums::UseSums(const Topology& topology, const ArraySpec& array)
    : accelerators(topology.accelerator_count()),
      links(topology.links().size()),
      vaults_(array.memory.vaults),
      vaults_busy_(topology.accelerator_count() * vaults_) {}

void UseSums::add(const Part& part, const HardwareUse& use) {
    peak_buffer_bytes = std::max(peak_buffer_bytes, use.peak_buffer_bytes);
    for (std::size_t i = 0; i < use.accelerators.size(); ++i) {
        accelerators[part.nodes[i]] += use.accelerators[i];
        for (std::size_t vault = 0; vault < vaults_; ++vault) {
            vaults_busy_[part.nodes[i] * vaults_ + vault] += use.vaults_busy[i * vaults_ + vault];
        }
    }
    for (std::size_t link = 0; link < use.links.size(); ++link) links[part.links[link]] += use.links[link];
}

Picoseconds UseSums::busiest_vault_time() const {
    return vaults_busy_.empty() ? 0 : *std::max_element(vaults_busy_.begin(), vaults_busy_.end());
}

}  // namespace hypar
