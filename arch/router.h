#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "arch/array.h"
#include "arch/component.h"
#include "arch/event_counts.h"
#include "arch/inbox.h"
#include "arch/packet.h"
#include "arch/topology.h"

namespace hypar {

class NetworkInterface;

/// What one direction of a link has carried.
struct LinkUse {
    std::uint64_t payload_bytes = 0;
    std::uint64_t packets = 0;
    Picoseconds busy_time = 0;

    LinkUse& operator+=(const LinkUse& other) {
        payload_bytes = checked_add(payload_bytes, other.payload_bytes);
        packets = checked_add(packets, other.packets);
        busy_time = checked_add(busy_time, other.busy_time);
        return *this;
    }
    LinkUse& operator-=(const LinkUse& other) {
        payload_bytes -= other.payload_bytes;
        packets -= other.packets;
        busy_time -= other.busy_time;
        return *this;
    }
};

/// A node's switch with the links that leave it: virtual cut-through with credits.
///
/// Every virtual channel of every incoming link has an input buffer of whole packets; the network interface injects
/// into one more. A packet appears in its buffer when its head is through the router's pipeline and it has come in so
/// far that its tail will be there in time: a link faster than the one before never waits in the middle of a packet.
/// The packet at the head of a buffer asks for its next link. A free link goes round-robin to the next buffer whose
/// packet has room in the buffer behind the link.
class Router : public Component {
public:
    Router(const sc_core::sc_module_name& name, Calendar& calendar, const ArraySpec& array, const Topology& topology,
           std::size_t node, EventCounts& counts);

    /// Joins the links that leave this node to the routers (by node) at their ends.
    void connect(const std::vector<Router*>& routers);
    /// The network interface at this node.
    void attach(NetworkInterface& interface) { interface_ = &interface; }

    /// Queues a packet of the network interface, of which all is there at `arrival`.
    void inject(Packet packet, Picoseconds arrival);

    /// Arbitration starts from its first turn again.
    void restart();
    /// When the last credit is back that is on its way now.
    Picoseconds quiet_at() const { return quiet_at_; }

    void offer_state(StateVisitor& visitor) override;

    /// Use of the links that leave this node, in the order of Topology::links_from.
    std::vector<LinkUse> link_use() const;

private:
    struct Credit {
        std::size_t output = 0;
        std::size_t virtual_channel = 0;
    };
    struct Output;
    struct Queued {
        Packet packet;
        Picoseconds ready = 0;     ///< when it appears
        Output* output = nullptr;  ///< where it goes on to; null where it leaves the network
    };
    /// A buffer of packets and the output behind whose link it lies.
    struct Input {
        std::deque<Queued> packets;
        Router* upstream = nullptr;  ///< none: the network interface
        Credit credit;
    };
    struct Output {
        std::size_t link = 0;
        std::uint64_t bits_per_second = 1;
        Router* next = nullptr;
        std::size_t next_input = 0;             ///< of its first virtual channel
        std::vector<std::uint64_t> free_slots;  ///< by virtual channel
        std::vector<Picoseconds> ready;         ///< when the last packet sent can go on, by virtual channel
        Picoseconds free_at = 0;
        std::size_t last_granted = 0;
        std::uint64_t timed_bytes = 0;  ///< the size that `timed` was worked out for
        Picoseconds timed = 0;
        LinkUse use;
    };

    static constexpr std::size_t kInjection = 0;

    Picoseconds wake(Picoseconds now) override;
    void queue(std::size_t input, const Packet& packet, Picoseconds ready);
    Output* next_output(const Packet& packet);
    std::size_t output_index(std::size_t link) const;
    std::size_t first_input(std::size_t link) const;
    void take_credits(Picoseconds now);
    bool eject_packets(Picoseconds now, Picoseconds& next_wake);
    /// Sends a packet over `output` if one can go; lowers `next_wake` to when one may.
    bool serve(Output& output, Picoseconds now, Picoseconds& next_wake);
    void send(Output& output, Input& input, Picoseconds now);
    Picoseconds ready_at(const Packet& packet, Picoseconds head);
    void free_slot(const Input& input, Picoseconds tail_left);
    Picoseconds serialisation(Output& output, const Packet& packet);

    const ArraySpec& array_;
    NetworkInterface* interface_ = nullptr;
    EventCounts& counts_;
    std::vector<Input> inputs_;
    std::vector<Output> outputs_;
    Inbox<Credit> credits_;
    bool waits_for_credit_ = false;
    Picoseconds quiet_at_ = 0;
};

}  // namespace hypar
