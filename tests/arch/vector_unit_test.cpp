#include "arch/unit/vector_unit.h"

#include <memory>

#include <gtest/gtest.h>

#include "tests/arch/support.h"

namespace hypar {
namespace {

using tests::Kernel;

constexpr Picoseconds kStart = 4000;
constexpr Picoseconds kCycle = 4000;
constexpr Picoseconds kLatency = 4000 + 20'100 + 4000;  // crossbar, tRCD + tCL or tCWL, crossbar
constexpr std::uint64_t kTileBursts = 64 * 4;  // of a byte
constexpr Picoseconds kTileTime = 25'600;  // 64 elements of 4 bytes on a vault's bus, 100 ps a byte

/// Lanes, and a buffer of two tiles of so many elements of 4 bytes.
VectorUnitSpec spec_of(std::uint64_t lanes, std::uint64_t tile_elements) { return {lanes, 2 * 4 * tile_elements}; }

/// One vector unit before the vaults of its accelerator.
struct Bench {
    explicit Bench(const VectorUnitSpec& spec, const MemorySpec& memory_spec = tests::simple_memory(),
                   bool takes_no_time = false)
        : calendar("calendar"),
          memory("memory", calendar, memory_spec, kCycle, counts),
          unit("unit", calendar, spec, Clock{kCycle}, DmaSpec{16}, memory, 0, counts, ends, takes_no_time) {}

    /// When the unit, started at kStart, has ended.
    Picoseconds end_of(const VectorSchedule& schedule) {
        unit.start(schedule, kStart);
        Kernel::run_to_end();
        EXPECT_EQ(ends.count(), 1U);
        EXPECT_EQ(counts.dram_bytes, schedule.memory_bytes());
        EXPECT_EQ(counts.vector_operations, schedule.work().operations);
        EXPECT_EQ(counts.buffer_bytes, 2 * schedule.memory_bytes());
        EXPECT_EQ(unit.work_left(), 0U);
        return ends.count() == 0 ? 0 : ends.last();
    }

    Kernel kernel;
    EventCounts counts;
    tests::Ends ends;
    Calendar calendar;
    Memory memory;
    VectorUnit unit;
};

/// Tiles that read and write 64 elements each.
VectorSchedule tiles_of_64(std::uint64_t tiles, std::uint64_t lanes) {
    return {{64 * tiles, 64 * tiles, 64 * tiles}, spec_of(lanes, 128), 4};
}

// Read from 4000 on, a tile is there at 4000 + 28100 + 25600 = 57700, and begun on the next edge.
constexpr Picoseconds kFirstBegin = 60'000;

TEST(VectorUnit, LoadsOperatesAndStoresOneTile) {
    Bench bench(spec_of(10, 128));
    const VectorSchedule schedule = tiles_of_64(1, 10);
    // 64 operations of 10 lanes: 7 cycles. Then a cycle to tell.
    EXPECT_EQ(bench.end_of(schedule), kFirstBegin + 7 * kCycle + kLatency + kTileTime + kCycle);
    EXPECT_EQ(bench.unit.spent().vector, 7U);
    EXPECT_EQ(bench.counts.unit_cycles.vector, 7U);
    EXPECT_EQ(bench.counts.unit_cycles.total(), 7U);
}

TEST(VectorUnit, TellsItsEndNotAPicosecondEarlier) {
    Bench bench(spec_of(10, 128));
    const VectorSchedule schedule = tiles_of_64(1, 10);
    bench.unit.start(schedule, kStart);
    const Picoseconds stored = kFirstBegin + 7 * kCycle + kLatency + kTileTime;
    Kernel::run_through(stored - 1);
    EXPECT_EQ(bench.ends.count(), 0U);
    Kernel::run_through(stored);
    EXPECT_EQ(bench.ends.count(), 1U);
}

TEST(VectorUnit, OperatesWithoutAGapWhereTheLanesAreTheBound) {
    // 64, 22 and 16 cycles a tile, at least 64 ns: the next tile is loaded in 53.7 ns, the last one stored in as
    // many.
    for (const std::uint64_t lanes : {1U, 3U, 4U}) {
        for (const std::uint64_t tiles : {1U, 2U, 3U, 10U, 101U}) {
            Bench bench(spec_of(lanes, 128));
            const Picoseconds operating = tiles * ((64 + lanes - 1) / lanes) * kCycle;
            EXPECT_EQ(bench.end_of(tiles_of_64(tiles, lanes)),
                      kFirstBegin + operating + kLatency + kTileTime + kCycle)
                << lanes << " lanes, " << tiles << " tiles";
        }
    }
}

TEST(VectorUnit, KeepsTheBusBusyWhereTheMemoryIsTheBound) {
    // Ten tiles from one vault of 1 ns a byte: 256 ns to load, 256 ns to store, one cycle of 64 lanes. The bus rests
    // for the last tile's cycle and its access, and for tWTR and tCL at each of the eight loads behind a store.
    MemorySpec memory = tests::simple_memory();
    memory.vaults = 1;
    tests::set_byte_time(memory, 1000);
    Bench bench(spec_of(64, 128), memory);
    const Picoseconds moved = Picoseconds{10} * (256'000 + 256'000);
    const Picoseconds end = bench.end_of(tiles_of_64(10, 64));
    EXPECT_GE(end, kStart + kLatency + moved + kCycle);
    EXPECT_LE(end, kStart + kLatency + moved + 8 * (25 + 9900) + 3 * kCycle + kLatency);
}

TEST(VectorUnit, TakesItsOperationsAloneWhereNothingIsMoved) {
    for (const auto& [operations, cycles] : {std::pair(999U, 100U), std::pair(1000U, 100U), std::pair(1001U, 101U)}) {
        Bench bench(spec_of(10, 128));
        EXPECT_EQ(bench.end_of({{operations, 0, 0}, spec_of(10, 128), 4}), kStart + cycles * kCycle + kCycle);
    }
}

TEST(VectorUnit, WaitsForThePlaceOfAResult) {
    // Three tiles that write 64 elements each and read none, a cycle each: the third's result takes the place of the
    // first's, which has left 53.7 ns after 8000, at 61700.
    Bench bench(spec_of(64, 64));
    const VectorSchedule schedule({192, 0, 192}, spec_of(64, 64), 4);
    ASSERT_EQ(schedule.size(), 3U);
    EXPECT_EQ(bench.end_of(schedule), 64'000 + kCycle + kLatency + kTileTime + kCycle);
}

TEST(VectorUnit, HoldsTheOperandsOfTwoTiles) {
    // Five tiles that read 64 elements each, 64 cycles each: before the first one ends only two have been loaded.
    Bench bench(spec_of(1, 64));
    const VectorSchedule schedule({320, 320, 0}, spec_of(1, 64), 4);
    ASSERT_EQ(schedule.size(), 5U);
    bench.unit.start(schedule, kStart);
    const Picoseconds first_end = kFirstBegin + 64 * kCycle;
    Kernel::run_through(first_end - 1);
    EXPECT_EQ(bench.memory.bursts()[0] + bench.memory.bursts()[1], 2 * kTileBursts);
    EXPECT_EQ(bench.memory.bursts()[2], 0U);
    Kernel::run_through(first_end + kLatency + kTileTime);
    EXPECT_EQ(bench.memory.bursts()[2], kTileBursts);
}

TEST(VectorUnit, IsIdealWithoutTimeOfItsLanes) {
    // Three tiles of 256 cycles. Loads follow each other on the buses of three vaults; what is left is the first
    // tile's load, with the second's beside it, and the third's, which waits for room; each in 53.7 ns.
    Bench bench(spec_of(1, 64), tests::simple_memory(), true);
    const VectorSchedule schedule({768, 192, 0}, spec_of(1, 64), 4);
    ASSERT_EQ(schedule.size(), 3U);
    EXPECT_EQ(bench.end_of(schedule), 116'000 + kCycle);  // 60000 + 53700, on the next edge
    EXPECT_EQ(bench.unit.spent().vector, 0U);
}

}  // namespace
}  // namespace hypar
