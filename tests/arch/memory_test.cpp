#include "arch/memory/memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "tests/arch/support.h"

namespace hypar {
namespace {

using tests::Kernel;

constexpr Picoseconds kAccess = 10'200 + 9'900;  // tRCD + tCL of tests::simple_memory(), in clocks of 25 ps
constexpr Picoseconds kCrossbar = 4000;          // one cycle of 250 MHz

/// Remembers the answers to memory requests by their tags.
class Answers final : public MemoryClient {
public:
    explicit Answers(std::size_t requests) : arrivals_(requests, kNever) {}
    void memory_done(std::uint64_t tag, std::uint64_t, Picoseconds arrival) override { arrivals_[tag] = arrival; }
    std::uint64_t streams_before(std::uint64_t tag) const override { return tag; }
    bool has_ended(std::uint64_t) const override { return false; }
    const std::vector<Picoseconds>& arrivals() const { return arrivals_; }

private:
    std::vector<Picoseconds> arrivals_;
};

struct Sent {
    std::uint64_t bytes;
    Picoseconds arrival;
    std::uint32_t sender;
};

/// The arrivals of the answers when one vault gets `requests`, called in this order.
std::vector<Picoseconds> answers_to(const std::vector<Sent>& requests) {
    const Kernel kernel;
    MemorySpec spec = tests::hpca19().memory;
    spec.vaults = 1;
    EventCounts counts;
    Calendar calendar("calendar");
    Memory memory("memory", calendar, spec, kCrossbar, counts);
    Answers answers(requests.size());
    std::uint64_t bytes = 0;
    for (std::size_t index = 0; index < requests.size(); ++index) {
        memory.request({index, requests[index].bytes, Direction::Read, 0, requests[index].sender, &answers, index},
                       requests[index].arrival);
        bytes += requests[index].bytes;
    }
    Kernel::run_to_end();
    EXPECT_EQ(memory.bursts(), std::vector<std::uint64_t>{bytes / spec.burst_bytes});
    EXPECT_EQ(counts.dram_bytes, bytes);
    return answers.arrivals();
}

TEST(Memory, AnswersOneReadAfterOpeningReadingAndTheWayBack) {
    // sent at 0; at the vault at 4000; 20100 to open and read, 64 bytes x 100 ps, 4000 back
    EXPECT_EQ(answers_to({{64, 4000, 0}}), (std::vector<Picoseconds>{4000 + 20'100 + 6400 + 4000}));
}

TEST(Memory, PipelinesRequestsBehindTheDataBus) {
    // Rows open while data moves: one access, then transfers without a gap.
    EXPECT_EQ(answers_to({{64, 4000, 0}, {32, 4000, 0}, {128, 5000, 0}}),
              (std::vector<Picoseconds>{34'500, 34'500 + 3200, 34'500 + 3200 + 12'800}));
}

TEST(Memory, OpensAnewOnceItsBusIsFree) {
    // The first one's bus is free at 4000 + 20100 + 6400 = 30500; a request at 10400 has its data at 30500 as well,
    // and one that comes later at the edge of 25 ps after it.
    EXPECT_EQ(answers_to({{64, 4000, 0}, {64, 10'400, 0}})[1], 30'500U + 6400 + 4000);
    EXPECT_EQ(answers_to({{64, 4000, 0}, {64, 10'401, 0}})[1], 30'525U + 6400 + 4000);
}

TEST(Memory, TakesRequestsOfOneInstantBySender) {
    const std::vector<Picoseconds> up = answers_to({{64, 4000, 1}, {32, 4000, 2}});
    const std::vector<Picoseconds> down = answers_to({{32, 4000, 2}, {64, 4000, 1}});
    EXPECT_EQ(up, (std::vector<Picoseconds>{34'500, 37'700}));
    EXPECT_EQ(down, (std::vector<Picoseconds>{37'700, 34'500}));
}

TEST(Memory, NeverExceedsItsBandwidth) {
    tests::Random random(1);
    for (int round = 0; round < 50; ++round) {
        std::vector<Sent> requests;
        for (int index = 0; index < 40; ++index) {
            requests.push_back({tests::draw(random, 1, 4096), tests::draw(random, 1, 400'000),
                                static_cast<std::uint32_t>(tests::draw(random, 0, 3))});
        }
        std::stable_sort(requests.begin(), requests.end(), [](const Sent& a, const Sent& b) {
            return std::tie(a.arrival, a.sender) < std::tie(b.arrival, b.sender);
        });
        const std::vector<Picoseconds> answers = answers_to(requests);
        for (std::size_t first = 0; first < requests.size(); ++first) {
            EXPECT_GE(answers[first], requests[first].arrival + kAccess + 100 * requests[first].bytes + kCrossbar);
            std::uint64_t bytes_since = 0;  // answered after `first`
            for (std::size_t next = first + 1; next < requests.size(); ++next) {
                bytes_since += requests[next].bytes;
                ASSERT_GE(answers[next] - answers[first], 100 * bytes_since);
            }
        }
    }
}

}  // namespace
}  // namespace hypar
