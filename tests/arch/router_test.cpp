#include "arch/network/router.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/arch/network_bench.h"

namespace hypar {
namespace {

using namespace tests::network;
using tests::Kernel;

/// When the receiver of `bytes` from accelerator `source`, in an idle network, has ended.
Picoseconds end_of_transfer(const ArraySpec& array, std::uint64_t source, std::uint64_t destination,
                            std::uint64_t bytes) {
    Bench bench(array);
    bench.start({plain_flow(source, destination, bytes, false)});
    Kernel::run_to_end();
    EXPECT_EQ(bench.ends.count(), 2U);
    EXPECT_EQ(bench.interface(source).use().sent_bytes, bytes);
    EXPECT_EQ(bench.interface(destination).use().received_bytes, bytes);
    return bench.ends.last();
}

TEST(Network, CarriesAPacketOverEqualLinksInOneSerialisationAndTheLatenciesOfItsHops) {
    // A 4 x 4 torus: 0.8 Gb/s a link, 327.68 us a packet; its head goes on while its tail comes in.
    constexpr Picoseconds kSerialisation = 327'680'000;
    const ArraySpec array = network_of(TopologyKind::Torus, 16);
    const std::map<std::uint64_t, std::uint64_t> hops{{1, 1}, {2, 2}, {5, 2}, {6, 3}, {10, 4}};  // from 0
    for (const auto& [destination, count] : hops) {
        EXPECT_EQ(end_of_transfer(array, 0, destination, kPacket),
                  kInjected + count * kLink + (count - 1) * kRouter + kSerialisation + kTakenIn)
            << destination;
    }
}

TEST(Network, WaitsAPipelinesLengthWhereAPacketIsShorter) {
    // A byte takes 10 ns; with a router of 100 ns it has long been whole when it comes out of the pipeline.
    ArraySpec array = network_of(TopologyKind::Torus, 16);
    array.interconnect.router_cycles = 25;
    array.interconnect.flit_bytes = 4;
    tests::set_buffer_packets(array.interconnect, 2);
    // Three routers; at the last local port a flit takes a cycle.
    const Picoseconds piped = kInjected + 24 * kCycle + 2 * (kLink + 25 * kCycle);
    EXPECT_EQ(end_of_transfer(array, 0, 2, 4), piped + kCycle + kTakenIn);
    EXPECT_EQ(end_of_transfer(array, 0, 2, 8), piped + 2 * kCycle + kTakenIn);  // 80 ns on a link
    // 12 bytes: 120 ns on a link, of which the local port takes the last 12 with it.
    EXPECT_EQ(end_of_transfer(array, 0, 2, 12), piped + 20'000 + kTakenIn);
}

TEST(Network, LetsAFasterLinkWaitUntilItNeverRunsDry) {
    // Leaves of an H-tree of four: 6.4 Gb/s, 40.96 us a packet; the links above: 20.48 us. A packet starts on the
    // faster link when half of it has come in, and on the slower one after the pipeline:
    // link + (40.96 - 20.48), link + router, link + router, link + 40.96.
    const ArraySpec array = network_of(TopologyKind::HTree, 4);
    EXPECT_EQ(end_of_transfer(array, 0, 3, kPacket),
              kInjected + 4 * kLink + 20'480'000 + 2 * kRouter + 40'960'000 + kTakenIn);
    // Two leaves of one switch: equal links.
    EXPECT_EQ(end_of_transfer(array, 0, 1, kPacket), kInjected + 2 * kLink + kRouter + 40'960'000 + kTakenIn);
}

TEST(Network, CrossesAnHTreeOfSixteenInTwiceTheSlowestLessTheFastestLink) {
    // 163.84 us on a leaf, then 81.92, 40.96, 20.48 up, and down again. On the way up each link starts when the rest
    // comes in at its own pace: together 163.84 - 20.48. At the root and on the way down four pipelines. Last, a
    // leaf.
    const ArraySpec array = network_of(TopologyKind::HTree, 16);
    EXPECT_EQ(end_of_transfer(array, 0, 15, kPacket),
              kInjected + 8 * kLink + (163'840'000 - 20'480'000) + 4 * kRouter + 163'840'000 + kTakenIn);
}

TEST(Network, SerialisesTheHeaderOfEveryPacket) {
    ArraySpec array = network_of(TopologyKind::Torus, 16);
    array.interconnect.header_bytes = 8;
    array.interconnect.packet_bytes = 1000;
    array.interconnect.flit_bytes = 16;
    tests::set_buffer_packets(array.interconnect, 2);
    // 0.8 Gb/s: 10 ns a byte; 1008 bytes are 63 flits.
    EXPECT_EQ(end_of_transfer(array, 0, 1, 1000), kInjected + kLink + 1008 * 10'000 + kTakenIn);
    // The second packet starts when the first has left the link. Its 508 bytes are padded to 32 flits.
    EXPECT_EQ(end_of_transfer(array, 0, 1, 1500), kInjected + kLink + (1008 + 512) * 10'000 + kTakenIn);
}

TEST(Network, AddsWhatIsReducedToWhatLiesInMemory) {
    const ArraySpec array = network_of(TopologyKind::Torus, 16);
    Bench bench(array);
    bench.start({plain_flow(0, 1, 6400, true)});
    Kernel::run_to_end();
    // read and write one after the other
    EXPECT_EQ(bench.ends.last(), kInjected + kLink + 6400 * 10'000 + kTakenIn + kMemory);
    EXPECT_EQ(bench.model.counts().adds, 1600U);  // of four bytes
    EXPECT_EQ(bench.model.counts().dram_bytes, 3 * 6400U);
}

TEST(Network, TellsTheEndOfAnExchangeNotAPicosecondEarlier) {
    const ArraySpec array = network_of(TopologyKind::Torus, 16);
    Bench bench(array);
    bench.start({plain_flow(0, 1, 128, false)});
    const Picoseconds in_memory = kInjected + kLink + 128 * 10'000 + kMemory;
    Kernel::run_through(in_memory - 1);
    EXPECT_EQ(bench.ends.count(), 1U);  // the sender's
    Kernel::run_through(in_memory);
    EXPECT_EQ(bench.ends.count(), 2U);
}

TEST(Network, EndsForASenderWhenItsLastPacketIsWithTheRouter) {
    // Packets of 1 us on the memory's bus, of which two are read at once.
    ArraySpec array = network_of(TopologyKind::Torus, 16);
    array.memory.timing.column_spacing = 1'000'000;
    for (const std::uint64_t packets : {1U, 2U}) {
        Bench bench(array);
        bench.start({plain_flow(0, 1, packets * kPacket, false)});
        const Picoseconds last_is_read = kStart + 2 * kCycle + 2 + packets * 1'000'000;
        Kernel::run_through(last_is_read - 1);
        EXPECT_EQ(bench.ends.count(), 0U) << packets;
        Kernel::run_through(last_is_read);
        EXPECT_EQ(bench.ends.count(), 1U) << packets;
    }
}

TEST(Network, HoldsAPacketWhileTheNextBufferIsFull) {
    // Two leaves and a switch, 12.8 Gb/s: 20.48 us a packet. Links of 1 us, so that credits are slower than memory.
    constexpr Picoseconds kSerialisation = 20'480'000;
    constexpr Picoseconds kLongLink = 1'000'000;
    ArraySpec array = network_of(TopologyKind::HTree, 2);
    array.interconnect.link_latency = kLongLink;
    const Picoseconds one = kInjected + 2 * kLongLink + kRouter + kSerialisation + kTakenIn;
    EXPECT_EQ(end_of_transfer(array, 0, 1, kPacket), one);
    // Two places: the second packet follows without a gap.
    tests::set_buffer_packets(array.interconnect, 2);
    EXPECT_EQ(end_of_transfer(array, 0, 1, 2 * kPacket), one + kSerialisation);
    // One place: the first one's tail leaves the switch a link, a pipeline and a serialisation after its head
    // started, and the news of it takes a link back.
    tests::set_buffer_packets(array.interconnect, 1);
    EXPECT_EQ(end_of_transfer(array, 0, 1, 2 * kPacket), one + 2 * kLongLink + kRouter + kSerialisation);
}

TEST(Network, ReadsAPacketWhileAnotherIsSent) {
    // However far the memory, the second packet has been read when the first one leaves room for it.
    ArraySpec array = network_of(TopologyKind::HTree, 2);
    tests::set_buffer_packets(array.interconnect, 1);
    const auto second_packet = [&](std::uint64_t crossbar_cycles) {
        array.memory.crossbar_cycles = crossbar_cycles;
        return end_of_transfer(array, 0, 1, 2 * kPacket) - end_of_transfer(array, 0, 1, kPacket);
    };
    EXPECT_EQ(second_packet(100'000), second_packet(1));
}

/// 0 sends a packet to 1 and another to 2: both over a link of 32 Gb/s to a switch, the second over such a link from
/// there. Returns when it has arrived.
Picoseconds end_of_second(std::uint64_t bits_per_second_to_1) {
    ArraySpec array = network_of(TopologyKind::Graph, 3);
    array.interconnect.virtual_channels = 1;
    array.interconnect.topology.edges = {{"acc0", "switch", true, 32'000'000'000},
                                         {"switch", "acc1", true, bits_per_second_to_1},
                                         {"switch", "acc2", true, 32'000'000'000}};
    Bench bench(array);
    const std::vector<Flow> flows{plain_flow(0, 1, kPacket, false), plain_flow(0, 2, kPacket, false)};
    bench.interface(0).start(flows, {{0}, {}}, kStart);
    bench.interface(1).start(flows, {{}, {0}}, kStart);
    bench.interface(2).start(flows, {{}, {1}}, kStart);
    Kernel::run_through(kInjected);
    EXPECT_EQ(bench.ends.count(), 1U);  // the first packet is with the router
    bench.interface(0).start(flows, {{1}, {}}, kInjected + kCycle);
    Kernel::run_to_end();
    EXPECT_EQ(bench.ends.count(), 4U);
    return bench.ends.last();
}

TEST(Network, ReadsABufferAFlitACycleWhereItsLinkIsSlower) {
    // 512 flits of 16 ns on the slow links; both packets wait in one buffer of the switch.
    constexpr Picoseconds kSlow = 8'192'000;
    // Where the first one goes on at once it has left the buffer long before the second comes.
    const Picoseconds alone = kInjected + kSlow + 2 * kLink + kRouter + kSlow + kTakenIn;
    EXPECT_EQ(end_of_second(32'000'000'000), alone);
    // On a link ten times as fast it starts 819.2 ns before its tail is there, and the buffer is read for 512 cycles.
    const Picoseconds read = kInjected + kLink + kSlow - 819'200 + 512 * kCycle;
    EXPECT_EQ(end_of_second(320'000'000'000), read + kLink + kSlow + kTakenIn);
}

/// When 0 and 1 have sent `packets` each to 2 and 3, over the same fast links.
Picoseconds end_of_two_flows(std::uint64_t buffer_packets, std::uint64_t packets) {
    ArraySpec array = network_of(TopologyKind::HTree, 4);
    tests::set_buffer_packets(array.interconnect, buffer_packets);
    Bench bench(array);
    bench.start({plain_flow(0, 2, packets * kPacket, false), plain_flow(1, 3, packets * kPacket, false)});
    Kernel::run_to_end();
    EXPECT_EQ(bench.ends.count(), 4U);
    EXPECT_EQ(bench.use_between(4, 6).busy_time, 2 * packets * 20'480'000);  // switch1.0 to switch2.0
    EXPECT_EQ(bench.use_between(4, 6).payload_bytes, 2 * packets * kPacket);
    return bench.ends.last();
}

TEST(Network, FillsAFastLinkFromTwoSlowOnes) {
    // Two leaves of 40.96 us a packet under one link of 20.48: neither holds it while its packet comes in. As if one
    // flow were alone: a leaf a packet, then the way of the last one, which waits for half a leaf on the fast link.
    constexpr Picoseconds kLeaf = 40'960'000;
    const Picoseconds last_packet = 4 * kLink + kLeaf / 2 + 2 * kRouter + kLeaf + kLeaf / 2;
    EXPECT_EQ(end_of_two_flows(3, 50), kInjected + 49 * kLeaf + last_packet + kTakenIn);
    // Each flow has a virtual channel of its own, by its destination: two places do as well.
    EXPECT_EQ(end_of_two_flows(2, 50), end_of_two_flows(3, 50));
}

TEST(Network, SharesAnOverloadedLinkFairlyAmongTheBuffersBeforeIt) {
    // 1, 2 and 3 send to 0, in one virtual channel. Before the last link packets of 1 wait in one buffer, those of 2
    // and 3 in another.
    Bench bench(network_of(TopologyKind::HTree, 4));
    constexpr std::uint64_t kBytes = 200 * kPacket;
    bench.start({plain_flow(1, 0, kBytes, false), plain_flow(2, 0, kBytes, false), plain_flow(3, 0, kBytes, false)});
    Kernel::run_through(100 * 40'960'000ULL);  // until a hundred packets have left
    const auto sent = [&](std::uint64_t source) { return bench.interface(source).use().sent_bytes / kPacket; };
    // And what lies on the way: two packets before the router, two in its local port and two in the first switch; in
    // the next two switches 2 and 3 share the places.
    EXPECT_NEAR(static_cast<double>(sent(1)), 50 + 6, 1);
    EXPECT_NEAR(static_cast<double>(sent(2)), 25 + 8, 2);
    EXPECT_NEAR(static_cast<double>(bench.interface(0).use().received_bytes / kPacket), 99,
                1);  // the link never rests
}

TEST(Network, KeepsThePacketsOfAPairInOrder) {
    // The short last packet would overtake a long one wherever it could.
    for (const TopologyKind kind : {TopologyKind::HTree, TopologyKind::Torus}) {
        Bench bench(network_of(kind, 16));
        constexpr std::uint64_t kBytes = 5 * kPacket + 1;
        bench.start({plain_flow(0, 15, kBytes, false)});
        std::vector<std::uint64_t> received{0};
        for (Picoseconds time = 0; received.back() < kBytes && time < 1'000'000'000'000; time += 1'000'000) {
            Kernel::run_through(time);
            const std::uint64_t bytes = bench.interface(15).use().received_bytes;
            if (bytes != received.back()) received.push_back(bytes);
        }
        ASSERT_GE(received.size(), 2U);
        for (std::size_t packet = 0; packet + 1 < received.size(); ++packet) {
            EXPECT_EQ(received[packet] % kPacket, 0U) << name_of(kind);
        }
        EXPECT_EQ(received.back(), kBytes);
    }
}

/// Random sizes from everyone to everyone: bytes[i][s] go from i to (i + s) modulo the number of accelerators.
using Traffic = std::vector<std::vector<std::uint64_t>>;

Traffic random_traffic(tests::Random& random, std::uint64_t accelerators, std::uint64_t most_bytes) {
    Traffic traffic(accelerators, std::vector<std::uint64_t>(accelerators, 0));
    for (auto& row : traffic) {
        for (std::size_t apart = 1; apart < row.size(); ++apart) {
            if (tests::draw(random, 0, 3) != 0) row[apart] = tests::draw(random, 1, most_bytes);
        }
    }
    return traffic;
}

struct AllToAllCase {
    TopologyKind kind;
    std::uint64_t accelerators;
    std::uint64_t buffer_packets;
};

class AllToAll : public testing::TestWithParam<AllToAllCase> {};

std::vector<AllToAllCase> all_to_all_cases() {
    std::vector<AllToAllCase> cases;
    for (const TopologyKind kind : {TopologyKind::HTree, TopologyKind::Torus, TopologyKind::Mesh, TopologyKind::Ring,
                                    TopologyKind::FullyConnected, TopologyKind::FatTree, TopologyKind::Dragonfly}) {
        for (const std::uint64_t accelerators : {2U, 4U, 8U, 16U, 32U, 64U}) {
            for (const std::uint64_t buffer_packets : {1U, 2U}) cases.push_back({kind, accelerators, buffer_packets});
        }
    }
    return cases;
}

std::string name_without_dashes(TopologyKind kind) {
    std::string name = name_of(kind);
    name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
    return name;
}

INSTANTIATE_TEST_SUITE_P(Network, AllToAll, testing::ValuesIn(all_to_all_cases()), [](const auto& test) {
    return name_without_dashes(test.param.kind) + std::to_string(test.param.accelerators) + "with" +
           std::to_string(test.param.buffer_packets);
});

TEST_P(AllToAll, DeliversEveryByteOverTheLinksOfItsRoute) {
    tests::Random random(9);
    ArraySpec array = network_of(GetParam().kind, GetParam().accelerators);
    array.interconnect.packet_bytes = 512;
    array.interconnect.header_bytes = 16;
    array.interconnect.flit_bytes = 16;
    tests::set_buffer_packets(array.interconnect, GetParam().buffer_packets);
    tests::set_interleave(array.memory, 512);
    array.memory.burst_bytes = 512;
    const std::uint64_t count = array.accelerators;
    const Traffic traffic = random_traffic(random, count, 24 * 512);

    Bench bench(array);
    std::vector<LinkUse> expected(bench.topology.links().size());
    std::uint64_t link_bytes = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        for (std::uint64_t apart = 1; apart < count; ++apart) {
            const std::uint64_t bytes = traffic[i][apart];
            for (const Hop& hop : bench.topology.route(i, (i + apart) % count)) {
                LinkUse& use = expected[hop.link];
                use.payload_bytes += bytes;
                for (std::uint64_t sent = 0; sent < bytes; sent += 512) {
                    const std::uint64_t payload = std::min<std::uint64_t>(512, bytes - sent);
                    const std::uint64_t wire_bytes = 16 * array.interconnect.flits_of(payload);
                    ++use.packets;
                    use.flits += array.interconnect.flits_of(payload);
                    use.busy_time += array.clock.rounded_up(
                        transfer_time(wire_bytes, bench.topology.links()[hop.link].bits_per_second));
                    link_bytes += wire_bytes;
                }
            }
        }
    }
    Picoseconds start = kStart;
    for (std::uint64_t apart = 1; apart < count; ++apart) {
        std::vector<Flow> flows;
        for (std::uint64_t i = 0; i < count; ++i) {
            if (traffic[i][apart] > 0) flows.push_back(plain_flow(i, (i + apart) % count, traffic[i][apart], false));
        }
        if (flows.empty()) continue;
        bench.start(flows, start);
        Kernel::run_to_end();
        ASSERT_EQ(bench.ends.count(), bench.started) << "packets wait for each other";
        start = bench.ends.last() + kCycle;
    }

    for (std::uint64_t i = 0; i < count; ++i) {
        std::uint64_t sent = 0;
        std::uint64_t received = 0;
        for (std::uint64_t apart = 1; apart < count; ++apart) {
            sent += traffic[i][apart];
            received += traffic[(i + count - apart) % count][apart];
        }
        EXPECT_EQ(bench.interface(i).use().sent_bytes, sent);
        EXPECT_EQ(bench.interface(i).use().received_bytes, received);
    }
    const std::vector<LinkUse> use = bench.model.use().links;
    for (std::size_t link = 0; link < use.size(); ++link) {
        EXPECT_EQ(use[link].payload_bytes, expected[link].payload_bytes);
        EXPECT_EQ(use[link].packets, expected[link].packets);
        EXPECT_EQ(use[link].flits, expected[link].flits);
        EXPECT_EQ(use[link].busy_time, expected[link].busy_time);
        EXPECT_LE(use[link].busy_time, bench.ends.last());
    }
    EXPECT_EQ(bench.model.use().counts.link_bytes, link_bytes);
}

}  // namespace
}  // namespace hypar
