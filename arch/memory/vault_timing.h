#pragma once

#include <cstdint>

#include "arch/memory/memory_spec.h"

namespace hypar {

/// Edges of a vault's clock, tCK, counted from some beginning.
using Clocks = std::uint64_t;

/// What a memory does about refresh.
enum class Refresh {
    Off,       ///< there is none
    Periodic,  ///< it comes when it is due: every tREFI all banks are closed for it
    Spread,    ///< it takes a clock of the data bus now and then (VaultTiming::bursts_per_refresh_clock)
};

/// A vault's timing in its own clocks, each time rounded up to a whole one.
struct VaultTiming {
    explicit VaultTiming(const MemorySpec& spec);

    /// The number of the first clock edge at or after `time`.
    Clocks up_to(Picoseconds time) const { return ceil_divide(time, clock_period); }

    Picoseconds clock_period;  ///< tCK
    std::uint64_t banks;
    PagePolicy page;
    VaultScheduler scheduler;
    std::uint64_t window;        ///< of fr-fcfs
    Clocks row_to_column_delay;  ///< tRCD
    Clocks column_latency;       ///< tCL
    Clocks write_latency;        ///< tCWL
    Clocks precharge_time;       ///< tRP
    Clocks row_active_time;      ///< tRAS
    Clocks row_cycle;            ///< tRC
    Clocks activate_spacing;     ///< tRRD
    Clocks write_recovery;       ///< tWR
    Clocks read_to_precharge;    ///< tRTP
    Clocks write_to_read;        ///< tWTR
    Clocks column_spacing;       ///< tCCD; a burst holds the data bus as long
    Clocks activate_window;      ///< tFAW
    Clocks refresh_time;         ///< tRFC
    Clocks refresh_interval;     ///< tREFI
    /// Spread refresh takes one clock of the data bus for so many bursts: as much as a refresh in every tREFI costs a
    /// bus that never rests.
    std::uint64_t bursts_per_refresh_clock = 0;

    /// That a burst holds the data bus.
    Picoseconds burst_time() const { return column_spacing * clock_period; }
};

/// A row, by numbers of its user's choice.
struct RowId {
    std::uint64_t stream = 0;
    std::uint64_t row = 0;

    friend bool operator==(const RowId& a, const RowId& b) { return a.stream == b.stream && a.row == b.row; }
};

/// A row that no user's accesses are to.
constexpr RowId kOtherRow{UINT64_MAX, UINT64_MAX};

/// A run of consecutive bytes within one row of one bank.
struct VaultAccess {
    Clocks arrival = 0;  ///< the first edge at which it can be served
    std::uint32_t bank = 0;
    RowId row;
    std::uint64_t bursts = 1;
    bool is_write = false;
    std::uint64_t bytes = 0;  ///< that its user counts: the last burst may be of fewer
};

}  // namespace hypar
