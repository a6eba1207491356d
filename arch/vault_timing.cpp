#include "arch/vault_timing.h"

#include <algorithm>

namespace hypar {

VaultTiming::VaultTiming(const MemorySpec& spec)
    : clock_period(spec.timing.clock_period),
      banks(spec.banks),
      page(spec.page),
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
      bursts_per_refresh_clock(
          std::max<std::uint64_t>(1, (refresh_interval - refresh_time) / refresh_time / column_spacing)) {}

}  // namespace hypar
