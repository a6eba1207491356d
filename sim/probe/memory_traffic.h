#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/memory/vault.h"

namespace hypar {

enum class TrafficPattern : std::uint8_t { Sequential, Random, OneBank };

struct TrafficPatternName {
    const char* name;
    TrafficPattern pattern;
};

/// Every pattern that a name selects.
const std::vector<TrafficPatternName>& traffic_patterns();

/// Requests that are put to a memory.
struct MemoryTraffic {
    /// Sequential: one after the other from address 0 on. Random: each somewhere in the vaults' memory, at a multiple
    /// of its size. OneBank: each at the beginning of some row of the first bank, in one vault after the other.
    TrafficPattern pattern = TrafficPattern::Sequential;
    double read_fraction = 1;
    /// Of all requests together; where there is none, each vault is sent the next part of a request as soon as fewer
    /// than `outstanding` are under way in it.
    std::optional<std::uint64_t> bits_per_second;
    std::uint64_t outstanding = 16;
    std::uint64_t vaults = 1;  ///< of the memory's: the addresses are interleaved over these alone
    std::uint64_t block_bytes = 64;
    std::uint64_t requests = 100'000;
    std::uint64_t seed = 1;
};

/// Accesses to rows that one of the requests takes at the most.
std::uint64_t accesses_of_request(const MemorySpec& spec, std::uint64_t block_bytes);

struct MemoryTrafficResult {
    std::uint64_t bytes = 0;
    Picoseconds duration = 0;            ///< from the first arrival to the last data
    std::vector<Picoseconds> latencies;  ///< by request, ascending: from its arrival at a vault to its last data
    RowUse rows;

    double mean_latency() const;
    /// The least latency that `percent` of the requests, 1 to 100, do not exceed.
    Picoseconds percentile(std::uint64_t percent) const;
};

/// Puts the requests to vaults that refresh their banks when it is due. The same traffic gives the same result.
/// `progress` is told now and then which part of the requests is done.
MemoryTrafficResult run_memory_traffic(const MemorySpec& spec, const MemoryTraffic& traffic,
                                       const std::function<void(double)>& progress = {});

/// Bytes a second that no such traffic exceeds.
struct TrafficBounds {
    double data_bus = 0;
    std::optional<double> row_cycle;        ///< tRC: every request opens a row of the same bank
    std::optional<double> activate_window;  ///< tFAW: every run of bytes opens a row
};

TrafficBounds traffic_bounds(const MemorySpec& spec, const MemoryTraffic& traffic);

}  // namespace hypar
