#pragma once

#include <cstddef>
#include <cstdint>

#include "arch/kernel/state.h"
#include "arch/kernel/time.h"
#include "arch/network/routing.h"

namespace hypar {

/// What a terminal sends at once, and the way that it takes.
struct Packet {
    std::uint64_t payload_bytes = 0;
    std::uint64_t flits = 1;       ///< that it consists of
    std::size_t destination = 0;   ///< accelerator
    std::uint32_t flow = 0;        ///< that it is part of, of those who have flows
    bool adds = false;             ///< whether it is added to what lies in memory
    const Route* route = nullptr;  ///< deterministic, from its source or from where it began to keep to it
    std::size_t source = 0;        ///< of those who keep count of packets, with `number`: they decide nothing
    std::uint64_t number = 0;
    std::uint64_t links = 0;  ///< crossed so far, which decides nothing either

    void offer_state(StateVisitor& visitor) const {
        visitor.value(payload_bytes);
        visitor.value(destination);
        visitor.value(std::uint64_t{flow} << 1U | (adds ? 1U : 0U));
        visitor.value(reinterpret_cast<std::uintptr_t>(route));
    }
};

/// What moves as one over links and through buffers: under virtual cut-through a whole packet, under wormhole flow
/// control one of its flits.
struct FlowUnit {
    Packet packet;
    std::size_t hop = 0;  ///< next place on the packet's route
    std::uint64_t flits = 1;
    bool is_head = true;
    bool is_tail = true;
    bool escapes = true;        ///< keeps to the deterministic way
    Picoseconds ready = 0;      ///< when its head is through the pipeline of the router that it is in
    Picoseconds tail = 0;       ///< when its last bit is there
    Picoseconds read_time = 0;  ///< in which it is read from the buffer that it is in

    /// The time that it is read in follows from the buffer that it is in.
    void offer_state(StateVisitor& visitor) {
        packet.offer_state(visitor);
        visitor.value(hop);
        visitor.value(flits << 3U | (is_head ? 4U : 0U) | (is_tail ? 2U : 0U) | (escapes ? 1U : 0U));
        visitor.time(ready);
        visitor.time(tail);
    }
};

/// Joined to a router: hands packets to it, and takes those that arrive.
class Terminal {
public:
    /// A packet, whole at `arrival`, which lies ahead.
    virtual void receive(const Packet& packet, Picoseconds arrival) = 0;
    /// A packet has left a queue before the router, from `arrival` on.
    virtual void packet_taken(std::size_t queue, Picoseconds arrival) = 0;

protected:
    ~Terminal() = default;
};

}  // namespace hypar
