#pragma once

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "arch/array/array_model.h"
#include "tests/arch/support.h"

/// Network interfaces joined by routers, with the times that their tests reckon with.
namespace hypar::tests::network {

constexpr Picoseconds kStart = 4000;
constexpr Picoseconds kCycle = 4000;
constexpr Picoseconds kLink = 4000;    // latency of a link
constexpr Picoseconds kRouter = 4000;  // one cycle in a router's pipeline
constexpr std::uint64_t kPacket = 32 * 1024;

/// A network of accelerators whose memories take no time but their crossbars': two cycles and a picosecond a packet.
struct Bench {
    explicit Bench(const ArraySpec& array_spec)
        : array(array_spec),
          topology(Topology::make(array.interconnect, array.accelerators)),
          calendar("calendar"),
          model("array", calendar, array, topology, ends) {}

    /// Starts the accelerators that take part.
    void start(const std::vector<Flow>& flows, Picoseconds arrival = kStart) {
        const std::vector<FlowEnds> ends_of_flows = flow_ends(flows, array.accelerators);
        for (std::uint64_t i = 0; i < array.accelerators; ++i) {
            if (ends_of_flows[i].leaving.empty() && ends_of_flows[i].entering.empty()) continue;
            interface(i).start(flows, ends_of_flows[i], arrival);
            ++started;
        }
    }
    NetworkInterface& interface(std::uint64_t accelerator) { return model.accelerator(accelerator).interface(); }
    LinkUse use_between(std::size_t from, std::size_t to) const {
        for (std::size_t link = 0; link < topology.links().size(); ++link) {
            if (topology.links()[link].from == from && topology.links()[link].to == to)
                return model.use().links[link];
        }
        ADD_FAILURE() << "no such link";
        return {};
    }

    Kernel kernel;
    ArraySpec array;
    Topology topology;
    Ends ends;
    std::size_t started = 0;
    Calendar calendar;
    ArrayModel model;
};

inline ArraySpec network_of(TopologyKind kind, std::uint64_t accelerators) {
    ArraySpec array = hpca19();
    array.accelerators = accelerators;
    array.processing_units = 1;
    array.memory.vaults = 1;
    array.memory.burst_bytes =
        array.memory.interleave_bytes;  // a packet in a picosecond, after one for each of tRCD, tCL
    array.memory.timing = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1'000'000'000};
    array.interconnect.topology.kind = kind;
    // Bytes of a leaf link of the H-tree, and of the torus, take whole picoseconds.
    array.interconnect.bits_per_second = 25'600'000'000;
    return array;
}

constexpr Picoseconds kMemory = 2 * kCycle + 3;
/// From the start of the steps until the first packet is through the router at its source: at 64 bytes a cycle its
/// tail comes in faster than any link takes it.
constexpr Picoseconds kInjected = kStart + kMemory + kCycle + kRouter;
/// From a packet's leaving the network until the interface has told that it lies in memory.
constexpr Picoseconds kTakenIn = kMemory + kCycle;

}  // namespace hypar::tests::network
