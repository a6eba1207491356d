#include "arch/array/network_interface.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/arch/network_bench.h"

namespace hypar {
namespace {

using namespace tests::network;
using tests::Kernel;

/// A byte on a wire takes 10 ns.
constexpr std::uint64_t kWire = 800'000'000;
constexpr Picoseconds kSerialisation = kPacket * 10'000;
/// From when a packet lies in a memory until its first bit is on the wire to the next one, and behind its last bit.
constexpr Picoseconds kPassing = kMemory + kCycle + kRouter + kLink;

ArraySpec wired(const std::vector<std::pair<int, int>>& wires, std::uint64_t accelerators) {
    ArraySpec array = network_of(TopologyKind::Graph, accelerators);
    for (const auto& [a, b] : wires) {
        array.interconnect.topology.edges.push_back(
            {"acc" + std::to_string(a), "acc" + std::to_string(b), true, kWire});
    }
    return array;
}

/// 0 - 1 - 2
ArraySpec line() { return wired({{0, 1}, {1, 2}}, 3); }

/// When all has ended.
Picoseconds end_of(const ArraySpec& array, const std::vector<Flow>& flows) {
    Bench bench(array);
    bench.start(flows);
    Kernel::run_to_end();
    EXPECT_EQ(bench.ends.count(), bench.started);
    return bench.ends.last();
}

void expect_received(const Bench& bench, std::uint64_t accelerator, std::uint64_t bytes, Picoseconds from) {
    const auto received = [&] { return bench.model.accelerators()[accelerator]->interface().use().received_bytes; };
    Kernel::run_through(from - 1);
    EXPECT_LT(received(), bytes);
    Kernel::run_through(from);
    EXPECT_EQ(received(), bytes);
}

TEST(NetworkInterface, PassesOnWhatComesPacketByPacket) {
    // Both wires carry all packets at once, but for the last one, which leaves when it lies in 1's memory.
    for (const std::uint64_t packets : {1U, 5U}) {
        const std::uint64_t bytes = packets * kPacket;
        const Picoseconds at_1 = kInjected + kLink + packets * kSerialisation;
        EXPECT_EQ(end_of(line(), {plain_flow(0, 1, bytes, false), {1, 2, bytes, 0, 0, {0}}}),
                  at_1 + kMemory + kPassing + kSerialisation + kTakenIn);
    }
}

TEST(NetworkInterface, PassesOnWhatHasBeenAdded) {
    // A packet that is added is read and written, and only then passed on; at 2 as well.
    EXPECT_EQ(end_of(line(), {plain_flow(0, 1, kPacket, true), {1, 2, kPacket, kPacket, 0, {0}}}),
              kInjected + kLink + kSerialisation + 2 * kMemory + kPassing + kSerialisation + kMemory + kTakenIn);
}

TEST(NetworkInterface, SendsItsOwnBytesFirst) {
    // 1 sends a packet of its own while the first one from 0 comes; it goes on when that has come.
    Bench bench(line());
    bench.start({plain_flow(0, 1, 2 * kPacket, false), {1, 2, 3 * kPacket, 0, kPacket, {0}}});
    const Picoseconds first = kInjected + kLink + kSerialisation;
    expect_received(bench, 2, kPacket, first);
    expect_received(bench, 2, 2 * kPacket, first + kMemory + kPassing + kSerialisation);
    expect_received(bench, 2, 3 * kPacket, first + kMemory + kPassing + 2 * kSerialisation);
}

TEST(NetworkInterface, WaitsForAllThatItFollows) {
    // 1 sends to 3 the sums of what comes from 0, and from 2 half as fast.
    ArraySpec array = wired({{0, 1}, {2, 1}, {1, 3}}, 4);
    array.interconnect.topology.edges[1].bits_per_second = kWire / 2;
    const std::uint64_t bytes = 3 * kPacket;
    const std::vector<Flow> flows{
        plain_flow(0, 1, bytes, true), plain_flow(2, 1, bytes, true), {1, 3, bytes, bytes, 0, {0, 1}}};
    EXPECT_EQ(end_of(array, flows), kInjected + kLink + 3 * 2 * kSerialisation + 2 * kMemory + kPassing +
                                        kSerialisation + kMemory + kTakenIn);
}

TEST(NetworkInterface, AddsInTheOrderThatFlowsSay) {
    // What comes from 2 comes twice as fast as that from 0. In any order the last one from 0 is the last to be added;
    // behind those from 0 the last one from 2 is, when that lies in memory, and so is one that comes after all of
    // them.
    ArraySpec array = wired({{0, 1}, {2, 1}}, 3);
    array.interconnect.topology.edges[0].bits_per_second = kWire / 2;
    std::vector<Flow> flows{plain_flow(0, 1, 3 * kPacket, true), plain_flow(2, 1, 3 * kPacket, true)};
    const Picoseconds at_1 = kInjected + kLink + 3 * 2 * kSerialisation;
    EXPECT_EQ(end_of(array, flows), at_1 + kMemory + kTakenIn);
    flows[1].adds_behind = {0};
    EXPECT_EQ(end_of(array, flows), at_1 + 2 * kMemory + kMemory + kTakenIn);
    flows[1] = plain_flow(2, 1, kPacket, true);
    flows[1].adds_after = {0};
    EXPECT_EQ(end_of(array, flows), at_1 + 2 * kMemory + kMemory + kTakenIn);
    // Of one that is shorter it waits for all that there is.
    flows = {plain_flow(0, 1, kPacket, true), plain_flow(2, 1, 3 * kPacket, true)};
    flows[1].adds_behind = {0};
    EXPECT_EQ(end_of(array, flows), kInjected + kLink + 3 * kSerialisation + kMemory + kTakenIn);
}

TEST(NetworkInterface, StartsAfterAllHaveCome) {
    Flow last = plain_flow(1, 0, kPacket, false);
    last.after = {0, 1};
    EXPECT_EQ(end_of(line(), {plain_flow(0, 1, kPacket, false), plain_flow(2, 1, 3 * kPacket, false), last}),
              kInjected + kLink + 3 * kSerialisation + kMemory + kPassing + kSerialisation + kTakenIn);
}

TEST(NetworkInterface, GivesItsFlowsTheirTurns) {
    // Over the wire from 0 to 1 a packet for 1, one for 2, and so on; those for 2 pass another router and wire.
    Bench bench(line());
    bench.start({plain_flow(0, 1, 2 * kPacket, false), plain_flow(0, 2, 3 * kPacket, false)});
    const Picoseconds at_1 = kInjected + kLink;
    const Picoseconds at_2 = at_1 + kRouter + kLink;
    expect_received(bench, 1, kPacket, at_1 + kSerialisation);
    expect_received(bench, 2, kPacket, at_2 + 2 * kSerialisation);
    expect_received(bench, 1, 2 * kPacket, at_1 + 3 * kSerialisation);
    expect_received(bench, 2, 2 * kPacket, at_2 + 4 * kSerialisation);
    expect_received(bench, 2, 3 * kPacket, at_2 + 5 * kSerialisation);
}

TEST(NetworkInterface, DoesNotLetFlowsWaitForThoseOverOtherWires) {
    // The wire from 1 to 2 takes eight times as long as that to 0.
    ArraySpec array = line();
    array.interconnect.topology.edges[1].bits_per_second = kWire / 8;
    Bench bench(array);
    bench.start({plain_flow(1, 2, 4 * kPacket, false), plain_flow(1, 0, 15 * kPacket, false)});
    expect_received(bench, 0, 15 * kPacket, kInjected + kLink + 15 * kSerialisation);
    EXPECT_EQ(bench.interface(2).use().received_bytes, kPacket);  // the second one is on the wire
    Kernel::run_to_end();
    EXPECT_EQ(bench.interface(2).use().received_bytes, 4 * kPacket);
}

TEST(NetworkInterface, AddsTheFirstBytesAndWritesTheOthers) {
    // A packet and a half are added, as much is written, each in two packets; the last one is only written.
    Bench bench(line());
    bench.start({{0, 1, 3 * kPacket, kPacket + kPacket / 2, 3 * kPacket}});
    Kernel::run_to_end();
    EXPECT_EQ(bench.ends.last(), kInjected + kLink + 3 * kSerialisation + kTakenIn);
    EXPECT_EQ(bench.use_between(0, 1).packets, 4U);
    EXPECT_EQ(bench.use_between(0, 1).payload_bytes, 3 * kPacket);
    EXPECT_EQ(bench.model.counts().adds, (kPacket + kPacket / 2) / 4);
    EXPECT_EQ(bench.model.counts().dram_bytes, 2 * 3 * kPacket + kPacket + kPacket / 2);
}

TEST(NetworkInterface, LetsBlocksSmallerThanAPacketGoRoundARing) {
    // All begin with a block and pass on two, each as it has come.
    constexpr std::uint64_t kBlock = 128;
    std::vector<Flow> flows;
    for (std::uint32_t i = 0; i < 4; ++i) {
        flows.push_back({i, (i + 1) % 4, 3 * kBlock, 0, kBlock, {(i + 3) % 4}, {}, {kBlock, kBlock, kBlock}});
    }
    EXPECT_EQ(end_of(wired({{0, 1}, {1, 2}, {2, 3}, {3, 0}}, 4), flows),
              kStart + 3 * (kPassing + kBlock * 10'000 + kMemory) + kCycle);
}

}  // namespace
}  // namespace hypar
