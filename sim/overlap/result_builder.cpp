#include "sim/overlap/result_builder.h"

#include <algorithm>

#include "base/checked.h"

namespace hypar {

ResultBuilder::ResultBuilder(const OverlappedProgram& input)
    : vaults_(input.memory.computing.memory.vaults), vaults_busy_(input.topology.accelerator_count() * vaults_) {
    result_.counts.resize(input.program.segments.size());
    result_.accelerators.resize(input.topology.accelerator_count());
    result_.links.resize(input.topology.links().size());
}

std::size_t ResultBuilder::add(const TaskTime& task) {
    result_.tasks.push_back(task);
    return result_.tasks.size() - 1;
}

void ResultBuilder::add(const Part& part, const HardwareUse& use) {
    result_.peak_buffer_bytes = std::max(result_.peak_buffer_bytes, use.peak_buffer_bytes);
    for (std::size_t i = 0; i < use.accelerators.size(); ++i) {
        result_.accelerators[part.nodes[i]] += use.accelerators[i];
        for (std::size_t vault = 0; vault < vaults_; ++vault) {
            vaults_busy_[part.nodes[i] * vaults_ + vault] += use.vaults_busy[i * vaults_ + vault];
        }
    }
    for (std::size_t link = 0; link < use.links.size(); ++link) result_.links[part.links[link]] += use.links[link];
}

void ResultBuilder::add(const ReplayUse& use) {
    result_.use.events += use.events;
    result_.use.pieces += use.pieces;
    result_.use.distinct_pieces += use.distinct_pieces;
    result_.use.simulated_pieces += use.simulated_pieces;
    result_.use.jumps += use.jumps;
    result_.use.simulated_cycles = checked_add(result_.use.simulated_cycles, use.simulated_cycles);
    result_.use.skipped_cycles = checked_add(result_.use.skipped_cycles, use.skipped_cycles);
    result_.use.without_state.insert(use.without_state.begin(), use.without_state.end());
}

OverlappedResult ResultBuilder::finish() {
    if (!vaults_busy_.empty()) {
        result_.busiest_vault_time = *std::max_element(vaults_busy_.begin(), vaults_busy_.end());
    }
    return std::move(result_);
}

}  // namespace hypar
