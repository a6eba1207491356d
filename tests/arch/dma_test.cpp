#include "arch/memory/dma.h"

#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "arch/unit/buffer.h"
#include "tests/arch/support.h"

namespace hypar {
namespace {

using tests::Kernel;

constexpr Picoseconds kStart = 4000;

struct Stream {
    std::uint64_t tag;
    std::uint64_t bytes;
};

struct End {
    std::uint64_t tag;
    Picoseconds time;

    friend bool operator==(const End& a, const End& b) { return a.tag == b.tag && a.time == b.time; }
    friend std::ostream& operator<<(std::ostream& out, const End& end) {
        return out << "stream " << end.tag << " at " << end.time;
    }
};

/// One engine before an accelerator's vaults, with streams that it starts at kStart.
class Engine : public Component {
public:
    Engine(Calendar& calendar, const ArraySpec& array, Memory& memory, std::size_t first_vault,
           std::vector<Stream> streams)
        : Component("engine", calendar),
          dma_("dma", array.dma, memory, 0, first_vault, *this),
          streams_(std::move(streams)) {
        wake_by(kStart);
    }

    const std::vector<End>& ends() const { return ends_; }

private:
    Picoseconds wake(Picoseconds now) override {
        if (now == kStart) {
            for (const Stream& stream : streams_) dma_.start(stream.tag, stream.bytes, Direction::Read);
        }
        for (const std::uint64_t tag : dma_.finished(now)) ends_.push_back({tag, now});
        dma_.issue(now);
        return dma_.next_wake();
    }

    Dma dma_;
    std::vector<Stream> streams_;
    std::vector<End> ends_;
};

struct Bench {
    Bench(const ArraySpec& array_spec, std::size_t first_vault, std::vector<Stream> streams)
        : array(array_spec),
          calendar("calendar"),
          memory("memory", calendar, array.memory, array.clock.period, counts),
          engine(std::make_unique<Engine>(calendar, array, memory, first_vault, std::move(streams))) {}

    std::vector<std::uint64_t> vault_bytes() const {
        std::vector<std::uint64_t> bytes;
        for (const std::uint64_t bursts : memory.bursts()) bytes.push_back(bursts * array.memory.burst_bytes);
        return bytes;
    }

    Kernel kernel;
    ArraySpec array;
    EventCounts counts;
    Calendar calendar;
    Memory memory;
    std::unique_ptr<Engine> engine;
};

/// Blocks of 1000 bytes, which take 100 ns on a vault's bus, in four vaults.
ArraySpec four_vaults(std::uint64_t outstanding_requests) {
    ArraySpec array = tests::hpca19();
    array.memory.vaults = 4;
    tests::set_interleave(array.memory, 1000);
    array.dma.outstanding_requests = outstanding_requests;
    return array;
}

/// Crossbar, tRCD and tCL, a block, crossbar.
constexpr Picoseconds kBlock = 4000 + 20'100 + 100'000 + 4000;

TEST(Dma, EndsAStreamWhenItsLastByteIsThere) {
    const Bench bench(four_vaults(16), 0, {{7, 600}});
    const Picoseconds end = kStart + 4000 + 20'100 + 60'000 + 4000;
    Kernel::run_through(end - 1);
    EXPECT_TRUE(bench.engine->ends().empty());
    Kernel::run_through(end);
    EXPECT_EQ(bench.engine->ends(), (std::vector<End>{{7, end}}));
}

TEST(Dma, CutsAStreamIntoBlocksInConsecutiveVaults) {
    const Bench bench(four_vaults(16), 2, {{1, 2300}});
    Kernel::run_to_end();
    EXPECT_EQ(bench.vault_bytes(), (std::vector<std::uint64_t>{300, 0, 1000, 1000}));
    EXPECT_EQ(bench.counts.dram_bytes, 2300U);
    EXPECT_EQ(bench.engine->ends(), (std::vector<End>{{1, kStart + kBlock}}));
}

TEST(Dma, GoesOnWithTheVaultAfterTheLastStream) {
    const Bench bench(four_vaults(16), 0, {{1, 1000}, {2, 1000}, {3, 200}, {4, 10}, {5, 1}});
    Kernel::run_to_end();
    EXPECT_EQ(bench.vault_bytes(), (std::vector<std::uint64_t>{1001, 1000, 200, 10}));
    EXPECT_EQ(bench.engine->ends().size(), 5U);
}

TEST(Dma, KeepsOneRequestInFlightWhereOneIsTheLimit) {
    const Bench bench(four_vaults(1), 0, {{1, 3000}});
    Kernel::run_through(kStart + 3 * kBlock - 1);
    EXPECT_TRUE(bench.engine->ends().empty());
    Kernel::run_to_end();
    EXPECT_EQ(bench.engine->ends(), (std::vector<End>{{1, kStart + 3 * kBlock}}));
}

TEST(Dma, KeepsAsManyRequestsInFlightAsTheLimitSays) {
    // Eight blocks in four idle vaults: rounds of as many blocks as may be in flight.
    for (const std::uint64_t limit : {1U, 2U, 4U}) {
        const Bench bench(four_vaults(limit), 0, {{1, 8000}});
        Kernel::run_to_end();
        EXPECT_EQ(bench.engine->ends(), (std::vector<End>{{1, kStart + 8 / limit * kBlock}})) << limit;
    }
    // Eight in flight: the second block of each vault waits for its bus alone.
    const Bench bench(four_vaults(8), 0, {{1, 8000}});
    Kernel::run_to_end();
    EXPECT_EQ(bench.engine->ends(), (std::vector<End>{{1, kStart + kBlock + 100'000}}));
}

TEST(Dma, SharesTheLimitAmongItsStreams) {
    const Bench bench(four_vaults(2), 0, {{1, 1000}, {2, 1000}, {3, 1000}});
    Kernel::run_to_end();
    EXPECT_EQ(bench.engine->ends(),
              (std::vector<End>{{1, kStart + kBlock}, {2, kStart + kBlock}, {3, kStart + 2 * kBlock}}));
}

TEST(Dma, EndsAShortStreamBeforeALongOneThatStartedEarlier) {
    const Bench bench(four_vaults(16), 0, {{1, 1000}, {2, 100}});
    Kernel::run_to_end();
    EXPECT_EQ(bench.engine->ends(), (std::vector<End>{{2, kStart + kBlock - 90'000}, {1, kStart + kBlock}}));
}

TEST(Dma, MovesEveryByteOfRandomStreams) {
    tests::Random random(2);
    for (int round = 0; round < 50; ++round) {
        std::vector<Stream> streams;
        std::uint64_t bytes = 0;
        for (std::uint64_t tag = 0; tag < 12; ++tag) {
            streams.push_back({tag, tests::draw(random, 1, 9000)});
            bytes += streams.back().bytes;
        }
        const Bench bench(four_vaults(tests::draw(random, 1, 9)), tests::draw(random, 0, 3), streams);
        Kernel::run_to_end();
        EXPECT_EQ(bench.engine->ends().size(), streams.size());
        EXPECT_EQ(bench.counts.dram_bytes, bytes);
    }
}

TEST(Buffer, GivesNoMoreThanItHas) {
    const Kernel kernel;
    const BufferSpec spec{100};
    Buffer buffer("buffer", spec);
    EXPECT_FALSE(buffer.try_take(101));
    EXPECT_TRUE(buffer.try_take(60));
    EXPECT_FALSE(buffer.try_take(41));
    EXPECT_TRUE(buffer.try_take(40));
    EXPECT_EQ(buffer.taken(), 100U);
    buffer.give_back(60);
    EXPECT_EQ(buffer.taken(), 40U);
    EXPECT_EQ(buffer.peak(), 100U);
}

}  // namespace
}  // namespace hypar
