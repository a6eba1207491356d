#include "sim/probe/memory_traffic.h"

#include <algorithm>
#include <deque>
#include <numeric>
#include <random>

#include "arch/memory/vault_block.h"
#include "base/checked.h"

namespace hypar {
namespace {

double per_second(std::uint64_t amount, Picoseconds time) {
    return static_cast<double>(amount) * static_cast<double>(kPicosecondsPerSecond) / static_cast<double>(time);
}

/// One vault and what is under way in it.
struct TrafficVault {
    Vault vault;
    std::deque<Picoseconds> ends;  ///< of the last parts of requests
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
          vaults_(traffic.vaults, TrafficVault{Vault(timing_, Refresh::Periodic), {}, 0}) {}

    MemoryTrafficResult run(const std::function<void(double)>& progress) {
        for (number_ = 0; number_ < traffic_.requests; ++number_) {
            if (progress && number_ % kRequestsBetweenLooks == 0) {
                progress(static_cast<double>(number_) / static_cast<double>(traffic_.requests));
            }
            serve_request();
        }
        result_.bytes = checked_multiply(traffic_.requests, traffic_.block_bytes);
        result_.duration = last_end_;
        for (const TrafficVault& vault : vaults_) {
            result_.rows.hits += vault.vault.row_use().hits;
            result_.rows.misses += vault.vault.row_use().misses;
        }
        std::sort(result_.latencies.begin(), result_.latencies.end());
        return std::move(result_);
    }

private:
    static constexpr std::uint64_t kRequestsBetweenLooks = 1024;
    static constexpr std::uint64_t kFractions = std::uint64_t{1} << 53U;

    void serve_request() {
        begin_ = kNever;
        end_ = 0;
        is_write_ = (random_() >> 11U) >= read_threshold_;
        if (traffic_.pattern == TrafficPattern::OneBank) {
            const std::uint64_t rows = std::max<std::uint64_t>(1, vault_bytes() / spec_.stripe_bytes());
            const std::uint64_t row = random_() % rows;
            serve_part(number_ % traffic_.vaults, [&](Vault& vault, Clocks arrival) {
                return vault.serve({arrival, 0, {0, row}, map_.bursts_of(traffic_.block_bytes), is_write_});
            });
        } else {
            serve_blocks();
        }
        result_.latencies.push_back(end_ - begin_);
        last_end_ = std::max(last_end_, end_);
    }

    std::uint64_t vault_bytes() const { return spec_.capacity_bytes / spec_.vaults; }

    /// Cut where another block, and so maybe another vault, begins.
    void serve_blocks() {
        const std::uint64_t slots =
            std::max<std::uint64_t>(1, vault_bytes() * traffic_.vaults / traffic_.block_bytes);
        const std::uint64_t slot = traffic_.pattern == TrafficPattern::Random ? random_() % slots : number_ % slots;
        const auto serve = [&](std::size_t vault, std::uint64_t begin, std::uint64_t bytes) {
            serve_part(vault, [&](Vault& served, Clocks arrival) {
                return serve_block(served, map_, {arrival, bytes, is_write_, begin, {0, map_.row_of(begin)}}).end;
            });
        };
        map_.for_each_part(slot * traffic_.block_bytes, traffic_.block_bytes, serve);
    }

    /// What one vault has of a request: `serve(vault, arrival)` serves it and returns its end.
    template <typename Serve>
    void serve_part(std::size_t index, Serve serve) {
        TrafficVault& vault = vaults_[index];
        vault.arrival = std::max(vault.arrival, arrival_at(vault));
        const Picoseconds end = serve(vault.vault, timing_.up_to(vault.arrival)) * timing_.clock_period;
        vault.ends.push_back(end);
        begin_ = std::min(begin_, vault.arrival);
        end_ = std::max(end_, end);
    }

    Picoseconds arrival_at(TrafficVault& vault) const {
        if (traffic_.bits_per_second) {
            vault.ends.clear();
            return ceil_multiply_divide(checked_multiply(number_, traffic_.block_bytes, 8U), kPicosecondsPerSecond,
                                        *traffic_.bits_per_second);
        }
        if (vault.ends.size() < traffic_.outstanding) return 0;
        const Picoseconds earliest = vault.ends.front();
        vault.ends.pop_front();
        return earliest;
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
    Picoseconds begin_ = 0;  ///< of the request
    Picoseconds end_ = 0;
    Picoseconds last_end_ = 0;
    MemoryTrafficResult result_;
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
