#include "arch/unit/processing_unit.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "arch/unit/mapper.h"
#include "tests/arch/support.h"

namespace hypar {
namespace {

using tests::Kernel;

constexpr Picoseconds kStart = 4000;
constexpr Picoseconds kCycle = 4000;
constexpr Picoseconds kLatency = 4000 + 20'100 + 4000;  // crossbar, tRCD + tCL, crossbar

/// One processing unit before the vaults of its accelerator.
struct Bench {
    explicit Bench(const ArraySpec& array_spec)
        : array(array_spec),
          calendar("calendar"),
          memory("memory", calendar, array.memory, array.clock.duration(array.memory.crossbar_cycles), counts),
          unit(std::make_unique<ProcessingUnit>("unit", calendar, array.unit(), array.clock, array.dma, memory, 0, 0,
                                                counts, ends)) {}

    /// When the unit, started at kStart, has ended.
    Picoseconds end_of(const TileSchedule& schedule) {
        unit->start(schedule, kStart);
        Kernel::run_to_end();
        EXPECT_EQ(ends.count(), 1U);
        EXPECT_EQ(unit->buffer().taken(), 0U);
        EXPECT_LE(unit->buffer().peak(), array.buffer.capacity_bytes);
        EXPECT_EQ(counts.dram_bytes, schedule.memory_bytes());
        return ends.count() == 0 ? 0 : ends.last();
    }

    Kernel kernel;
    ArraySpec array;
    EventCounts counts;
    tests::Ends ends;
    Calendar calendar;
    Memory memory;
    std::unique_ptr<ProcessingUnit> unit;
};

ArraySpec one_unit() {
    ArraySpec array = tests::hpca19();
    array.processing_units = 1;
    return array;
}

/// A fully connected layer of at most ten outputs; `samples` one after the other.
TileSchedule fully_connected(std::uint64_t samples, std::uint64_t in_channels, std::uint64_t out_channels) {
    LoopNest nest;
    nest.samples = samples;
    nest.in_channels = in_channels;
    nest.out_channels = out_channels;
    Mapping mapping;
    mapping.block = {1, 1, 1, in_channels, 10};
    mapping.order = {Loop::Groups, Loop::Samples, Loop::Rows, Loop::OutChannels, Loop::InChannels};
    mapping.pass = {Dataflow::RowStationary, 1, 10, 10, 10, 1, 1, 1};
    return {nest, mapping, 4};
}

/// An update of `weights` in tiles of `block`.
TileSchedule update(std::uint64_t weights, std::uint64_t block) {
    LoopNest nest;
    tests::set_phase(nest, Phase::Update);
    nest.samples = nest.in_channels = 1;
    nest.out_channels = weights;
    Mapping mapping;
    mapping.block = {1, 1, 1, 1, block};
    mapping.pass = {Dataflow::Streaming, 1, 1, 1, 1, 1, 1, 1};
    return {nest, mapping, 4};
}

TEST(ProcessingUnit, LoadsComputesAndStoresOneTile) {
    Bench bench(one_unit());
    const TileSchedule schedule = fully_connected(1, 100, 10);
    // 100 features and 1000 filters: 4400 bytes from one vault, 440 ns. Ten elements that take ten channels each:
    // fill 1000 / 4 + 100 / 4 cycles, 10 x 10 multiplications, drain 1 + 3: 379 cycles. 40 bytes are stored: 4 ns.
    // Then a cycle to tell.
    const Picoseconds loaded = kStart + kLatency + 440'000;  // 472100
    const Picoseconds computed = 476'000 + 379 * kCycle;     // from the next edge, 119 cycles
    const Picoseconds stored = computed + kLatency + 4000;
    EXPECT_EQ(loaded, 472'100U);
    EXPECT_EQ(bench.end_of(schedule), stored + kCycle);
    EXPECT_EQ(bench.counts.macs, 1000U);
    // loads, words to and from the array (1000 filters, 100 features, 10 sums), store
    EXPECT_EQ(bench.counts.buffer_bytes, 4400U + 4 * 1110 + 40);
}

TEST(ProcessingUnit, TellsItsEndNotAPicosecondEarlier) {
    Bench bench(one_unit());
    const TileSchedule schedule = fully_connected(1, 100, 10);
    const Picoseconds stored = 476'000 + 379 * kCycle + kLatency + 4000;
    bench.unit->start(schedule, kStart);
    Kernel::run_through(stored - 1);
    EXPECT_EQ(bench.ends.count(), 0U);
    EXPECT_GT(bench.unit->buffer().taken(), 0U);
    Kernel::run_through(stored);
    EXPECT_EQ(bench.ends.count(), 1U);
    EXPECT_EQ(bench.unit->buffer().taken(), 0U);
}

TEST(ProcessingUnit, ComputesWithoutAGapWhereTheArrayIsTheBound) {
    // The filters stay; every further sample loads 400 bytes in 68 ns and stores 40, long before its turn.
    for (const std::uint64_t samples : {1U, 2U, 3U, 10U, 100U}) {
        Bench bench(one_unit());
        EXPECT_EQ(bench.end_of(fully_connected(samples, 100, 10)),
                  476'000 + samples * 379 * kCycle + kLatency + 4000 + kCycle)
            << samples;
    }
}

TEST(ProcessingUnit, KeepsTheBusBusyWhereTheMemoryIsTheBound) {
    // 840 weights in tiles of 84: 672 bytes loaded, 336 stored, 21 cycles = 84 ns of computing. On a vault of 1 ns a
    // byte the bus never rests before the last tile is loaded: its transfer covers the computing of the tile before.
    ArraySpec array = one_unit();
    array.memory.vaults = 1;
    tests::set_byte_time(array.memory, 1000);
    Bench bench(array);
    const Picoseconds moved = 10 * (672'000 + 336'000);
    const Picoseconds compute = 21 * kCycle;
    const Picoseconds end = bench.end_of(update(840, 84));
    EXPECT_GE(end, kStart + kLatency + moved + kCycle);
    // The last tile is computed and stored while nothing else moves: an edge, its time, its access.
    EXPECT_LE(end, kStart + kLatency + moved + kCycle + compute + kLatency + kCycle);
}

TEST(ProcessingUnit, OverlapsLoadsAndStoresWithComputing) {
    // Ten tiles of 8400 weights from one vault of 8 GB/s, 125 ps a byte: 67200 bytes loaded in 8.4 us, half as many
    // stored in 4.2 us, 2100 cycles = 8.4 us computed. One after the other that is 210 us; overlapped, the bus takes
    // 126 us, and the last tile's computing comes on top.
    ArraySpec array = one_unit();
    array.memory.vaults = 1;
    tests::set_byte_time(array.memory, 125);
    array.buffer.capacity_bytes = array.buffer.banks = 4 * 67'200;
    Bench bench(array);
    const Picoseconds end = bench.end_of(update(84'000, 8400));
    EXPECT_GE(end, 10U * (8'400'000 + 4'200'000));
    EXPECT_LE(end, 10U * (8'400'000 + 4'200'000) + 8'400'000 + 2 * kLatency + 4 * kCycle);
}

TEST(ProcessingUnit, ComputesASmallerPartInStepWithTheLargest) {
    // As LoadsComputesAndStoresOneTile, with nine outputs of ten: 4000 bytes loaded, 36 stored, 900 multiplications,
    // but as many cycles as for ten.
    Bench bench(one_unit());
    const TileSchedule schedule = fully_connected(1, 100, 9).led_by(fully_connected(1, 100, 10).nest());
    ASSERT_EQ(schedule.leader().out_channels, 10U);
    const Picoseconds begin = bench.array.clock.edge_at_or_after(kStart + kLatency + 400'000);
    EXPECT_EQ(bench.end_of(schedule), begin + 379 * kCycle + kLatency + 3600 + kCycle);
    EXPECT_EQ(bench.counts.macs, 900U);
}

TEST(ProcessingUnit, EndsNoTileBeforeTheResultBeforeItHasLeft) {
    // Ten features and a hundred filters, of which the filters stay: each tile computes for fill 25 + 3, 10
    // multiplications and drain 1 + 3, 42 cycles, and its 40 bytes are stored in an access to a far memory and 4 ns.
    ArraySpec array = one_unit();
    array.memory.crossbar_cycles = 100;
    constexpr Picoseconds kAccess = 200 * kCycle + 20'100;
    const Picoseconds begin = array.clock.edge_at_or_after(kStart + kAccess + 44'000);  // with 440 bytes loaded
    for (const std::uint64_t samples : {1U, 2U, 3U, 10U}) {
        Bench bench(array);
        EXPECT_EQ(bench.end_of(fully_connected(samples, 10, 10)),
                  begin + 42 * kCycle + samples * (kAccess + 4000) + kCycle)
            << samples;
    }
}

TEST(ProcessingUnit, RunsSchedulesOneAfterTheOther) {
    Bench bench(one_unit());
    const TileSchedule first = fully_connected(2, 100, 10);
    const TileSchedule second = fully_connected(1, 100, 10);
    bench.unit->start(first, kStart);
    Kernel::run_to_end();
    const Picoseconds again = bench.array.clock.edge_at_or_after(bench.ends.last());
    bench.unit->start(second, again);
    Kernel::run_to_end();
    ASSERT_EQ(bench.ends.count(), 2U);
    // As the first run of one sample, moved: 119 cycles to load from the edge at kStart on
    EXPECT_EQ(bench.ends.last() - again, 476'000 + 379 * kCycle + kLatency + 4000 + kCycle - kStart);
}

TEST(ProcessingUnit, EndsEveryScheduleThatFits) {
    tests::Random random(8);
    for (int round = 0; round < 400; ++round) {
        ArraySpec array = one_unit();
        const std::uint64_t capacity = tests::draw(random, 3000, 9000);
        array.buffer = {capacity, capacity, 1024};
        tests::set_interleave(array.memory, tests::draw(random, 64, 1024));
        array.memory.vaults = tests::draw(random, 1, 8);
        array.dma.outstanding_requests = tests::draw(random, 1, 8);
        Mapper mapper(array.mapping_target());
        const TileSchedule schedule = mapper.schedule(tests::random_nest(random, kPhases[tests::draw(random, 0, 3)]));
        Bench bench(array);
        const Picoseconds end = bench.end_of(schedule);
        ASSERT_EQ(bench.counts.macs, tests::macs_of(schedule.nest()));
        // Neither the array nor the memory can have been faster.
        Cycles computing = 0;
        for (std::uint64_t index = 0; index < schedule.size(); ++index) {
            const Tile tile = schedule.tile(index);
            computing +=
                time_tile(array.unit(), schedule.nest(), tile.shape, schedule.mapping().pass, tile.accumulation())
                    .cycles.total();
        }
        ASSERT_GE(end, kStart + computing * kCycle);
        ASSERT_GE(end * array.memory.vaults, 100 * schedule.memory_bytes());
    }
}

TEST(ProcessingUnit, EndsAScheduleThatJustFits) {
    // The least buffer of 5x5 backward tiles of one row: errors of five rows lie in it for most of them.
    LoopNest nest;
    tests::set_phase(nest, Phase::Backward);
    nest.samples = 2;
    nest.in_channels = 1;
    nest.out_channels = 8;
    nest.in_height = nest.in_width = 14;
    nest.out_height = nest.out_width = 10;
    nest.kernel_height = nest.kernel_width = 5;
    nest.stored_out_plane = 100;
    Mapping mapping;
    mapping.order = {Loop::Groups, Loop::Samples, Loop::Rows, Loop::InChannels, Loop::OutChannels};
    const TileSchedule schedule(nest, mapping, 4);
    ArraySpec array = one_unit();
    array.buffer.capacity_bytes = array.buffer.banks = schedule.largest().buffer_bytes(array.buffer);
    Bench bench(array);
    EXPECT_GT(bench.end_of(schedule), 0U);
}

}  // namespace
}  // namespace hypar
