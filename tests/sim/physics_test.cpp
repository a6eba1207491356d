// What the simulated hardware must do whatever its details: more bandwidth helps as much as it should, exchanges take
// their bytes over the bandwidth that they share, and small steps take what arithmetic says.

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "sim/program/lowering.h"
#include "sim/replay/replay.h"
#include "sim/run.h"
#include "tests/sim/support.h"

namespace hypar {
namespace {

constexpr Picoseconds kCycle = 4000;

ReplayResult replay_on(const ArraySpec& array, const Program& program) {
    ReplayOptions options;
    options.fidelity = Fidelity::Full;
    return replay(program, array, Topology::make(array.interconnect, array.accelerators), options);
}

/// One segment in which every accelerator sends `bytes` to its partner at `level`.
Program exchange_at(std::size_t level, const ArraySpec& array, std::uint64_t bytes) {
    Segment segment;
    for (std::uint64_t i = 0; i < array.accelerators; ++i) {
        const std::uint64_t partner = tests::partner_at(i, level, tests::level_count(array.accelerators));
        segment.flows.push_back(plain_flow(i, partner, bytes, false));
    }
    Program program;
    program.segments.push_back(segment);
    return program;
}

Picoseconds time_of_exchange(std::size_t level, const ArraySpec& array, std::uint64_t bytes) {
    const ReplayResult result = replay_on(array, exchange_at(level, array, bytes));
    return result.segments.front().cycles * kCycle;
}

/// At most: from the start of an exchange to its first packet in the network, and from its last packet's leaving it
/// to the end. Each accesses the memory once, in at most 0.14 us a packet of 1 KiB.
constexpr Picoseconds kEnds = 2 * (102'400 + 28'100) + 6 * kCycle;

constexpr std::uint64_t kPackets = 64;
constexpr std::uint64_t kBytes = kPackets * 1024;

TEST(HTreeExchange, TakesItsBytesOverTheLeafLinksBandwidthAtEveryLevel) {
    for (const std::uint64_t levels : {4U, 6U}) {
        const ArraySpec array = tests::hpca19(TopologyKind::HTree, std::uint64_t{1} << levels);
        const Picoseconds on_leaf = transfer_time(kBytes, 25'600'000'000 / array.accelerators);
        const Picoseconds packet = on_leaf / kPackets;
        for (std::size_t level = 0; level < levels; ++level) {
            const Picoseconds time = time_of_exchange(level, array, kBytes);
            EXPECT_GT(time, on_leaf);
            // The last packet crosses 2 (levels - level) links: up each waits for the rest of what comes in, together
            // less than one packet on a leaf; each switch may have sent all other packets of the same instant before,
            // again less than one; and the last link. No link waits for credits, nor for a slow leaf. Links and
            // routers take 4 ns each.
            EXPECT_LT(time, on_leaf + 3 * packet + kEnds + (4 * levels + 1) * 4000) << level << " of " << levels;
        }
    }
}

TEST(TorusExchange, TakesTwiceTheTimeOfTheHTreeAtEveryLevel) {
    const ArraySpec array = tests::hpca19(TopologyKind::Torus);
    // Opposite halves of a ring use every one of its links once, neighbours every second one.
    const Picoseconds on_link = transfer_time(kBytes, 800'000'000);
    for (std::size_t level = 0; level < 4; ++level) {
        const Picoseconds time = time_of_exchange(level, array, kBytes);
        EXPECT_GT(time, on_link);
        // At most two links and three routers, 4 ns each
        EXPECT_LT(time, on_link + on_link / kPackets + kEnds + 5 * 4000) << level;
    }
}

TEST(TorusExchange, TakesTwiceTheTimeOfTheHTreeOverAllLevels) {
    // 25.6 Gb/s over 16 leaf links, or over 32 links: half the bandwidth for every flow, and no two on one link. What
    // does not scale with the bytes, packets on the way among it, is less than 1 % of 16 x 64 packets.
    const auto time_of_all = [](TopologyKind kind) {
        Picoseconds sum = 0;
        for (std::size_t level = 0; level < 4; ++level) {
            sum += time_of_exchange(level, tests::hpca19(kind), 16 * kBytes);
        }
        return static_cast<double>(sum);
    };
    EXPECT_NEAR(time_of_all(TopologyKind::Torus) / time_of_all(TopologyKind::HTree), 2.0, 0.02);
}

/// An all-reduce round a ring: each begins with a block of its own and passes on all but the last that comes, n - 1
/// blocks that are added and n - 1 that are not.
Program ring_all_reduce(const ArraySpec& array, std::uint64_t block_bytes) {
    const auto size = static_cast<std::uint32_t>(array.accelerators);
    const std::uint64_t added_bytes = (size - 1) * block_bytes;
    Segment segment;
    for (std::uint32_t i = 0; i < size; ++i) {
        segment.flows.push_back(
            {i, (i + 1) % size, 2 * added_bytes, added_bytes, block_bytes, {(i + size - 1) % size}});
        if (block_bytes < array.interconnect.packet_bytes) {
            segment.flows.back().pieces.assign(2 * (size - 1), block_bytes);
        }
    }
    return {{}, {segment}};
}

/// Of eight accelerators, with links of so many Gb/s.
ArraySpec ring_of_eight(std::uint64_t gigabits) {
    ArraySpec array = tests::hpca19(TopologyKind::Ring, 8);
    array.interconnect.is_per_link = true;
    array.interconnect.bits_per_second = gigabits * 1'000'000'000;
    return array;
}

Picoseconds time_of_ring(const ArraySpec& array, std::uint64_t block_bytes) {
    return replay_on(array, ring_all_reduce(array, block_bytes)).segments.front().cycles * kCycle;
}

/// One access of `bytes`: the crossbar; in clocks of 0.8 ns 10 of tRP, for the row that was open, 13 of tRCD, 13 of
/// tCL or 12 of tCWL, 4 of each burst of 32 bytes; the crossbar.
constexpr Picoseconds read_time(std::uint64_t bytes) { return 4000 + (10 + 13 + 13 + bytes / 32 * 4) * 800 + 4000; }
constexpr Picoseconds write_time(std::uint64_t bytes) { return 4000 + (10 + 13 + 12 + bytes / 32 * 4) * 800 + 4000; }
/// To the router a cycle after it was read, through it, and over the link.
constexpr Picoseconds kHop = kCycle + 4000 + 4000;

TEST(RingAllReduce, TakesItsBytesOverALinksBandwidth) {
    // Over each link go 14 blocks of 64 packets, one after the other: a block takes longer than its first packet to
    // the next memory and out again, so that what is passed on is always there. Before it, a packet is read; behind
    // it, one is written. A cycle to tell the interfaces, a cycle to tell the end. So links of twice the bandwidth
    // take half the time, but for the latency.
    constexpr Picoseconds kLatency = kCycle + read_time(1024) + kHop + write_time(1024) + kCycle;
    for (const std::uint64_t gigabits : {1U, 2U, 4U, 8U}) {
        const Picoseconds on_link = transfer_time(14 * kBytes, gigabits * 1'000'000'000);
        EXPECT_EQ(time_of_ring(ring_of_eight(gigabits), kBytes), kCycle * ceil_divide(on_link + kLatency, kCycle));
    }
}

TEST(RingAllReduce, OfSmallBlocksTakesTheTimeOfItsHops) {
    // A block goes from memory to memory seven times to be added, for which its sum so far is read, and seven times
    // to be written.
    constexpr std::uint64_t kBlock = 64;
    constexpr Picoseconds kGather = read_time(kBlock) + kHop + kBlock * 1000 + write_time(kBlock);  // at 8 Gb/s
    constexpr Picoseconds kScatter = kGather + read_time(kBlock);
    EXPECT_EQ(time_of_ring(ring_of_eight(8), kBlock),
              kCycle * ceil_divide(kCycle + 7 * kScatter + 7 * kGather + kCycle, kCycle));
}

TEST(RingAllReduce, IsNotSlowerWithMoreBandwidth) {
    // Where it is memory that they wait for, packets may come in an order that costs an access more.
    tests::Random random(18);
    for (int round = 0; round < 6; ++round) {
        const std::uint64_t block_bytes = 4 * tests::draw(random, 1, 20'000);
        Picoseconds before = time_of_ring(ring_of_eight(1), block_bytes);
        for (std::uint64_t gigabits = 2; gigabits <= 128; gigabits *= 2) {
            const Picoseconds time = time_of_ring(ring_of_eight(gigabits), block_bytes);
            EXPECT_LE(time, gigabits <= 32 ? before - kCycle : before + read_time(1024)) << gigabits << " Gb/s";
            before = time;
        }
    }
}

TEST(Exchange, OfTwoAcceleratorsTakesWhatArithmeticSays) {
    // All-reduce of 16 gradients of 4 bytes: 32 bytes each way at H1, summed, and 32 bytes back.
    const Network network = tests::network_of({4, 1, 1}, {tests::fully_connected("fc1", 4)});
    const ArraySpec array = tests::hpca19(TopologyKind::HTree, 2);
    const Program program = lower(network, tests::data_plan(1, 1), {2}, {Phase::Gradient}, array);
    ASSERT_EQ(program.segments.size(), 3U);
    // Crossbar; in clocks of 0.8 ns 10 of tRP, for the row that was open, 13 of tRCD, 13 of tCL or 12 of tCWL, 4 of
    // one burst; crossbar.
    constexpr Picoseconds kRead = 4000 + (10 + 13 + 13 + 4) * 800 + 4000;
    constexpr Picoseconds kWrite = 4000 + (10 + 13 + 12 + 4) * 800 + 4000;
    // Two links, the routers of the source and above, 32 bytes at 12.8 Gb/s. They come in at a flit of 16 bytes a
    // cycle, which the link does not wait for; at the other end the pipeline and the 8 ns to the terminal are over
    // when the last bit arrives.
    constexpr Picoseconds kNetwork = 2 * 4000 + 2 * 4000 + 20'000;
    constexpr Picoseconds kReduceScatter = kRead + kCycle + kNetwork + kRead + kWrite;  // read sums, write
    constexpr Picoseconds kAllGather = kRead + kCycle + kNetwork + kWrite;
    // A cycle to tell the interfaces, a cycle to tell the end: 167200 and 127200 ps, 41.8 and 31.8 cycles
    static_assert(kCycle + kReduceScatter + kCycle == 167'200 && kCycle + kAllGather + kCycle == 127'200);
    const ReplayResult result = replay_on(array, program);
    EXPECT_EQ(result.segments[1].cycles, 42U);
    EXPECT_EQ(result.segments[1].counts.sent_bytes, 2 * 32U);
    EXPECT_EQ(result.segments[1].counts.adds, 2 * 8U);
    EXPECT_EQ(result.segments[1].counts.dram_bytes, 2 * 32U * 3);
    EXPECT_EQ(result.segments[2].cycles, 32U);
    EXPECT_EQ(result.segments[2].counts.sent_bytes, 2 * 32U);
    EXPECT_EQ(result.segments[2].counts.adds, 0U);
    EXPECT_EQ(result.segments[2].counts.dram_bytes, 2 * 32U * 2);
}

TEST(ComputeSegment, OfOneTileTakesWhatArithmeticSays) {
    const Network network = tests::network_of({100, 1, 1}, {tests::fully_connected("fc1", 10)});
    ArraySpec array = tests::hpca19(TopologyKind::HTree, 1);
    array.processing_units = 1;
    const Program program = lower(network, Plan(), {1}, {Phase::Forward}, array);
    ASSERT_EQ(program.schedules.size(), 1U);
    ASSERT_EQ(program.schedules[0].size(), 1U);
    // A cycle to tell the unit, one on the crossbar. 4400 bytes, 17 rows and 48 bytes, are 138 bursts, in clocks of
    // 0.8 ns: tRP 10, tRCD 13, tCL 13, 4 for each burst and 4 for the refresh of 128 of them, 481.6 - 8 ns. With a
    // cycle back they are there at 485.6 ns, so from edge 122 on 256 cycles of computing: ten elements keep a sum
    // each, 1000 filter words pass at 4 a cycle; the first ten before that, the ten sums after it, in 3 cycles each.
    // 40 bytes stored: 4 ns, tRP 10, tRCD 13, tCWL 12, two bursts 8, 4 ns; a cycle to tell: 46.4 ns, 11.6 cycles.
    EXPECT_EQ(replay_on(array, program).segments[0].cycles, 122U + 256 + 12);
}

TEST(Step, HalvesItsCommunicationWhenLinksAreTwiceAsFast) {
    tests::Random random(14);
    for (int round = 0; round < 4; ++round) {
        const Network network = tests::random_network(random);
        const Plan plan = tests::random_plan(random, 4, network.size());
        for (const TopologyKind topology : {TopologyKind::HTree, TopologyKind::Torus}) {
            ArraySpec array = tests::hpca19(topology);
            array.processing_units = 4;
            array.memory.timing = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1'000'000'000};
            array.interconnect.link_latency = 1;
            array.interconnect.bits_per_second /= 64;
            const RunReport slow = run_step({network, array, plan, "random", {100}, tests::kAllPhases});
            array.interconnect.bits_per_second *= 2;
            const RunReport fast = run_step({network, array, plan, "random", {100}, tests::kAllPhases});
            EXPECT_EQ(slow.compute_cycles(), fast.compute_cycles());
            // What does not scale: per exchange three memory accesses of less than 40 ns, nine routers and some
            // cycles between.
            const std::uint64_t exchanges = tests::all_exchanges(network, plan, {100}).size();
            const Cycles unscaled = 60 * exchanges;
            EXPECT_GE(2 * fast.communication_cycles(), slow.communication_cycles());
            EXPECT_LE(2 * fast.communication_cycles(), slow.communication_cycles() + unscaled);
            EXPECT_GT(slow.communication_cycles(), 10 * unscaled) << "the bound says nothing";
        }
    }
}

TEST(Step, IsNotSlowerWithFasterVaults) {
    tests::Random random(15);
    for (int round = 0; round < 12; ++round) {
        const Network network = tests::random_network(random);
        const Plan plan = tests::random_plan(random, 3, network.size());
        ArraySpec array = tests::hpca19(TopologyKind::HTree, 8);
        array.memory.vaults = 8;
        array.memory.vault_bits_per_second = 2'000'000'000;  // 32 bytes in 128 ns
        array.memory.timing.column_spacing = 128'000;
        const Program program = lower(network, plan, {100}, tests::kAllPhases, array);
        const ReplayResult slow = replay_on(array, program);
        array.memory.vault_bits_per_second *= 2;
        array.memory.timing.column_spacing /= 2;
        const ReplayResult fast = replay_on(array, program);
        Cycles slow_cycles = 0;
        Cycles fast_cycles = 0;
        for (std::size_t index = 0; index < program.segments.size(); ++index) {
            slow_cycles += slow.segments[index].cycles;
            fast_cycles += fast.segments[index].cycles;
            EXPECT_LE(fast.segments[index].cycles, slow.segments[index].cycles);
        }
        EXPECT_LT(fast_cycles, slow_cycles);
    }
}

TEST(Step, ComputesNoFasterThanItsMemoryAndItsArraysAllow) {
    tests::Random random(16);
    for (int round = 0; round < 6; ++round) {
        const Network network = tests::random_network(random);
        const Plan plan = tests::random_plan(random, 2, network.size());
        const ArraySpec array = tests::hpca19(TopologyKind::Torus, 4);
        const Program program = lower(network, plan, {100}, tests::kAllPhases, array);
        const ReplayResult result = replay_on(array, program);
        for (std::size_t index = 0; index < program.segments.size(); ++index) {
            const Segment& segment = program.segments[index];
            if (!segment.is_compute()) continue;
            for (const auto& units : segment.compute) {
                std::uint64_t bytes = 0;
                for (const std::uint32_t unit : units) {
                    const TileSchedule& schedule = program.schedules[unit];
                    bytes += schedule.memory_bytes();
                    EXPECT_LE(tests::macs_of(schedule.nest()), 168 * result.segments[index].cycles);
                }
                // 32 vaults of 100 ps a byte
                EXPECT_LE(bytes * 100, 32 * kCycle * result.segments[index].cycles);
            }
        }
    }
}

}  // namespace
}  // namespace hypar
