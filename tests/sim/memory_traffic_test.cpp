// What traffic gets of a memory, against arithmetic with the times of configs/arrays/hpca19.yaml.

#include "sim/probe/memory_traffic.h"

#include <gtest/gtest.h>

#include "tests/arch/hmc.h"

namespace hypar {
namespace {

double gigabytes_per_second(const MemoryTrafficResult& result) {
    return static_cast<double>(result.bytes) * 1000 / static_cast<double>(result.duration);
}

MemoryTraffic traffic_of(TrafficPattern pattern, std::uint64_t block_bytes) {
    MemoryTraffic traffic;
    traffic.pattern = pattern;
    traffic.block_bytes = block_bytes;
    return traffic;
}

TEST(MemoryTraffic, ReadsInSequenceAtTheDataBusRate) {
    // 10 GB/s less 59 ns of 7800, and what it takes to open rows again; 3.2 MB or more of a vault, 41 refreshes
    for (const std::uint64_t bytes : {32U, 64U, 256U, 4096U, 65'536U}) {
        MemoryTraffic traffic = traffic_of(TrafficPattern::Sequential, bytes);
        if (bytes > 256) traffic.requests = 25'600'000 / bytes;
        const double rate = gigabytes_per_second(run_memory_traffic(tests::hmc(), traffic));
        EXPECT_GT(rate, 9.85) << bytes;
        EXPECT_LT(rate, 10.0 * (1 - 59.0 / 7800)) << bytes;
    }
    MemoryTraffic all = traffic_of(TrafficPattern::Sequential, 65'536);
    all.vaults = 32;
    all.requests = 32 * 100;
    EXPECT_GT(gigabytes_per_second(run_memory_traffic(tests::hmc(), all)), 32 * 9.85);
}

TEST(MemoryTraffic, OpensARowOfOneBankEveryRowCycle) {
    // 64 bytes every tRC = 32 ns, 2 GB/s, less refresh
    MemorySpec memory = tests::hmc();
    for (const PagePolicy page : {PagePolicy::Open, PagePolicy::Closed}) {
        memory.page = page;
        const double rate = gigabytes_per_second(run_memory_traffic(memory, traffic_of(TrafficPattern::OneBank, 64)));
        EXPECT_NEAR(rate, 2.0 * (1 - 59.0 / 7800), 0.01);
    }
}

TEST(MemoryTraffic, StaysWithinItsBounds) {
    MemorySpec memory = tests::hmc();
    memory.page = PagePolicy::Closed;
    const MemoryTraffic traffic = traffic_of(TrafficPattern::Random, 32);
    const TrafficBounds bounds = traffic_bounds(memory, traffic);
    EXPECT_DOUBLE_EQ(bounds.data_bus, 10e9);
    EXPECT_DOUBLE_EQ(bounds.activate_window.value(), 4 * 32 / 19.2e-9);
    EXPECT_LT(gigabytes_per_second(run_memory_traffic(memory, traffic)) * 1e9, bounds.activate_window.value());
    EXPECT_DOUBLE_EQ(traffic_bounds(memory, traffic_of(TrafficPattern::OneBank, 64)).row_cycle.value(), 2e9);
}

TEST(MemoryTraffic, TakesAnUnloadedReadAsLongAsItsCommandsAndItsData) {
    MemorySpec memory = tests::hmc();
    memory.page = PagePolicy::Closed;
    MemoryTraffic traffic = traffic_of(TrafficPattern::Random, 64);
    traffic.bits_per_second = 8'000'000;  // 64 bytes in 64 us
    traffic.requests = 1000;
    const MemoryTrafficResult result = run_memory_traffic(memory, traffic);
    // 13 + 13 + 2 x 4 clocks of 0.8 ns; a refresh of 59.2 ns comes before few
    EXPECT_EQ(result.latencies.front(), 27'200U);
    EXPECT_EQ(result.percentile(50), 27'200U);
    EXPECT_LE(result.latencies.back(), 27'200U + 59'200);
    EXPECT_NEAR(gigabytes_per_second(result), 0.001, 0.00001);
    EXPECT_EQ(result.rows.misses, 1000U);
}

MemorySpec reordering() {
    MemorySpec memory = tests::hmc();
    memory.scheduler = VaultScheduler::FrFcfs;
    return memory;
}

TEST(MemoryTraffic, ReordersRandomReadsToNineTenthsOfTheDataBus) {
    // DRAMsim3 moves 9.45 GB/s of them; with four rows in tFAW they could be 13.3, and the bus moves 10.
    MemoryTraffic traffic = traffic_of(TrafficPattern::Random, 64);
    const double rate = gigabytes_per_second(run_memory_traffic(reordering(), traffic));
    EXPECT_GT(rate, 9.0);
    EXPECT_LT(rate, 10.0 * (1 - 59.0 / 7800));
    traffic.read_fraction = 0.7;
    const double in_order = gigabytes_per_second(run_memory_traffic(tests::hmc(), traffic));
    EXPECT_GT(gigabytes_per_second(run_memory_traffic(reordering(), traffic)), 1.6 * in_order);
}

TEST(MemoryTraffic, ReordersNothingWhereRequestsComeOneByOne) {
    // One of 64 bytes in 6.4 us: each is done before the next comes, in both orders alike, refreshes included.
    MemoryTraffic traffic = traffic_of(TrafficPattern::Random, 64);
    traffic.read_fraction = 0.5;
    traffic.requests = 2000;
    traffic.bits_per_second = 80'000'000;
    traffic.vaults = 2;
    const MemoryTrafficResult in_order = run_memory_traffic(tests::hmc(), traffic);
    const MemoryTrafficResult reordered = run_memory_traffic(reordering(), traffic);
    EXPECT_EQ(reordered.latencies, in_order.latencies);
    EXPECT_EQ(reordered.rows.hits, in_order.rows.hits);
    EXPECT_EQ(reordered.duration, in_order.duration);
}

TEST(MemoryTraffic, CutsRequestsWhereRowsAndVaultsEnd) {
    MemoryTraffic traffic = traffic_of(TrafficPattern::Sequential, 6144);
    traffic.vaults = 2;
    traffic.requests = 2;
    // 12 KiB in blocks of 4 KiB: vaults 0, 1, 0; each block in 16 rows of 256 bytes, cut at 6 KiB
    const MemoryTrafficResult result = run_memory_traffic(tests::hmc(), traffic);
    EXPECT_EQ(result.rows.misses + result.rows.hits, 48U);
    EXPECT_EQ(result.bytes, 12'288U);
}

TEST(MemoryTraffic, ReadsAsManyAsItIsTold) {
    MemoryTraffic traffic = traffic_of(TrafficPattern::Sequential, 64);
    const Picoseconds reads = run_memory_traffic(tests::hmc(), traffic).duration;
    traffic.read_fraction = 0;
    const Picoseconds writes = run_memory_traffic(tests::hmc(), traffic).duration;
    traffic.read_fraction = 0.5;
    const Picoseconds both = run_memory_traffic(tests::hmc(), traffic).duration;
    EXPECT_LT(writes, reads * 101 / 100);
    EXPECT_GT(both, reads * 3 / 2);  // the bus is turned round all the time
}

TEST(MemoryTraffic, IsTheSameForOneSeed) {
    MemoryTraffic traffic = traffic_of(TrafficPattern::Random, 64);
    traffic.read_fraction = 0.7;
    traffic.requests = 1000;
    const MemoryTrafficResult first = run_memory_traffic(tests::hmc(), traffic);
    EXPECT_EQ(first.latencies, run_memory_traffic(tests::hmc(), traffic).latencies);
    traffic.seed = 2;
    EXPECT_NE(first.latencies, run_memory_traffic(tests::hmc(), traffic).latencies);
}

}  // namespace
}  // namespace hypar
