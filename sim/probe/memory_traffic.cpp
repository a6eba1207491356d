#include "sim/probe/memory_traffic.h"

#include <algorithm>
#include <deque>
#include <numeric>
#include <random>

#include "arch/memory/reordering_vault.h"
#include "arch/memory/vault_block.h"
#include "base/checked.h"

namespace hypar {
namespace {

double per_second(std::uint64_t amount, Picoseconds time) {
    return static_cast<double>(amount) * static_cast<double>(kPicosecondsPerSecond) / static_cast<double>(time);
}

/// One vault and what is under way in it.
struct TrafficVault {
    explicit TrafficVault(const VaultTiming& timing)
        : in_order(timing, Refresh::Periodic), reordering(timing, Refresh::Periodic) {}

    Vault in_order;  ///< by the memory's scheduler one of the two is used
    ReorderingVault reordering;
    std::uint64_t under_way = 0;   ///< parts of requests
    std::deque<Picoseconds> ends;  ///< of those of which it is known, the first one first
    Picoseconds arrival = 0;       ///< of the last part
};

class Generator {
public:
    Generator(const MemorySpec& spec, const MemoryTraffic& traffic)
        : spec_(spec),
          traffic_(traffic),
          timing_(spec),
          random_(traffic.seed),
          map_(spec, traffic.vaults),
          // 53 bits: every fraction that a double can tell apart
          read_threshold_(static_cast<std::uint64_t>(traffic.read_fraction * static_cast<double>(kFractions))),
          vaults_(traffic.vaults, TrafficVault(timing_)),
          begins_(traffic.requests, kNever),
          ends_(traffic.requests) {}

    MemoryTrafficResult run(const std::function<void(double)>& progress) {
        for (number_ = 0; number_ < traffic_.requests; ++number_) {
            if (progress && number_ % kRequestsBetweenLooks == 0) {
                progress(static_cast<double>(number_) / static_cast<double>(traffic_.requests));
            }
            send_request();
        }
        MemoryTrafficResult result;
        for (TrafficVault& vault : vaults_) {
            serve_before(vault, kNever);
            for (const RowUse& rows : {vault.in_order.row_use(), vault.reordering.row_use()}) {
                result.rows.hits += rows.hits;
                result.rows.misses += rows.misses;
            }
        }
        result.bytes = checked_multiply(traffic_.requests, traffic_.block_bytes);
        result.duration = *std::max_element(ends_.begin(), ends_.end());
        for (std::uint64_t request = 0; request < traffic_.requests; ++request) {
            result.latencies.push_back(ends_[request] - begins_[request]);
        }
        std::sort(result.latencies.begin(), result.latencies.end());
        return result;
    }

private:
    static constexpr std::uint64_t kRequestsBetweenLooks = 1024;
    static constexpr std::uint64_t kFractions = std::uint64_t{1} << 53U;

    void send_request() {
        is_write_ = (random_() >> 11U) >= read_threshold_;
        if (traffic_.pattern == TrafficPattern::OneBank) {
            const std::uint64_t rows = std::max<std::uint64_t>(1, vault_bytes() / spec_.stripe_bytes());
            accesses_ = {{0, 0, {0, random_() % rows}, map_.bursts_of(traffic_.block_bytes), is_write_}};
            send_part(vaults_[number_ % traffic_.vaults]);
        } else {
            send_blocks();
        }
    }

    std::uint64_t vault_bytes() const { return spec_.capacity_bytes / spec_.vaults; }

    /// Cut where another block, and so maybe another vault, begins.
    void send_blocks() {
        const std::uint64_t slots =
            std::max<std::uint64_t>(1, vault_bytes() * traffic_.vaults / traffic_.block_bytes);
        const std::uint64_t slot = traffic_.pattern == TrafficPattern::Random ? random_() % slots : number_ % slots;
        const auto send = [&](std::size_t vault, std::uint64_t begin, std::uint64_t bytes) {
            accesses_.clear();
            for_each_access(map_, {0, bytes, is_write_, begin, {0, map_.row_of(begin)}},
                            [&](const VaultAccess& access) { accesses_.push_back(access); });
            send_part(vaults_[vault]);
        };
        map_.for_each_part(slot * traffic_.block_bytes, traffic_.block_bytes, send);
    }

    /// What one vault has of a request: `accesses_`.
    void send_part(TrafficVault& vault) {
        vault.arrival = std::max(vault.arrival, arrival_at(vault));
        begins_[number_] = std::min(begins_[number_], vault.arrival);
        for (VaultAccess& access : accesses_) access.arrival = timing_.up_to(vault.arrival);
        if (spec_.scheduler == VaultScheduler::FrFcfs) {
            serve_before(vault, accesses_.front().arrival);
            vault.reordering.put(number_, accesses_);
            return;
        }
        Clocks end = 0;
        for (const VaultAccess& access : accesses_) end = vault.in_order.serve(access);
        end_part(vault, number_, end);
    }

    Picoseconds arrival_at(TrafficVault& vault) {
        if (traffic_.bits_per_second) {
            return ceil_multiply_divide(checked_multiply(number_, traffic_.block_bytes, 8U), kPicosecondsPerSecond,
                                        *traffic_.bits_per_second);
        }
        if (vault.under_way < traffic_.outstanding) {
            ++vault.under_way;
            return 0;
        }
        while (vault.ends.empty()) serve_one(vault, kNever);
        const Picoseconds earliest = vault.ends.front();
        vault.ends.pop_front();
        return earliest;
    }

    void serve_before(TrafficVault& vault, Clocks until) {
        while (serve_one(vault, until)) {
        }
    }

    /// Whether a reordering vault has an access that it serves before.
    bool serve_one(TrafficVault& vault, Clocks until) {
        const std::optional<ServedAccess> served = vault.reordering.serve_before(until);
        if (served && served->is_last) end_part(vault, served->label, served->end);
        return served.has_value();
    }

    void end_part(TrafficVault& vault, std::uint64_t request, Clocks end) {
        const Picoseconds time = end * timing_.clock_period;
        if (!traffic_.bits_per_second) vault.ends.push_back(time);
        ends_[request] = std::max(ends_[request], time);
    }

    const MemorySpec& spec_;
    const MemoryTraffic& traffic_;
    VaultTiming timing_;
    std::mt19937_64 random_;
    AddressMap map_;
    std::uint64_t read_threshold_;
    std::vector<TrafficVault> vaults_;
    std::uint64_t number_ = 0;  ///< of the request
    bool is_write_ = false;
    std::vector<VaultAccess> accesses_;
    std::vector<Picoseconds> begins_;  ///< by request
    std::vector<Picoseconds> ends_;    ///< by request
};

}  // namespace

const std::vector<TrafficPatternName>& traffic_patterns() {
    static const std::vector<TrafficPatternName> kPatterns = {{"sequential", TrafficPattern::Sequential},
                                                              {"random", TrafficPattern::Random},
                                                              {"one-bank", TrafficPattern::OneBank}};
    return kPatterns;
}

std::uint64_t accesses_of_request(const MemorySpec& spec, std::uint64_t block_bytes) {
    return block_bytes / std::min(AddressMap(spec).run_bytes(), spec.interleave_bytes) + 2;
}

double MemoryTrafficResult::mean_latency() const {
    double sum = 0;
    for (const Picoseconds latency : latencies) sum += static_cast<double>(latency);
    return sum / static_cast<double>(latencies.size());
}

Picoseconds MemoryTrafficResult::percentile(std::uint64_t percent) const {
    return latencies[ceil_divide(latencies.size() * percent, 100) - 1];
}

MemoryTrafficResult run_memory_traffic(const MemorySpec& spec, const MemoryTraffic& traffic,
                                       const std::function<void(double)>& progress) {
    return Generator(spec, traffic).run(progress);
}

TrafficBounds traffic_bounds(const MemorySpec& spec, const MemoryTraffic& traffic) {
    const VaultTiming timing(spec);
    const auto bytes_per = [&](std::uint64_t bytes, Clocks clocks) {
        return per_second(traffic.vaults * bytes, clocks * timing.clock_period);
    };
    TrafficBounds bounds;
    bounds.data_bus = bytes_per(spec.burst_bytes, timing.column_spacing);
    if (traffic.pattern == TrafficPattern::OneBank) {
        const Clocks open = std::max(timing.row_cycle, timing.row_active_time + timing.precharge_time);
        bounds.row_cycle = bytes_per(traffic.block_bytes, open);
    } else if (traffic.pattern == TrafficPattern::Random) {
        const std::uint64_t bytes =
            std::min({traffic.block_bytes, AddressMap(spec).run_bytes(), spec.interleave_bytes});
        bounds.activate_window = bytes_per(4 * bytes, timing.activate_window);
    }
    return bounds;
}

}  // namespace hypar
