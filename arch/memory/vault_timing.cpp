#include "arch/memory/vault_timing.h"

#include <algorithm>

namespace hypar {

VaultTiming::VaultTiming(const MemorySpec& spec)
    : clock_period(spec.timing.clock_period),
      banks(spec.banks),
      page(spec.page),
      scheduler(spec.scheduler),
      window(spec.window),
      row_to_column_delay(up_to(spec.timing.row_to_column_delay)),
      column_latency(up_to(spec.timing.column_latency)),
      write_latency(up_to(spec.timing.write_latency)),
      precharge_time(up_to(spec.timing.precharge_time)),
      row_active_time(up_to(spec.timing.row_active_time)),
      row_cycle(up_to(spec.timing.row_cycle)),
      activate_spacing(up_to(spec.timing.activate_spacing)),
      write_recovery(up_to(spec.timing.write_recovery)),
      read_to_precharge(up_to(spec.timing.read_to_precharge)),
      write_to_read(up_to(spec.timing.write_to_read)),
      column_spacing(up_to(spec.timing.column_spacing)),
      activate_window(up_to(spec.timing.activate_window)),
      refresh_time(up_to(spec.timing.refresh_time)),
      refresh_interval(up_to(spec.timing.refresh_interval)),
      bursts_per_refresh_clock(1) {
    // From the last data before a refresh to the first after it: a row is closed, the banks are refreshed, a row is
    // opened. What is left of the interval moves bursts.
    const Clocks cost = read_to_precharge + precharge_time + refresh_time + row_to_column_delay;
    const Clocks lost = std::min(std::max(cost, column_spacing + 1) - column_spacing, refresh_interval - 1);
    const Clocks per_clock = lost * column_spacing;
    bursts_per_refresh_clock = std::max<std::uint64_t>(1, (refresh_interval - lost + per_clock / 2) / per_clock);
}

}  // namespace hypar
