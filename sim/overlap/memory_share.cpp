#include "sim/overlap/memory_share.h"

#include <algorithm>
#include <cmath>

#include "arch/memory/vault_timing.h"

namespace hypar {
namespace {

/// Bits a second that an interface reads and writes at the most: what it sends, and twice what it receives, whose
/// sums are read and written.
double needed(const ArraySpec& array, const Topology& topology) {
    double most = 0;
    for (std::size_t i = 0; i < topology.accelerator_count(); ++i) {
        const LinkSums sums = topology.link_sums(i);
        const auto through_port = [&](std::uint64_t links) {
            const auto& port = array.interconnect.port_bits_per_second;
            return static_cast<double>(port ? std::min(links, *port) : links);
        };
        most = std::max(most, through_port(sums.leaving) + 2 * through_port(sums.entering));
    }
    return most;
}

/// Part of a data bus's time that bursts have beside refresh.
double usable(const VaultTiming& timing) {
    const auto bursts = static_cast<double>(timing.bursts_per_refresh_clock * timing.column_spacing);
    return bursts / (bursts + 1);
}

/// Bursts with so much less of the data bus: whole clocks for each, and a clock now and then, as refresh takes it.
void reserve(MemorySpec& memory, double part) {
    const VaultTiming timing(memory);
    const double clocks = static_cast<double>(timing.column_spacing) / (usable(timing) - part);
    const auto spacing = static_cast<Clocks>(clocks);
    const auto bursts = static_cast<Clocks>(1 / std::max(clocks - static_cast<double>(spacing), 1e-6));
    const Clocks lost = ceil_divide(timing.refresh_interval, std::max<Clocks>(bursts, 1) * spacing + 1);
    const Clocks beside = timing.read_to_precharge + timing.precharge_time + timing.row_to_column_delay;
    memory.timing.column_spacing = spacing * timing.clock_period;
    memory.timing.refresh_time = std::max<Clocks>(lost + spacing, beside + 1) - beside;
    memory.timing.refresh_time *= timing.clock_period;
}

}  // namespace

MemoryShare share_memory(const ArraySpec& array, const Topology& topology) {
    MemoryShare share{0, array, array};
    const VaultTiming timing(array.memory);
    const double bus = static_cast<double>(array.memory.burst_bytes * 8) /
                       static_cast<double>(timing.column_spacing * timing.clock_period) *
                       static_cast<double>(kPicosecondsPerSecond);
    const double need = needed(array, topology) / (bus * static_cast<double>(array.memory.vaults));
    if (need == 0) return share;
    share.reserved = std::min(need, kMostReserved);
    reserve(share.computing.memory, share.reserved);
    if (need > kMostReserved) {
        share.exchanging.memory.timing.column_spacing = 2 * timing.column_spacing * timing.clock_period;
        share.exchanging.memory.vault_bits_per_second /= 2;
    }
    return share;
}

}  // namespace hypar
