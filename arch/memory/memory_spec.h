#pragma once

#include <cstdint>
#include <vector>

#include "arch/kernel/time.h"
#include "base/checked.h"

namespace hypar {

/// When a vault closes a row.
enum class PagePolicy : std::uint8_t {
    Open,    ///< when another row of its bank is needed, or a refresh is due
    Closed,  ///< after each run of consecutive bytes in it
};

struct PagePolicyName {
    const char* name;
    PagePolicy policy;
};

/// Every page policy that a name selects.
const std::vector<PagePolicyName>& page_policies();

/// The timing of a vault's banks and buses; each is at least 1 ps, and rounded up to whole clocks where it is used.
struct MemoryTimingSpec {
    Picoseconds clock_period = 1;         ///< tCK: one command in each
    Picoseconds row_to_column_delay = 1;  ///< tRCD: from activating a row to its first column command
    Picoseconds column_latency = 1;       ///< tCL: from a read command to its data
    Picoseconds write_latency = 1;        ///< tCWL: from a write command to its data
    Picoseconds precharge_time = 1;       ///< tRP: from closing a row to activating another
    Picoseconds row_active_time = 1;      ///< tRAS: from activating a row to closing it
    Picoseconds row_cycle = 1;            ///< tRC: between activations of one bank
    Picoseconds activate_spacing = 1;     ///< tRRD: between activations of any banks
    Picoseconds write_recovery = 1;       ///< tWR: from the end of written data to closing the row
    Picoseconds read_to_precharge = 1;    ///< tRTP: from a read command to closing the row
    Picoseconds write_to_read = 1;        ///< tWTR: from the end of written data to a read command
    Picoseconds column_spacing = 1;       ///< tCCD: between column commands; a burst's time on the data bus
    Picoseconds activate_window = 1;      ///< tFAW: in which at most four rows are activated
    Picoseconds refresh_time = 1;         ///< tRFC: that a refresh takes
    Picoseconds refresh_interval = 2;     ///< tREFI: between refreshes
};

/// One accelerator's hybrid memory cube.
struct MemorySpec {
    std::uint64_t capacity_bytes = 0;
    std::uint64_t vaults = 1;
    std::uint64_t vault_bits_per_second = 1;  ///< a burst every tCCD
    std::uint64_t interleave_bytes = 1;       ///< consecutive blocks of this size lie in consecutive vaults
    std::uint64_t crossbar_cycles = 1;        ///< from an engine to a vault and back, each way
    std::uint64_t banks = 1;                  ///< of one vault
    std::uint64_t row_bytes = 1;              ///< of one bank's row buffer
    std::uint64_t bank_interleave_bytes =
        1;                          ///< in a vault, consecutive pieces of this size lie in consecutive banks
    std::uint64_t burst_bytes = 1;  ///< that one column command moves
    PagePolicy page = PagePolicy::Open;
    MemoryTimingSpec timing;

    /// Bytes after which a vault's banks are gone round and the next row begins in each.
    std::uint64_t stripe_bytes() const { return banks * row_bytes; }
};

/// Most banks of a vault that the model takes.
constexpr std::uint64_t kMostBanks = 64;

/// Each engine that moves data between memory and a buffer.
struct DmaSpec {
    std::uint64_t outstanding_requests = 1;  ///< at most so many in flight
};

}  // namespace hypar
