#pragma once

#include <cstdint>

#include "arch/kernel/spec_limits.h"
#include "arch/kernel/time.h"
#include "base/checked.h"

namespace hypar {

/// When a vault closes a row.
enum class PagePolicy : std::uint8_t {
    Open,    ///< when another row of its bank is needed, or a refresh is due
    Closed,  ///< after each run of consecutive bytes in it
};

constexpr Choice<PagePolicy> kPagePolicies[] = {{"open", PagePolicy::Open}, {"closed", PagePolicy::Closed}};

/// In which order a vault serves what waits.
enum class VaultScheduler : std::uint8_t {
    InOrder,
    FrFcfs,  ///< first ready, first come, first served: Rixner et al., ISCA 2000
};

constexpr Choice<VaultScheduler> kVaultSchedulers[] = {{"in-order", VaultScheduler::InOrder},
                                                       {"fr-fcfs", VaultScheduler::FrFcfs}};

/// The timing of a vault's banks and buses; each is at least 1 ps, and rounded up to whole clocks where it is used.
struct MemoryTimingSpec {
    Picoseconds clock_period = 1;
    Picoseconds row_to_column_delay = 1;
    Picoseconds column_latency = 1;
    Picoseconds write_latency = 1;
    Picoseconds precharge_time = 1;
    Picoseconds row_active_time = 1;
    Picoseconds row_cycle = 1;
    Picoseconds activate_spacing = 1;
    Picoseconds write_recovery = 1;
    Picoseconds read_to_precharge = 1;
    Picoseconds write_to_read = 1;
    Picoseconds column_spacing = 1;
    Picoseconds activate_window = 1;
    Picoseconds refresh_time = 1;
    Picoseconds refresh_interval = 2;

    template <typename Self, typename Visit>
    static void for_each_field(Self& self, Visit&& visit) {
        const auto time = [](const char* example) { return Amount{Quantity::Time, 1, kGiga, example}; };
        visit(Key("tCK", "of one clock: a vault issues at most one command in each"), self.clock_period,
              time("0.8 ns"));
        visit(Key("tRCD", "from opening a row to its first column command"), self.row_to_column_delay,
              time("10.2 ns"));
        visit(Key("tCL", "from a read command to its data"), self.column_latency, time("9.9 ns"));
        visit(Key("tCWL", "from a write command to its data"), self.write_latency, time("9.1 ns"));
        visit(Key("tRP", "from closing a row to opening another one"), self.precharge_time, time("7.7 ns"));
        visit(Key("tRAS", "from opening a row to closing it"), self.row_active_time, time("21.6 ns"));
        visit(Key("tRC", "between openings of one bank's rows").where("at least tRAS"), self.row_cycle,
              time("32 ns"));
        visit(Key("tRRD", "between openings of any rows of a vault"), self.activate_spacing, time("3.2 ns"));
        visit(Key("tWR", "from the end of written data to closing the row"), self.write_recovery, time("8 ns"));
        visit(Key("tRTP", "from a read command to closing the row"), self.read_to_precharge, time("4.9 ns"));
        visit(Key("tWTR", "from the end of written data to a read command"), self.write_to_read, time("4.9 ns"));
        visit(Key("tCCD", "between column commands; for so long a burst holds the data bus"), self.column_spacing,
              time("3.2 ns"));
        visit(Key("tFAW", "in which a vault opens at most four rows").where("at least tRRD"), self.activate_window,
              time("19.2 ns"));
        visit(Key("tRFC", "that a refresh of all banks takes"), self.refresh_time, time("59 ns"));
        visit(Key("tREFI", "from one refresh to the next").where("at least twice tRFC and tRC together"),
              self.refresh_interval, time("7800 ns"));
    }
};

/// One accelerator's hybrid memory cube.
struct MemorySpec {
    std::uint64_t capacity_bytes = 0;
    std::uint64_t vaults = 1;
    std::uint64_t vault_bits_per_second = 1;
    std::uint64_t interleave_bytes = 1;
    std::uint64_t crossbar_cycles = 1;
    std::uint64_t banks = 1;
    std::uint64_t row_bytes = 1;
    std::uint64_t bank_interleave_bytes = 1;
    std::uint64_t burst_bytes = 1;
    PagePolicy page = PagePolicy::Open;
    VaultScheduler scheduler = VaultScheduler::InOrder;
    std::uint64_t window = 32;
    MemoryTimingSpec timing;

    static constexpr std::uint64_t kMostBanks = 64;  // that the model takes
    static constexpr std::uint64_t kMostWindow = 1024;

    template <typename Self, typename Visit>
    static void for_each_field(Self& self, Visit&& visit) {
        visit(Key("capacity", "size").deciding(Decides::Nothing), self.capacity_bytes, capacity("8 GB"));
        visit(Key("vaults", "independent parts of the memory"), self.vaults, Count{1, kMostUnits});
        visit(Key("vault_bandwidth", "bandwidth of each one's data bus")
                  .where("a `burst` every tCCD, in whole tCK, within 0.1 %"),
              self.vault_bits_per_second, Amount{Quantity::Bandwidth, kMega, 1000 * kTera, "10 GB/s"});
        visit(Key("interleave",
                  "consecutive blocks of this size lie in consecutive vaults; also the size of one request")
                  .where("a multiple of `burst`; a divisor or a multiple of `banks` x `row`"),
              self.interleave_bytes, block_size("4 KiB"));
        visit(Key("crossbar_cycles", "cycles from an engine to a vault, and as many back"), self.crossbar_cycles,
              Count{1, kMostCycles});
        visit(Key("banks", "of one vault"), self.banks, Count{1, kMostBanks});
        visit(Key("row", "row buffer of one bank").where("a multiple of `bank_interleave`"), self.row_bytes,
              block_size("256 B"));
        visit(Key("bank_interleave", "within a vault, consecutive pieces of this size lie in consecutive banks")
                  .where("a multiple of `burst`"),
              self.bank_interleave_bytes, block_size("256 B"));
        visit(Key("burst", "what one column command moves"), self.burst_bytes, block_size("32 B"));
        visit(Key("page",
                  "`open`: a row stays open until another one of its bank is needed or a refresh is due; `closed`: "
                  "it is closed after each run of consecutive bytes that a request has in it"),
              self.page, one_of(kPagePolicies, "open or closed"));
        visit(Key("scheduler",
                  "`in-order`: a vault serves in order of arrival; `fr-fcfs`: of the oldest ones those first "
                  "whose row is open, [below](#fr-fcfs)")
                  .optional()
                  .choosing(),
              self.scheduler, one_of(kVaultSchedulers, "in-order or fr-fcfs"));
        if (self.scheduler == VaultScheduler::FrFcfs) {
            visit(Key("window", "accesses to rows, the oldest ones of a vault, among which `fr-fcfs` chooses")
                      .optional(),
                  self.window, Count{1, kMostWindow});
        }
        visit(Key("timing", "times of the vaults"), self.timing, Section{});
    }

    /// Bytes after which a vault's banks are gone round and the next row begins in each.
    std::uint64_t stripe_bytes() const { return banks * row_bytes; }
};

/// Each engine that moves data between memory and a buffer.
struct DmaSpec {
    std::uint64_t outstanding_requests = 1;

    template <typename Self, typename Visit>
    static void for_each_field(Self& self, Visit&& visit) {
        visit(Key("outstanding_requests", "requests in flight at the most"), self.outstanding_requests,
              Count{1, kMostQueued});
    }
};

}  // namespace hypar
