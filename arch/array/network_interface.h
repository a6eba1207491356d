#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "arch/array/array_spec.h"
#include "arch/array/flow.h"
#include "arch/array/hardware_use.h"
#include "arch/kernel/activity.h"
#include "arch/kernel/component.h"
#include "arch/kernel/worker.h"
#include "arch/memory/dma.h"
#include "arch/network/packet.h"
#include "arch/network/router.h"

namespace hypar {

/// Joins an accelerator's memory to its router: reads what its flows send packet by packet, writes what arrives, adds
/// partial sums, and passes on what its flows say. A link that leaves the accelerator has a queue of packets of its
/// own, in which the flows that take it have their turns, round-robin.
class NetworkInterface : public Component, public Worker, public Terminal {
public:
    /// `id` orders its DMA engine among those of its accelerator.
    NetworkInterface(const sc_core::sc_module_name& name, Calendar& calendar, const ArraySpec& array,
                     const Topology& topology, std::uint64_t accelerator, Memory& memory, std::uint32_t id,
                     Router& router, EventCounts& counts, CompletionListener& listener);

    /// Starts its part of an exchange at `arrival`: those of `flows` that are its own. Every accelerator starts at
    /// the same instant.
    void start(const std::vector<Flow>& flows, const FlowEnds& own, Picoseconds arrival);

    void receive(const Packet& packet, Picoseconds arrival) override;
    void packet_taken(std::size_t queue, Picoseconds arrival) override;

    /// Writes down from now on when it takes part in exchanges.
    void record(TransferTimes& times) { times_ = &times; }

    Dma& dma() { return dma_; }
    /// Packets of which no byte has been read.
    std::uint64_t work_left() const override { return ceil_divide(unread_, array_.interconnect.packet_bytes); }

    void offer_state(StateVisitor& visitor) override;

    const InterfaceUse& use() const { return use_; }
    /// The place, among the flows that enter, of the one that ended last.
    std::size_t last_ended() const { return last_ended_; }

private:
    enum class Purpose : std::uint8_t { Send, ReadSum, Write };

    /// A flow that another one passes on.
    struct Followed {
        std::size_t flow = 0;     ///< of `receiving_`
        std::uint64_t waits = 0;  ///< how often less of it had come than the next packet takes
    };
    /// A flow that leaves.
    struct Sending {
        std::uint32_t flow = 0;
        std::size_t destination = 0;
        const Route* route = nullptr;
        std::size_t queue = 0;
        std::uint64_t bytes = 0;
        std::uint64_t added_bytes = 0;
        std::uint64_t own_bytes = 0;
        std::vector<Followed> follows = {};
        std::vector<std::size_t> after = {};  ///< of `receiving_`, without those of which it is known that they ended
        std::uint64_t unread = 0;             ///< bytes that no packet has been read for
        std::vector<std::uint64_t> pieces = {};
        std::size_t piece = 0;           ///< that the next packet is of
        std::uint64_t unread_piece = 0;  ///< bytes of it

        std::uint64_t read() const { return bytes - unread; }
    };
    /// A flow that enters.
    struct Receiving {
        std::uint32_t flow = 0;
        std::uint64_t bytes = 0;
        std::uint64_t added_bytes = 0;
        std::uint64_t missing = 0;               ///< bytes that do not lie in memory yet
        std::uint64_t unadded = 0;               ///< bytes of sums that do not
        std::uint64_t unsummed = 0;              ///< and those that are not being added either
        std::vector<Followed> adds_behind = {};  ///< `waits`: how often less had been added than a packet takes
        std::vector<std::size_t> adds_after = {};
        std::deque<std::uint64_t> held = {};  ///< bytes of the packets whose turn to be added has not come
    };
    /// The flows that leave over one link.
    struct Queue {
        std::vector<std::size_t> flows = {};  ///< of `sending_`, without those that have left
        std::size_t turn = 0;                 ///< of which of them it is
        std::uint64_t free_slots = 0;         ///< packets that may be read or wait before the router
    };

    Picoseconds wake(Picoseconds now) override;
    void take_streams(Picoseconds now);
    void take_packets(Picoseconds now);
    void add_held();
    void add(std::size_t index, std::uint64_t bytes);
    bool may_add(Receiving& flow, std::uint64_t bytes) const;
    std::uint64_t lead_in_sums(const Followed& other, const Receiving& flow) const;
    void inject(const Sending& flow, std::uint64_t bytes, bool adds, Picoseconds now);
    void finish(Picoseconds now);
    void read_packets(Picoseconds now);
    std::size_t next_of(const Queue& queue);
    bool may_start(Sending& flow) const;
    bool may_read(Sending& flow) const;
    void read_packet(std::size_t index, Picoseconds now);
    std::uint64_t next_bytes(const Sending& flow) const;
    std::uint64_t lead_of(const Followed& other, const Sending& flow) const;
    void start_stream(Purpose purpose, std::size_t flow, std::uint64_t bytes, bool adds);
    void offer_leaving(StateVisitor& visitor, Sending& flow) const;
    void offer_entering(StateVisitor& visitor, Receiving& flow) const;
    std::size_t entering(std::uint32_t flow) const;
    const Route& route_to(std::uint64_t destination);
    std::size_t queue_of(const Route& route) const;

    const ArraySpec& array_;
    const Topology& topology_;
    std::uint64_t accelerator_;
    Router& router_;
    EventCounts& counts_;
    CompletionListener& listener_;
    Dma dma_;
    std::map<std::uint64_t, Route> routes_;
    Inbox<bool> started_;
    Inbox<Packet> packets_;
    Inbox<std::size_t> freed_;  ///< the queue that has room again

    bool running_ = false;
    std::vector<Sending> sending_;
    std::vector<Receiving> receiving_;  ///< by number of the flow
    std::vector<Queue> queues_;         ///< by link that leaves
    std::uint64_t unread_ = 0;          ///< of all flows
    std::uint64_t missing_ = 0;         ///< of all flows
    std::uint64_t reading_ = 0;         ///< packets being read
    std::uint64_t held_ = 0;            ///< packets whose turn to be added has not come
    std::size_t last_ended_ = 0;
    InterfaceUse use_;
    TransferTimes* times_ = nullptr;  ///< null unless somebody wants to know
};

}  // namespace hypar
