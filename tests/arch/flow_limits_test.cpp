#include "arch/array/flow_limits.h"

#include <gtest/gtest.h>

#include "tests/arch/hmc.h"

namespace hypar {
namespace {

/// Two accelerators on the memory of hpca19, whose answer to a request of 1024 bytes takes 8 cycles of 4 ns, two for
/// the crossbar and six for tRCD and tCL, and 102.4 ns on the vault's data bus.
ArraySpec array_with_links_of(std::uint64_t bits_per_second) {
    ArraySpec array;
    array.accelerators = 2;
    array.clock.period = 4000;
    array.dma.outstanding_requests = 16;
    array.memory = tests::hmc();
    array.interconnect.topology.kind = TopologyKind::HTree;
    array.interconnect.bits_per_second = bits_per_second;
    array.interconnect.is_per_link = true;
    array.interconnect.packet_bytes = 1024;
    array.interconnect.flit_bytes = 16;
    array.interconnect.buffer_flits = 256;
    return array;
}

std::uint64_t requests_of(const ArraySpec& array) {
    return interface_requests(array, Topology::make(array.interconnect, array.accelerators));
}

// In 134.4 ns links of B each way move 3 B at memory: what leaves, and what comes twice.
TEST(InterfaceRequests, AreWhatLinksMoveWhileMemoryAnswers) {
    EXPECT_EQ(requests_of(array_with_links_of(400'000'000'000)), 20U);     // 150 GB/s: 20,160 bytes
    EXPECT_EQ(requests_of(array_with_links_of(3'200'000'000'000)), 158U);  // 1200 GB/s: 161,280 bytes
}

TEST(InterfaceRequests, AreNoFewerThanOfOtherEngines) {
    EXPECT_EQ(requests_of(array_with_links_of(25'600'000'000)), 16U);  // 9.6 GB/s: 1290 bytes
}

TEST(InterfaceRequests, AreWhatTheArraySays) {
    ArraySpec array = array_with_links_of(400'000'000'000);
    array.interconnect.outstanding_requests = 3;
    EXPECT_EQ(requests_of(array), 3U);
}

TEST(InterfaceRequests, OfAPartAreThoseOfTheWhole) {
    ArraySpec array = array_with_links_of(400'000'000'000);
    array.accelerators = 4;
    array.interconnect.topology.kind = TopologyKind::Graph;
    const std::uint64_t fast = 3'200'000'000'000;
    array.interconnect.topology.edges = {
        {"acc0", "acc1", true, {}, {}, {}}, {"acc2", "acc3", true, fast, {}, {}}, {"acc1", "acc2", true, {}, {}, {}}};
    const Topology whole = Topology::make(array.interconnect, array.accelerators);
    const std::uint64_t requests = interface_requests(array, whole);
    EXPECT_EQ(requests, 178U);  // of acc2: 450 GB/s each way, 181,440 bytes
    EXPECT_EQ(interface_requests(array, whole.part({0, 1})), requests);
}

}  // namespace
}  // namespace hypar
